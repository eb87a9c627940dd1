/** What the searches of Go's encoder have in common, whatever language they are written in. */

/** Bits of the hash of four bytes. */
export const HASH_BITS = 17;
export const HASH_FACTOR = 0x1e35a7bd;
/** Bytes less one of the shortest match; as a length it stands for "no match". */
export const NONE = 3;
/** Bytes back beyond which a match of four bytes is not worth its distance. */
export const FAR = 4096;
/**
 * A match longer than `best` needs its last four bytes to have occurred in reach. The newest place where they did is
 * known for positions that are inserted, and those are the ones up to the current position. A match that overlaps
 * itself can have them further on; but then they repeat at its distance, so that they are also found within twice
 * the length of the longest match. Below this distance nothing is concluded.
 */
export const REPEAT_REACH = 512;

/** The bucket of four bytes, given as a big-endian word. */
export const bucketOf = (word: number): number => Math.imul(word, HASH_FACTOR) >>> (32 - HASH_BITS);
