import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll } from 'vitest';

import { ToolError } from '../../src/base/error.js';
import { DEFAULT_LIMITS } from '../../src/base/limits.js';
import { DEFAULT_CONFIG, configText, loadConfig } from '../../src/store/config.js';
import { factsOf } from '../../src/store/facts.js';
import { indexBytes, parseIndex, settleNames } from '../../src/store/index-file.js';
import { checkJournal } from '../../src/store/journal.js';
import { loadLease } from '../../src/store/lease.js';
import { storePaths } from '../../src/store/path.js';
import { decodeRefBook, refBookText } from '../../src/store/refs.js';
import { decodeState } from '../../src/store/state.js';
import type { Store } from '../../src/store/store.js';
import { decodeTrash, trashText } from '../../src/store/trash.js';
import { expectSame } from './expect-same.js';
import { fuzzTests } from './fuzz.js';

const directory = mkdtempSync(join(tmpdir(), 'ingot-fuzz-store-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const LEASE = '00000000-0000-4000-8000-000000000000';
const A = `sha256:${'a'.repeat(64)}`;
const B = `sha256:${'b'.repeat(64)}`;
const TIME = '2024-01-01T00:00:00.000Z';
const limits = DEFAULT_LIMITS;
const paths = storePaths(directory);
const store = {
  paths,
  limits,
  config: { ...DEFAULT_CONFIG, lock: 'flock' },
  now: () => 0,
  actor: 'x',
} as unknown as Store;
for (const path of [paths.state, paths.leases]) mkdirSync(path, { recursive: true });

const tried = async <T>(read: () => Promise<T> | T): Promise<T | undefined> => {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ToolError && error.class === 'input') return undefined;
    if (error instanceof ToolError && error.class === 'surroundings') return undefined;
    throw error;
  }
};

const SEEDS: readonly unknown[] = [
  {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    annotations: { a: 'b' },
    manifests: [
      {
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        digest: A,
        size: 3,
        annotations: {
          'io.containerd.image.name': 'docker.io/library/a:1',
          'org.opencontainers.image.ref.name': 'docker.io/library/a:1',
        },
      },
      { mediaType: 'x/y', digest: B, size: 0, annotations: { 'dev.ingot.dangling': '1' }, platform: { os: 'l' } },
      {
        mediaType: 'x/y',
        digest: A,
        size: 3,
        annotations: { 'org.opencontainers.image.ref.name': 'docker.io/library/a:1' },
      },
    ],
  },
  {
    format: 1,
    seq: 3,
    index: A,
    refs: { 'docker.io/library/a:1': { digest: A, imported: 1, tagged: 2, seq: 1, source: 'x', pinned: true } },
    images: { [B]: { imported: 1, seq: 2, untagged: 3, lastName: 'y', replacedBy: A } },
  },
  { format: 1, records: [] },
  { format: 1, facts: { [A]: { kind: 'artifact', platforms: [], labels: {}, size: 0, isPartial: true } } },
  {
    format: 1,
    id: LEASE,
    kind: 'user',
    owner: 'o',
    purpose: 'p',
    created: TIME,
    expires: TIME,
    digests: [A],
    roots: [B],
  },
  { ...JSON.parse(configText({ ...DEFAULT_CONFIG, lock: 'ofd', immutable: ['**'] })) },
  { actor: 'x', hash: 'a'.repeat(64), previous: '', time: TIME },
];

fuzzTests({
  name: 'store-state',
  seeds: SEEDS.map((value) => Buffer.from(`${JSON.stringify(value)}\n`)),
  words: [
    '"format":1',
    '"format":2',
    '"manifests":[',
    '"refs":{',
    '"images":{',
    '"records":[',
    '"digest":',
    '"seq":',
    '"size":',
    '"annotations":{',
    '"__proto__":',
    '"io.containerd.image.name":"',
    '"org.opencontainers.image.ref.name":"',
    'null',
    '[]',
    '{}',
    '""',
    '-1',
    '1.0',
    '1e400',
    '9007199254740993',
    A,
    B,
    TIME,
    '"\\ud800"',
    'sha512:',
  ],
  run: async (input) => {
    const index = await tried(() => parseIndex(input, 'index.json', limits, false));
    if (index !== undefined) {
      const bytes = indexBytes(index);
      expectSame('the index written again', indexBytes(parseIndex(bytes, 'own', limits, false)), bytes);
      expectSame('the index of our own', indexBytes(parseIndex(bytes, 'own', limits, true)), bytes);
      const settled = settleNames(index).index;
      expectSame('names settled again', settleNames(settled).notes, []);
      indexBytes(settled);
    }
    const book = await tried(() => decodeState(input, 'refs.json', limits, decodeRefBook));
    if (book !== undefined) {
      const text = Buffer.from(refBookText(book));
      expectSame('the names read again', decodeState(text, 'own', limits, decodeRefBook, 'large'), book);
    }
    await tried(() => decodeState(input, 'refs.json', limits, decodeRefBook, 'large'));
    const trash = await tried(() => decodeState(input, 'trash.json', limits, decodeTrash));
    if (trash !== undefined) {
      expectSame('the trash read again', decodeState(Buffer.from(trashText(trash)), 'own', limits, decodeTrash), trash);
    }
    for (const path of [paths.config, paths.journal, paths.facts, join(paths.leases, `${LEASE}.json`)])
      writeFileSync(path, input);
    const config = await tried(() => loadConfig(paths, limits));
    const lease = await tried(() => loadLease(store, LEASE));
    await checkJournal(store);
    await factsOf(store, [], false);
    return [index, book, trash, config, lease].some((value) => value !== undefined);
  },
});
