import type { Cursor } from '../oci/decode.js';
import { decodeDigest, decodeMediaType } from '../oci/descriptor.js';
import type { Digest } from '../oci/digest.js';
import { canonicalText } from './canonical-text.js';
import { timeText } from './clock.js';
import { STORE_FORMAT, decodeFlag, decodeTime } from './state.js';

/** What an entry of the index said about an image. */
export interface TrashedRoot {
  readonly digest: Digest;
  readonly mediaType: string;
  /** Bytes. */
  readonly size: number;
  readonly isSparse: boolean;
}

/** Something that was removed and rests: until it expires, all of its content stays. */
export interface TrashRecord {
  readonly id: string;
  /** Names that it had; empty for an image without one. */
  readonly names: readonly string[];
  readonly root: TrashedRoot;
  /** Artifacts that referred to it and went with it. */
  readonly referrers: readonly TrashedRoot[];
  /** Milliseconds since 1970. */
  readonly removed: number;
  /** Milliseconds since 1970. */
  readonly expires: number;
  readonly by: string;
  readonly reason: string;
}

/** `trash.json`, oldest first. */
export interface Trash {
  readonly records: readonly TrashRecord[];
}

export const emptyTrash = (): Trash => ({ records: [] });

const decodeRoot = (cursor: Cursor): TrashedRoot => ({
  digest: decodeDigest(cursor.field('digest')),
  mediaType: decodeMediaType(cursor.field('mediaType')),
  size: cursor.field('size').size(),
  isSparse: decodeFlag(cursor.field('isSparse')),
});

const decodeRecord = (cursor: Cursor): TrashRecord => ({
  id: cursor.field('id').string(),
  names: cursor.field('names').strings(),
  root: decodeRoot(cursor.field('root')),
  referrers: cursor.field('referrers').array().map(decodeRoot),
  removed: decodeTime(cursor.field('removed')),
  expires: decodeTime(cursor.field('expires')),
  by: cursor.field('by').string(),
  reason: cursor.field('reason').string(),
});

export const decodeTrash = (cursor: Cursor): Trash => ({ records: cursor.field('records').array().map(decodeRecord) });

export const trashText = ({ records }: Trash): string =>
  canonicalText({
    format: STORE_FORMAT,
    records: records.map((record) => ({
      ...record,
      removed: timeText(record.removed),
      expires: timeText(record.expires),
    })),
  });

/** Records that still protect their content. */
export const restingAt = ({ records }: Trash, now: number): readonly TrashRecord[] =>
  records.filter(({ expires }) => expires > now);

/** Everything that a record keeps. */
export const rootsOf = ({ root, referrers }: TrashRecord): readonly TrashedRoot[] => [root, ...referrers];

/** The newest record that had the name, or that is of the digest, or that has the id. */
export const findTrashed = ({ records }: Trash, wanted: string): TrashRecord | undefined =>
  records.findLast(({ id, names, root }) => id === wanted || names.includes(wanted) || root.digest === wanted);

export const idsOf = ({ records }: Trash): ReadonlySet<string> => new Set(records.map(({ id }) => id));

export const withoutRecords = ({ records }: Trash, gone: ReadonlySet<string>): Trash => ({
  records: records.filter(({ id }) => !gone.has(id)),
});
