/**
 * Where the kernel of the Go encoder keeps what in its memory. Numbers there are little-endian on every machine, so
 * from outside they are read and written through a DataView.
 */
import { LITERAL_COUNT } from './deflate-symbol.js';

const KIB = 1024;

/** The last position of each bucket: 2^17 numbers of 32 bits. */
export const HEADS = 0;
export const HEAD_COUNT: number = 1 << 17;
/** For the position modulo 32768: how far back the one before it in its bucket lies; 16 bits. */
export const STEPS: number = 512 * KIB;
/** 16384 tokens of 32 bits. */
export const TOKENS: number = STEPS + 64 * KIB;
/** How often each symbol occurs in the tokens: 32 bits for literals and lengths, then for distances. */
export const COUNTS: number = TOKENS + 64 * KIB;
export const DISTANCE_COUNTS: number = COUNTS + 4 * LITERAL_COUNT;
/** Code in the low 16 bits and its length above, for literals and lengths, then for distances. */
export const CODES: number = COUNTS + 2 * KIB;
export const DISTANCE_CODES: number = CODES + 4 * LITERAL_COUNT;
/** By length in bytes, 3 to 258: symbol in the low 16 bits, extra bits from bit 16, least length from bit 24. */
export const LENGTHS: number = COUNTS + 4 * KIB;
/** What has been written: at most 48 bits a token. */
export const OUTPUT: number = COUNTS + 8 * KIB;
export const OUTPUT_SIZE: number = 112 * KIB;
/** Input. Reads go a little past its end. */
export const WINDOW: number = OUTPUT + OUTPUT_SIZE;
export const WINDOW_SIZE: number = 1024 * KIB;
export const MEMORY_SIZE: number = WINDOW + WINDOW_SIZE + 64;
