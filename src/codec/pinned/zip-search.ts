import { MAX_DISTANCE, MAX_LENGTH } from './deflate-symbol.js';
import { AHEAD, type SearchWindow } from './search-window.js';
import type { ZipDialect, ZipLevel } from './zip-level.js';

/** Bytes of the shortest match. */
export const SHORTEST = 3;
/** Bytes back that a match can reach; from the second candidate on it is one less. */
const REACH: number = MAX_DISTANCE - AHEAD;

/** Finds earlier occurrences of the bytes at a position. */
export class ZipSearch {
  /** Bytes back of the last match that {@link ZipSearch.longest} found. */
  distance = 0;
  readonly #window: SearchWindow;
  readonly #level: ZipLevel;
  readonly #gnu: boolean;
  readonly #mask: number;
  readonly #shift: number;

  constructor(window: SearchWindow, level: ZipLevel, { gnu, hashBits }: ZipDialect) {
    this.#window = window;
    this.#level = level;
    this.#gnu = gnu;
    this.#mask = (1 << hashBits) - 1;
    // Three shifts push a byte out of the hash.
    this.#shift = Math.floor((hashBits + 2) / 3);
  }

  /** Puts a position at the head of its bucket and tells how far back the one before it lies. */
  insert(position: number): number {
    const { bytes, heads, steps } = this.#window;
    const shift = this.#shift;
    const bucket =
      (((bytes[position] ?? 0) << (2 * shift)) ^ ((bytes[position + 1] ?? 0) << shift) ^ (bytes[position + 2] ?? 0)) &
      this.#mask;
    const far = position - (heads[bucket] ?? 0);
    heads[bucket] = position;
    steps[position & (MAX_DISTANCE - 1)] = far > 0xffff ? 0xffff : far;
    return far;
  }

  /**
   * The length of the longest match at a position that is longer than `before`, or `before`.
   * @param first bytes back to the first candidate
   */
  longest(position: number, first: number, before: number, end: number): number {
    const { base, bytes, steps } = this.#window;
    // The first byte of the window cannot be told from "nowhere".
    const room = position - base - 1;
    if (first > REACH || first > room) return before;
    const reach = Math.min(REACH - 1, room);
    const { candidates, good, nice } = this.#level;
    const ahead = end - position;
    const most = this.#gnu ? MAX_LENGTH : Math.min(ahead, MAX_LENGTH);
    const enough = Math.min(nice, most);
    let best = before;
    let far = first;
    for (let left = before >= good ? candidates >> 2 : candidates; left > 0; left -= 1) {
      const candidate = position - far;
      if (
        bytes[candidate + best] === bytes[position + best] &&
        bytes[candidate + best - 1] === bytes[position + best - 1] &&
        bytes[candidate] === bytes[position] &&
        bytes[candidate + 1] === bytes[position + 1]
      ) {
        let same = 2;
        while (same < most && bytes[candidate + same] === bytes[position + same]) same += 1;
        if (same > best) {
          best = same;
          this.distance = far;
          if (same >= enough) break;
        }
      }
      far += steps[candidate & (MAX_DISTANCE - 1)] ?? 0;
      if (far > reach) break;
    }
    return Math.min(best, ahead);
  }
}
