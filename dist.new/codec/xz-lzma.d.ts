import type { SlidingWindow } from './sliding-window.js';
/** LZMA into a window, in pieces that each begin with a fresh range decoder, as LZMA2 cuts it. */
export declare class LzmaDecoder {
    #private;
    constructor(window: SlidingWindow);
    /** Takes the byte of properties and resets the state. @throws {ToolError} XZ_CORRUPT */
    setProperties(byte: number): void;
    resetState(): void;
    /**
     * Decodes a piece to exactly `size` bytes, for which the window has room. `total` is how many bytes have come since
     * the dictionary was reset.
     * @throws {ToolError} XZ_CORRUPT
     */
    decode(bytes: Uint8Array, size: number, total: number): void;
}
//# sourceMappingURL=xz-lzma.d.ts.map