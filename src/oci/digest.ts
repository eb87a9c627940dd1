import { type ErrorDetails, ToolError } from '../base/error.js';
import { excerpt } from '../base/escape.js';
import { HEX_LENGTH, type HashAlgorithm, hashHex, isHashAlgorithm } from '../base/hash.js';

declare const brand: unique symbol;

/**
 * `algorithm:encoded`, checked. Only {@link parseDigest} and the hashers make one, so a path or URL built from it
 * cannot escape.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md#digests
 */
export type Digest = string & { readonly [brand]: 'Digest' };

const GRAMMAR = /^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$/;

/** Longest digest taken: twice sha512, so that names stay far below every limit. */
const MAX_LENGTH = 300;

/** Nearly every digest there is. */
const USUAL = /^sha256:[0-9a-f]{64}$/;

const isDigest = (text: string): text is Digest => {
  if (USUAL.test(text)) return true;
  if (text.length > MAX_LENGTH || !GRAMMAR.test(text)) return false;
  const colon = text.indexOf(':');
  const algorithm = text.slice(0, colon);
  return !isHashAlgorithm(algorithm) || new RegExp(`^[0-9a-f]{${HEX_LENGTH[algorithm]}}$`).test(text.slice(colon + 1));
};

/**
 * Well-formed digests of unknown algorithms pass: they may be listed and carried by name, but not verified.
 * @throws {ToolError} DIGEST_INVALID
 */
export const parseDigest = (text: string, place: ErrorDetails = {}): Digest => {
  if (isDigest(text)) return text;
  throw new ToolError('DIGEST_INVALID', 'not a digest', {
    ...place,
    expected: 'ALGORITHM:HEX in lower case, such as sha256 and 64 digits',
    found: `"${excerpt(text, 160)}"`,
  });
};

/** Undefined instead of an error. */
export const tryParseDigest = (text: string): Digest | undefined => (isDigest(text) ? text : undefined);

/**
 * A digest where a name may stand as well: `app:1` has the form of a digest, too, so only algorithms that can be
 * verified count.
 */
export const tryParseKnownDigest = (text: string): Digest | undefined => {
  const digest = tryParseDigest(text);
  return digest !== undefined && isHashAlgorithm(algorithmOf(digest)) ? digest : undefined;
};

export const algorithmOf = (digest: Digest): string => digest.slice(0, digest.indexOf(':'));

export const encodedOf = (digest: Digest): string => digest.slice(digest.indexOf(':') + 1);

/**
 * The algorithm of a digest that is to be verified.
 * @throws {ToolError} DIGEST_ALGORITHM_UNSUPPORTED
 */
export const hashAlgorithmOf = (digest: Digest, subject: string = digest): HashAlgorithm => {
  const algorithm = algorithmOf(digest);
  if (isHashAlgorithm(algorithm)) return algorithm;
  throw new ToolError('DIGEST_ALGORITHM_UNSUPPORTED', 'content named by this algorithm cannot be verified', {
    subject,
    expected: 'sha256 or sha512',
    found: algorithm,
  });
};

/** The digest that a hasher's result spells. */
export const digestFromHex = (algorithm: HashAlgorithm, hex: string): Digest => parseDigest(`${algorithm}:${hex}`);

/** The digest of one piece of memory; sha256 unless told. */
export const digestOf = (bytes: Uint8Array, algorithm: HashAlgorithm = 'sha256'): Digest =>
  digestFromHex(algorithm, hashHex(algorithm, bytes));

/** Twelve hex digits, as docker shows IDs. */
export const shortDigest = (digest: Digest): string => encodedOf(digest).slice(0, 12);
