import { MAX_DISTANCE } from './deflate-symbol.js';

/** A position that nothing can reach back to. */
export const NOWHERE = -65536;
/** The largest step of a chain; it leads out of reach. */
export const FARTHEST = 0xffff;

/** Where equal bytes occurred: positions are gathered in buckets by a hash of the bytes that lie there. */
export class HashChains {
  /** The last position of each bucket. */
  readonly heads: Int32Array;
  /** For the position modulo 32768: how far back the one before it in its bucket lies. */
  readonly steps: Uint16Array = new Uint16Array(MAX_DISTANCE);

  /** @param hashBits there are two to the power of it buckets */
  constructor(hashBits: number) {
    this.heads = new Int32Array(1 << hashBits).fill(NOWHERE);
  }

  /** Puts a position at the head of its bucket and tells how far back the one before it lies. */
  insert(position: number, bucket: number): number {
    const far = position - (this.heads[bucket] ?? 0);
    this.steps[position & (MAX_DISTANCE - 1)] = far > FARTHEST ? FARTHEST : far;
    this.heads[bucket] = position;
    return far;
  }

  /** Takes `by` off every position. */
  move(by: number): void {
    const { heads } = this;
    for (let bucket = 0; bucket < heads.length; bucket += 1) {
      heads[bucket] = Math.max((heads[bucket] ?? 0) - by, NOWHERE);
    }
  }
}
