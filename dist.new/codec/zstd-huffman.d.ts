/**
 * A Huffman decoding table for literals: indexed by the next `bits` bits, a cell holds the symbol in its high byte
 * and the length of its code in its low byte.
 * @see {@link https://www.rfc-editor.org/rfc/rfc8878#section-4.2}
 */
export interface HuffmanTable {
    readonly cells: Uint16Array;
    /** Length of the longest code, 1 to 11. */
    readonly bits: number;
}
/**
 * Bits of a stream that is read backwards, from the marker bit in its last byte; positions count from the start of
 * `bytes`.
 * @throws {ToolError} ZSTD_CORRUPT if there is no marker
 */
export declare const backwardStart: (bytes: Uint8Array, start: number, end: number) => number;
/**
 * Reads a table description from `start`; `end` is where the data stop.
 * @throws {ToolError} ZSTD_CORRUPT
 */
export declare const readHuffmanTable: (bytes: Uint8Array, start: number, end: number) => {
    readonly table: HuffmanTable;
    readonly next: number;
};
/**
 * Decodes one stream, which must end exactly with its last symbol, into `out` from `from` to `to`. There must be four
 * bytes in front of `start` and behind `end` that may be looked at.
 * @throws {ToolError} ZSTD_CORRUPT
 */
export declare const decodeHuffmanStream: (view: DataView, bytes: Uint8Array, start: number, end: number, table: HuffmanTable, out: Uint8Array, from: number, to: number) => void;
//# sourceMappingURL=zstd-huffman.d.ts.map