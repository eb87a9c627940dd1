import { EMPTY } from '../../base/bytes.js';
import type { DeflateEncoder } from './deflate-encoder.js';
import { MAX_DISTANCE, MAX_LENGTH, MAX_STORED } from './deflate-symbol.js';
import { GoBlockWriter } from './go-block.js';
import { LENGTH_SHIFT, TokenArray } from './token-code.js';

/** Bytes of a block of input: as many as can be stored. */
const BLOCK = MAX_STORED;
const HASH_BITS = 14;
const HASH_FACTOR = 0x1e35a7bd;
/** Bytes at the end of a block where no match begins. */
const MARGIN = 15;
/** Bytes of the shortest match. */
const SHORTEST = 4;
/** Bytes below which a block is not searched for matches. */
const SMALL = 128;
/** Bytes up to which a block is stored. */
const TINY = 16;
const NOWHERE = -BLOCK;

const bucketOf = (word: number): number => Math.imul(word, HASH_FACTOR) >>> (32 - HASH_BITS);

/**
 * An encoder with the bytes of Go's compress/flate up to 1.26 at level 1. It works like Snappy: one candidate for a
 * position, found through a hash of four bytes, and steps that grow while nothing is found. A block is 65535 bytes
 * of input; matches may reach into the block before.
 */
export class GoSpeed implements DeflateEncoder {
  readonly #writer = new GoBlockWriter();
  /** The block before and the one that is being filled. */
  readonly #bytes = new Uint8Array(2 * BLOCK);
  readonly #view = new DataView(this.#bytes.buffer);
  readonly #heads = new Int32Array(1 << HASH_BITS).fill(NOWHERE);
  readonly #block = new TokenArray(BLOCK);
  /** Where the block that is being filled begins, and how far it is filled. */
  #start = 0;
  #end = 0;

  write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const count = Math.min(bytes.length - at, this.#start + BLOCK - this.#end);
      this.#bytes.set(bytes.subarray(at, at + count), this.#end);
      this.#end += count;
      at += count;
      if (this.#end === this.#start + BLOCK) this.#flush();
    }
  }

  finish(): void {
    if (this.#end > this.#start) this.#flush();
    this.#writer.sink.stored(EMPTY, true);
  }

  take(): Uint8Array {
    return this.#writer.sink.take();
  }

  #flush(): void {
    const raw = this.#bytes.subarray(this.#start, this.#end);
    this.#block.count = 0;
    if (raw.length <= TINY) {
      this.#writer.sink.stored(raw, false);
    } else if (raw.length < SMALL) {
      this.#putLiterals(this.#start, this.#end);
      this.#writer.writeCoded(this.#block, raw);
    } else {
      this.#search();
      // So few matches are not worth a code for distances.
      if (this.#block.count > raw.length - (raw.length >> 4)) {
        this.#block.count = 0;
        this.#putLiterals(this.#start, this.#end);
      }
      this.#writer.writeCoded(this.#block, raw);
    }
    this.#advance();
  }

  /** Makes the block just written the block before. */
  #advance(): void {
    if (this.#start > 0) {
      this.#bytes.copyWithin(0, this.#start, this.#end);
      const by = this.#start;
      for (let bucket = 0; bucket < this.#heads.length; bucket += 1) {
        this.#heads[bucket] = Math.max((this.#heads[bucket] ?? 0) - by, NOWHERE);
      }
      this.#end -= by;
    }
    this.#start = this.#end;
  }

  #putLiterals(from: number, to: number): void {
    const { tokens } = this.#block;
    for (let at = from; at < to; at += 1) tokens[this.#block.count++] = this.#bytes[at] ?? 0;
  }

  #search(): void {
    const view = this.#view;
    const heads = this.#heads;
    const { tokens } = this.#block;
    const last = this.#end - MARGIN;
    let position = this.#start;
    let literals = position;
    let word = view.getInt32(position, true);
    let bucket = bucketOf(word);
    for (;;) {
      let next = position;
      let candidate = NOWHERE;
      for (let pace = 32; ;) {
        position = next;
        const step = pace >> 5;
        next += step;
        pace += step;
        if (next > last) {
          this.#putLiterals(literals, this.#end);
          return;
        }
        candidate = heads[bucket] ?? 0;
        heads[bucket] = position;
        const following = view.getInt32(next, true);
        bucket = bucketOf(following);
        if (position - candidate <= MAX_DISTANCE && view.getInt32(candidate, true) === word) break;
        word = following;
      }
      this.#putLiterals(literals, position);
      for (;;) {
        const length = this.#matchLength(candidate, position);
        tokens[this.#block.count++] = (length << LENGTH_SHIFT) | (position - candidate - 1);
        position += length;
        literals = position;
        if (position >= last) {
          this.#putLiterals(literals, this.#end);
          return;
        }
        heads[bucketOf(view.getInt32(position - 1, true))] = position - 1;
        word = view.getInt32(position, true);
        bucket = bucketOf(word);
        candidate = heads[bucket] ?? 0;
        heads[bucket] = position;
        if (position - candidate > MAX_DISTANCE || view.getInt32(candidate, true) !== word) break;
      }
      position += 1;
      word = view.getInt32(position, true);
      bucket = bucketOf(word);
    }
  }

  /** Bytes that two places have in common, of which four are known to be. */
  #matchLength(candidate: number, position: number): number {
    const bytes = this.#bytes;
    const longest = Math.min(MAX_LENGTH, this.#end - position);
    let length = SHORTEST;
    while (length < longest && bytes[candidate + length] === bytes[position + length]) length += 1;
    return length;
  }
}
