import type { GoBlockWriter } from './go-block.js';
import type { TokenBlock } from './scanner.js';
import type { SlidingInput } from './sliding-input.js';
import type { TokenStore } from './token-code.js';

/** Tokens of a full block at levels 2 to 9. */
export const BLOCK_TOKENS = 16384;

/** The blocks of levels 2 to 9: each is closed when it is full. */
export class GoBlocks implements TokenBlock {
  readonly stop: number = BLOCK_TOKENS;
  readonly #input: SlidingInput;
  readonly #writer: GoBlockWriter;
  readonly #tokens: TokenStore;

  constructor(input: SlidingInput, writer: GoBlockWriter, tokens: TokenStore) {
    this.#input = input;
    this.#writer = writer;
    this.#tokens = tokens;
  }

  reach(_stand: number, end: number): void {
    this.#writer.writeSmallest(this.#tokens, this.#input.raw(end));
    this.#input.blockStart = end;
    this.#tokens.clear();
  }

  /** Writes what is left. */
  finish(): void {
    if (this.#tokens.count > 0) this.reach(this.#input.end, this.#input.end);
  }
}
