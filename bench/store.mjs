/**
 * How long the store takes where it is large: 10 000 names, 100 000 blobs. Needs `make build`.
 *
 *     node bench/store.mjs [DIRECTORY]
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NAMES = 10_000;
const BLOBS = 100_000;
const ROUNDS = 5;

/** Verbs, with the seconds that they may take at most. */
const LIMITS = { images: 0.5, tag: 0.3, df: 3, gc: 10 };

/** The same verbs as command lines: whole processes, the list printed. */
const LINES = {
  'ingot images': () => ['images'],
  'ingot images --format': () => ['images', '--format', '{{.Repository}}:{{.Tag}} {{.ID}} {{.Size}}'],
  'ingot images PATTERN': () => ['images', 'registry.example/team/app77*'],
  'ingot tag': (round) => ['tag', 'registry.example/team/app7:v1', `bench.example/line:${round}`],
  'ingot rmi --dry-run': () => ['rmi', '--dry-run', 'registry.example/team/app8:v1'],
};
const LINE_LIMITS = {
  'ingot images': LIMITS.images,
  'ingot images --format': LIMITS.images,
  'ingot images PATTERN': LIMITS.images,
  'ingot tag': LIMITS.tag,
  'ingot rmi --dry-run': LIMITS.images,
};

const built = new URL('../dist/', import.meta.url).href;

const fill = async (root) => {
  const { initStore } = await import(`${built}store/init.js`);
  await initStore({ root }, { adopt: false });
  const put = (text) => {
    const hex = createHash('sha256').update(text).digest('hex');
    writeFileSync(join(root, 'blobs/sha256', hex), text, { mode: 0o444 });
    return { digest: `sha256:${hex}`, size: Buffer.byteLength(text) };
  };
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const manifests = Array.from({ length: NAMES }, (_, index) => {
    const layers = [`shared ${Math.floor(index / 10)}`, `own ${index}`].map(put);
    const rootfs = { type: 'layers', diff_ids: layers.map(({ digest }) => digest) };
    const config = put(
      JSON.stringify({ os: 'linux', architecture: 'amd64', config: { Labels: { n: `${index}` } }, rootfs }),
    );
    const typed = layers.map((layer) => ({ mediaType: 'application/vnd.oci.image.layer.v1.tar', ...layer }));
    const typedConfig = { mediaType: 'application/vnd.oci.image.config.v1+json', ...config };
    const manifest = put(JSON.stringify({ schemaVersion: 2, mediaType, config: typedConfig, layers: typed }));
    const name = `registry.example/team/app${index}:v1`;
    return {
      mediaType,
      ...manifest,
      annotations: { 'io.containerd.image.name': name, 'org.opencontainers.image.ref.name': name },
    };
  });
  const there = NAMES * 3 + NAMES / 10;
  for (let index = there; index < BLOBS; index++) put(`garbage ${index}`);
  writeFileSync(join(root, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
};

/** One verb in this process, as a command line would run it. */
const act = async (root, verb, name) => {
  const { contextWith } = await import(`${built}operation/context.js`);
  const context = { ...contextWith({ pathExists: () => false }), store: { root } };
  if (verb === 'images') {
    const { DEFAULT_IMAGES, images } = await import(`${built}operation/stock/images.js`);
    await images(DEFAULT_IMAGES, context);
  } else if (verb === 'df') {
    const { df } = await import(`${built}operation/stock/usage.js`);
    await df(context);
  } else if (verb === 'tag') {
    const { tag } = await import(`${built}operation/stock/names.js`);
    await tag('registry.example/team/app7:v1', [name], {}, context);
  } else {
    const { gc } = await import(`${built}operation/stock/prune.js`);
    console.log((await gc({ dryRun: false, grace: 0 }, context)).blobs.length);
  }
};

const time = (argv) => {
  const begun = process.hrtime.bigint();
  execFileSync(process.execPath, argv, { maxBuffer: 1 << 28 });
  return Number(process.hrtime.bigint() - begun) / 1e9;
};

const measure = (root, verb, round) =>
  time([fileURLToPath(import.meta.url), '--act', root, verb, `bench.example/t:${round}`]);

const bin = fileURLToPath(new URL('../dist/cli/bin.js', import.meta.url));

if (process.argv[2] === '--act') {
  await act(...process.argv.slice(3));
} else {
  const directory = mkdtempSync(join(process.argv[2] ?? tmpdir(), 'ingot-bench-store-'));
  const root = join(directory, 'store');
  try {
    await fill(root);
    const median = (times) => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)];
    measure(root, 'tag', 'first');
    const first = measure(root, 'images');
    const firstDf = measure(root, 'df');
    const often = (work) => median(Array.from({ length: ROUNDS }, (_, round) => work(round)));
    const times = {
      images: often((round) => measure(root, 'images', round)),
      tag: often((round) => measure(root, 'tag', round)),
      ...Object.fromEntries(
        Object.entries(LINES).map(([name, line]) => [
          name,
          often((round) => time([bin, '--store', root, ...line(round)])),
        ]),
      ),
      df: often((round) => measure(root, 'df', round)),
      gc: measure(root, 'gc'),
    };
    const limits = { ...LIMITS, ...LINE_LIMITS };
    console.log(`images, the first time: ${first.toFixed(2)} s`);
    console.log(`df, the first time: ${firstDf.toFixed(2)} s`);
    for (const [verb, seconds] of Object.entries(times)) {
      const isMet = seconds <= limits[verb];
      console.log(`${verb}: ${seconds.toFixed(2)} s of ${limits[verb]} s${isMet ? '' : ' TOO SLOW'}`);
      if (!isMet) process.exitCode = 1;
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
