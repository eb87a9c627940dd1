import { MAX_DISTANCE, MAX_LENGTH, MAX_STORED } from './deflate-symbol.js';
import { LENGTH_SHIFT, TokenArray, type TokenStore } from './token-code.js';

/** Bytes of a block of input: as many as can be stored. */
export const SPEED_BLOCK: number = MAX_STORED;
/** Bits of the hash of four bytes. */
export const SPEED_HASH_BITS = 14;
export const SPEED_HASH_FACTOR = 0x1e35a7bd;
/** Bytes at the end of a block where no match begins. */
export const SPEED_MARGIN = 15;
/** Bytes of the shortest match. */
export const SPEED_SHORTEST = 4;
/** Steps begin with one byte, and grow by one with every 32 bytes that were passed. */
export const SPEED_PACE = 32;
/** A position that nothing can reach back to. */
const NOWHERE = -65536;

/** The search of level 1 over the memory of two blocks. */
export interface SpeedSearch {
  /** The block before, and the one that is filled. */
  readonly bytes: Uint8Array;
  readonly tokens: TokenStore;
  /** Adds the tokens of a part of the memory, which is at least 17 bytes long. */
  search(start: number, end: number): void;
  /** Adds each byte of a part as a token. */
  literals(start: number, end: number): void;
  /** Takes `by` off every position. */
  move(by: number): void;
}

const bucketOf = (word: number): number => Math.imul(word, SPEED_HASH_FACTOR) >>> (32 - SPEED_HASH_BITS);

/** The search without WebAssembly. */
export class PlainSpeedSearch implements SpeedSearch {
  readonly bytes: Uint8Array = new Uint8Array(2 * SPEED_BLOCK);
  readonly tokens: TokenArray = new TokenArray(SPEED_BLOCK);
  readonly #view = new DataView(this.bytes.buffer);
  readonly #heads = new Int32Array(1 << SPEED_HASH_BITS).fill(NOWHERE);

  literals(start: number, end: number): void {
    for (let at = start; at < end; at += 1) this.tokens.push(this.bytes[at] ?? 0);
  }

  move(by: number): void {
    const heads = this.#heads;
    for (let bucket = 0; bucket < heads.length; bucket += 1) {
      heads[bucket] = Math.max((heads[bucket] ?? 0) - by, NOWHERE);
    }
  }

  search(start: number, end: number): void {
    const view = this.#view;
    const heads = this.#heads;
    const last = end - SPEED_MARGIN;
    let position = start;
    let literals = start;
    let word = view.getInt32(position, true);
    for (;;) {
      let next = position;
      let candidate = NOWHERE;
      for (let pace = SPEED_PACE; ;) {
        position = next;
        const step = pace >> 5;
        next += step;
        pace += step;
        if (next > last) {
          this.literals(literals, end);
          return;
        }
        const bucket = bucketOf(word);
        candidate = heads[bucket] ?? 0;
        heads[bucket] = position;
        if (position - candidate <= MAX_DISTANCE && view.getInt32(candidate, true) === word) break;
        word = view.getInt32(next, true);
      }
      this.literals(literals, position);
      for (;;) {
        const length = this.#matchLength(candidate, position, end);
        this.tokens.push((length << LENGTH_SHIFT) | (position - candidate - 1));
        position += length;
        literals = position;
        if (position >= last) {
          this.literals(literals, end);
          return;
        }
        // The byte before and this one can be referred to; those inside the match cannot.
        heads[bucketOf(view.getInt32(position - 1, true))] = position - 1;
        word = view.getInt32(position, true);
        const bucket = bucketOf(word);
        candidate = heads[bucket] ?? 0;
        heads[bucket] = position;
        if (position - candidate > MAX_DISTANCE || view.getInt32(candidate, true) !== word) break;
      }
      position += 1;
      word = view.getInt32(position, true);
    }
  }

  /** Bytes that two places have in common, of which four are known to be. */
  #matchLength(candidate: number, position: number, end: number): number {
    const { bytes } = this;
    const longest = Math.min(MAX_LENGTH, end - position);
    let length = SPEED_SHORTEST;
    while (length < longest && bytes[candidate + length] === bytes[position + length]) length += 1;
    return length;
  }
}
