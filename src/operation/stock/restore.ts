import { ToolError } from '../../base/error.js';
import { checkName, nameFromRefName, nameFromRepoTag, nameText } from '../../content/name.js';
import { checkNameRules } from '../../store/commit.js';
import { timeText } from '../../store/clock.js';
import { findBlob } from '../../store/content.js';
import type { Draft } from '../../store/draft.js';
import { nearNames } from '../../store/near.js';
import { type Store, withLock } from '../../store/store.js';
import { readState, transact } from '../../store/transact.js';
import { type Trash, type TrashRecord, findTrashed, restingAt } from '../../store/trash.js';
import { encodedOf } from '../../oci/digest.js';
import { formatReference, tryParseReference } from '../../oci/reference.js';
import { type StockContext, storeToChange, storeToRead } from '../store-context.js';
import type { RestoreReport, TrashReport } from './report.js';

/** By the beginning of a digest or of the id of a record; the newest record of one image. */
const findShort = ({ records }: Trash, target: string): TrashRecord | undefined => {
  const text = target.replace(/^sha256:/, '');
  if (!/^[0-9a-f-]{4,64}$/.test(text)) return undefined;
  const fitting = records.filter(({ id, root }) => id.startsWith(text) || encodedOf(root.digest).startsWith(text));
  const digests = new Set(fitting.map(({ root }) => root.digest));
  if (digests.size < 2) return fitting.at(-1);
  throw new ToolError('REFERENCE_AMBIGUOUS', 'several images in the trash fit', {
    subject: target,
    found: [...digests].join(', '),
    hint: 'give more digits, or a name',
  });
};

const find = (trash: Trash, target: string): TrashRecord => {
  const reference = tryParseReference(target);
  const record =
    findTrashed(trash, target) ??
    (reference === undefined ? undefined : findTrashed(trash, formatReference(reference))) ??
    findShort(trash, target);
  if (record !== undefined) return record;
  const near = nearNames(
    target,
    trash.records.flatMap(({ names }) => names),
  );
  throw new ToolError('TRASH_NOT_FOUND', 'nothing of this name rests in the trash', {
    subject: target,
    found: near.length === 0 ? `${trash.records.length} other images` : near.join(', '),
    hint: near[0] === undefined ? 'ingot restore --list shows what rests there' : `did you mean ${near[0]}?`,
  });
};

export interface RestoreOptions {
  /** Another name for the image, instead of those that it had. */
  readonly as?: string;
  /** Take names from the images that have them now. */
  readonly force: boolean;
  /** Only says what would come back. */
  readonly dryRun?: boolean;
}

const bringBack = (draft: Draft, store: Store, record: TrashRecord, options: RestoreOptions): readonly string[] => {
  const { root, referrers } = record;
  if (findBlob(store.paths, root.digest) === undefined) {
    throw new ToolError('BLOB_MISSING', 'the content of the image is gone', {
      subject: root.digest,
      hint: 'load the image again',
    });
  }
  const names = options.as === undefined ? record.names.map(nameFromRefName) : [nameFromRepoTag(options.as)];
  for (const name of names) {
    checkName(name);
    const text = nameText(name);
    checkNameRules(draft, store, text, root.digest, { noClobber: !options.force, force: options.force });
    draft.setName(name, root, 'trash');
  }
  if (names.length === 0) draft.addUnnamed(root, false);
  for (const referrer of referrers) draft.addUnnamed(referrer, true);
  return names.map(nameText);
};

/**
 * `restore`: brings back what was removed, by a name that it had, its digest, or the id of its record. All or none.
 * @throws {ToolError} TRASH_NOT_FOUND, REFERENCE_AMBIGUOUS, NAME_TAKEN, NAME_IMMUTABLE, BLOB_MISSING, REFERENCE_INVALID; STORE_MISSING,
 * STORE_LOCKED and what else a change of the store can be refused for
 */
export const restore = async (
  targets: readonly string[],
  options: RestoreOptions,
  context: StockContext,
): Promise<RestoreReport> => {
  const store = await storeToChange(context, 'restore');
  return transact(store, 'restore', async (draft, state, held) => {
    const restored = [];
    const gone = new Set<string>();
    for (const target of targets) {
      const record = find(state.trash, target);
      restored.push({ digest: record.root.digest, names: bringBack(draft, held, record, options) });
      gone.add(record.id);
    }
    draft.dropTrash(gone);
    const dryRun = options.dryRun ?? false;
    return { result: { store: held.paths.root, dryRun, restored }, write: !dryRun && gone.size > 0 };
  });
};

/** `restore --list`: what rests in the trash, newest first. @throws {ToolError} STORE_LOCKED, STORE_STATE_INVALID; system errors */
export const trash = async (context: StockContext): Promise<TrashReport> => {
  const store = await storeToRead(context, 'restore --list');
  if (store === undefined) return { store: context.store.root, trash: [] };
  const state = await withLock(store, 'shared', readState);
  const records = restingAt(state.trash, store.now()).toReversed();
  return {
    store: store.paths.root,
    trash: records.map(({ id, names, root, removed, expires, by, reason }) => ({
      id,
      names,
      digest: root.digest,
      removed: timeText(removed),
      expires: timeText(expires),
      by,
      reason,
    })),
  };
};
