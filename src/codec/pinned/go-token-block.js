/** Tokens of a full block. */
export const BLOCK_TOKENS = 16384;
/** Tokens gathered for the next block. Hot loops fill {@link tokens} and set {@link count}. */
export class GoTokenBlock {
    tokens = new Int32Array(BLOCK_TOKENS);
    count = 0;
    #window;
    #writer;
    constructor(window, writer) {
        this.#window = window;
        this.#writer = writer;
    }
    /** Writes the block; its tokens end at `end` in the window. */
    close(end) {
        const { bytes, base, blockStart } = this.#window;
        const raw = blockStart >= base ? bytes.subarray(blockStart, end) : undefined;
        this.#writer.writeSmallest(this.tokens, this.count, raw);
        this.#window.blockStart = end;
        this.count = 0;
    }
}
