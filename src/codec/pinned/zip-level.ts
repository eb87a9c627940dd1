/** How hard a level of zlib and its relatives searches. */
export interface ZipLevel {
  /** Candidates that are looked at for one position. */
  readonly candidates: number;
  /** Bytes of a match with which the search is content. */
  readonly nice: number;
  /** Bytes of a match from which only a quarter of the candidates is looked at for a better one. */
  readonly good: number;
  /** Lazy levels: bytes of a match from which the next position is not searched for a better one. Else 0. */
  readonly lazy: number;
  /** Greedy levels: bytes of the longest match whose inner positions can be referred to later. Else 0. */
  readonly inner: number;
}

const greedy = (candidates: number, nice: number, inner: number): ZipLevel => ({
  candidates,
  nice,
  good: 4,
  lazy: 0,
  inner,
});
const lazy = (candidates: number, nice: number, good: number, most: number): ZipLevel => ({
  candidates,
  nice,
  good,
  lazy: most,
  inner: 0,
});

export const ZIP_LEVELS: Readonly<Record<number, ZipLevel>> = {
  1: greedy(4, 8, 4),
  2: greedy(8, 16, 5),
  3: greedy(32, 32, 6),
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
  /**
   * GNU gzip and BusyBox: at every 4096th token a block ends early if it is well compressed and has few matches; and
   * the end of the input is treated in another way.
   */
  readonly gnu: boolean;
}
