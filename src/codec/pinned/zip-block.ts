import { BitSink } from './bit-sink.js';
import { DISTANCE_COUNT, LITERAL_COUNT } from './deflate-symbol.js';
import { CODE_LENGTHS, DynamicHeader } from './dynamic-header.js';
import { HeapCode } from './heap-code.js';
import { FIXED_DISTANCES, FIXED_LITERALS, type PrefixCode, assignCodes, codedBits, prefixCode } from './prefix-code.js';
import { type TokenCounts, type Tokens, tokenCounts, writeEnd } from './token-code.js';

const LIMIT = 15;

/** Turns tokens into blocks in the way of zlib and its relatives. */
export class ZipBlockWriter {
  readonly sink: BitSink = new BitSink();
  readonly #counts: TokenCounts = tokenCounts();
  readonly #literalHeap = new HeapCode(LITERAL_COUNT);
  readonly #distanceHeap = new HeapCode(DISTANCE_COUNT);
  readonly #literalCode: PrefixCode = prefixCode(LITERAL_COUNT);
  readonly #distanceCode: PrefixCode = prefixCode(DISTANCE_COUNT);
  readonly #header = new DynamicHeader(new HeapCode(CODE_LENGTHS), false);

  /**
   * Writes a block with fixed codes unless codes of its own take fewer whole bytes; stored if that takes no more.
   * @param raw the bytes that the tokens stand for, if they are still at hand
   */
  write(tokens: Tokens, raw: Uint8Array | undefined, last: boolean): void {
    const extra = tokens.tally(this.#counts);
    const { literals, distances } = this.#counts;
    const literalCount = this.#literalHeap.lengths(literals, LIMIT, this.#literalCode.lengths);
    const distanceCount = this.#distanceHeap.lengths(distances, LIMIT, this.#distanceCode.lengths);
    assignCodes(this.#literalCode);
    assignCodes(this.#distanceCode);
    const head = this.#header.prepare(this.#literalCode, literalCount, this.#distanceCode, distanceCount);
    const body = codedBits(literals, this.#literalCode) + codedBits(distances, this.#distanceCode) + extra;
    const fixed = codedBits(literals, FIXED_LITERALS) + codedBits(distances, FIXED_DISTANCES) + extra;
    const ownBytes = (head + body + 7) >>> 3;
    const fixedBytes = (3 + fixed + 7) >>> 3;
    const flag = last ? 1 : 0;
    this.sink.reserve(16);
    if (raw !== undefined && raw.length + 4 <= Math.min(ownBytes, fixedBytes)) {
      this.sink.stored(raw, last);
    } else if (fixedBytes <= ownBytes) {
      this.sink.bits(0b010 | flag, 3);
      tokens.write(this.sink, FIXED_LITERALS, FIXED_DISTANCES, fixed);
      writeEnd(this.sink, FIXED_LITERALS);
    } else {
      this.#header.write(this.sink, last);
      tokens.write(this.sink, this.#literalCode, this.#distanceCode, body);
      writeEnd(this.sink, this.#literalCode);
    }
  }
}
