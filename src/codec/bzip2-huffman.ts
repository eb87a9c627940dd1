import { ToolError } from '../base/error.js';
import type { BitReader } from './bzip2-bits.js';

const MAX_LENGTH = 20;
/** Codes up to this length are found in one look. */
const QUICK = 10;

/** A canonical Huffman code for the symbols of a block. */
export interface Bzip2Code {
  /** By the next {@link QUICK} bits: symbol times 32 plus length of the code; 0 for longer codes. */
  readonly quick: Uint16Array;
  /** Symbols in the order of their codes. */
  readonly symbols: Uint16Array;
  /** By length: first code that is too large for it. */
  readonly limits: Int32Array;
  /** By length: what to add to a code for its index in `symbols`. */
  readonly offsets: Int32Array;
}

const corrupt = (what: string): ToolError => new ToolError('BZIP2_CORRUPT', what);

/** Reads the code lengths of all symbols, each as a difference to the one before. @throws {ToolError} BZIP2_CORRUPT */
const readLengths = (bits: BitReader, count: number): Uint8Array => {
  const lengths = new Uint8Array(count);
  let length = bits.read(5);
  for (let symbol = 0; symbol < count; symbol += 1) {
    while (bits.read(1) === 1) {
      length += bits.read(1) === 0 ? 1 : -1;
      if (length < 1 || length > MAX_LENGTH) throw corrupt('impossible length of a Huffman code');
    }
    if (length < 1 || length > MAX_LENGTH) throw corrupt('impossible length of a Huffman code');
    lengths[symbol] = length;
  }
  return lengths;
};

/** Reads one code for `count` symbols. @throws {ToolError} BZIP2_CORRUPT */
export const readCode = (bits: BitReader, count: number): Bzip2Code => {
  const lengths = readLengths(bits, count);
  const quick = new Uint16Array(1 << QUICK);
  const symbols = new Uint16Array(count);
  const limits = new Int32Array(MAX_LENGTH + 1);
  const offsets = new Int32Array(MAX_LENGTH + 1);
  let code = 0;
  let index = 0;
  for (let length = 1; length <= MAX_LENGTH; length += 1) {
    offsets[length] = index - code;
    for (let symbol = 0; symbol < count; symbol += 1) {
      if (lengths[symbol] !== length) continue;
      if (code >= 1 << length) throw corrupt('Huffman code has too many symbols');
      if (length <= QUICK) {
        const first = code << (QUICK - length);
        quick.fill(symbol * 32 + length, first, first + (1 << (QUICK - length)));
      }
      symbols[index++] = symbol;
      code += 1;
    }
    limits[length] = code;
    code <<= 1;
  }
  return { quick, symbols, limits, offsets };
};

/** The next symbol. @throws {ToolError} BZIP2_CORRUPT */
export const readSymbol = (bits: BitReader, code: Bzip2Code): number => {
  const look = bits.peek(MAX_LENGTH);
  const cell = code.quick[look >> (MAX_LENGTH - QUICK)]!;
  if (cell !== 0) {
    bits.take(cell & 31);
    return cell >> 5;
  }
  for (let length = QUICK + 1; length <= MAX_LENGTH; length += 1) {
    const value = look >> (MAX_LENGTH - length);
    if (value < code.limits[length]!) {
      bits.take(length);
      return code.symbols[value + code.offsets[length]!]!;
    }
  }
  throw corrupt('bits that are no Huffman code');
};
