import { MAX_DISTANCE, MAX_LENGTH, MAX_STORED } from './deflate-symbol.js';
import { LENGTH_SHIFT, TokenArray } from './token-code.js';

/** Bytes of a block of input: as many as can be stored. */
export const PGZIP_BLOCK: number = MAX_STORED;
/** Blocks that the memory has room for before all but the last 32 KiB is given up. */
const MEMORY = 5 * PGZIP_BLOCK;
/** Bits of both hashes. */
const HASH_BITS = 15;
/** Factor of the hash of four bytes. */
const SHORT_FACTOR = 0x9e3779b1;
/** Factor of the hash of seven bytes: 0xcf1bbcdcbfa563, in parts. */
const LONG_HIGH = 0xcf1bbc;
const LONG_LOW = 0xdcbfa563;
const LONG_LOW_0: number = LONG_LOW & 0xffff;
const LONG_LOW_1: number = LONG_LOW >>> 16;
/** A position that nothing can reach back to. */
const NOWHERE = -MAX_DISTANCE - PGZIP_BLOCK;
/** Bytes at the end of a block where no match begins. */
const MARGIN = 11;
/** Steps begin with one byte, and grow by one with every 64 bytes without a match. */
const PACE_SHIFT = 6;
/** Bytes of a match below which its end is looked up for a longer one. */
const SHORT_MATCH = 30;
/** First bytes of a match that a longer one found by its end need not have. */
const SKIPPED = 2;

const shortBucket = (low: number): number => Math.imul(low, SHORT_FACTOR) >>> (32 - HASH_BITS);

/** The bucket of seven bytes: the top bits of a product of 64 bits, of which the upper half is made of 16-bit parts. */
const longBucket = (low: number, high: number): number => {
  const left = low << 8;
  const left0 = left & 0xffff;
  const left1 = left >>> 16;
  const middle = Math.imul(left1, LONG_LOW_0) + (Math.imul(left0, LONG_LOW_0) >>> 16);
  const other = Math.imul(left0, LONG_LOW_1) + (middle & 0xffff);
  const carried = Math.imul(left1, LONG_LOW_1) + (middle >>> 16) + (other >>> 16);
  const upper = (high << 8) | (low >>> 24);
  return (carried + Math.imul(upper, LONG_LOW) + Math.imul(left, LONG_HIGH)) >>> (32 - HASH_BITS);
};

/**
 * The search of level 5 of klauspost/compress's flate. A position is looked up by a hash of four bytes, which knows the
 * last place, and by one of seven, which knows the last two.
 */
export class PgzipSearch {
  readonly tokens: TokenArray = new TokenArray(PGZIP_BLOCK + 1);
  readonly #bytes = new Uint8Array(MEMORY);
  readonly #view = new DataView(this.#bytes.buffer);
  readonly #short = new Int32Array(1 << HASH_BITS);
  readonly #long = new Int32Array(1 << HASH_BITS);
  /** What was in {@link #long} before. */
  readonly #longer = new Int32Array(1 << HASH_BITS);
  #end = 0;

