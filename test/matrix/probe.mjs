/**
 * A table of SHA-256 values of what Ingot writes, made on whatever platform runs this: all golden archives, what each
 * command makes of one image of more than 8 MiB, and what each pinned codec makes of that image's layer. Small inputs
 * hide differences: one zstd is the same everywhere below 400 KB and not above.
 *
 *     node test/matrix/probe.mjs TABLE.json [all|some]
 *
 * `some` takes one or two levels of each codec, for emulated machines. Needs `dist/` and no package but those that Ingot
 * has at run time.
 */
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { arch, endianness, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { PINNED_CODEC_IDS, pinnedCodec } from '../../dist/codec/pinned/codec.js';
import { main } from '../../dist/cli/main.js';
import { INPUTS } from '../../golden/codec/input.mjs';

const [, , tableArgument, choice = 'all'] = process.argv;
if (tableArgument === undefined || !['all', 'some'].includes(choice)) {
  throw new Error('usage: probe.mjs TABLE.json [all|some]');
}
const tablePath = resolve(tableArgument);
const project = fileURLToPath(new URL('../../', import.meta.url));
const scratch = join(tmpdir(), `ingot-probe-${process.pid}`);

const sha256 = (...parts) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};
const byBytes = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** Every codec family, at its usual levels. */
const SOME = new Set([
  'go-flate-1.26/1',
  'go-flate-1.26/6',
  'go-flate-1.26/9',
  'zlib-1.3/6',
  'zlib-1.3/9',
  'gnu-gzip-1/6',
  'pigz-2/6',
  'busybox-gzip/6',
  'fflate-0.8/6',
  'zstd-wasm-0.0.27/3',
]);

const table = {};
const refused = [];
const note = (name, value) => {
  if (name in table) throw new Error(`twice: ${name}`);
  table[name] = value;
};

/** What stands in golden/ is not what comes out: told, and a failure of the whole, which goes on. */
const differs = (subject, expected, found) => {
  process.stderr.write(`${subject}: expected ${expected}, found ${found}\n`);
  process.exitCode = 1;
};

class Collector extends Writable {
  chunks = [];
  _write(chunk, _encoding, done) {
    this.chunks.push(Buffer.from(chunk));
    done();
  }
}

/** The program itself, in this process: a pipe to a child is not to be had everywhere. */
const ingot = async (argv, { codes = [0] } = {}) => {
  const stdout = new Collector();
  const stderr = new Collector();
  const code = await main(argv, {
    stdin: () => {
      throw new Error('nothing is read from standard input');
    },
    stdout,
    stderr,
    env: { INGOT_STORE: 'store' },
  });
  if (!codes.includes(code))
    throw new Error(`${argv.join(' ')}: ${code}: ${Buffer.concat(stderr.chunks).toString('utf8')}`);
  return Buffer.concat(stdout.chunks);
};

/** All files below a directory, in the order of their names' bytes. */
const filesBelow = (root, skip, path = '') =>
  readdirSync(join(root, path), { withFileTypes: true })
    .filter(({ name }) => name !== skip)
    .flatMap((entry) =>
      entry.isDirectory() ? filesBelow(root, skip, `${path}${entry.name}/`) : [`${path}${entry.name}`],
    );

const treeHash = (root, skip) => {
  const hash = createHash('sha256');
  for (const path of filesBelow(root, skip).toSorted(byBytes)) {
    const { size } = statSync(join(root, path));
    hash.update(`${path}\0${size}\0`).update(readFileSync(join(root, path)));
  }
  return hash.digest('hex');
};

const fileHash = (path) => sha256(readFileSync(path));

