/** Bytes in front of and behind a block's data that decoders may look at. */
export declare const BLOCK_MARGIN = 16;
/** Bytes that a block holds at most, compressed or plain. */
export declare const MAX_BLOCK: number;
/** The literals of one block: a run of bytes, and where the next section begins. */
export interface Literals {
    readonly bytes: Uint8Array;
    /** Of the same memory as `bytes`. */
    readonly view: DataView;
    readonly start: number;
    readonly end: number;
    readonly next: number;
}
/** Decodes the literals section of a block; keeps the Huffman table, which a later block may use again. */
export declare class LiteralsDecoder {
    #private;
    /** Forgets the table: a new frame begins. */
    restart(): void;
    /**
     * Reads the section that begins at `start`; the block ends at `end` and has a margin on both sides. The result is
     * valid until the next call.
     * @throws {ToolError} ZSTD_CORRUPT
     */
    read(view: DataView, bytes: Uint8Array, start: number, end: number, limit: number): Literals;
}
//# sourceMappingURL=zstd-literals.d.ts.map