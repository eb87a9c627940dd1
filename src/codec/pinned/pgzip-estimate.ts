import { DISTANCE_EXTRA, END_OF_BLOCK, LENGTH_EXTRA } from './deflate-symbol.js';
import type { TokenCounts } from './token-code.js';

/**
 * The estimate that decides whether a block gets a code of its own. It is computed with numbers of 32 bits, and each
 * rounding counts: one bit more or less changes the stream.
 */

const { fround } = Math;
const SQUARE: number = fround(-0.34484843);
const LINE: number = fround(2.02466578);
const CONSTANT: number = fround(0.67487759);
/** Bits that the end of the block is taken to have. */
const END_BITS = 15;

const view = new DataView(new ArrayBuffer(4));

/** Bits of a symbol of this probability, 1 to 15: a parabola for the logarithm of the mantissa. */
const symbolBits = (probability: number): number => {
  view.setFloat32(0, probability);
  const word = view.getInt32(0);
  view.setInt32(0, (word & 0x007fffff) | 0x3f800000);
  const mantissa = view.getFloat32(0);
  const line = fround(fround(SQUARE * mantissa) + LINE);
  const curve = fround(fround(line * mantissa) - CONSTANT);
  const logarithm = fround(((word >>> 23) & 255) - 128 + curve);
  return Math.min(15, Math.max(1, -logarithm));
};

/** Adds what some symbols take. */
const added = (sum: number, counts: Int32Array, from: number, to: number, all: number): number => {
  const share = fround(1 / all);
  let bits = sum;
  for (let symbol = from; symbol < to; symbol += 1) {
    const count = counts[symbol] ?? 0;
    if (count > 0) bits = fround(bits + fround(symbolBits(fround(count * share)) * count));
  }
  return bits;
};

/** @param tokens the tokens of the block, with its end if it has one of its own */
export const estimatedBits = ({ literals, distances }: TokenCounts, tokens: number): number => {
  let bits = added(0, literals, 0, END_OF_BLOCK, tokens);
  bits = added(fround(bits + END_BITS), literals, END_OF_BLOCK + 1, literals.length, tokens);
  let extra = 0;
  let matches = 0;
  for (const [index, width] of LENGTH_EXTRA.entries()) {
    const count = literals[END_OF_BLOCK + 1 + index] ?? 0;
    extra += count * width;
    matches += count;
  }
  if (matches > 0) bits = added(bits, distances, 0, distances.length, matches);
  for (const [symbol, width] of DISTANCE_EXTRA.entries()) extra += width * (distances[symbol] ?? 0);
  return Math.trunc(bits) + extra;
};
