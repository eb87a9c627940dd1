import type { GreedyLevel, LazyLevel } from './search-level.js';

/** Levels 1 to 3 of zlib and its relatives take what they find. */
export const ZIP_GREEDY_LEVELS: Readonly<Record<number, GreedyLevel>> = {
  1: { candidates: 4, nice: 8, inner: 4 },
  2: { candidates: 8, nice: 16, inner: 5 },
  3: { candidates: 32, nice: 32, inner: 6 },
};

const lazy = (candidates: number, nice: number, good: number, most: number): LazyLevel => ({
  candidates,
  nice,
  good,
  lazy: most,
});

/** Levels 4 to 9 look once more at the next position. */
export const ZIP_LAZY_LEVELS: Readonly<Record<number, LazyLevel>> = {
  4: lazy(16, 16, 4, 4),
  5: lazy(32, 32, 8, 16),
  6: lazy(128, 128, 8, 16),
  7: lazy(256, 128, 8, 32),
  8: lazy(1024, 258, 32, 128),
  9: lazy(4096, 258, 32, 258),
};

/** In what the relatives differ. */
export interface ZipDialect {
  /** Bits of the hash of three bytes, 13 to 16. */
  readonly hashBits: number;
  /** Tokens of a full block. */
  readonly blockTokens: number;
  /** From level 3 on a block may end early. */
  readonly cuts: boolean;
  /**
   * What lies behind the end of the input when the last matches are looked for: nothing that counts, or what was in
   * the window before, and then perhaps two zeros in front of it.
   */
  readonly behind: 'nothing' | 'old' | 'zeros';
  /** Whether matches are looked for in the last 262 bytes of a full window. */
  readonly searchesLast: boolean;
}

const zlib = (memoryLevel: number): ZipDialect => ({
  hashBits: memoryLevel + 7,
  blockTokens: (1 << (memoryLevel + 6)) - 1,
  cuts: false,
  behind: 'nothing',
  searchesLast: true,
});

/** zlib with the memory level that is its default, 8. */
export const ZLIB: ZipDialect = zlib(8);
/** zlib with as much memory as it can take. */
export const ZLIB_MEMORY_9: ZipDialect = zlib(9);

/** GNU gzip. */
export const GNU_GZIP: ZipDialect = {
  hashBits: 15,
  blockTokens: 32767,
  cuts: true,
  behind: 'zeros',
  searchesLast: false,
};

/** BusyBox gzip, which is built for one of three sizes of memory. */
export const BUSYBOX_GZIP: { readonly small: ZipDialect; readonly medium: ZipDialect; readonly big: ZipDialect } = {
  small: { hashBits: 13, blockTokens: 8191, cuts: true, behind: 'old', searchesLast: true },
  medium: { hashBits: 14, blockTokens: 16383, cuts: true, behind: 'old', searchesLast: true },
  big: { hashBits: 15, blockTokens: 32767, cuts: true, behind: 'old', searchesLast: true },
};
