import { DISTANCE_BASE, DISTANCE_EXTRA, LENGTH_BASE, LENGTH_EXTRA } from '../pinned/deflate-symbol.js';
import type { DeflateFacts } from './deflate-facts.js';
import { BlockCodes, decodeSymbol, fixedCodes, peekBits } from './deflate-header.js';

type Phase = 'header' | 'tokens' | 'stored' | 'done';
type BlockType = 'stored' | 'fixed' | 'dynamic';

const END_OF_BLOCK = 256;
const BLOCK_TYPES = ['stored', 'fixed', 'dynamic'] as const;
/** Bytes back from which encoders think short matches not worth their bits. */
const FAR = 4096;

/** Walks deflate data that come in pieces, and fills in facts. It keeps no bytes, only where it stands in a byte. */
export class DeflateWalker {
  readonly #facts: DeflateFacts;
  readonly #budget: number;
  readonly #dynamic = new BlockCodes();
  #codes = this.#dynamic;
  #phase: Phase = 'header';
  /** Bits of the first byte of the next piece that are used up. */
  #bit = 0;
  #type: BlockType = 'stored';
  #isLast = false;
  /** Bytes that the stored block still has. */
  #left = 0;
  /** Tokens and bytes of the block so far. */
  #tokens = 0;
  #bytes = 0;
  /** A block with data that may turn out to be an inner one. */
  #pending: { readonly type: BlockType; readonly tokens: number; readonly bytes: number } | undefined;
  #flushedAt = 0;
  #input = 0;

  constructor(facts: DeflateFacts, budget: number) {
    this.#facts = facts;
    this.#budget = budget;
  }

  get done(): boolean {
    return this.#phase === 'done';
  }

  /**
   * Walks on until `end`, or to the end of the data.
   * @param input begins with the byte where the last step stopped; readable for a block header beyond `end`
   * @param end bytes of input behind which nothing is begun
   * @returns bytes of input that are used up, or what is wrong with them
   */
  step(input: Uint8Array, end: number): number | string {
    let at = this.#bit;
    const stop = end * 8;
    while (at < stop && this.#phase !== 'done') {
      if (this.#facts.bytesOut >= this.#budget || this.#input + (at >>> 3) >= this.#budget) {
        this.#facts.complete = false;
        this.#phase = 'done';
        break;
      }
      const next =
        this.#phase === 'header'
          ? this.#header(input, at)
          : this.#phase === 'stored'
            ? this.#passStored(input, at)
            : this.#readTokens(input, at, stop);
      if (typeof next === 'string') return next;
      at = next;
    }
    const used = this.#phase === 'done' ? (at + 7) >>> 3 : at >>> 3;
    this.#bit = at & 7;
    this.#input += used;
    return used;
  }

  #header(input: Uint8Array, at: number): number | string {
    const bits = peekBits(input, at);
    const type = BLOCK_TYPES[(bits >>> 1) & 3];
    if (type === undefined) return 'a reserved block type';
    this.#isLast = (bits & 1) === 1;
    this.#type = type;
    this.#tokens = 0;
    this.#bytes = 0;
    this.#facts[type] += 1;
    if (type === 'stored') return this.#storedHeader(input, (at + 10) & ~7);
    this.#phase = 'tokens';
    if (type === 'fixed') {
      this.#codes = fixedCodes();
      return at + 3;
    }
    this.#codes = this.#dynamic;
    const next = this.#codes.readDynamic(input, at + 3);
    if (this.#codes.distanceCount === 1) this.#facts.loneDistance += 1;
    if (this.#codes.joinedRun) this.#facts.joinedRuns += 1;
    return next;
  }

  #storedHeader(input: Uint8Array, at: number): number | string {
    const byte = at >>> 3;
    const size = input[byte]! | (input[byte + 1]! << 8);
    const check = input[byte + 2]! | (input[byte + 3]! << 8);
    if ((size ^ check) !== 0xffff) return 'a stored block whose two sizes differ';
    if (size > 0) this.#facts.storedBytes.add(size);
    this.#left = size;
    this.#phase = 'stored';
    if (size === 0) this.#endBlock();
    return at + 32;
  }

