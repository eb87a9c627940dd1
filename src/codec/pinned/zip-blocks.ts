import { DISTANCE_EXTRA } from './deflate-symbol.js';
import type { TokenBlock } from './scanner.js';
import type { SlidingInput } from './sliding-input.js';
import { type TokenCounts, type TokenStore, tokenCounts } from './token-code.js';
import type { ZipBlockWriter } from './zip-block.js';

/** Tokens after which, and after as many again, a block may end early. */
const CUT = 4096;

/** The blocks of zlib's family: each is closed when it is full, in some cases earlier. */
export class ZipBlocks implements TokenBlock {
  stop: number;
  readonly #input: SlidingInput;
  readonly #writer: ZipBlockWriter;
  readonly #tokens: TokenStore;
  readonly #full: number;
  readonly #cuts: boolean;
  readonly #counts: TokenCounts = tokenCounts();
  #discards = false;

  /**
   * @param full tokens of a full block
   * @param cuts whether a block may end early
   */
  constructor(input: SlidingInput, writer: ZipBlockWriter, tokens: TokenStore, full: number, cuts: boolean) {
    this.#input = input;
    this.#writer = writer;
    this.#tokens = tokens;
    this.#full = full;
    this.#cuts = cuts;
    this.stop = this.#firstStop();
  }

  reach(stand: number, end: number): void {
    if (this.#discards) {
      this.#tokens.clear();
    } else if (this.#tokens.count === this.#full || this.#isGood(stand)) {
      this.#close(end, false);
    } else {
      this.stop = Math.min(this.stop + CUT, this.#full);
    }
  }

  /** Drops all tokens that come while `scan` runs. */
  discard(scan: () => void): void {
    this.#discards = true;
    scan();
    this.#discards = false;
    this.#tokens.clear();
    this.stop = this.#firstStop();
  }

  /** Writes what is left, as a block that is not the last. */
  flush(): void {
    if (this.#tokens.count > 0) this.#close(this.#input.end, false);
  }

  /** Writes the last block, which may be empty. */
  finish(): void {
    this.#close(this.#input.end, true);
  }

  #firstStop(): number {
    return this.#cuts ? Math.min(CUT, this.#full) : this.#full;
  }

  #close(end: number, last: boolean): void {
    this.#writer.write(this.#tokens, this.#input.raw(end), last);
    this.#input.blockStart = end;
    this.#tokens.clear();
    this.stop = this.#firstStop();
  }

  /**
   * Whether fewer than half of the tokens are matches and the block takes less than half of its bytes, by a rough
   * measure: eight bits a token, and for a match five and its extra bits.
   */
  #isGood(stand: number): boolean {
    this.#tokens.tally(this.#counts);
    const { count } = this.#tokens;
    let bits = count * 8;
    let matches = 0;
    for (const [symbol, times] of this.#counts.distances.entries()) {
      matches += times;
      bits += times * (5 + (DISTANCE_EXTRA[symbol] ?? 0));
    }
    const input = stand - this.#input.blockStart;
    return matches < count >> 1 && bits >>> 3 < input >> 1;
  }
}
