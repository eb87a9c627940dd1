import { ToolError } from '../base/error.js';
const corrupt = (what) => new ToolError('ZSTD_CORRUPT', what);
/** Position of the highest set bit; `value` is positive. */
export const highBit = (value) => 31 - Math.clz32(value);
/** The table of a distribution; -1 is a probability of "less than one". @throws {ToolError} ZSTD_CORRUPT */
export const buildFseTable = (counts, log) => {
    const size = 1 << log;
    const symbols = new Uint8Array(size);
    const next = new Uint16Array(counts.length);
    let high = size - 1;
    for (let symbol = 0; symbol < counts.length; symbol += 1) {
        const count = counts[symbol] ?? 0;
        if (count === -1)
            symbols[high--] = symbol;
        next[symbol] = Math.abs(count);
    }
    const step = (size >> 1) + (size >> 3) + 3;
    let at = 0;
    for (let symbol = 0; symbol < counts.length; symbol += 1) {
        for (let left = counts[symbol] ?? 0; left > 0; left -= 1) {
            symbols[at] = symbol;
            do
                at = (at + step) & (size - 1);
            while (at > high);
        }
    }
    if (at !== 0)
        throw corrupt('impossible FSE distribution');
    const cells = new Uint32Array(size);
    for (let state = 0; state < size; state += 1) {
        const symbol = symbols[state] ?? 0;
        const count = next[symbol] ?? 0;
        next[symbol] = count + 1;
        const bits = log - highBit(count);
        cells[state] = symbol | (bits << 8) | (((count << bits) - size) << 16);
    }
    return { cells, log };
};
/** The table that always gives one symbol and reads nothing. */
export const singleSymbolTable = (symbol) => ({ cells: Uint32Array.of(symbol), log: 0 });
/**
 * Reads a table description from `start`; `end` is where the data stop.
 * @throws {ToolError} ZSTD_CORRUPT
 */
export const readFseTable = (bytes, start, end, limits) => {
    let bit = start * 8;
    const peek = (count) => {
        const at = bit >> 3;
        const word = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
        return (word >> (bit & 7)) & ((1 << count) - 1);
    };
    const log = peek(4) + 5;
    bit += 4;
    if (log > limits.log)
        throw corrupt('FSE table is too large');
    const counts = new Int16Array(limits.symbol + 1);
    let left = 1 << log;
    let symbol = 0;
    while (left > 0) {
        if (symbol > limits.symbol)
            throw corrupt('FSE table has too many symbols');
        // A value from 0 to left + 1; the smallest of them are one bit shorter.
        const bits = highBit(left + 1) + 1;
        const short = (1 << bits) - 2 - left;
        const value = peek(bits);
        const low = value & ((1 << (bits - 1)) - 1);
        const isShort = low < short;
        bit += isShort ? bits - 1 : bits;
        const count = (isShort ? low : value >= 1 << (bits - 1) ? value - short : value) - 1;
        counts[symbol++] = count;
        left -= Math.abs(count);
        if (count === 0) {
            let repeat;
            do {
                repeat = peek(2);
                bit += 2;
                symbol += repeat;
            } while (repeat === 3);
        }
    }
    const next = (bit + 7) >> 3;
    if (left < 0 || symbol > limits.symbol + 1 || next > end)
        throw corrupt('FSE table is malformed');
    return { table: buildFseTable(counts.subarray(0, symbol), log), next };
};
