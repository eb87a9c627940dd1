/**
 * A decoding table of finite state entropy. One cell a state, packed: symbol in bits 0 to 7, number of bits to read
 * in 8 to 15, what to add to them for the next state from 16 on.
 * @see {@link https://www.rfc-editor.org/rfc/rfc8878#section-4.1}
 */
export interface FseTable {
    readonly cells: Uint32Array;
    /** Binary logarithm of the number of states. */
    readonly log: number;
}
/** Position of the highest set bit; `value` is positive. */
export declare const highBit: (value: number) => number;
/** The table of a distribution; -1 is a probability of "less than one". @throws {ToolError} ZSTD_CORRUPT */
export declare const buildFseTable: (counts: ArrayLike<number>, log: number) => FseTable;
/** The table that always gives one symbol and reads nothing. */
export declare const singleSymbolTable: (symbol: number) => FseTable;
/**
 * Reads a table description from `start`; `end` is where the data stop.
 * @throws {ToolError} ZSTD_CORRUPT
 */
export declare const readFseTable: (bytes: Uint8Array, start: number, end: number, limits: {
    readonly symbol: number;
    readonly log: number;
}) => {
    readonly table: FseTable;
    readonly next: number;
};
//# sourceMappingURL=zstd-fse.d.ts.map