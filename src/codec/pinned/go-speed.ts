import { EMPTY } from '../../base/bytes.js';
import type { DeflateEncoder } from './deflate-encoder.js';
import { GoBlockWriter } from './go-block.js';
import { kernelSpeedSearch } from './go-speed-kernel.js';
import { PlainSpeedSearch, SPEED_BLOCK, type SpeedSearch } from './go-speed-search.js';

/** Bytes below which a block is not searched for matches. */
const SMALL = 128;
/** Bytes up to which a block is stored. */
const TINY = 16;

/**
 * An encoder with the bytes of Go's compress/flate up to 1.26 at level 1. It works like Snappy: one candidate for a
 * position, found through a hash of four bytes, and steps that grow while nothing is found. A block is 65535 bytes
 * of input; matches may reach into the block before.
 */
export class GoSpeed implements DeflateEncoder {
  readonly #writer = new GoBlockWriter();
  readonly #search: SpeedSearch;
  /** Where the block that is being filled begins, and how far it is filled. */
  #start = 0;
  #end = 0;

  constructor(search: SpeedSearch = kernelSpeedSearch() ?? new PlainSpeedSearch()) {
    this.#search = search;
  }

  write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const count = Math.min(bytes.length - at, this.#start + SPEED_BLOCK - this.#end);
      this.#search.bytes.set(bytes.subarray(at, at + count), this.#end);
      this.#end += count;
      at += count;
      if (this.#end === this.#start + SPEED_BLOCK) this.#flush();
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
    const start = this.#start;
    const end = this.#end;
    const { bytes, tokens } = this.#search;
    const raw = bytes.subarray(start, end);
    if (raw.length <= TINY) {
      this.#writer.sink.stored(raw, false);
    } else {
      if (raw.length >= SMALL) this.#search.search(start, end);
      // A few matches are not worth a code for distances.
      if (raw.length < SMALL || tokens.count > raw.length - (raw.length >> 4)) {
        tokens.clear();
        this.#search.literals(start, end);
      }
      this.#writer.writeCoded(tokens, raw);
      tokens.clear();
    }
    this.#advance();
  }

  /** Makes the block just written the block before. */
  #advance(): void {
    if (this.#start > 0) {
      this.#search.bytes.copyWithin(0, this.#start, this.#end);
      this.#search.move(this.#start);
      this.#end -= this.#start;
    }
    this.#start = this.#end;
  }
}
