import { type FseTable } from './zstd-fse.js';
/**
 * The three alphabets of a sequence - literal lengths, offsets, match lengths - and how a block describes their
 * tables.
 * @see {@link https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1.3.2}
 */
export type Alphabet = 'literal' | 'offset' | 'match';
/** Extra bits of a literal length code, and the length that they are added to. */
export declare const LITERAL_EXTRA: Uint8Array;
export declare const LITERAL_BASE: Uint32Array;
/** Extra bits of a match length code, and the length that they are added to. */
export declare const MATCH_EXTRA: Uint8Array;
export declare const MATCH_BASE: Uint32Array;
/**
 * Reads the table of one alphabet from `at`: the standard one, one of a single symbol, one described in the data, or
 * the last one again.
 * @throws {ToolError} ZSTD_CORRUPT
 */
export declare const readSequenceTable: (alphabet: Alphabet, mode: number, bytes: Uint8Array, at: number, end: number, last: FseTable | undefined) => {
    readonly table: FseTable;
    readonly next: number;
};
//# sourceMappingURL=zstd-sequence.d.ts.map