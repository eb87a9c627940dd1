import { MAX_DISTANCE } from './deflate-symbol.js';

/** Bytes of the window; it slides by half of them. */
export const WINDOW: number = 2 * MAX_DISTANCE;
/** Bytes that must lie ahead of a position before it is worked on, unless the input has ended. */
export const AHEAD = 262;
/** Bytes that are gathered. More than a window, so that bytes and positions are moved seldom. */
const CAPACITY: number = 1024 * 1024;
/** Bytes behind the input that may be looked at. */
const MARGIN = 512;
/** What is taken off a position to make it one that nothing can reach back to. */
const EVERYWHERE: number = 1 << 24;
/** Bytes of memory that a {@link SlidingInput} needs. */
export const INPUT_SIZE: number = CAPACITY + MARGIN;

/** Looks for matches at the positions up to `last`, and at no byte from `end` on. */
export type Scan = (last: number, end: number) => void;

/**
 * The recent input. Positions are offsets in {@link SlidingInput.bytes}.
 *
 * The encoders that are followed here keep 64 KiB and drop the older half whenever fewer than {@link AHEAD} bytes
 * are left to work on. What they dropped they cannot refer to, even if that is less than 32 KiB away, so `base`
 * moves in the same steps.
 */
export class SlidingInput {
  readonly bytes: Uint8Array;
  /** Nothing before it can be referred to. */
  base = 0;
  /** The next position to work on. */
  position = 0;
  /** First byte of the block that is being gathered; below {@link base} if that byte is no longer at hand. */
  blockStart = 0;
  /** End of the bytes. */
  end = 0;
  /** How often the window has slid. */
  #slides = 0;
  readonly #onMove: (by: number) => void;

  /**
   * @param bytes memory of {@link INPUT_SIZE}
   * @param onMove is told when that much is to be taken off every position
   */
  constructor(bytes: Uint8Array, onMove: (by: number) => void) {
    this.bytes = bytes;
    this.#onMove = onMove;
  }

  /** A view of the bytes. */
  view(): DataView {
    return new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length);
  }

  /** Takes bytes, and scans all positions that can be worked on while the input goes on. */
  write(bytes: Uint8Array, scan: Scan): void {
    for (let at = 0; at < bytes.length;) {
      if (this.end === CAPACITY) this.#move();
      const count = Math.min(bytes.length - at, CAPACITY - this.end);
      this.bytes.set(bytes.subarray(at, at + count), this.end);
      this.end += count;
      at += count;
      this.advance(scan);
    }
  }

  /** Scans all positions that can be worked on while the input goes on. */
  advance(scan: Scan): void {
    while (this.end > this.base + WINDOW) {
      scan(this.base + WINDOW - AHEAD, this.base + WINDOW);
      this.slide();
    }
  }

  /** Begins anew with these bytes, which must not be more than there is room for. */
  restart(bytes: Uint8Array): void {
    this.bytes.set(bytes);
    this.base = 0;
    this.position = 0;
    this.blockStart = 0;
    this.end = bytes.length;
    this.#slides = 0;
    this.#onMove(EVERYWHERE);
  }

  /** Drops the older half of the window. */
  slide(): void {
    this.base += MAX_DISTANCE;
    this.#slides += 1;
  }

  /** The bytes from the block's start to `end`, if they are still at hand. */
  raw(end: number): Uint8Array | undefined {
    return this.blockStart >= this.base ? this.bytes.subarray(this.blockStart, end) : undefined;
  }

  /**
   * Puts behind the end what the encoder that is followed would find there in its own window: some zeros, and then
   * what was there before it slid. There are encoders that look at it.
   */
  leftover(zeros: number): void {
    const { bytes, end } = this;
    // Below the middle of the window there is something only if the half that was copied there had it.
    const known = end - this.base < MAX_DISTANCE ? this.#slides >= 2 : this.#slides >= 1;
    for (let at = end; at < end + MARGIN; at += 1) {
      bytes[at] = known && at >= end + zeros ? (bytes[at - MAX_DISTANCE] ?? 0) : 0;
    }
  }

  #move(): void {
    // One half that was dropped is kept: see `leftover`.
    const by = Math.max(0, this.base - MAX_DISTANCE);
    this.bytes.copyWithin(0, by, this.end);
    this.base -= by;
    this.position -= by;
    this.blockStart -= by;
    this.end -= by;
    this.#onMove(by);
  }
}
