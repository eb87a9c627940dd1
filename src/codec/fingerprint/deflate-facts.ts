/** How a deflate stream ends: in a block with data, in an empty one, or beyond what was read. */
export type FinalBlock = 'data' | 'empty-stored' | 'empty-fixed' | 'empty-dynamic' | 'unread';

/** Values that a tally tells apart; what comes later counts into its rest. */
const TALLY_KINDS = 64;

/** How often each number came, for a stream of any length in bounded memory. */
export class Tally {
  readonly #counts = new Map<number, number>();
  #total = 0;

  add(value: number): void {
    this.#total += 1;
    const known = this.#counts.get(value);
    if (known !== undefined || this.#counts.size < TALLY_KINDS) this.#counts.set(value, (known ?? 0) + 1);
  }

  get total(): number {
    return this.#total;
  }

  /** 0 if nothing was counted. */
  get max(): number {
    return Math.max(0, ...this.#counts.keys());
  }

  count(value: number): number {
    return this.#counts.get(value) ?? 0;
  }

  /** The one value that was counted; undefined if there was none or more than one. */
  get only(): number | undefined {
    const [value] = this.#counts.keys();
    return value !== undefined && this.#counts.get(value) === this.#total ? value : undefined;
  }

  /** Whether every value that was counted passes; true if there was none, false if there were too many kinds. */
  every(test: (value: number) => boolean): boolean {
    let seen = 0;
    for (const [value, count] of this.#counts) {
      if (!test(value)) return false;
      seen += count;
    }
    return seen === this.#total;
  }
}

/**
 * What the blocks and tokens of deflate data tell about their encoder. A token is a literal or a match; the end of a
 * block is none. An inner block is one with data that is followed by one with data: it ended because the encoder
 * found it full, and not because the input paused or ended.
 */
export class DeflateFacts {
  /** Whether every block was read. */
  complete = true;
  /** Bytes of deflate data that were read. */
  bytesIn = 0;
  /** Bytes that they stand for. */
  bytesOut = 0;
  /** Blocks of each type, empty ones included. */
  stored = 0;
  fixed = 0;
  dynamic = 0;
  /** Literals. */
  literals = 0;
  /** Matches. */
  matches = 0;
  /** Tokens of the largest block. */
  maxTokens = 0;
  /** Tokens of the inner blocks that are not stored. */
  readonly innerTokens: Tally = new Tally();
  /** Bytes that each inner block stands for, stored ones included. */
  readonly innerBytes: Tally = new Tally();
  /** Bytes of stored blocks that are not empty. */
  readonly storedBytes: Tally = new Tally();
  /** Empty blocks that are not the last one, by type: what a flush leaves behind. */
  flushesStored = 0;
  flushesFixed = 0;
  /** Where in the output the last of them stands; undefined if there is none. */
  lastFlush: number | undefined;
  /** Bytes of output between places where there are such blocks, from the start of the member. */
  readonly flushSpacing: Tally = new Tally();
  /** Matches of three bytes, and those of them that reach back more than 4096. */
  length3 = 0;
  length3Far = 0;
  /** Matches of four bytes that reach back more than 4096. */
  length4Far = 0;
  /** Bytes. 0: no match. */
  maxLength = 0;
  maxDistance = 0;
  /** Dynamic blocks that give a code to one distance only; zlib and its relatives give one to at least two. */
  loneDistance = 0;
  /** Dynamic blocks with a run of code lengths from the literals into the distances; zlib begins again there. */
  joinedRuns = 0;
  final: FinalBlock = 'unread';
}
