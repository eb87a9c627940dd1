import type { GoBlockWriter } from './go-block.js';
import type { GoWindow } from './go-window.js';
import { TokenArray } from './token-code.js';

/** Tokens of a full block at levels 2 to 9. */
export const BLOCK_TOKENS = 16384;

/** Tokens gathered for the next block. */
export class GoTokenBlock extends TokenArray {
  readonly #window: GoWindow;
  readonly #writer: GoBlockWriter;

  constructor(window: GoWindow, writer: GoBlockWriter) {
    super(BLOCK_TOKENS);
    this.#window = window;
    this.#writer = writer;
  }

  /** Writes the block; its tokens end at `end` in the window. */
  close(end: number): void {
    const { bytes, base, blockStart } = this.#window;
    const raw = blockStart >= base ? bytes.subarray(blockStart, end) : undefined;
    this.#writer.writeSmallest(this, raw);
    this.#window.blockStart = end;
    this.count = 0;
  }
}
