import { ToolError } from '../base/error.js';
import { JsonNumber, type JsonObject, type JsonValue, isJsonArray, isJsonObject } from '../base/json.js';
import { type ImageName, nameFromAnnotations, nameFromRefName, nameText, refNameOf } from '../content/name.js';
import { ANNOTATION } from '../oci/annotation.js';
import { Cursor } from '../oci/decode.js';
import type { Descriptor } from '../oci/descriptor.js';
import { type Digest, tryParseDigest } from '../oci/digest.js';
import { canonicalText } from './canonical-text.js';

/** On an image that lost its last name, so that readers without Ingot can tell it from an artifact. */
export const DANGLING = 'dev.ingot.dangling';
/** On an image that was stored without all of its blobs, as the user allowed. */
export const SPARSE = 'dev.ingot.sparse';

/** One entry of the store's `index.json`. */
export interface StoreEntry {
  readonly digest: Digest;
  readonly mediaType: string;
  /** Bytes. */
  readonly size: number;
  /** The name as text; '' for none. See {@link nameOf}. */
  readonly nameText: string;
  readonly isSparse: boolean;
  /** The entry as it stands in the file, canonical. */
  readonly text: string;
  /** The file names it by the full name alone, as when another tool has moved its `ref.name` to another image. */
  readonly isHalfNamed: boolean;
}

/** The name of an entry; undefined for none. Parsed when it is asked for, since most entries only pass through. */
export const nameOf = ({ nameText: text }: StoreEntry): ImageName | undefined =>
  text === '' ? undefined : nameFromRefName(text);

/** How names are written. */
export type RefNameStyle = 'full' | 'tag';

const annotationsFor = (name: ImageName | undefined, flags: EntryFlags, style: RefNameStyle): JsonObject => ({
  ...(flags.isDangling === true ? { [DANGLING]: '1' } : {}),
  ...(flags.isSparse ? { [SPARSE]: '1' } : {}),
  ...(name?.kind === 'reference' ? { [ANNOTATION.imageName]: nameText(name) } : {}),
  ...(name === undefined ? {} : { [ANNOTATION.refName]: style === 'full' ? nameText(name) : refNameOf(name) }),
});

export interface EntryFlags {
  readonly isSparse: boolean;
  /** Only of an entry without a name. */
  readonly isDangling?: boolean;
}

/** An entry that Ingot makes: the descriptor's essence and the name, whatever else the source said. */
export const newEntry = (
  { digest, mediaType, size }: Pick<Descriptor, 'digest' | 'mediaType' | 'size'>,
  name: ImageName | undefined,
  flags: EntryFlags,
  style: RefNameStyle,
): StoreEntry => {
  const annotations = annotationsFor(name, flags, style);
  const isAnnotated = Object.keys(annotations).length > 0;
  return {
    digest,
    mediaType,
    size,
    nameText: name === undefined ? '' : nameText(name),
    isSparse: flags.isSparse,
    isHalfNamed: false,
    text: canonicalText({ digest, mediaType, size, ...(isAnnotated ? { annotations } : {}) }),
  };
};

const hasOtherNumber = (value: JsonValue): boolean =>
  value instanceof JsonNumber ||
  (isJsonArray(value) && value.some(hasOtherNumber)) ||
  (isJsonObject(value) && Object.values(value).some(hasOtherNumber));

/** Annotations without those that are no texts: a reader must get by with what other tools write. */
const annotationsOf = (value: JsonObject): ReadonlyMap<string, string> => {
  const annotations = value['annotations'];
  if (!isJsonObject(annotations)) return new Map();
  return new Map(Object.entries(annotations).flatMap(([key, text]) => (typeof text === 'string' ? [[key, text]] : [])));
};

/**
 * The name of an entry, as the store has it: the full name, unless another tool has copied the entry and given the copy
 * a `ref.name` that says something else. Ingot writes the full name or its tag there.
 */
const storeName = (
  annotations: ReadonlyMap<string, string>,
): { readonly name?: ImageName; readonly isCopied: boolean } => {
  const name = nameFromAnnotations(annotations);
  if (name === undefined) return { isCopied: false };
  const short = annotations.get(ANNOTATION.refName);
  const isOwn = short === undefined || short === '' || short === nameText(name) || short === refNameOf(name);
  const meant = isOwn ? name : nameFromRefName(short);
  return { name: meant, isCopied: nameText(meant) !== nameText(name) };
};

