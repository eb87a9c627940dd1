/**
 * Builds the program and its runtime into one file, twice, and fails if the two differ.
 *
 *     node .ci/executable.mjs OUTPUT [NODE]     NODE: a Node 26, which becomes part of the file
 *
 * Needs `dist/`. Schemas, the worker of bulk jobs and the WebAssembly of zstd become part of the program; the native
 * locks do not, so the store needs flock(1).
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const project = fileURLToPath(new URL('../', import.meta.url));
const [, , outputArgument, node = process.execPath] = process.argv;
if (outputArgument === undefined) throw new Error('usage: executable.mjs OUTPUT [NODE]');
const output = resolve(outputArgument);

const shared = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  legalComments: 'none',
  absWorkingDir: project,
  external: ['fs-native-extensions'],
  write: false,
  logLevel: 'warning',
};

const workerText = async () => {
  const { outputFiles } = await build({ ...shared, entryPoints: ['dist/codec/bulk-worker.js'] });
  return outputFiles[0].text;
};

const schemas = () =>
  Object.fromEntries(
    readdirSync(join(project, 'schemas'))
      .toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      .map((name) => [name, readFileSync(join(project, 'schemas', name), 'utf8')]),
  );

/** Modules that read a file beside them get its content instead. */
const embedded = (worker) => ({
  name: 'embedded',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]dist[\\/]base[\\/]schema-file\.js$/ }, () => ({
      contents: `const texts = ${JSON.stringify(schemas())};\nexport const schemaText = (name) => texts[name];`,
    }));
    onLoad({ filter: /[\\/]dist[\\/]codec[\\/]bulk-worker-url\.js$/ }, () => ({
      contents: `const url = new URL(${JSON.stringify(`data:text/javascript;base64,${Buffer.from(worker).toString('base64')}`)});\nexport const workerUrl = () => url;`,
    }));
    onLoad({ filter: /zstd-wasm[\\/]dist[\\/]common[\\/]index\.node\.js$/ }, ({ path }) => {
      const wasm = readFileSync(join(dirname(path), 'zstd.wasm')).toString('base64');
      const text = readFileSync(path, 'utf8');
      const reading = "readFile(resolve(__dirname, './zstd.wasm'))";
      if (!text.includes(reading)) throw new Error('the package of zstd reads its file in another way');
      return { contents: text.replace(reading, `Buffer.from('${wasm}', 'base64')`) };
    });
  },
});

const bundle = async (file) => {
  const banner =
    "import { createRequire as ingotCreateRequire } from 'node:module'; const require = ingotCreateRequire(import.meta.url);";
  const { outputFiles } = await build({
    ...shared,
    entryPoints: ['dist/cli/bin.js'],
    banner: { js: banner },
    plugins: [embedded(await workerText())],
  });
  writeFileSync(file, outputFiles[0].contents);
};

const executable = async (folder) => {
  const main = join(folder, 'ingot.mjs');
  await bundle(main);
  const settings = join(folder, 'sea.json');
  writeFileSync(
    settings,
    JSON.stringify({ main: 'ingot.mjs', mainFormat: 'module', output: 'ingot', disableExperimentalSEAWarning: true }),
  );
  const done = spawnSync(node, ['--build-sea', 'sea.json'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  if (done.status !== 0) throw new Error(`${node} --build-sea: exit ${done.status}; it takes Node 26`);
  return join(folder, 'ingot');
};

const sha256 = (file) => createHash('sha256').update(readFileSync(file)).digest('hex');

mkdirSync(dirname(output), { recursive: true });
const folder = mkdtempSync(`${output}.`);
try {
  const files = [];
  for (const name of ['first', 'second']) {
    mkdirSync(join(folder, name));
    files.push(await executable(join(folder, name)));
  }
  const [first, second] = files.map(sha256);
  if (first !== second) throw new Error(`two builds differ: ${first} and ${second}`);
  renameSync(files[0], output);
  console.log(`sha256:${first} ${outputArgument}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
