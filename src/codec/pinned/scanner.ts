/** Turns input into tokens, position by position. Blocks are closed on the way. */
export interface Scanner {
  /**
   * Works on the positions up to `last`; looks at no byte from `end` on.
   * @param searched the last position that is searched for a match
   */
  scan(last: number, end: number, searched: number): void;
  /** Gives the last byte its token if it has none, when all positions are done. */
  finish(): void;
}

/** Decides where blocks end, and writes them. */
export interface TokenBlock {
  /** The number of tokens at which to call {@link TokenBlock.reach}. */
  readonly stop: number;
  /**
   * Writes the block, or sets a later stop.
   * @param stand where the encoder stood when it took the last token
   * @param end end of that token's bytes
   */
  reach(stand: number, end: number): void;
}
