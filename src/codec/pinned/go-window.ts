import { MAX_DISTANCE } from './deflate-symbol.js';
import { AHEAD, FARTHEST, HASH_BITS, HASH_FACTOR, NOWHERE, WINDOW } from './go-search.js';

/** Bytes of the buffer. More than a window, so that bytes and positions are moved seldom. */
const CAPACITY = 1024 * 1024;

/** The bucket of four bytes, given as a big-endian word. */
export const bucketOf = (word: number): number => Math.imul(word, HASH_FACTOR) >>> (32 - HASH_BITS);

/**
 * The recent input and where in it four bytes occurred before. Positions are offsets in {@link GoWindow.bytes}.
 *
 * The encoder that is followed here keeps 64 KiB and drops the older half whenever fewer than {@link AHEAD} bytes
 * are left to work on. What it dropped it cannot refer to, even if that is less than 32 KiB away, so `base` moves
 * in the same steps.
 */
export class GoWindow {
  readonly bytes: Uint8Array = new Uint8Array(CAPACITY);
  readonly view: DataView = new DataView(this.bytes.buffer);
  /** The last position of each bucket. */
  readonly heads: Int32Array = new Int32Array(1 << HASH_BITS).fill(NOWHERE);
  /** For the position modulo 32768: how far back the one before it in its bucket lies. */
  readonly steps: Uint16Array = new Uint16Array(MAX_DISTANCE);
  /** Nothing before it can be referred to. */
  base = 0;
  /** The next position to work on. */
  position = 0;
  /** First byte of the block that is being gathered; below {@link base} if that byte is no longer at hand. */
  blockStart = 0;
  /** End of the bytes. */
  end = 0;

  /** Takes as many bytes as there is room for and tells how many. */
  fill(bytes: Uint8Array): number {
    if (this.end === CAPACITY) this.#move();
    const count = Math.min(bytes.length, CAPACITY - this.end);
    this.bytes.set(bytes.length === count ? bytes : bytes.subarray(0, count), this.end);
    this.end += count;
    return count;
  }

  /** Puts a position at the head of its bucket; four bytes must lie there. */
  insert(position: number): void {
    const bucket = bucketOf(this.view.getInt32(position, false));
    this.steps[position & (MAX_DISTANCE - 1)] = Math.min(position - (this.heads[bucket] ?? 0), FARTHEST);
    this.heads[bucket] = position;
  }

  /**
   * Calls `scan` for all positions that can be worked on while the input goes on: with the last of them, and the end
   * of the bytes that may be looked at.
   */
  advance(scan: (last: number, end: number) => void): void {
    while (this.end > this.base + WINDOW) {
      scan(this.base + WINDOW - AHEAD, this.base + WINDOW);
      this.base += MAX_DISTANCE;
    }
  }

  #move(): void {
    const by = this.base;
    this.bytes.copyWithin(0, by, this.end);
    const { heads } = this;
    for (let bucket = 0; bucket < heads.length; bucket += 1) {
      heads[bucket] = Math.max((heads[bucket] ?? 0) - by, NOWHERE);
    }
    this.base = 0;
    this.position -= by;
    this.blockStart -= by;
    this.end -= by;
  }
}
