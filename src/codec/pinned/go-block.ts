import { BitSink } from './bit-sink.js';
import { DISTANCE_COUNT, LITERAL_COUNT, MAX_STORED } from './deflate-symbol.js';
import { CODE_LENGTHS, CODE_LENGTH_LIMIT, DynamicHeader } from './dynamic-header.js';
import { PackageMerge } from './package-merge.js';
import { FIXED_DISTANCES, FIXED_LITERALS, type PrefixCode, assignCodes, codedBits, prefixCode } from './prefix-code.js';
import { type TokenCounts, type Tokens, tokenCounts, writeEnd } from './token-code.js';

const LIMIT = 15;

/** Symbols up to the last one that occurs. */
const usedSymbols = (frequencies: Int32Array): number => {
  let used = frequencies.length;
  while (used > 0 && frequencies[used - 1] === 0) used -= 1;
  return used;
};

/** Turns tokens into blocks in the ways of Go's compress/flate up to 1.26. */
export class GoBlockWriter {
  readonly sink: BitSink = new BitSink();
  readonly #counts: TokenCounts = tokenCounts();
  readonly #merge = new PackageMerge(LITERAL_COUNT, LIMIT);
  readonly #literalCode: PrefixCode = prefixCode(LITERAL_COUNT);
  readonly #distanceCode: PrefixCode = prefixCode(DISTANCE_COUNT);
  readonly #header = new DynamicHeader(new PackageMerge(CODE_LENGTHS, CODE_LENGTH_LIMIT), true);

  /**
   * Writes a block with fixed codes; with codes of its own if that is smaller; stored if that is smaller still.
   * @param raw the bytes that the tokens stand for, if they are still at hand
   */
  writeSmallest(tokens: Tokens, raw: Uint8Array | undefined): void {
    const extra = tokens.tally(this.#counts);
    const { literals, distances } = this.#counts;
    // The dummy distance of a block without matches counts in both sizes, though it is never written.
    const head = this.#prepareCodes();
    const fixed = 3 + codedBits(literals, FIXED_LITERALS) + codedBits(distances, FIXED_DISTANCES) + extra;
    const body = this.#codedBits() + extra;
    const smallest = Math.min(fixed, head + body);
    if (raw !== undefined && raw.length <= MAX_STORED && (raw.length + 5) * 8 < smallest) {
      this.sink.stored(raw, false);
    } else if (head + body < fixed) {
      this.#header.write(this.sink, false);
      tokens.write(this.sink, this.#literalCode, this.#distanceCode, body);
      writeEnd(this.sink, this.#literalCode);
    } else {
      this.sink.reserve(2);
      this.sink.bits(0b010, 3);
      tokens.write(this.sink, FIXED_LITERALS, FIXED_DISTANCES, fixed);
      writeEnd(this.sink, FIXED_LITERALS);
    }
  }

  /**
   * Writes a block with codes of its own, or stored if that is smaller than those by a sixteenth. The extra bits of
   * lengths and distances are left out of the comparison.
   * @param raw the bytes that the tokens stand for
   */
  writeCoded(tokens: Tokens, raw: Uint8Array): void {
    const extra = tokens.tally(this.#counts);
    const head = this.#prepareCodes();
    const body = this.#codedBits();
    const size = head + body;
    if ((raw.length + 5) * 8 < size + (size >>> 4)) {
      this.sink.stored(raw, false);
    } else {
      this.#header.write(this.sink, false);
      tokens.write(this.sink, this.#literalCode, this.#distanceCode, body + extra);
      writeEnd(this.sink, this.#literalCode);
    }
  }

  /** Derives both codes from the counts. @returns the bits of the block's head */
  #prepareCodes(): number {
    const { literals, distances } = this.#counts;
    const literalCount = usedSymbols(literals);
    let distanceCount = usedSymbols(distances);
    // A block without matches still describes a distance code, of one symbol that never comes.
    if (distanceCount === 0) {
      distances[0] = 1;
      distanceCount = 1;
    }
    this.#merge.lengths(literals, LIMIT, this.#literalCode.lengths);
    this.#merge.lengths(distances, LIMIT, this.#distanceCode.lengths);
    assignCodes(this.#literalCode);
    assignCodes(this.#distanceCode);
    return this.#header.prepare(this.#literalCode, literalCount, this.#distanceCode, distanceCount);
  }

  #codedBits(): number {
    return codedBits(this.#counts.literals, this.#literalCode) + codedBits(this.#counts.distances, this.#distanceCode);
  }
}
