import type { BitSink } from './bit-sink.js';
import { DISTANCE_COUNT, LITERAL_COUNT } from './deflate-symbol.js';
import { type PrefixCode, assignCodes, codedBits, prefixCode } from './prefix-code.js';

/** The order in which the lengths of the code-length code are written. */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15] as const;
/** Symbols of the code-length code. */
export const CODE_LENGTHS = 19;
/** Bits of its longest code. */
export const CODE_LENGTH_LIMIT = 7;
/** Repeat the last length 3 to 6 times; 3 to 10 zeros; 11 to 138 zeros. */
const REPEAT = 16;
const ZEROS = 17;
const MANY_ZEROS = 18;
const EXTRA_BITS: Readonly<Record<number, number>> = { [REPEAT]: 2, [ZEROS]: 3, [MANY_ZEROS]: 7 };

/** Derives the lengths of a prefix code. */
export interface CodeMaker {
  lengths(frequencies: Int32Array, limit: number, lengths: Uint8Array): unknown;
}

/**
 * What stands at the head of a block of type 2: the lengths of both codes, run-length coded. `prepare` tells the
 * size, `write` writes.
 */
export class DynamicHeader {
  readonly #maker: CodeMaker;
  readonly #crossing: boolean;
  readonly #frequencies = new Int32Array(CODE_LENGTHS);
  readonly #lengthCode: PrefixCode = prefixCode(CODE_LENGTHS);
  /** Symbols in the low 5 bits, the value of the extra bits above. */
  readonly #runs = new Uint16Array(LITERAL_COUNT + DISTANCE_COUNT);
  readonly #sequence = new Uint8Array(LITERAL_COUNT + DISTANCE_COUNT);
  #runCount = 0;
  #literals = 0;
  #distances = 0;
  #codeLengths = 0;

  /** @param crossing whether a run may begin in the one code and end in the other */
  constructor(maker: CodeMaker, crossing: boolean) {
    this.#maker = maker;
    this.#crossing = crossing;
  }

  /**
   * Takes the lengths of the first `literals` and `distances` symbols.
   * @returns the bits that the header takes, with the block's type
   */
  prepare(literalCode: PrefixCode, literals: number, distanceCode: PrefixCode, distances: number): number {
    this.#literals = literals;
    this.#distances = distances;
    this.#sequence.set(literalCode.lengths.subarray(0, literals));
    this.#sequence.set(distanceCode.lengths.subarray(0, distances), literals);
    this.#frequencies.fill(0);
    this.#runCount = 0;
    if (this.#crossing) {
      this.#code(0, literals + distances);
    } else {
      this.#code(0, literals);
      this.#code(literals, literals + distances);
    }
    this.#maker.lengths(this.#frequencies, CODE_LENGTH_LIMIT, this.#lengthCode.lengths);
    assignCodes(this.#lengthCode);
    let used = CODE_LENGTHS;
    while (used > 4 && this.#lengthCode.lengths[ORDER[used - 1] ?? 0] === 0) used -= 1;
    this.#codeLengths = used;
    let bits = 3 + 5 + 5 + 4 + 3 * used + codedBits(this.#frequencies, this.#lengthCode);
    for (const symbol of [REPEAT, ZEROS, MANY_ZEROS]) {
      bits += (this.#frequencies[symbol] ?? 0) * (EXTRA_BITS[symbol] ?? 0);
    }
    return bits;
  }

  write(sink: BitSink, last: boolean): void {
    sink.reserve(512);
    sink.bits(last ? 0b101 : 0b100, 3);
    sink.bits(this.#literals - 257, 5);
    sink.bits(this.#distances - 1, 5);
    sink.bits(this.#codeLengths - 4, 4);
    for (const symbol of ORDER.slice(0, this.#codeLengths)) sink.bits(this.#lengthCode.lengths[symbol] ?? 0, 3);
    for (const run of this.#runs.subarray(0, this.#runCount)) {
      const symbol = run & 31;
      sink.bits(this.#lengthCode.codes[symbol] ?? 0, this.#lengthCode.lengths[symbol] ?? 0);
      if (symbol >= REPEAT) sink.bits(run >>> 5, EXTRA_BITS[symbol] ?? 0);
    }
  }

  #code(from: number, end: number): void {
    for (let start = from; start < end;) {
      const length = this.#sequence[start] ?? 0;
      let stop = start + 1;
      while (stop < end && this.#sequence[stop] === length) stop += 1;
      if (length === 0) this.#zeroRun(stop - start);
      else this.#lengthRun(length, stop - start);
      start = stop;
    }
  }

  #put(symbol: number, extra: number): void {
    this.#runs[this.#runCount++] = symbol | (extra << 5);
    this.#frequencies[symbol] = (this.#frequencies[symbol] ?? 0) + 1;
  }

  #lengthRun(length: number, count: number): void {
    this.#put(length, 0);
    let left = count - 1;
    for (; left >= 3; left -= Math.min(left, 6)) this.#put(REPEAT, Math.min(left, 6) - 3);
    for (; left > 0; left -= 1) this.#put(length, 0);
  }

  #zeroRun(count: number): void {
    let left = count;
    for (; left >= 11; left -= Math.min(left, 138)) this.#put(MANY_ZEROS, Math.min(left, 138) - 11);
    if (left >= 3) {
      this.#put(ZEROS, left - 3);
      left = 0;
    }
    for (; left > 0; left -= 1) this.#put(0, 0);
  }
}
