/** What the searches of Go's encoder have in common, whatever language they are written in. */
import { MAX_DISTANCE } from './deflate-symbol.js';

/** Bits of the hash of four bytes. */
export const HASH_BITS = 17;
export const HASH_FACTOR = 0x1e35a7bd;
/** Bytes less one of the shortest match; as a length it stands for "no match". */
export const NONE = 3;
/** Bytes back beyond which a match of four bytes is not worth its distance. */
export const FAR = 4096;
/** Bytes of the window; it slides by half of them. */
export const WINDOW: number = 2 * MAX_DISTANCE;
/** Bytes that must lie ahead of a position before it is worked on, unless the input has ended: 4 + 258. */
export const AHEAD = 262;
/** A position that nothing can reach back to. */
export const NOWHERE: number = -WINDOW;
/** The largest step of a chain; it leads out of reach. */
export const FARTHEST = 0xffff;
/**
 * A match longer than `best` needs its last four bytes to have occurred in reach. The newest place where they did is
 * known for positions that are inserted, and those are the ones up to the current position. A match that overlaps
 * itself can have them further on; but then they repeat at its distance, so that they are also found within twice
 * the length of the longest match. Below this distance nothing is concluded.
 */
export const REPEAT_REACH = 512;
