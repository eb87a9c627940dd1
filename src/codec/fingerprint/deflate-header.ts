import { HuffmanLookup } from './huffman-lookup.js';

/** Order in which the lengths of the code length code are written (RFC 1951, section 3.2.7). */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15] as const;
/** Symbols that a dynamic block may give a code to. */
const MAX_LITERALS = 286;
const MAX_DISTANCES = 30;
const END_OF_BLOCK = 256;

/** Bytes that the longest header of a dynamic block takes, and some more. */
export const MAX_BLOCK_HEADER = 640;

/** At least 25 bits of `input` from bit `at`, the first one lowest. */
export const peekBits = (input: Uint8Array, at: number): number => {
  const byte = at >>> 3;
  return (input[byte]! | (input[byte + 1]! << 8) | (input[byte + 2]! << 16) | (input[byte + 3]! << 24)) >>> (at & 7);
};

/** The codes of a block, and what their description tells. */
export class BlockCodes {
  readonly literals: HuffmanLookup = new HuffmanLookup(288);
  readonly distances: HuffmanLookup = new HuffmanLookup(32);
  /** Distances that have a code. */
  distanceCount = 0;
  /** Whether a run of code lengths goes from the literals into the distances. */
  joinedRun = false;
  readonly #lengthCode = new HuffmanLookup(ORDER.length);
  readonly #lengths = new Uint8Array(MAX_LITERALS + MAX_DISTANCES);

  /**
   * Reads the description of a dynamic block.
   * @param input at least {@link MAX_BLOCK_HEADER} bytes from `start`
   * @param start the bit behind the type of the block
   * @returns the bit behind the description, or what is wrong with it
   */
  readDynamic(input: Uint8Array, start: number): number | string {
    const head = peekBits(input, start);
    const literalCount = (head & 31) + 257;
    const distanceCount = ((head >>> 5) & 31) + 1;
    const lengthCount = ((head >>> 10) & 15) + 4;
    if (literalCount > MAX_LITERALS || distanceCount > MAX_DISTANCES) return 'too many symbols';
    const codeLengths = new Uint8Array(ORDER.length);
    let at = start + 14;
    for (const symbol of ORDER.slice(0, lengthCount)) {
      codeLengths[symbol] = peekBits(input, at) & 7;
      at += 3;
    }
    if (this.#lengthCode.fill(codeLengths) !== 0) return 'a code of code lengths that is not complete';
    const end = this.#readLengths(input, at, literalCount, literalCount + distanceCount);
    if (typeof end === 'string') return end;
    const literals = this.#lengths.subarray(0, literalCount);
    const distances = this.#lengths.subarray(literalCount, literalCount + distanceCount);
    if (literals[END_OF_BLOCK] === 0) return 'no code for the end of the block';
    this.distanceCount = distances.reduce((sum, length) => sum + (length > 0 ? 1 : 0), 0);
    if (!isUsable(this.literals, literals)) return 'a literal code that is not complete';
    if (!isUsable(this.distances, distances)) return 'a distance code that is not complete';
    return end;
  }

  #readLengths(input: Uint8Array, start: number, boundary: number, total: number): number | string {
    const lengths = this.#lengths;
    this.joinedRun = false;
    let at = start;
    for (let index = 0; index < total;) {
      const bits = peekBits(input, at);
      const entry = this.#lengthCode.table[bits & 1023]!;
      if (entry === 0) return 'an unknown code';
      const symbol = entry >> 4;
      const used = entry & 15;
      if (symbol < 16) {
        lengths[index] = symbol;
        index += 1;
        at += used;
        continue;
      }
      if (symbol === 16 && index === 0) return 'a run of nothing';
      const extra = symbol === 16 ? 2 : symbol === 17 ? 3 : 7;
      const count = ((bits >>> used) & ((1 << extra) - 1)) + (symbol === 18 ? 11 : 3);
      if (index + count > total) return 'a run over the end';
      if (index < boundary && index + count > boundary) this.joinedRun = true;
      lengths.fill(symbol === 16 ? lengths[index - 1]! : 0, index, index + count);
      index += count;
      at += used + extra;
    }
    return at;
  }
}

let fixed: BlockCodes | undefined;

/** The codes of RFC 1951, section 3.2.6. */
export const fixedCodes = (): BlockCodes => {
  if (fixed === undefined) {
    fixed = new BlockCodes();
    fixed.literals.fill(new Uint8Array(288).fill(8, 0, 144).fill(9, 144, 256).fill(7, 256, 280).fill(8, 280));
    fixed.distances.fill(new Uint8Array(32).fill(5));
  }
  return fixed;
};

/** zlib's rule: a code is complete, or has one symbol of one bit, or none (which no data may then use). */
const isUsable = (code: HuffmanLookup, lengths: Uint8Array): boolean => {
  const room = code.fill(lengths);
  return room === 0 || (room > 0 && lengths.every((length) => length <= 1));
};

/** The symbol * 16 + bits of the code that `bits` begin with, or NO_SYMBOL. */
export const decodeSymbol = (code: HuffmanLookup, bits: number): number => {
  const entry = code.table[bits & 1023]!;
  return entry === 0 ? code.walk(bits) : entry;
};
