import { type JsonValue, isJsonObject } from '../base/json.js';
import type { Cursor } from '../oci/decode.js';
import { decodeDigest } from '../oci/descriptor.js';
import type { Digest } from '../oci/digest.js';
import { tryParseDigest } from '../oci/digest.js';
import { mapText } from './canonical-text.js';
import { STORE_FORMAT, decodeFlag } from './state.js';

/**
 * What is known about a name beyond the image that it means. Times are milliseconds since 1970, in the file as well:
 * ten thousand records are read and written with every change.
 */
export interface RefRecord {
  readonly digest: Digest;
  /** Grows with every change of any name, so it orders names where times do not. */
  readonly seq: number;
  /** When the image came into the store under this name. */
  readonly imported: number;
  /** When the name was last moved. */
  readonly tagged: number;
  readonly pinned: boolean;
  /** Where it came from, as a location; '' where nobody knows. */
  readonly source: string;
}

/** What is known about an image that has no name, or that is kept by its digest. */
export interface ImageRecord {
  readonly seq: number;
  readonly imported: number;
  readonly pinned: boolean;
  /** When it lost its last name. */
  readonly untagged?: number;
  /** The name that it lost, and the image that has it now. */
  readonly lastName?: string;
  readonly replacedBy?: Digest;
}

/** `refs.json`. Nothing in it is needed to read an image; a record that is missing means: keep. */
export interface RefBook {
  /** The highest sequence number given out. */
  readonly seq: number;
  /** Digest of `index.json` as Ingot last wrote it. */
  readonly index?: Digest;
  readonly refs: ReadonlyMap<string, RefRecord>;
  readonly images: ReadonlyMap<Digest, ImageRecord>;
}

export const emptyRefBook = (): RefBook => ({ seq: 0, refs: new Map(), images: new Map() });

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

const count = (cursor: Cursor): number => (isCount(cursor.value) ? cursor.value : cursor.fail('a whole number from 0'));

const decodeRef = (cursor: Cursor): RefRecord => ({
  digest: decodeDigest(cursor.field('digest')),
  seq: count(cursor.field('seq')),
  imported: count(cursor.field('imported')),
  tagged: count(cursor.field('tagged')),
  pinned: decodeFlag(cursor.field('pinned')),
  source: cursor.field('source').string(),
});

const decodeImage = (cursor: Cursor): ImageRecord => {
  const untagged = cursor.field('untagged').optional(count);
  const lastName = cursor.field('lastName').optional((field) => field.string());
  const replacedBy = cursor.field('replacedBy').optional(decodeDigest);
  return {
    seq: count(cursor.field('seq')),
    imported: count(cursor.field('imported')),
    pinned: decodeFlag(cursor.field('pinned')),
    ...(untagged === undefined ? {} : { untagged }),
    ...(lastName === undefined ? {} : { lastName }),
    ...(replacedBy === undefined ? {} : { replacedBy }),
  };
};

/** The common record in one look; anything else goes through the reader that can say what is wrong. */
const quickRef = (value: JsonValue): RefRecord | undefined => {
  if (!isJsonObject(value)) return undefined;
  const { digest, seq, imported, tagged, pinned, source } = value;
  const parsed = typeof digest === 'string' ? tryParseDigest(digest) : undefined;
  if (parsed === undefined || !isCount(imported) || !isCount(tagged)) return undefined;
  if (!isCount(seq) || typeof source !== 'string') return undefined;
  if (pinned !== undefined && typeof pinned !== 'boolean') return undefined;
  return { digest: parsed, seq, imported, tagged, pinned: pinned ?? false, source };
};

export const decodeRefBook = (cursor: Cursor): RefBook => {
  const refs = cursor.field('refs');
  const images = cursor.field('images');
  const index = cursor.field('index').optional(decodeDigest);
  return {
    seq: count(cursor.field('seq')),
    ...(index === undefined ? {} : { index }),
    refs: new Map(
      Object.entries(refs.object()).map(([name, value]) => [name, quickRef(value) ?? decodeRef(refs.field(name))]),
    ),
    images: new Map(
      Object.keys(images.object()).map((text) => {
        const digest = tryParseDigest(text) ?? images.fail('digests as keys');
        return [digest, decodeImage(images.field(text))];
      }),
    ),
  };
};

const refText = ({ digest, seq, imported, tagged, pinned, source }: RefRecord): string =>
  `{"digest":${JSON.stringify(digest)},"imported":${imported},${pinned ? '"pinned":true,' : ''}` +
  `"seq":${seq},"source":${JSON.stringify(source)},"tagged":${tagged}}`;

const imageText = (record: ImageRecord): string =>
  mapText([
    ['imported', String(record.imported)],
    ['seq', String(record.seq)],
    ...(record.pinned ? [['pinned', 'true'] as const] : []),
    ...(record.untagged === undefined ? [] : [['untagged', String(record.untagged)] as const]),
    ...(record.lastName === undefined ? [] : [['lastName', JSON.stringify(record.lastName)] as const]),
    ...(record.replacedBy === undefined ? [] : [['replacedBy', JSON.stringify(record.replacedBy)] as const]),
  ]);

/** The text of `refs.json`, canonical. */
export const refBookText = (book: RefBook): string =>
  mapText([
    ['format', String(STORE_FORMAT)],
    ['seq', String(book.seq)],
    ...(book.index === undefined ? [] : [['index', JSON.stringify(book.index)] as const]),
    ['refs', mapText([...book.refs].map(([name, record]) => [name, refText(record)]))],
    ['images', mapText([...book.images].map(([digest, record]) => [digest, imageText(record)]))],
  ]);