  #passStored(input: Uint8Array, at: number): number {
    const count = Math.min(this.#left, input.length - (at >>> 3));
    this.#left -= count;
    this.#bytes += count;
    this.#facts.bytesOut += count;
    if (this.#left === 0) this.#endBlock();
    return at + count * 8;
  }

  #readTokens(input: Uint8Array, start: number, stop: number): number | string {
    const facts = this.#facts;
    const { literals, distances } = this.#codes;
    const { table } = literals;
    const before = facts.bytesOut;
    const limit = this.#budget;
    let at = start;
    let out = before;
    let literalCount = 0;
    let matches = 0;
    let ended = false;
    while (at < stop && out < limit) {
      let bits = peekBits(input, at);
      let entry = table[bits & 1023]!;
      if (entry === 0) {
        entry = literals.walk(bits);
        if (entry < 0) return 'an unknown literal code';
      }
      const symbol = entry >> 4;
      at += entry & 15;
      if (symbol < END_OF_BLOCK) {
        out += 1;
        literalCount += 1;
        continue;
      }
      if (symbol === END_OF_BLOCK) {
        ended = true;
        break;
      }
      if (symbol > 285) return 'an unknown length';
      const lengthExtra = LENGTH_EXTRA[symbol - 257]!;
      const length = LENGTH_BASE[symbol - 257]! + ((bits >>> (entry & 15)) & ((1 << lengthExtra) - 1));
      at += lengthExtra;
      bits = peekBits(input, at);
      entry = decodeSymbol(distances, bits);
      if (entry < 0) return 'an unknown distance code';
      const distanceIndex = entry >> 4;
      if (distanceIndex > 29) return 'an unknown distance';
      at += entry & 15;
      const distanceExtra = DISTANCE_EXTRA[distanceIndex]!;
      const distance = DISTANCE_BASE[distanceIndex]! + 1 + (peekBits(input, at) & ((1 << distanceExtra) - 1));
      at += distanceExtra;
      if (distance > out) return 'a distance to before the beginning';
      if (distance > facts.maxDistance) facts.maxDistance = distance;
      if (length > facts.maxLength) facts.maxLength = length;
      if (length === 3) {
        facts.length3 += 1;
        if (distance > FAR) facts.length3Far += 1;
      } else if (length === 4 && distance > FAR) facts.length4Far += 1;
      out += length;
      matches += 1;
    }
    facts.bytesOut = out;
    facts.literals += literalCount;
    facts.matches += matches;
    this.#tokens += literalCount + matches;
    this.#bytes += out - before;
    if (ended) this.#endBlock();
    return at;
  }

  #endBlock(): void {
    const facts = this.#facts;
    const isEmpty = this.#bytes === 0;
    facts.maxTokens = Math.max(facts.maxTokens, this.#tokens);
    if (this.#isLast) facts.final = isEmpty ? `empty-${this.#type}` : 'data';
    else if (isEmpty) this.#noteFlush();
    if (!isEmpty && this.#pending !== undefined) {
      if (this.#pending.type !== 'stored') facts.innerTokens.add(this.#pending.tokens);
      facts.innerBytes.add(this.#pending.bytes);
    }
    this.#pending = isEmpty ? undefined : { type: this.#type, tokens: this.#tokens, bytes: this.#bytes };
    this.#phase = this.#isLast ? 'done' : 'header';
  }

  #noteFlush(): void {
    const facts = this.#facts;
    if (this.#type === 'stored') facts.flushesStored += 1;
    if (this.#type === 'fixed') facts.flushesFixed += 1;
    facts.lastFlush = facts.bytesOut;
    if (facts.bytesOut === this.#flushedAt) return;
    facts.flushSpacing.add(facts.bytesOut - this.#flushedAt);
    this.#flushedAt = facts.bytesOut;
  }
}