/** An image layout with two layers, of which one is large. */
const writeLayout = (root, layers) => {
  mkdirSync(join(root, 'blobs', 'sha256'), { recursive: true });
  const put = (mediaType, bytes) => {
    const hex = sha256(bytes);
    writeFileSync(join(root, 'blobs', 'sha256', hex), bytes);
    return { mediaType, digest: `sha256:${hex}`, size: bytes.length };
  };
  const descriptors = layers.map((bytes) => put('application/vnd.oci.image.layer.v1.tar', bytes));
  const config = put(
    'application/vnd.oci.image.config.v1+json',
    Buffer.from(
      JSON.stringify({
        architecture: 'amd64',
        os: 'linux',
        rootfs: { type: 'layers', diff_ids: descriptors.map(({ digest }) => digest) },
      }),
    ),
  );
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = put(
    mediaType,
    Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, config, layers: descriptors })),
  );
  const name = { 'org.opencontainers.image.ref.name': 'large:1' };
  writeFileSync(join(root, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  writeFileSync(
    join(root, 'index.json'),
    JSON.stringify({ schemaVersion: 2, manifests: [{ ...manifest, annotations: name }] }),
  );
};

const goldenCases = async () => {
  const inputs = JSON.parse(readFileSync(join(project, 'golden', 'inputs', 'inputs.json'), 'utf8'));
  const locationOf = (source) => {
    const [id, ...rest] = source.split(':');
    const input = inputs.find((candidate) => candidate.id === id);
    return [`${input.kind}:inputs/${input.path}`, ...rest].join(':');
  };
  const folder = join(project, 'golden', 'cases');
  for (const name of readdirSync(folder).toSorted(byBytes)) {
    const { runs, options } = JSON.parse(readFileSync(join(folder, name, 'case.json'), 'utf8'));
    const [run] = runs;
    const argv = ['save', ...run.sources.map(locationOf), '-o', `${name}.tar`];
    for (const source of run.manifestFrom ?? []) argv.push('--manifest-from', locationOf(source));
    for (const { from, to } of run.names ?? []) argv.push('--name', from === undefined ? to : `${from}=${to}`);
    for (const platform of options.platforms ?? []) argv.push('--platform', platform);
    if (options.profile !== undefined) argv.push('--profile', options.profile);
    if (options.layers !== undefined) argv.push('--layers', options.layers);
    if (options.mtime !== undefined) argv.push('--mtime', String(options.mtime));
    if (options.dockerPlatform !== undefined) argv.push('--docker-platform', options.dockerPlatform);
    if (options.allowSparse) argv.push('--allow-sparse');
    if (options.dropReferrers) argv.push('--drop-referrers');
    if (options.keepAnnotations) argv.push('--keep-annotations');
    await ingot(argv);
    const hash = fileHash(`${name}.tar`);
    const [expected] = readFileSync(join(folder, name, 'archive.sha256'), 'utf8').split(' ');
    if (hash !== expected) differs(`golden/cases/${name}`, expected, hash);
    note(`golden/${name}`, hash);
    rmSync(`${name}.tar`);
  }
};

const codecs = async (layer) => {
  const { vectors } = JSON.parse(readFileSync(join(project, 'golden', 'codec', 'vectors.json'), 'utf8'));
  async function* pieces() {
    for (let at = 0; at < layer.length; at += 1_000_003) yield layer.subarray(at, at + 1_000_003);
  }
  for (const id of PINNED_CODEC_IDS) {
    if (choice === 'some' && !SOME.has(id)) continue;
    const hash = createHash('sha256');
    try {
      for await (const chunk of pinnedCodec(id).compress(pieces())) hash.update(chunk);
    } catch (error) {
      // A codec may refuse a platform that runs it wrongly. It must not give other bytes.
      if (error.code !== 'CODEC_UNAVAILABLE') throw error;
      refused.push(id);
      continue;
    }
    const found = hash.digest('hex');
    const vector = vectors.find(({ codec, input }) => codec === id && input === 'layer');
    if (vector !== undefined && vector.sha256 !== found) differs(id, vector.sha256, found);
    note(`codec/${id}`, found);
  }
};

const commands = async (layer) => {
  writeLayout('large', [layer, INPUTS.description()]);
  for (const { name, argv } of [
    { name: 'save', argv: [] },
    { name: 'save --profile oci-1', argv: ['--profile', 'oci-1'] },
    { name: 'save --mtime', argv: ['--mtime', '1700000000'] },
    { name: 'save --layers gzip', argv: ['--layers', 'gzip'] },
    { name: 'save --layers gzip, one thread', argv: ['--layers', 'gzip', '--threads', '1'] },
    { name: 'save --layers gzip=zlib', argv: ['--layers', 'gzip=zlib-1.3/6'] },
  ]) {
    await ingot(['save', 'oci:large', ...argv, '-o', `${name}.tar`]);
    note(`command/${name}`, fileHash(`${name}.tar`));
  }
  const packed = 'save --layers gzip.tar';
  note('command/save to a stream', sha256(await ingot(['save', packed, '--layers', 'none', '-o', '-'])));
  await ingot(['recipe', packed, '-o', 'large.recipe.json']);
  note('command/recipe', fileHash('large.recipe.json'));
  const restore = ['--layers', 'restore', '--manifest-from', 'large.recipe.json'];
  await ingot(['save', 'save.tar', ...restore, '-o', 'restored.tar']);
  note('command/save --layers restore', fileHash('restored.tar'));
  await ingot(['lock', packed, '-o', 'lock.json']);
  note('command/lock', fileHash('lock.json'));
  await ingot(['copy', packed, 'oci:layout']);
  note('command/copy to a layout', treeHash('layout'));
  await ingot(['copy', packed, 'dir:directory']);
  note('command/copy to a directory', treeHash('directory'));
  await ingot(['copy', packed, 'docker-archive:archive.tar']);
  note('command/copy to an archive', fileHash('archive.tar'));
  await ingot(['copy', packed, 'store:large:1']);
  await ingot(['copy', 'inputs/hybrid/containerd-two.tar', 'store:']);
  note('command/load into the store', treeHash('store', '.ingot'));
  await ingot(['save', 'store:large:1', '-o', 'from-store.tar']);
  note('command/save from the store', fileHash('from-store.tar'));
  for (const verb of ['inspect', 'tree', 'history', 'verify', 'digest', 'ls', 'explain-layers']) {
    note(
      `report/${verb}`,
      sha256(await ingot([verb, verb === 'ls' ? 'inputs/app/docker-save.tar' : packed, '--json'])),
    );
  }
};

mkdirSync(scratch, { recursive: true });
try {
  cpSync(join(project, 'golden', 'inputs'), join(scratch, 'inputs'), { recursive: true });
  process.chdir(scratch);
  const layer = INPUTS.layer();
  note('input/layer', sha256(layer));
  await goldenCases();
  await commands(layer);
  await codecs(layer);
} finally {
  process.chdir(project);
  rmSync(scratch, { recursive: true, force: true });
}

const runtime = process.versions.bun
  ? `Bun ${process.versions.bun}`
  : process.versions.deno
    ? `Deno ${process.versions.deno}`
    : `Node ${process.versions.node}`;
writeFileSync(
  tablePath,
  `${JSON.stringify({ platform: process.platform, arch: arch(), endianness: endianness(), runtime, refused, table }, null, 1)}\n`,
);
process.stdout.write(`${Object.keys(table).length} values: ${process.platform} ${arch()} ${endianness()} ${runtime}\n`);
