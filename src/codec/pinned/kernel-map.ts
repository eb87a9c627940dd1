import { LITERAL_COUNT, MAX_DISTANCE } from './deflate-symbol.js';
import { INPUT_SIZE } from './sliding-input.js';

/**
 * Where a kernel keeps what in its memory. Numbers there are little-endian on every machine, so from outside they are
 * read and written through a DataView.
 */
export interface KernelMap {
  /** The last position of each bucket: 32 bits. */
  readonly heads: number;
  readonly headCount: number;
  /** The last position of each bucket of four bytes, where `heads` is for fewer: 32 bits. */
  readonly witnesses: number;
  readonly witnessCount: number;
  /** For the position modulo 32768: how far back the one before it in its bucket lies; 16 bits. */
  readonly steps: number;
  /** The tokens of a block: 32 bits. */
  readonly tokens: number;
  /** How often each symbol occurs in the tokens: 32 bits, for literals and lengths, then for distances. */
  readonly counts: number;
  readonly distanceCounts: number;
  /** A code in the low 16 bits and its length above, for literals and lengths, then for distances. */
  readonly codes: number;
  readonly distanceCodes: number;
  /** What a length in bytes stands for. */
  readonly lengths: number;
  /** What has been written: at most 48 bits a token. */
  readonly output: number;
  readonly outputSize: number;
  /** The input. Reads go a little past its end. */
  readonly input: number;
  readonly inputSize: number;
  /** Bytes of all. */
  readonly size: number;
}

/** Bytes that a read may go past the last byte. */
const SLACK = 64;
/** Room for the numbers of 286 and 30 symbols, and of 259 lengths. */
const TABLE = 2048;

/** @param witnessBits 0 if there is no table of witnesses */
export const kernelMap = (headBits: number, witnessBits: number, tokenCount: number): KernelMap => {
  const headCount = 1 << headBits;
  const witnessCount = witnessBits === 0 ? 0 : 1 << witnessBits;
  const witnesses = 4 * headCount;
  const steps = witnesses + 4 * witnessCount;
  const tokens = steps + 2 * MAX_DISTANCE;
  const counts = tokens + 4 * tokenCount;
  const codes = counts + TABLE;
  const lengths = codes + TABLE;
  const output = lengths + TABLE;
  const outputSize = 6 * tokenCount + SLACK;
  const input = output + outputSize;
  return {
    heads: 0,
    headCount,
    witnesses,
    witnessCount,
    steps,
    tokens,
    counts,
    distanceCounts: counts + 4 * LITERAL_COUNT,
    codes,
    distanceCodes: codes + 4 * LITERAL_COUNT,
    lengths,
    output,
    outputSize,
    input,
    inputSize: INPUT_SIZE,
    size: input + INPUT_SIZE + SLACK,
  };
};
