import { BitSink } from './bit-sink.js';
import { DISTANCE_COUNT, END_OF_BLOCK, LITERAL_COUNT } from './deflate-symbol.js';
import { CODE_LENGTHS, CODE_LENGTH_LIMIT, DynamicHeader } from './dynamic-header.js';
import { PackageMerge } from './package-merge.js';
import { estimatedBits } from './pgzip-estimate.js';
import { FIXED_DISTANCES, FIXED_LITERALS, type PrefixCode, assignCodes, codedBits, prefixCode } from './prefix-code.js';
import { TokenArray, type TokenCounts, tokenCounts, writeEnd } from './token-code.js';

const LIMIT = 15;
/** Tokens below which a block may have fixed codes. */
const FEW = 250;
/** Bits that the head of a block of literals is taken to have. */
const HEAD_GUESS = 70 * 8;
/** Bytes up to which literals are not looked at for whether they are noise. */
const SHORT = 1024;
/** A code of its own has to be better by one part in 128. */
const PENALTY_SHIFT = 7;

/** A code of one symbol, which never comes. */
const NO_DISTANCES: PrefixCode = prefixCode(DISTANCE_COUNT);
NO_DISTANCES.lengths[0] = 1;
assignCodes(NO_DISTANCES);

const storedBits = (raw: Uint8Array): number => (raw.length + 5) * 8;

/** Symbols up to the last one that occurs. */
const usedSymbols = (frequencies: Int32Array): number => {
  let used = frequencies.length;
  while (used > 0 && frequencies[used - 1] === 0) used -= 1;
  return used;
};

/** Whether every symbol that occurs has a code. */
const covers = ({ lengths }: PrefixCode, frequencies: Int32Array): boolean =>
  frequencies.every((count, symbol) => count === 0 || lengths[symbol] !== 0);

/** Whether bytes occur so evenly that no code makes them shorter. */
const isNoise = (frequencies: Int32Array, size: number): boolean => {
  const mean = size / 256;
  let spread = 0;
  for (const count of frequencies.subarray(0, END_OF_BLOCK)) spread += (count - mean) * (count - mean);
  return spread < size * 2;
};

/** How versions of klauspost/compress differ. */
export interface PgzipDialect {
  /**
   * Whether a block that may be gone on with is measured without an end, and describes codes for all symbols, though
   * the last of them have none.
   */
  readonly isOpenEnded: boolean;
}

/**
 * Turns tokens into blocks in the ways of klauspost/compress's flate. A block is left open, so that the next one can go
 * on with its codes, which is the cheaper the more alike they are.
 */
export class PgzipBlockWriter {
  readonly sink: BitSink = new BitSink();
  readonly #counts: TokenCounts = tokenCounts();
  readonly #merge = new PackageMerge(LITERAL_COUNT, LIMIT);
  readonly #header = new DynamicHeader(new PackageMerge(CODE_LENGTHS, CODE_LENGTH_LIMIT), true);
  readonly #distanceCode: PrefixCode = prefixCode(DISTANCE_COUNT);
  #literalCode: PrefixCode = prefixCode(LITERAL_COUNT);
  #otherCode: PrefixCode = prefixCode(LITERAL_COUNT);
  readonly #bytes = new TokenArray(0xffff);
  /** Bits of the head of the block that is open; 0 if none is. */
  #open = 0;
  readonly #dialect: PgzipDialect;

  constructor(dialect: PgzipDialect) {
    this.#dialect = dialect;
  }

