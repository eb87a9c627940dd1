import type { GoBlockWriter } from './go-block.js';
import type { SearchWindow } from './search-window.js';
import { TokenArray } from './token-code.js';

/** Tokens of a full block at levels 2 to 9. */
export const BLOCK_TOKENS = 16384;

/** Tokens gathered for the next block. */
export class GoTokenBlock extends TokenArray {
  readonly #window: SearchWindow;
  readonly #writer: GoBlockWriter;

  constructor(window: SearchWindow, writer: GoBlockWriter) {
    super(BLOCK_TOKENS);
    this.#window = window;
    this.#writer = writer;
  }

  /** Writes the block; its tokens end at `end` in the window. */
  close(end: number): void {
    this.#writer.writeSmallest(this, this.#window.raw(end));
    this.#window.blockStart = end;
    this.count = 0;
  }
}
