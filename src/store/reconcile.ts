import type { Note } from '../base/event.js';
import type { Digest } from '../oci/digest.js';
import { Draft, type DraftSettings, type StoreState } from './draft.js';
import { settleNames } from './index-file.js';
import type { JournalEntry } from './journal.js';
import type { TrashedRoot } from './trash.js';

export interface Reconciled {
  readonly state: StoreState;
  readonly journal: readonly JournalEntry[];
  readonly notes: readonly Note[];
}

/** The same store with the records of Ingot brought in line with the index, which other tools write as well. */
export interface ReconcileOptions {
  readonly settings: Omit<DraftSettings, 'operation'>;
  /** What is stored under a digest that the index does not list any more; undefined for nothing. */
  readonly stored: (digest: Digest) => TrashedRoot | undefined;
}

const OUTSIDE = 'changed by another tool';

/** Keeps what is gone from the index for those who want it back. */
const rest = (draft: Draft, name: string, digest: Digest, options: ReconcileOptions): void => {
  if (draft.isTrashed(digest, name)) return;
  const root = options.stored(digest);
  if (root !== undefined) draft.trashRoot(root, name === '' ? [] : [name], [], OUTSIDE);
};

/**
 * Takes over what other tools have done to the index since Ingot last wrote it, and what an interrupted change has
 * left: new names get a record, names and images that are gone rest in the trash. The index decides; nothing of it is
 * taken back.
 */
export const reconcile = (before: StoreState, options: ReconcileOptions): Reconciled => {
  const settled = settleNames(before.index);
  const draft = new Draft({ ...before, index: settled.index }, { ...options.settings, operation: 'outside' });
  const records = draft.records();
  for (const [name, record] of records.refs) {
    const entry = draft.entryOf(name);
    if (entry?.digest === record.digest) continue;
    draft.note(name, { from: record.digest, ...(entry === undefined ? {} : { to: entry.digest }) });
    if (entry === undefined && !record.pinned) draft.forgetRef(name);
    if (entry !== undefined) draft.adoptRef(name, entry.digest);
    if (draft.entryFor(record.digest) !== undefined && draft.namesOf(record.digest).length === 0) {
      if (draft.imageOf(record.digest) === undefined) draft.adoptImage(record.digest, { lastName: name });
    }
    // A name that is gone rests even if its image is listed still: a tool without locks may have written an old index.
    if (entry === undefined || draft.entryFor(record.digest) === undefined) rest(draft, name, record.digest, options);
  }
  for (const [digest, record] of records.images) {
    const isUnnamed = draft.entryFor(digest) !== undefined && draft.namesOf(digest).length === 0;
    if (isUnnamed || record.pinned) continue;
    draft.forgetImage(digest);
    if (draft.entryFor(digest) === undefined) rest(draft, '', digest, options);
  }
  for (const entry of settled.index.entries) {
    if (entry.nameText !== '' && draft.refOf(entry.nameText) === undefined) {
      draft.adoptRef(entry.nameText, entry.digest);
      draft.note(entry.nameText, { to: entry.digest });
    }
    if (draft.namesOf(entry.digest).length === 0 && draft.imageOf(entry.digest) === undefined) {
      draft.adoptImage(entry.digest);
      draft.note(entry.digest, { to: entry.digest });
    }
  }
  return { state: draft.state(), journal: draft.journal, notes: settled.notes };
};
