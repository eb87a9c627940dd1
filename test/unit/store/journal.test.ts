import { appendFileSync, existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fsck } from '../../../src/store/fsck.js';
import { appendJournal, checkJournal } from '../../../src/store/journal.js';
import type { Store } from '../../../src/store/store.js';
import { StoreFixture } from '../../support/store-fixture.js';

const LIMIT = 4096;

let fixture: StoreFixture;
let store: Store;
beforeEach(async () => {
  fixture = new StoreFixture();
  const made = await fixture.open({ fsync: false });
  store = { ...made, limits: { ...made.limits, journal: LIMIT } };
});
afterEach(() => fixture.remove());

let count = 0;
const append = (): Promise<void> => appendJournal(store, [{ operation: 'tag', subject: `name:${count++}` }]);
const appendUntil = async (isEnough: () => boolean): Promise<void> => {
  for (let round = 0; round < 500 && !isEnough(); round++) await append();
  expect(isEnough()).toBe(true);
};
const linesOf = (path: string): readonly { readonly previous: string; readonly hash: string }[] =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { previous: string; hash: string });

describe('a journal that grows', () => {
  it('keeps two files of bounded size, and a chain across them', async () => {
    const { journal, journalBefore } = store.paths;
    for (let round = 0; round < 200; round++) {
      await append();
      for (const path of [journal, journalBefore])
        if (existsSync(path)) expect(statSync(path).size).toBeLessThan(LIMIT + 512);
    }
    expect(linesOf(journal)[0]?.previous).toBe(linesOf(journalBefore).at(-1)?.hash);
    // Older ones are gone, and that is no fault.
    expect(linesOf(journalBefore)[0]?.previous).not.toBe('');
    expect(await checkJournal(store)).toEqual([]);
    expect((await fsck(store, { repair: false, quick: false })).findings).toEqual([]);
  });

  it('goes on where a process was ended between the two files', async () => {
    const { journal, journalBefore } = store.paths;
    await appendUntil(() => existsSync(journal) && statSync(journal).size > 1000);
    renameSync(journal, journalBefore);
    await append();
    expect(linesOf(journal)[0]?.previous).toBe(linesOf(journalBefore).at(-1)?.hash);
    expect(await checkJournal(store)).toEqual([]);
  });

  it('goes on where a process was ended in the first line of the new file', async () => {
    const { journal, journalBefore } = store.paths;
    await appendUntil(() => existsSync(journal) && statSync(journal).size > 1000);
    renameSync(journal, journalBefore);
    writeFileSync(journal, '{"half');
    await append();
    expect(await checkJournal(store)).toEqual([{ path: journal, line: 1, what: 'torn' }]);
  });

  it('tells what was changed in the older file, and that it is missing', async () => {
    const { journal, journalBefore } = store.paths;
    await appendUntil(() => existsSync(journalBefore));
    const text = readFileSync(journalBefore, 'utf8');
    writeFileSync(journalBefore, text.replace('name:', 'game:'));
    expect(await checkJournal(store)).toEqual([{ path: journalBefore, line: 1, what: 'changed' }]);
    rmSync(journalBefore);
    expect(await checkJournal(store)).toEqual([{ path: journal, line: 1, what: 'out of order' }]);
    expect((await fsck(store, { repair: true, quick: true })).repaired).toEqual([journal]);
    await append();
    expect(await checkJournal(store)).toEqual([]);
  });

  it('is put aside as a whole', async () => {
    const { journal, journalBefore } = store.paths;
    await appendUntil(() => existsSync(journalBefore));
    appendFileSync(journalBefore, 'nonsense\n');
    await fsck(store, { repair: true, quick: true });
    expect([existsSync(journal), existsSync(journalBefore)]).toEqual([false, false]);
    expect((await fsck(store, { repair: false, quick: true })).findings).toEqual([]);
  });
});
