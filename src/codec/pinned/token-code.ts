import type { BitSink } from './bit-sink.js';
import {
  DISTANCE_BASE,
  DISTANCE_COUNT,
  DISTANCE_EXTRA,
  END_OF_BLOCK,
  LENGTH_BASE,
  LENGTH_EXTRA,
  LENGTH_INDEX,
  LITERAL_COUNT,
  distanceSymbol,
} from './deflate-symbol.js';
import type { PrefixCode } from './prefix-code.js';

/**
 * A token is a literal byte, 0 to 255, or a match: its length in bytes above {@link LENGTH_SHIFT}, its distance less
 * one below. Since a length is never 0, tokens from 256 up are matches.
 */
export const LENGTH_SHIFT = 16;
const REACH_MASK = 0xffff;
/** Bytes back beyond which a match of the shortest length is not worth its distance. */
export const FAR = 4096;
/**
 * A match longer than `best` needs its last four bytes to have occurred in reach. The newest place where they did is
 * known for positions that are inserted, and those are the ones up to the current position. A match that overlaps
 * itself can have them further on; but then they repeat at its distance, so that they are also found within twice
 * the length of the longest match. Below this distance nothing is concluded.
 */
export const REPEAT_REACH = 512;

/** How often each symbol occurs in a block. */
export interface TokenCounts {
  readonly literals: Int32Array;
  readonly distances: Int32Array;
}

export const tokenCounts = (): TokenCounts => ({
  literals: new Int32Array(LITERAL_COUNT),
  distances: new Int32Array(DISTANCE_COUNT),
});

/** The tokens of a block, wherever they lie. */
export interface Tokens {
  /**
   * Counts the symbols, and one end of block.
   * @returns the extra bits that the tokens carry
   */
  tally(counts: TokenCounts): number;
  /** Writes the tokens, without the end of the block. `bits` is what they take, or more. */
  write(sink: BitSink, literalCode: PrefixCode, distanceCode: PrefixCode, bits: number): void;
}

export const writeEnd = (sink: BitSink, { codes, lengths }: PrefixCode): void => {
  sink.reserve(2);
  sink.bits(codes[END_OF_BLOCK] ?? 0, lengths[END_OF_BLOCK] ?? 0);
};

/** Tokens that are gathered. */
export interface TokenStore extends Tokens {
  readonly count: number;
  clear(): void;
}

/** Tokens in an array that is filled from outside. */
export class TokenArray implements TokenStore {
  readonly tokens: Int32Array;
  /** Tokens that count. */
  count = 0;

  constructor(size: number) {
    this.tokens = new Int32Array(size);
  }

  push(token: number): void {
    this.tokens[this.count++] = token;
  }

  clear(): void {
    this.count = 0;
  }

  tally({ literals, distances }: TokenCounts): number {
    const { count, tokens } = this;
    literals.fill(0);
    distances.fill(0);
    for (let index = 0; index < count; index += 1) {
      const token = tokens[index] ?? 0;
      if (token < 256) {
        literals[token] = (literals[token] ?? 0) + 1;
      } else {
        const symbol = END_OF_BLOCK + 1 + (LENGTH_INDEX[token >>> LENGTH_SHIFT] ?? 0);
        const distance = distanceSymbol(token & REACH_MASK);
        literals[symbol] = (literals[symbol] ?? 0) + 1;
        distances[distance] = (distances[distance] ?? 0) + 1;
      }
    }
    literals[END_OF_BLOCK] = 1;
    let extra = 0;
    for (const [index, bits] of LENGTH_EXTRA.entries()) extra += bits * (literals[END_OF_BLOCK + 1 + index] ?? 0);
    for (const [symbol, bits] of DISTANCE_EXTRA.entries()) extra += bits * (distances[symbol] ?? 0);
    return extra;
  }

  write(sink: BitSink, literalCode: PrefixCode, distanceCode: PrefixCode, bits: number): void {
    sink.reserve((bits >>> 3) + 8);
    const { count, tokens } = this;
    const out = sink.bytes;
    const { codes, lengths } = literalCode;
    const { codes: distanceCodes, lengths: distanceLengths } = distanceCode;
    let at = sink.length;
    let buffer = sink.bitBuffer;
    let filled = sink.bitCount;
    for (let index = 0; index < count; index += 1) {
      const token = tokens[index] ?? 0;
      const length = token >>> LENGTH_SHIFT;
      const lengthIndex = LENGTH_INDEX[length] ?? 0;
      const symbol = token < 256 ? token : END_OF_BLOCK + 1 + lengthIndex;
      buffer |= (codes[symbol] ?? 0) << filled;
      filled += lengths[symbol] ?? 0;
      if (filled >= 16) {
        out[at++] = buffer;
        out[at++] = buffer >>> 8;
        buffer >>>= 16;
        filled -= 16;
      }
      if (token < 256) continue;
      buffer |= (length - (LENGTH_BASE[lengthIndex] ?? 0)) << filled;
      filled += LENGTH_EXTRA[lengthIndex] ?? 0;
      if (filled >= 16) {
        out[at++] = buffer;
        out[at++] = buffer >>> 8;
        buffer >>>= 16;
        filled -= 16;
      }
      const reach = token & REACH_MASK;
      const distance = distanceSymbol(reach);
      buffer |= (distanceCodes[distance] ?? 0) << filled;
      filled += distanceLengths[distance] ?? 0;
      if (filled >= 16) {
        out[at++] = buffer;
        out[at++] = buffer >>> 8;
        buffer >>>= 16;
        filled -= 16;
      }
      buffer |= (reach - (DISTANCE_BASE[distance] ?? 0)) << filled;
      filled += DISTANCE_EXTRA[distance] ?? 0;
      if (filled >= 16) {
        out[at++] = buffer;
        out[at++] = buffer >>> 8;
        buffer >>>= 16;
        filled -= 16;
      }
    }
    sink.length = at;
    sink.bitBuffer = buffer;
    sink.bitCount = filled;
  }
}
