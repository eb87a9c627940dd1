import { randomUUID } from 'node:crypto';
import { ToolError } from '../base/error.js';
import type { Note } from '../base/event.js';
import { type Digest, digestOf } from '../oci/digest.js';
import { Draft, type DraftSettings, type StoreState } from './draft.js';
import { writeWhole } from './file.js';
import { indexBytes, readIndex, readIndexBytes } from './index-file.js';
import { indexInvalid } from './index-entry.js';
import { type JournalEntry, appendJournal } from './journal.js';
import { type Reconciled, reconcile } from './reconcile.js';
import { decodeRefBook, emptyRefBook, refBookText } from './refs.js';
import { loadState, saveState } from './state.js';
import { storedRoot } from './stored-root.js';
import { type Store, withLock } from './store.js';
import { type Trash, decodeTrash, emptyTrash, idsOf, trashText, withoutRecords } from './trash.js';

/** A state as it was read, and which index it was read from. */
export interface ReadState extends StoreState {
  /** Of the index bytes. */
  readonly digest: Digest;
  /** What the index said that was odd. */
  readonly notes: readonly Note[];
}

const draftSettings = (store: Store, operation: string, now: number): DraftSettings => ({
  now,
  style: store.config.refName,
  operation,
  actor: store.actor,
  trash: store.config.trash * 1000,
  newId: randomUUID,
});

interface Loaded extends Reconciled {
  readonly digest: Digest;
  /** The trash as the file has it. */
  readonly saved: Trash;
}

const load = async (store: Store): Promise<Loaded> => {
  const refs = (await loadState(store.paths.refs, store.limits, decodeRefBook, 'large')) ?? emptyRefBook();
  const { index, digest, isThere } = await readIndex(store.paths.index, store.limits, refs.index);
  // Nobody removes an index on purpose: taken at its word, this would put all images into the trash.
  if (!isThere && refs.refs.size > 0) throw indexInvalid(store.paths.index, undefined);
  const trash = (await loadState(store.paths.trash, store.limits, decodeTrash)) ?? emptyTrash();
  const state = { index, refs, trash };
  if (refs.index === digest) return { state, digest, journal: [], notes: [], saved: trash };
  const { operation: _operation, ...settings } = draftSettings(store, '', store.now());
  const reconciled = reconcile(state, { settings, stored: (wanted) => storedRoot(store.paths, store.limits, wanted) });
  return { ...reconciled, digest, saved: trash };
};

/**
 * The names of the store as they are now, what other tools have changed taken into account and nothing written. For a
 * view that stays, hold the store meanwhile.
 * @throws {ToolError} STORE_INDEX_INVALID, STORE_STATE_INVALID, STORE_VERSION, STORE_TAMPERED; system errors
 */
export const readState = async (store: Store): Promise<ReadState> => {
  const { state, digest, notes } = await load(store);
  return { ...state, digest, notes };
};

/** The change that a plan made to its draft, or the wish to change nothing. */
export interface Decision<T> {
  readonly result: T;
  readonly write: boolean;
}

const write = async (
  store: Store,
  before: Loaded,
  after: StoreState,
  journal: readonly JournalEntry[],
): Promise<boolean> => {
  const { paths, config } = store;
  const durable = config.fsync;
  const gained = withoutRecords(after.trash, idsOf(before.saved)).records;
  const leaving = withoutRecords(before.saved, idsOf(after.trash)).records;
  // What is removed must rest before it leaves the index, what is restored must be listed before it leaves the trash.
  if (gained.length > 0)
    await saveState(paths.trash, trashText({ records: [...leaving, ...after.trash.records] }), durable);
  const bytes = indexBytes(after.index);
  const digest = digestOf(bytes);
  if (digest !== before.digest) {
    store.step('index-written');
    const isSame = async (): Promise<boolean> =>
      (await readIndexBytes(paths.index, store.limits)).digest === before.digest;
    if (!(await writeWhole(paths.index, bytes, { durable, beforeRename: isSame }))) return false;
    store.step('index-renamed');
  }
  await saveState(paths.refs, refBookText({ ...after.refs, index: digest }), durable);
  store.step('refs-written');
  if (leaving.length > 0) await saveState(paths.trash, trashText(after.trash), durable);
  await appendJournal(store, journal);
  return true;
};

/** How often another tool may write the index under this process's hands. */
const FOREIGN_WRITES = 20;

/**
 * Changes the names of the store: alone, on what the index says now, and so that at every moment all that is listed,
 * rests or is leased has its content. The plan may be asked again if another tool, which takes no lock, writes the
 * index in between.
 * @throws {ToolError} STORE_LOCKED, STORE_CHANGED, STORE_INDEX_INVALID, STORE_STATE_INVALID, STORE_VERSION; NO_SPACE,
 * PERMISSION_DENIED and other system errors; what the plan throws
 */
export const transact = <T>(
  store: Store,
  operation: string,
  plan: (draft: Draft, state: ReadState, store: Store) => Promise<Decision<T>>,
): Promise<T> => withLock(store, 'exclusive', (held) => transactLocked(held, operation, plan));

/** As {@link transact}, for callers that hold the store alone. */
export const transactLocked = async <T>(
  store: Store,
  operation: string,
  plan: (draft: Draft, state: ReadState, store: Store) => Promise<Decision<T>>,
): Promise<T> => {
  for (let round = 0; round < FOREIGN_WRITES; round++) {
    const before = await load(store);
    const draft = new Draft(before.state, draftSettings(store, operation, store.now()));
    const state = { ...before.state, digest: before.digest, notes: before.notes };
    const decision = await plan(draft, state, store);
    if (!decision.write) return decision.result;
    if (await write(store, before, draft.state(), [...before.journal, ...draft.journal])) return decision.result;
  }
  throw new ToolError('STORE_CHANGED', 'another tool changes the index all the time', {
    subject: store.paths.index,
    hint: 'let the other tool finish, then try again',
  });
};
