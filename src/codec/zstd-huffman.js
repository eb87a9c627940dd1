import { ToolError } from '../base/error.js';
import { highBit, readFseTable } from './zstd-fse.js';
const MAX_BITS = 11;
const corrupt = (what) => new ToolError('ZSTD_CORRUPT', what);
/**
 * Bits of a stream that is read backwards, from the marker bit in its last byte; positions count from the start of
 * `bytes`.
 * @throws {ToolError} ZSTD_CORRUPT if there is no marker
 */
export const backwardStart = (bytes, start, end) => {
    const last = end > start ? (bytes[end - 1] ?? 0) : 0;
    if (last === 0)
        throw corrupt('bit stream without an end mark');
    return (end - 1) * 8 + highBit(last);
};
/** Weights that are themselves compressed: two FSE states in turn, until the bits run out. */
const readCompressedWeights = (bytes, start, end, weights) => {
    const { table, next } = readFseTable(bytes, start, end, { symbol: 255, log: 6 });
    let bit = backwardStart(bytes, next, end);
    const floor = next * 8;
    const read = (count) => {
        bit -= count;
        const at = bit >> 3;
        return (((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)) >> (bit & 7)) & ((1 << count) - 1);
    };
    let count = 0;
    let current = read(table.log);
    let other = read(table.log);
    if (bit < floor)
        throw corrupt('Huffman weights are cut');
    for (;;) {
        if (count >= 254)
            throw corrupt('too many Huffman weights');
        const cell = table.cells[current] ?? 0;
        weights[count++] = cell & 0xff;
        const following = (cell >>> 16) + read((cell >>> 8) & 0xff);
        if (bit < floor) {
            weights[count++] = (table.cells[other] ?? 0) & 0xff;
            return count;
        }
        current = other;
        other = following;
    }
};
const readPlainWeights = (bytes, start, count, weights) => {
    for (let index = 0; index < count; index += 1) {
        const pair = bytes[start + (index >> 1)] ?? 0;
        weights[index] = index % 2 === 0 ? pair >> 4 : pair & 15;
    }
};
const buildTable = (weights, given) => {
    const ofWeight = new Uint32Array(MAX_BITS + 2);
    let sum = 0;
    for (let index = 0; index < given; index += 1) {
        const weight = weights[index] ?? 0;
        if (weight > MAX_BITS)
            throw corrupt('Huffman weight is too large');
        if (weight > 0)
            sum += 1 << (weight - 1);
        ofWeight[weight] = (ofWeight[weight] ?? 0) + 1;
    }
    if (sum === 0)
        throw corrupt('Huffman table is empty');
    const bits = highBit(sum) + 1;
    // The last symbol is not stored: it takes what is left of the code space.
    const rest = (1 << bits) - sum;
    if (bits > MAX_BITS || (rest & (rest - 1)) !== 0)
        throw corrupt('Huffman table is malformed');
    const last = highBit(rest) + 1;
    weights[given] = last;
    ofWeight[last] = (ofWeight[last] ?? 0) + 1;
    const longest = ofWeight[1] ?? 0;
    if (longest < 2 || longest % 2 !== 0)
        throw corrupt('Huffman table is malformed');
    const cells = new Uint16Array(1 << bits);
    let at = 0;
    for (let weight = 1; weight <= bits; weight += 1) {
        for (let symbol = 0; symbol <= given; symbol += 1) {
            if (weights[symbol] !== weight)
                continue;
            const span = 1 << (weight - 1);
            cells.fill((symbol << 8) | (bits + 1 - weight), at, at + span);
            at += span;
        }
    }
    return { cells, bits };
};
/**
 * Reads a table description from `start`; `end` is where the data stop.
 * @throws {ToolError} ZSTD_CORRUPT
 */
export const readHuffmanTable = (bytes, start, end) => {
    const header = bytes[start] ?? 0;
    const plain = header >= 128;
    const next = start + 1 + (plain ? (header - 126) >> 1 : header);
    if (start >= end || next > end)
        throw corrupt('Huffman table is cut');
    const weights = new Uint8Array(256);
    if (plain)
        readPlainWeights(bytes, start + 1, header - 127, weights);
    const given = plain ? header - 127 : readCompressedWeights(bytes, start + 1, next, weights);
    return { table: buildTable(weights, given), next };
};
/**
 * Decodes one stream, which must end exactly with its last symbol, into `out` from `from` to `to`. There must be four
 * bytes in front of `start` and behind `end` that may be looked at.
 * @throws {ToolError} ZSTD_CORRUPT
 */
export const decodeHuffmanStream = (view, bytes, start, end, table, out, from, to) => {
    const { cells, bits } = table;
    const mask = (1 << bits) - 1;
    const floor = start * 8;
    let bit = backwardStart(bytes, start, end);
    let at = from;
    // Two symbols of at most 11 bits come from one look at 24 bits.
    const pairs = to - 1;
    while (at < pairs && bit >= floor) {
        const base = bit - 24;
        const word = view.getUint32(base >> 3, true) >>> (base & 7);
        const first = cells[(word >>> (24 - bits)) & mask];
        const length = first & 0xff;
        const second = cells[(word >>> (24 - bits - length)) & mask];
        out[at] = first >>> 8;
        out[at + 1] = second >>> 8;
        at += 2;
        bit -= length + (second & 0xff);
    }
    if (at < to && bit >= floor) {
        const base = bit - 24;
        const word = view.getUint32(base >> 3, true) >>> (base & 7);
        const cell = cells[(word >>> (24 - bits)) & mask];
        out[at++] = cell >>> 8;
        bit -= cell & 0xff;
    }
    if (bit !== floor || at !== to)
        throw corrupt('literals do not end with their bit stream');
};