  /**
   * Writes tokens in the open block, in one of their own, with fixed codes, or stored.
   * @param last leaves no block open
   */
  writeTokens(tokens: TokenArray, raw: Uint8Array, last: boolean): void {
    const { literals, distances } = this.#counts;
    const extra = tokens.tally(this.#counts);
    const isEndless = this.#dialect.isOpenEnded && !last;
    if (isEndless) literals[END_OF_BLOCK] = 0;
    const count = tokens.count + (last ? 1 : 0);
    // There are matches among the tokens, so that a block of literals, which has no codes for them, is never gone on with.
    const isCovered = covers(this.#literalCode, literals) && covers(this.#distanceCode, distances);
    if (this.#open > 0 && !isCovered) this.close();
    let fixed = codedBits(literals, FIXED_LITERALS) + codedBits(distances, FIXED_DISTANCES) + extra + 3;
    if (this.#open > 0) {
      const estimate = this.#open + estimatedBits(this.#counts, count);
      const fresh = estimate + (this.#literalCode.lengths[END_OF_BLOCK] ?? 0) + (estimate >> PENALTY_SHIFT);
      const going = codedBits(literals, this.#literalCode) + codedBits(distances, this.#distanceCode) + extra;
      const size = Math.min(fresh, going);
      if (fresh < going) this.close();
      const isFixed = count < FEW && fixed + 7 < size;
      if (storedBits(raw) <= size) this.store(raw);
      else if (isFixed) this.#writeFixed(tokens);
      if (isFixed || storedBits(raw) <= size) return;
    }
    if (this.#open === 0) {
      const literalCount = isEndless ? LITERAL_COUNT : usedSymbols(literals);
      const distanceCount = isEndless ? DISTANCE_COUNT : usedSymbols(distances);
      literals[END_OF_BLOCK] = 1;
      this.#merge.lengths(literals, LIMIT, this.#literalCode.lengths);
      this.#merge.lengths(distances, LIMIT, this.#distanceCode.lengths);
      assignCodes(this.#literalCode);
      assignCodes(this.#distanceCode);
      const head = this.#header.prepare(this.#literalCode, literalCount, this.#distanceCode, distanceCount);
      const size = head + codedBits(literals, this.#literalCode) + codedBits(distances, this.#distanceCode) + extra;
      if (isEndless) fixed += FIXED_LITERALS.lengths[END_OF_BLOCK] ?? 0;
      const isFixed = count < FEW && fixed <= size;
      if (storedBits(raw) <= (isFixed ? fixed : size)) {
        this.store(raw);
        return;
      }
      if (isFixed) {
        this.#writeFixed(tokens);
        return;
      }
      this.#header.write(this.sink, false);
      this.#open = head;
    }
    tokens.write(this.sink, this.#literalCode, this.#distanceCode, raw.length * 16);
    if (last) this.close();
  }

  /**
   * Writes bytes as literals, in the open block or in one of their own, or stored.
   * @param last leaves no block open
   */
  writeLiterals(raw: Uint8Array, last: boolean): void {
    this.#bytes.clear();
    for (const byte of raw) this.#bytes.push(byte);
    const { literals } = this.#counts;
    this.#bytes.tally(this.#counts);
    const bare = literals.subarray(0, END_OF_BLOCK + 1);
    if (raw.length > SHORT && isNoise(bare, raw.length)) {
      this.store(raw);
      return;
    }
    const code = this.#otherCode;
    this.#merge.lengths(bare, LIMIT, code.lengths);
    let estimate = codedBits(bare, code) + (this.#open === 0 ? HEAD_GUESS : this.#open);
    estimate += estimate >> PENALTY_SHIFT;
    if (storedBits(raw) <= estimate) {
      this.store(raw);
      return;
    }
    if (this.#open > 0) {
      const bytes = literals.subarray(0, END_OF_BLOCK);
      if (!covers(this.#literalCode, bytes) || estimate < codedBits(bytes, this.#literalCode)) this.close();
    }
    if (this.#open === 0) {
      this.#otherCode = this.#literalCode;
      this.#literalCode = code;
      code.lengths.fill(0, END_OF_BLOCK + 1);
      assignCodes(code);
      this.#open = this.#header.prepare(code, END_OF_BLOCK + 1, NO_DISTANCES, 1);
      this.#header.write(this.sink, false);
    }
    this.#bytes.write(this.sink, this.#literalCode, NO_DISTANCES, raw.length * 16);
    if (last) this.close();
  }

  /** Ends the block that is open, if one is. */
  close(): void {
    if (this.#open > 0) writeEnd(this.sink, this.#literalCode);
    this.#open = 0;
  }

  store(raw: Uint8Array): void {
    this.close();
    this.sink.stored(raw, false);
  }

  /** Ends the stream with an empty block. */
  finish(): void {
    this.close();
    this.sink.reserve(4);
    this.sink.bits(0b011, 10);
    this.sink.align();
  }

  #writeFixed(tokens: TokenArray): void {
    this.close();
    this.sink.reserve(2);
    this.sink.bits(0b010, 3);
    tokens.write(this.sink, FIXED_LITERALS, FIXED_DISTANCES, tokens.count * 32);
    writeEnd(this.sink, FIXED_LITERALS);
  }
}
