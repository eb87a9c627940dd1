import type { SlidingWindow } from './sliding-window.js';
/**
 * Decodes the compressed blocks of a frame into a window; keeps what one block leaves to the next.
 * @see {@link https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1.3}
 */
export declare class BlockDecoder {
    #private;
    constructor(window: SlidingWindow);
    /** Forgets what blocks leave to each other: a new frame begins. */
    restart(): void;
    /**
     * Decodes one block of at most {@link MAX_BLOCK} bytes to at most `limit` plain ones, for which the window has room.
     * @throws {ToolError} ZSTD_CORRUPT
     */
    decode(block: Uint8Array, limit: number): void;
}
//# sourceMappingURL=zstd-block.d.ts.map