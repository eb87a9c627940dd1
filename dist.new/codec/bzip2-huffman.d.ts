import type { BitReader } from './bzip2-bits.js';
/** A canonical Huffman code for the symbols of a block. */
export interface Bzip2Code {
    /** By the next {@link QUICK} bits: symbol times 32 plus length of the code; 0 for longer codes. */
    readonly quick: Uint16Array;
    /** Symbols in the order of their codes. */
    readonly symbols: Uint16Array;
    /** By length: first code that is too large for it. */
    readonly limits: Int32Array;
    /** By length: what to add to a code for its index in `symbols`. */
    readonly offsets: Int32Array;
}
/** Reads one code for `count` symbols. @throws {ToolError} BZIP2_CORRUPT */
export declare const readCode: (bits: BitReader, count: number) => Bzip2Code;
/** The next symbol. @throws {ToolError} BZIP2_CORRUPT */
export declare const readSymbol: (bits: BitReader, code: Bzip2Code) => number;
//# sourceMappingURL=bzip2-huffman.d.ts.map