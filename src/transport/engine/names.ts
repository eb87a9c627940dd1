import { compareBytes } from '../../base/order.js';
import type { Cursor } from '../../oci/decode.js';
import { type Digest, tryParseKnownDigest } from '../../oci/digest.js';
import { formatReference, tryParseReference } from '../../oci/reference.js';

/** What engines write where an image has no name. */
const NO_NAME = '<none>';

/** Docker's containerd store keeps an image that lost its name under this one. */
const DANGLING_PREFIX = 'moby-dangling@';

/** A name as an engine shows it, fully qualified; undefined for what stands for no name. */
export const fullName = (text: string): string | undefined => {
  if (text.startsWith(NO_NAME) || text.startsWith(DANGLING_PREFIX) || text === '') return undefined;
  const reference = tryParseReference(text);
  return reference === undefined ? text : formatReference(reference);
};

/** Names that engines list, fully qualified, each once, sorted. */
export const fullNames = (texts: readonly string[]): readonly string[] =>
  [...new Set(texts.map(fullName).filter((name) => name !== undefined))].toSorted(compareBytes);

const HEX64 = /^[0-9a-f]{64}$/;

/** An ID with its algorithm, which Podman leaves out here and there. Undefined for what is no ID, such as `app:1`. */
export const tryImageID = (text: string): Digest | undefined =>
  tryParseKnownDigest(HEX64.test(text) ? `sha256:${text}` : text);

export const imageID = (cursor: Cursor): Digest =>
  tryImageID(cursor.string()) ?? cursor.fail('an image ID', 'DIGEST_INVALID');

/** A list where Go writes `null` for an empty one. */
export const stringsOf = (cursor: Cursor): readonly string[] =>
  cursor.optional((list) => list.strings(), 'null is absent') ?? [];

/** A whole number of either sign; 0 where there is none. */
export const integerOf = (cursor: Cursor): number => (typeof cursor.value === 'number' ? cursor.value : 0);

export const textOf = (cursor: Cursor): string => cursor.optional((field) => field.string(), 'null is absent') ?? '';
