import { type ErrorDetails } from '../base/error.js';
import { type HashAlgorithm } from '../base/hash.js';
declare const brand: unique symbol;
/**
 * `algorithm:encoded`, checked. Only {@link parseDigest} and the hashers make one, so a path or URL built from it
 * cannot escape.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md#digests
 */
export type Digest = string & {
    readonly [brand]: 'Digest';
};
/**
 * Well-formed digests of unknown algorithms pass: they may be listed and carried by name, but not verified.
 * @throws {ToolError} DIGEST_INVALID
 */
export declare const parseDigest: (text: string, place?: ErrorDetails) => Digest;
/** Undefined instead of an error. */
export declare const tryParseDigest: (text: string) => Digest | undefined;
export declare const algorithmOf: (digest: Digest) => string;
export declare const encodedOf: (digest: Digest) => string;
/**
 * The algorithm of a digest that is to be verified.
 * @throws {ToolError} DIGEST_ALGORITHM_UNSUPPORTED
 */
export declare const hashAlgorithmOf: (digest: Digest, subject?: string) => HashAlgorithm;
/** The digest that a hasher's result spells. */
export declare const digestFromHex: (algorithm: HashAlgorithm, hex: string) => Digest;
/** The digest of one piece of memory; sha256 unless told. */
export declare const digestOf: (bytes: Uint8Array, algorithm?: HashAlgorithm) => Digest;
/** Twelve hex digits, as docker shows IDs. */
export declare const shortDigest: (digest: Digest) => string;
export {};
//# sourceMappingURL=digest.d.ts.map