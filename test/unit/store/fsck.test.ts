import { chmodSync, existsSync, readFileSync, readdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MemoryImage } from '../../support/memory-place.js';
import { type FsckResult, fsck } from '../../../src/store/fsck.js';
import { checkJournal } from '../../../src/store/journal.js';
import { blobFile } from '../../../src/store/path.js';
import type { Store } from '../../../src/store/store.js';
import { collect } from '../../../src/store/collect.js';
import { StoreFixture, library } from '../../support/store-fixture.js';

const LEASE = '01234567-89ab-cdef-0123-456789abcdef';

let fixture: StoreFixture;
let store: Store;
let image: MemoryImage;
beforeEach(async () => {
  fixture = new StoreFixture();
  store = await fixture.open();
  image = fixture.place.image({ layers: ['a'] });
  await fixture.put([
    [image.descriptor, 'app'],
    [fixture.place.image({ layers: ['b'] }).descriptor, 'other'],
  ]);
});
afterEach(() => fixture.remove());

const check = (repair = false): Promise<FsckResult> => fsck(store, { repair, quick: false });
const codes = async (repair = false): Promise<readonly string[]> =>
  (await check(repair)).findings.map(({ code, severity }) => `${severity} ${code}`);
const names = async (): Promise<readonly string[]> => Object.keys(await fixture.meanings());

const overwrite = (path: string, text: string): void => {
  chmodSync(path, 0o644);
  writeFileSync(path, text);
  chmodSync(path, 0o444);
};

describe('fsck', () => {
  it('finds nothing in a sound store', async () => {
    const result = await check();
    expect(result.findings).toEqual([]);
    expect(result.blobs).toBe(6);
  });

  it('finds damaged bytes, puts them aside, and a new load makes the image whole', async () => {
    overwrite(blobFile(store.paths, image.layers[0]!.digest), 'x');
    expect(await codes()).toEqual(['error BLOB_CORRUPT', 'error BLOB_MISSING']);
    await check(true);
    expect(readdirSync(store.paths.quarantine)).toHaveLength(1);
    expect(await codes()).toEqual(['error BLOB_MISSING']);
    expect(await names()).toEqual([library('app:latest'), library('other:latest')]);
    await fixture.put([[image.descriptor, 'app']]);
    expect(await codes()).toEqual([]);
  });

  it('takes an image without manifest from the list, so that a collection can run again', async () => {
    unlinkSync(blobFile(store.paths, image.descriptor.digest));
    expect(await codes()).toEqual(['error BLOB_MISSING']);
    expect((await check(true)).repaired).toContain(library('app:latest'));
    expect(await names()).toEqual([library('other:latest')]);
    expect(await codes()).toEqual([]);
    await collect(store);
  });

  it('sets modes right', async () => {
    chmodSync(blobFile(store.paths, image.config.digest), 0o666);
    expect(await codes(true)).toEqual(['info STORE_MODE']);
    expect(await codes()).toEqual([]);
  });

  it('finds names that stand for several images', async () => {
    const raw = JSON.parse(readFileSync(store.paths.index, 'utf8')) as { manifests: { annotations: unknown }[] };
    raw.manifests[1]!.annotations = raw.manifests[0]!.annotations;
    writeFileSync(store.paths.index, JSON.stringify(raw));
    expect(await codes(true)).toEqual(['warning NAME_DUPLICATE']);
    expect(await codes()).toEqual([]);
    expect(await fixture.unnamed()).toEqual([image.descriptor.digest]);
  });

  it('finds temporary files, and what is no blob', async () => {
    writeFileSync(join(store.paths.root, `.new-${LEASE}`), '');
    writeFileSync(join(store.paths.blobs, 'sha256', 'x'), '');
    expect((await codes(true)).toSorted()).toEqual(['info STORE_LEFTOVER', 'warning STORE_TAMPERED']);
    expect(await codes()).toEqual([]);
  });

  it.for(['', 'garbage', '{"schemaVersion":2,"manifests":[{"dig'])(
    'makes an index of the records when it reads %j',
    async (text) => {
      writeFileSync(store.paths.index, text);
      expect(await codes()).toEqual(['error STORE_INDEX_INVALID']);
      await check(true);
      expect(await names()).toEqual([library('app:latest'), library('other:latest')]);
      expect(await codes()).toEqual([]);
      expect(readdirSync(store.paths.quarantine)).toEqual(['index.json']);
    },
  );

  it('makes an index of the records when it is gone', async () => {
    unlinkSync(store.paths.index);
    expect(await codes(true)).toEqual(['error STORE_INDEX_INVALID']);
    expect(await names()).toEqual([library('app:latest'), library('other:latest')]);
  });

  it.for(['refs', 'trash'] as const)('puts a damaged %s aside', async (name) => {
    writeFileSync(store.paths[name], '{"format":1');
    expect(await codes()).toContain('error STORE_STATE_INVALID');
    await check(true);
    expect(await codes()).toEqual([]);
    expect(await names()).toEqual([library('app:latest'), library('other:latest')]);
  });

  it('puts a damaged lease aside', async () => {
    const path = join(store.paths.leases, `${LEASE}.json`);
    writeFileSync(path, 'x');
    expect(await codes(true)).toEqual(['error STORE_STATE_INVALID']);
    expect(existsSync(path)).toBe(false);
    expect(await codes()).toEqual([]);
  });

  it('tells an image that was stored in part from one that lost a part', async () => {
    const partial = fixture.place.image({ layers: ['c', 'd'] });
    fixture.place.remove(partial.layers[0]!);
    await fixture.put([[partial.descriptor, 'partial']], { allowSparse: true });
    expect(await codes()).toEqual(['info BLOB_MISSING']);
  });
});

describe('the journal', () => {
  it('holds line by line', async () => {
    expect(await checkJournal(store)).toEqual([]);
    const lines = readFileSync(store.paths.journal, 'utf8').trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { subject: string }).subject)).toEqual([
      library('app:latest'),
      library('other:latest'),
    ]);
  });

  it('goes on after a line that was cut', async () => {
    writeFileSync(store.paths.journal, `${readFileSync(store.paths.journal, 'utf8')}{"half`);
    await fixture.put([[image.descriptor, 'third']]);
    expect(await checkJournal(store)).toEqual([{ path: store.paths.journal, line: 3, what: 'torn' }]);
    expect(await codes(true)).toEqual(['info JOURNAL_BROKEN']);
    expect(await codes()).toEqual([]);
  });

  it.for([
    ['changed', (lines: string[]) => lines.with(0, lines[0]!.replace('app', 'ape')), [{ line: 1, what: 'changed' }]],
    ['removed', (lines: string[]) => lines.slice(1), [{ line: 1, what: 'out of order' }]],
  ] as const)('tells that a line was %s', async ([, change, expected]) => {
    const lines = readFileSync(store.paths.journal, 'utf8').trim().split('\n');
    writeFileSync(store.paths.journal, `${change(lines).join('\n')}\n`);
    expect(await checkJournal(store)).toEqual(expected.map((fault) => ({ path: store.paths.journal, ...fault })));
    expect(await codes()).toEqual(['warning JOURNAL_BROKEN']);
  });
});
