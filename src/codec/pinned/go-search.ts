/** What the searches of Go's encoder have in common, whatever language they are written in. */

/** Bits of the hash of four bytes. */
export const HASH_BITS = 17;
export const HASH_FACTOR = 0x1e35a7bd;
/** Bytes less one of the shortest match; as a length it stands for "no match". */
export const NONE = 3;

/** The bucket of four bytes, given as a big-endian word. */
export const bucketOf = (word: number): number => Math.imul(word, HASH_FACTOR) >>> (32 - HASH_BITS);
