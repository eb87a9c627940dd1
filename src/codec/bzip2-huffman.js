import { ToolError } from '../base/error.js';
const MAX_LENGTH = 20;
/** Codes up to this length are found in one look. */
const QUICK = 10;
const corrupt = (what) => new ToolError('BZIP2_CORRUPT', what);
/** Reads the code lengths of all symbols, each as a difference to the one before. @throws {ToolError} BZIP2_CORRUPT */
const readLengths = (bits, count) => {
    const lengths = new Uint8Array(count);
    let length = bits.read(5);
    for (let symbol = 0; symbol < count; symbol += 1) {
        while (bits.read(1) === 1) {
            length += bits.read(1) === 0 ? 1 : -1;
            if (length < 1 || length > MAX_LENGTH)
                throw corrupt('impossible length of a Huffman code');
        }
        if (length < 1 || length > MAX_LENGTH)
            throw corrupt('impossible length of a Huffman code');
        lengths[symbol] = length;
    }
    return lengths;
};
/** Reads one code for `count` symbols. @throws {ToolError} BZIP2_CORRUPT */
export const readCode = (bits, count) => {
    const lengths = readLengths(bits, count);
    const quick = new Uint16Array(1 << QUICK);
    const symbols = new Uint16Array(count);
    const limits = new Int32Array(MAX_LENGTH + 1);
    const offsets = new Int32Array(MAX_LENGTH + 1);
    let code = 0;
    let index = 0;
    for (let length = 1; length <= MAX_LENGTH; length += 1) {
        offsets[length] = index - code;
        for (let symbol = 0; symbol < count; symbol += 1) {
            if (lengths[symbol] !== length)
                continue;
            if (code >= 1 << length)
                throw corrupt('Huffman code has too many symbols');
            if (length <= QUICK) {
                const first = code << (QUICK - length);
                quick.fill(symbol * 32 + length, first, first + (1 << (QUICK - length)));
            }
            symbols[index++] = symbol;
            code += 1;
        }
        limits[length] = code;
        code <<= 1;
    }
    return { quick, symbols, limits, offsets };
};
/** The next symbol. @throws {ToolError} BZIP2_CORRUPT */
export const readSymbol = (bits, code) => {
    const look = bits.peek(MAX_LENGTH);
    const cell = code.quick[look >> (MAX_LENGTH - QUICK)];
    if (cell !== 0) {
        bits.take(cell & 31);
        return cell >> 5;
    }
    for (let length = QUICK + 1; length <= MAX_LENGTH; length += 1) {
        const value = look >> (MAX_LENGTH - length);
        if (value < code.limits[length]) {
            bits.take(length);
            return code.symbols[value + code.offsets[length]];
        }
    }
    throw corrupt('bits that are no Huffman code');
};
