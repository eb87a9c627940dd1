/**
 * `make mutation ROOM=base`: changes one thing in a room at a time and asks whether its own tests see it. The tests of
 * rooms above do not count, so that a room is held by what stands beside it.
 */
const ROOMS = {
  base: { tests: ['test/unit/base', 'test/property/json-*'] },
  // Documents are read by the room; whole ones are put together one floor up.
  oci: { tests: ['test/unit/oci', 'test/unit/content/document', 'test/unit/content/load-graph'] },
  codec: {
    tests: ['test/unit/codec', 'test/property/tar', 'test/property/decompress'],
    // The pinned kernels are held by vectors, which are slow, and every byte of theirs counts anyway.
    except: ['!src/codec/pinned/**', '!src/codec/fingerprint/**'],
  },
  content: { tests: ['test/unit/content', 'test/property/graph', 'test/property/select'] },
  format: { tests: ['test/unit/format', 'test/faults', 'test/contract/image-source'] },
  verify: { tests: ['test/unit/operation/verify*', 'test/faults'], sources: ['src/operation/verify/**/*.ts'] },
};

const room = process.env.ROOM || 'base';
const { tests, sources = [`src/${room}/**/*.ts`], except = [] } = ROOMS[room] ?? {};
if (tests === undefined) throw new Error(`ROOM is one of ${Object.keys(ROOMS).join(', ')}`);
process.env.INGOT_MUTATION_TESTS = tests.join(' ');

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  mutate: process.env.FILES ? process.env.FILES.split(',') : [...sources, ...except],
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'test/mutation.config.ts', related: false },
  // Sentences of errors are no contract, and tests do not ask for them.
  mutator: { excludedMutations: ['StringLiteral', 'ObjectLiteral'] },
  ignoreStatic: true,
  concurrency: Number(process.env.MUTATION_JOBS || 2),
  timeoutMS: 20_000,
  // Stryker rewrites tsconfig.json with an interface that TypeScript 7 no longer has; vitest needs none of it.
  tsconfigFile: 'none',
  tempDirName: '.stryker-tmp',
  ignorePatterns: ['dist', 'coverage', 'bench', 'demo-out'],
  reporters: ['clear-text', 'json'],
  jsonReporter: { fileName: `coverage/mutation-${room}.json` },
  clearTextReporter: { allowColor: false, reportTests: false },
  thresholds: { high: 90, low: 85, break: null },
};
