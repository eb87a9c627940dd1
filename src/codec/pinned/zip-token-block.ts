import { DISTANCE_EXTRA, distanceSymbol } from './deflate-symbol.js';
import type { SearchWindow } from './search-window.js';
import { TokenArray } from './token-code.js';
import type { ZipBlockWriter } from './zip-block.js';
import type { ZipDialect } from './zip-level.js';

/** Tokens after which, and after as many again, a block may end early. */
const CUT = 4096;

/** Tokens gathered for the next block. */
export class ZipTokenBlock extends TokenArray {
  readonly #window: SearchWindow;
  readonly #writer: ZipBlockWriter;
  readonly #cuts: boolean;

  /** @param cuts whether a block may end early */
  constructor(window: SearchWindow, writer: ZipBlockWriter, dialect: ZipDialect, cuts: boolean) {
    super(dialect.blockTokens);
    this.#window = window;
    this.#writer = writer;
    this.#cuts = dialect.gnu && cuts;
  }

  /** Adds a token; at the end of the input, where no block ends any more. */
  add(token: number): void {
    this.tokens[this.count++] = token;
  }

  /**
   * Adds a token, and writes the block if it is full.
   * @param position where the encoder stands
   * @param end end of the token's bytes
   */
  put(token: number, position: number, end: number): void {
    this.tokens[this.count++] = token;
    if (this.count === this.tokens.length || (this.#cuts && this.count % CUT === 0 && this.#isGood(position))) {
      this.close(end, false);
    }
  }

  /** Writes the block; its tokens end at `end` in the window. */
  close(end: number, last: boolean): void {
    this.#writer.write(this, this.#window.raw(end), last);
    this.#window.blockStart = end;
    this.count = 0;
  }

  /** Whether at most half of the tokens are matches and the block takes less than half, at eight bits a token. */
  #isGood(position: number): boolean {
    let bits = this.count * 8;
    let matches = 0;
    for (let index = 0; index < this.count; index += 1) {
      const token = this.tokens[index] ?? 0;
      if (token < 256) continue;
      matches += 1;
      bits += 5 + (DISTANCE_EXTRA[distanceSymbol(token & 0xffff)] ?? 0);
    }
    const input = position - this.#window.blockStart;
    return matches < this.count >> 1 && Math.floor(bits / 8) < input >> 1;
  }
}
