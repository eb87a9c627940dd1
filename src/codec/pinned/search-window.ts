import { MAX_DISTANCE } from './deflate-symbol.js';

/** Bytes of the window; it slides by half of them. */
export const WINDOW: number = 2 * MAX_DISTANCE;
/** Bytes that must lie ahead of a position before it is worked on, unless the input has ended. */
export const AHEAD = 262;
/** Bytes of the buffer. More than a window, so that bytes and positions are moved seldom. */
const CAPACITY = 1024 * 1024;
/** Bytes behind the buffer that may be looked at. */
const MARGIN = 512;
/** A position that nothing can reach back to. */
export const NOWHERE: number = -WINDOW;
/** The largest step of a chain; it leads out of reach. */
export const FARTHEST = 0xffff;

/** Looks for matches at the positions up to `last`, and at no byte from `end` on. */
export type Scan = (last: number, end: number) => void;

/**
 * The recent input, and where in it equal bytes occurred before: positions are gathered in buckets by a hash of the
 * bytes that lie there. Positions are offsets in {@link SearchWindow.bytes}.
 *
 * The encoders that are followed here keep 64 KiB and drop the older half whenever fewer than {@link AHEAD} bytes
 * are left to work on. What they dropped they cannot refer to, even if that is less than 32 KiB away, so `base`
 * moves in the same steps.
 */
export class SearchWindow {
  readonly bytes: Uint8Array = new Uint8Array(CAPACITY + MARGIN);
  readonly view: DataView = new DataView(this.bytes.buffer);
  /** The last position of each bucket. */
  readonly heads: Int32Array;
  /** For the position modulo 32768: how far back the one before it in its bucket lies. */
  readonly steps: Uint16Array = new Uint16Array(MAX_DISTANCE);
  /** Nothing before it can be referred to. */
  base = 0;
  /** How often the window has slid. */
  slides = 0;
  /** The next position to work on. */
  position = 0;
  /** First byte of the block that is being gathered; below {@link base} if that byte is no longer at hand. */
  blockStart = 0;
  /** End of the bytes. */
  end = 0;

  /** @param hashBits there are two to the power of it buckets */
  constructor(hashBits: number) {
    this.heads = new Int32Array(1 << hashBits).fill(NOWHERE);
  }

  /** The bytes from the block's start to `end`, if they are still at hand. */
  raw(end: number): Uint8Array | undefined {
    return this.blockStart >= this.base ? this.bytes.subarray(this.blockStart, end) : undefined;
  }

  /** Puts a position at the head of its bucket. */
  insert(position: number, bucket: number): void {
    this.steps[position & (MAX_DISTANCE - 1)] = Math.min(position - (this.heads[bucket] ?? 0), FARTHEST);
    this.heads[bucket] = position;
  }

  /** Takes bytes, and scans all positions that can be worked on while the input goes on. */
  write(bytes: Uint8Array, scan: Scan): void {
    for (let at = 0; at < bytes.length; ) {
      if (this.end === CAPACITY) this.#move();
      const count = Math.min(bytes.length - at, CAPACITY - this.end);
      this.bytes.set(bytes.subarray(at, at + count), this.end);
      this.end += count;
      at += count;
      while (this.end > this.base + WINDOW) {
        scan(this.base + WINDOW - AHEAD, this.base + WINDOW);
        this.slide();
      }
    }
  }

  /** Drops the older half of the window. */
  slide(): void {
    this.base += MAX_DISTANCE;
    this.slides += 1;
  }

  /**
   * Puts behind the end what the encoder that is followed would find there in its own window: two zeros, and then
   * what was there before it slid. Some encoders look at it.
   */
  leftover(): void {
    const { bytes, end } = this;
    // Below the middle of the window there is something only if the half that was copied there had it.
    const known = end - this.base < MAX_DISTANCE ? this.slides >= 2 : this.slides >= 1;
    for (let at = end; at < end + MARGIN; at += 1) {
      bytes[at] = known && at >= end + 2 ? (bytes[at - MAX_DISTANCE] ?? 0) : 0;
    }
  }

  #move(): void {
    // One half that was dropped is kept: see `leftover`.
    const by = Math.max(0, this.base - MAX_DISTANCE);
    this.bytes.copyWithin(0, by, this.end);
    const { heads } = this;
    for (let bucket = 0; bucket < heads.length; bucket += 1) {
      heads[bucket] = Math.max((heads[bucket] ?? 0) - by, NOWHERE);
    }
    this.base -= by;
    this.position -= by;
    this.blockStart -= by;
    this.end -= by;
  }
}
