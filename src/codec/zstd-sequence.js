import { ToolError } from '../base/error.js';
import { buildFseTable, readFseTable, singleSymbolTable } from './zstd-fse.js';
const zeros = (count) => Array.from({ length: count }, () => 0);
const baselines = (extra, first) => {
    const result = new Uint32Array(extra.length);
    let value = first;
    extra.forEach((bits, code) => {
        result[code] = value;
        value += 2 ** bits;
    });
    return result;
};
const LITERAL_BITS = [...zeros(16), 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
const MATCH_BITS = [...zeros(32), 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
/** Extra bits of a literal length code, and the length that they are added to. */
export const LITERAL_EXTRA = Uint8Array.from(LITERAL_BITS);
export const LITERAL_BASE = baselines(LITERAL_BITS, 0);
/** Extra bits of a match length code, and the length that they are added to. */
export const MATCH_EXTRA = Uint8Array.from(MATCH_BITS);
export const MATCH_BASE = baselines(MATCH_BITS, 3);
const ones = (count) => Array.from({ length: count }, () => 1);
/** Largest symbol and table, and the table of the standard: appendix A of the RFC follows from these counts. */
const RULES = {
    literal: {
        symbol: 35,
        log: 9,
        standard: buildFseTable([4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1], 6),
    },
    offset: {
        symbol: 31,
        log: 8,
        standard: buildFseTable([...ones(6), 2, 2, 2, ...ones(15), -1, -1, -1, -1, -1], 5),
    },
    match: {
        symbol: 52,
        log: 9,
        standard: buildFseTable([1, 4, 3, 2, 2, 2, 2, 2, 2, ...ones(37), -1, -1, -1, -1, -1, -1, -1], 6),
    },
};
/**
 * Reads the table of one alphabet from `at`: the standard one, one of a single symbol, one described in the data, or
 * the last one again.
 * @throws {ToolError} ZSTD_CORRUPT
 */
export const readSequenceTable = (alphabet, mode, bytes, at, end, last) => {
    const { symbol, log, standard } = RULES[alphabet];
    if (mode === 0)
        return { table: standard, next: at };
    if (mode === 2)
        return readFseTable(bytes, at, end, { symbol, log });
    if (mode === 3) {
        if (last === undefined)
            throw new ToolError('ZSTD_CORRUPT', 'sequences use a table that no block gave');
        return { table: last, next: at };
    }
    const only = bytes[at] ?? 0;
    if (at >= end || only > symbol)
        throw new ToolError('ZSTD_CORRUPT', 'sequences have an impossible symbol');
    return { table: singleSymbolTable(only), next: at + 1 };
};
