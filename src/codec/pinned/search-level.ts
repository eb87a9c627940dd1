/** How hard a level searches that takes what it finds. */
export interface GreedyLevel {
  /** Candidates that are looked at for one position. */
  readonly candidates: number;
  /** Bytes of a match with which the search is content. */
  readonly nice: number;
  /** Bytes of the longest match whose inner positions can be referred to later. */
  readonly inner: number;
}

/** How hard a level searches that looks once more at the next position. */
export interface LazyLevel {
  /** Candidates that are looked at for one position. */
  readonly candidates: number;
  /** Bytes of a match with which the search is content. */
  readonly nice: number;
  /** Bytes of a match from which only a quarter of the candidates is looked at for a better one. */
  readonly good: number;
  /** Bytes of a match from which the next position is not searched for a better one. */
  readonly lazy: number;
}
