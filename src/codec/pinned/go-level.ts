/** How hard a level of Go's compress/flate searches. */
export interface GoLevel {
  /** Candidates that are looked at for one position. */
  readonly candidates: number;
  /** Bytes of a match with which the search is content. */
  readonly nice: number;
  /**
   * Lazy levels: bytes of a match from which the next position is not searched for a better one. 0: a greedy level,
   * which takes what it finds.
   */
  readonly lazy: number;
  /** Greedy levels: bytes of the longest match whose inner positions can be referred to later. */
  readonly inner: number;
}

const greedy = (candidates: number, nice: number, inner: number): GoLevel => ({ candidates, nice, lazy: 0, inner });
const lazy = (candidates: number, nice: number, lazy: number): GoLevel => ({ candidates, nice, lazy, inner: 0 });

/** Levels 2 to 9 differ in numbers alone. */
export const GO_LEVELS: Readonly<Record<number, GoLevel>> = {
  2: greedy(8, 16, 5),
  3: greedy(32, 32, 6),
  4: lazy(16, 16, 4),
  5: lazy(32, 32, 16),
  6: lazy(128, 128, 16),
  7: lazy(256, 128, 32),
  8: lazy(1024, 258, 128),
  9: lazy(4096, 258, 258),
};
