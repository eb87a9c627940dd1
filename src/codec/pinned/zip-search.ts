import { MAX_DISTANCE, MAX_LENGTH } from './deflate-symbol.js';
import type { HashChains } from './hash-chains.js';
import { AHEAD, type SlidingInput } from './sliding-input.js';
import type { ZipDialect } from './zip-level.js';

/** Bytes of the shortest match. */
export const SHORTEST = 3;
/** Bytes back that a match can reach; from the second candidate on it is one less. */
export const REACH: number = MAX_DISTANCE - AHEAD;

/** Bits by which the hash moves with each byte: three moves push a byte out of it. */
export const hashShift = (hashBits: number): number => Math.floor((hashBits + 2) / 3);

/** What a search tries; `good` and what it means are those of the lazy levels. */
interface Effort {
  readonly candidates: number;
  readonly nice: number;
  readonly good: number;
}

/** Finds earlier occurrences of the bytes at a position. */
export class ZipSearch {
  /** Bytes back of the last match that {@link ZipSearch.longest} found. */
  distance = 0;
  readonly #input: SlidingInput;
  readonly #chains: HashChains;
  readonly #effort: Effort;
  readonly #past: boolean;
  readonly #mask: number;
  readonly #shift: number;

  constructor(input: SlidingInput, chains: HashChains, effort: Effort, { behind, hashBits }: ZipDialect) {
    this.#input = input;
    this.#chains = chains;
    this.#effort = effort;
    this.#past = behind !== 'nothing';
    this.#mask = (1 << hashBits) - 1;
    this.#shift = hashShift(hashBits);
  }

  /** Puts a position at the head of its bucket and tells how far back the one before it lies. */
  insert(position: number): number {
    const { bytes } = this.#input;
    const shift = this.#shift;
    const first = (bytes[position] ?? 0) << (2 * shift);
    const second = (bytes[position + 1] ?? 0) << shift;
    return this.#chains.insert(position, (first ^ second ^ (bytes[position + 2] ?? 0)) & this.#mask);
  }

  /**
   * The length of the longest match at a position that is longer than `before`, and sets its distance; else `before`.
   * @param first bytes back to the first candidate
   */
  longest(position: number, first: number, before: number, end: number): number {
    const { base, bytes } = this.#input;
    const { steps } = this.#chains;
    const { candidates, good, nice } = this.#effort;
    // The first byte of the window cannot be told from "nowhere".
    const room = position - base - 1;
    if (first > REACH || first > room) return before;
    const reach = Math.min(REACH - 1, room);
    const ahead = end - position;
    const most = this.#past ? MAX_LENGTH : Math.min(ahead, MAX_LENGTH);
    const enough = Math.min(nice, most);
    let best = before;
    let far = first;
    for (let left = before >= good ? candidates >> 2 : candidates; left > 0; left -= 1) {
      const candidate = position - far;
      if (bytes[candidate + best] === bytes[position + best] && bytes[candidate] === bytes[position]) {
        let same = 1;
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