  /** Forgets everything. */
  restart(): void {
    for (const table of [this.#short, this.#long, this.#longer]) table.fill(NOWHERE);
    this.#end = 0;
  }

  /** Adds the tokens of a block of at least 13 bytes; none at all if there is no match in it. */
  search(block: Uint8Array): void {
    if (this.#end + block.length > MEMORY) this.#advance();
    const start = this.#end;
    this.#bytes.set(block, start);
    this.#end += block.length;
    const emitted = this.#match(start, this.#end);
    if (this.tokens.count > 0) this.#literals(emitted, this.#end);
  }

  /** @returns the end of the last match */
  #match(start: number, end: number): number {
    const view = this.#view;
    const bytes = this.#bytes;
    const short = this.#short;
    const long = this.#long;
    const longer = this.#longer;
    const last = end - MARGIN;
    let position = start;
    let emitted = start;
    let low = view.getInt32(position, true);
    let high = view.getInt32(position + 4, true);
    for (;;) {
      let next = position;
      let candidate = NOWHERE;
      // 0 where it is known only that four bytes agree.
      let length = 0;
      for (;;) {
        const shortAt = shortBucket(low);
        const longAt = longBucket(low, high);
        position = next;
        next = position + 1 + ((position - emitted) >> PACE_SHIFT);
        if (next > last) return emitted;
        const shortCandidate = short[shortAt] ?? 0;
        const longCandidate = long[longAt] ?? 0;
        const longerCandidate = longer[longAt] ?? 0;
        short[shortAt] = position;
        longer[longAt] = longCandidate;
        long[longAt] = position;
        const nextLow = view.getInt32(next, true);
        const nextHigh = view.getInt32(next + 4, true);
        // Positions are not always inserted in their order: the place before can be in reach where the last is not.
        const inReach = position - longCandidate < MAX_DISTANCE;
        const isLong = inReach && this.#agrees(longCandidate, position, low);
        const isLonger = inReach && this.#agrees(longerCandidate, position, low);
        if (isLong || isLonger) {
          candidate = isLong ? longCandidate : longerCandidate;
          if (isLong && isLonger) {
            length = this.#length(longCandidate, position, MAX_LENGTH);
            const other = this.#length(longerCandidate, position, MAX_LENGTH);
            if (other > length) {
              candidate = longerCandidate;
              length = other;
            }
          }
          this.#insert(next, nextLow, nextHigh);
          break;
        }
        if (this.#agrees(shortCandidate, position, low)) {
          candidate = shortCandidate;
          length = this.#length(candidate, position, MAX_LENGTH);
          const nextAt = longBucket(nextLow, nextHigh);
          const nextLong = long[nextAt] ?? 0;
          const better = this.#better(nextLong, longer[nextAt] ?? 0, next, nextLow, length);
          this.#insert(next, nextLow, nextHigh);
          if (better !== NOWHERE) {
            candidate = better;
            position = next;
            length = this.#length(candidate, position, MAX_LENGTH);
          }
          break;
        }
        low = nextLow;
        high = nextHigh;
      }
      if (length === 0 || length === MAX_LENGTH) length = this.#length(candidate, position, end);
      const stop = position + length;
      if (length < SHORT_MATCH && stop < last) {
        const found = long[longBucket(view.getInt32(stop, true), view.getInt32(stop + 4, true))] ?? 0;
        const from = found - length + SKIPPED;
        const distance = position + SKIPPED - from;
        if (from >= 0 && distance < MAX_DISTANCE && distance > 0) {
          const other = this.#common(from, position + SKIPPED, 0, end);
          if (other > length) {
            candidate = from;
            length = other;
            position += SKIPPED;
          }
        }
      }
      while (candidate > 0 && position > emitted && bytes[candidate - 1] === bytes[position - 1]) {
        candidate -= 1;
        position -= 1;
        length += 1;
      }
      this.#literals(emitted, position);
      this.#emit(length, position - candidate - 1);
      position += length;
      emitted = position;
      // What was inserted ahead is not inserted again.
      if (next >= position) position = next + 1;
      if (position >= last) return emitted;
      this.#insertInside(position - length + 1, position - 1);
      this.#insert(position - 1, view.getInt32(position - 1, true), view.getInt32(position + 3, true));
      low = view.getInt32(position, true);
      high = view.getInt32(position + 4, true);
    }
  }

  /** The first of the two places of the next position that has a longer match than one of `length` bytes here. */
  #better(long: number, longer: number, next: number, low: number, length: number): number {
    if (next - long >= MAX_DISTANCE) return NOWHERE;
    if (this.#agrees(long, next, low) && this.#length(long, next, MAX_LENGTH) > length) return long;
    return this.#agrees(longer, next, low) && this.#length(longer, next, MAX_LENGTH) > length ? longer : NOWHERE;
  }

  #agrees(candidate: number, position: number, low: number): boolean {
    return position - candidate < MAX_DISTANCE && this.#view.getInt32(candidate, true) === low;
  }

  #insert(position: number, low: number, high: number): void {
    this.#short[shortBucket(low)] = position;
    this.#insertLong(position, low, high);
  }

  #insertLong(position: number, low: number, high: number): void {
    const at = longBucket(low, high);
    this.#longer[at] = this.#long[at] ?? 0;
    this.#long[at] = position;
  }

  /** Of the positions of a match, two of three are inserted, each by one hash; the first three in a way of their own. */
  #insertInside(from: number, to: number): void {
    const view = this.#view;
    if (from >= to) return;
    this.#insert(from, view.getInt32(from, true), view.getInt32(from + 4, true));
    this.#insertLong(from + 1, view.getInt32(from + 1, true), view.getInt32(from + 5, true));
    this.#short[shortBucket(view.getInt32(from + 2, true))] = from + 2;
    for (let at = from + 4; at < to; at += 3) {
      this.#insertLong(at, view.getInt32(at, true), view.getInt32(at + 4, true));
      this.#short[shortBucket(view.getInt32(at + 1, true))] = at + 1;
    }
  }

  /** Bytes that two places have in common, of which four are known to be, up to a length. */
  #length(candidate: number, position: number, most: number): number {
    return this.#common(candidate, position, 4, Math.min(most, this.#end - position));
  }

  #common(candidate: number, position: number, known: number, most: number): number {
    const bytes = this.#bytes;
    const longest = Math.min(most, this.#end - position);
    let length = known;
    while (length < longest && bytes[candidate + length] === bytes[position + length]) length += 1;
    return length;
  }

  #literals(from: number, to: number): void {
    for (let at = from; at < to; at += 1) this.tokens.push(this.#bytes[at] ?? 0);
  }

  /** A match, in parts where it is longer than the format can say; the last part is never too short for it. */
  #emit(length: number, reach: number): void {
    for (let left = length; left > 0;) {
      const part = left <= MAX_LENGTH ? left : left > MAX_LENGTH + 3 ? MAX_LENGTH : MAX_LENGTH - 3;
      this.tokens.push((part << LENGTH_SHIFT) | reach);
      left -= part;
    }
  }

  /** Keeps the last 32 KiB. */
  #advance(): void {
    const by = this.#end - MAX_DISTANCE;
    this.#bytes.copyWithin(0, by, this.#end);
    this.#end = MAX_DISTANCE;
    for (const table of [this.#short, this.#long, this.#longer]) {
      for (let at = 0; at < table.length; at += 1) table[at] = Math.max((table[at] ?? 0) - by, NOWHERE);
    }
  }
}