/** Without what another tool has copied from an entry that it does not say anything about. */
const withoutAnnotation = (value: JsonObject, key: string): JsonObject => {
  const annotations = value['annotations'];
  if (!isJsonObject(annotations) || annotations[key] === undefined) return value;
  const { [key]: _gone, ...others } = annotations;
  const { annotations: _annotations, ...rest } = value;
  return Object.keys(others).length === 0 ? rest : { ...rest, annotations: others };
};

/**
 * An entry as it stands in the file. Members that mean nothing here are carried.
 * @throws {ToolError} STORE_INDEX_INVALID
 */
export const parseEntry = (value: JsonValue, subject: string, pointer: string): StoreEntry => {
  const fail = (at: string, expected: string): never =>
    new Cursor(isJsonObject(value) ? value[at] : value, subject, at === '' ? pointer : `${pointer}/${at}`).fail(
      expected,
      'STORE_INDEX_INVALID',
    );
  if (!isJsonObject(value)) return fail('', 'an object');
  const { digest: digestText, mediaType, size } = value;
  const digest = typeof digestText === 'string' ? tryParseDigest(digestText) : undefined;
  if (digest === undefined) return fail('digest', 'a digest');
  if (typeof mediaType !== 'string' || mediaType === '') return fail('mediaType', 'a media type');
  if (typeof size !== 'number' || size < 0) return fail('size', 'a whole number from 0');
  if (hasOtherNumber(value)) return fail('', 'whole numbers');
  const annotations = annotationsOf(value);
  const { name, isCopied } = storeName(annotations);
  const own = isCopied ? withoutAnnotation(value, ANNOTATION.imageName) : value;
  const isHalfNamed = annotations.has(ANNOTATION.imageName) && !annotations.has(ANNOTATION.refName);
  return {
    digest,
    mediaType,
    size,
    nameText: name === undefined ? '' : nameText(name),
    isSparse: annotations.get(SPARSE) === '1',
    isHalfNamed,
    text: canonicalText(name === undefined ? own : withoutAnnotation(own, DANGLING)),
  };
};

/** The same image without its name: what other tools have said about it stays. @throws {ToolError} DEFECT */
export const withoutName = (entry: StoreEntry, isReferrer: boolean): StoreEntry => {
  const value = JSON.parse(entry.text) as JsonObject;
  const before = isJsonObject(value['annotations']) ? value['annotations'] : {};
  const { [ANNOTATION.imageName]: _full, [ANNOTATION.refName]: _short, ...others } = before;
  const annotations: JsonObject = { ...others, ...(isReferrer ? {} : { [DANGLING]: '1' }) };
  const { annotations: _annotations, ...rest } = value;
  const text = canonicalText(Object.keys(annotations).length === 0 ? rest : { ...rest, annotations });
  return { ...entry, nameText: '', isHalfNamed: false, text };
};

/** A full name with host and tag, which completing does not change. */
const SPELT_OUT =
  /^(?!index\.docker\.io\/|docker\.io\/[^/]*$)[a-z0-9-]+(?:\.[a-z0-9-]+)+\/[a-z0-9]+(?:[._/-][a-z0-9]+)*:[A-Za-z0-9_][A-Za-z0-9_.-]{0,100}$/;

/**
 * An entry as Ingot makes it, out of a file that Ingot has written; undefined for any other one, which
 * {@link parseEntry} reads. Nearly all entries of a store are of this kind.
 */
export const ownEntry = (value: JsonValue): StoreEntry | undefined => {
  if (!isJsonObject(value)) return undefined;
  const { annotations, digest: digestText, mediaType, size, ...others } = value;
  for (const _other in others) return undefined;
  if (!isJsonObject(annotations)) return undefined;
  const { [ANNOTATION.imageName]: full, [ANNOTATION.refName]: short, ...rest } = annotations;
  for (const _other in rest) return undefined;
  const digest = typeof digestText === 'string' ? tryParseDigest(digestText) : undefined;
  if (digest === undefined || typeof mediaType !== 'string' || typeof size !== 'number') return undefined;
  if (typeof full !== 'string' || full !== short || full.length > MAX_QUICK_NAME || !SPELT_OUT.test(full))
    return undefined;
  return { digest, mediaType, size, nameText: full, isSparse: false, isHalfNamed: false, text: JSON.stringify(value) };
};

/** Far below what names may have, so that their limits need no thought here. */
const MAX_QUICK_NAME = 200;

export const indexInvalid = (subject: string, cause: unknown): ToolError =>
  new ToolError('STORE_INDEX_INVALID', 'the index of the store cannot be read', {
    ...(cause instanceof ToolError ? cause.details : {}),
    subject,
    hint: 'another tool may have been ended while it wrote; restore the file from a backup, or run ingot fsck --repair',
    cause,
  });
