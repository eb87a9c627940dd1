import { ToolError } from '../base/error.js';
import { CHUNK_SIZE } from '../base/limits.js';
import { readCode, readSymbol } from './bzip2-huffman.js';
const GROUP = 50;
const corrupt = (what) => new ToolError('BZIP2_CORRUPT', what);
const CRC_TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
    let sum = byte << 24;
    for (let bit = 0; bit < 8; bit += 1)
        sum = sum < 0 ? (sum << 1) ^ 0x04c1_1db7 : sum << 1;
    return sum;
});
/** The CRC of bzip2: most significant bit first, unlike that of gzip. `sum` is the inverted state. */
const updateCrc = (sum, bytes, end) => {
    let state = sum;
    for (let at = 0; at < end; at += 1)
        state = (state << 8) ^ CRC_TABLE[(state >>> 24) ^ bytes[at]];
    return state;
};
/** Byte values that occur in the block, ascending: a bitmap of sixteens, then one for each sixteen that occurs. */
const readAlphabet = (bits) => {
    const used = bits.read(16);
    const alphabet = [];
    for (let high = 0; high < 16; high += 1) {
        if (((used >> (15 - high)) & 1) === 0)
            continue;
        const row = bits.read(16);
        for (let low = 0; low < 16; low += 1)
            if (((row >> (15 - low)) & 1) === 1)
                alphabet.push(high * 16 + low);
    }
    if (alphabet.length === 0)
        throw corrupt('block without symbols');
    return Uint8Array.from(alphabet);
};
/** Which code each group of 50 symbols uses, decoded from move-to-front. */
const readSelectors = (bits, codes) => {
    const count = bits.read(15);
    if (count === 0)
        throw corrupt('block without selectors');
    const order = Array.from({ length: codes }, (_, index) => index);
    return Uint8Array.from({ length: count }, () => {
        let index = 0;
        while (bits.read(1) === 1) {
            index += 1;
            if (index >= codes)
                throw corrupt('impossible selector');
        }
        const [selected = 0] = order.splice(index, 1);
        order.unshift(selected);
        return selected;
    });
};
/**
 * Decodes blocks, one at a time, in memory for one of the largest.
 */
export class Bzip2Decoder {
    #capacity;
    /** Byte in the low 8 bits; above them, once sorted, the index of the byte that follows. */
    #cells;
    #output = new Uint8Array(CHUNK_SIZE);
    /** @param capacity bytes of a block, 100000 times the level of the stream */
    constructor(capacity) {
        this.#capacity = capacity;
        this.#cells = new Uint32Array(capacity);
    }
    /**
     * Reads a block, from behind its magic to its last bit.
     * @throws {ToolError} BZIP2_CORRUPT, CODEC_UNSUPPORTED (randomised, as before version 0.9.5)
     */
    read(bits) {
        const crc = bits.readWord();
        if (bits.read(1) === 1)
            throw new ToolError('CODEC_UNSUPPORTED', 'randomised bzip2 block');
        const origin = bits.read(24);
        const alphabet = readAlphabet(bits);
        const codeCount = bits.read(3);
        if (codeCount < 2 || codeCount > 6)
            throw corrupt('impossible number of Huffman codes');
        const selectors = readSelectors(bits, codeCount);
        const codes = Array.from({ length: codeCount }, () => readCode(bits, alphabet.length + 2));
        const length = this.#readSymbols(bits, alphabet, selectors, codes);
        if (origin >= length)
            throw corrupt('block begins outside itself');
        return { crc, length, origin };
    }
    /** Undoes Huffman coding, the run lengths of zeros in bijective base 2, and move-to-front. */
    #readSymbols(bits, alphabet, selectors, codes) {
        const cells = this.#cells;
        const front = alphabet.slice();
        const last = alphabet.length + 1;
        let length = 0;
        let run = 0;
        let weight = 1;
        for (const selector of selectors) {
            const code = codes[selector];
            for (let left = GROUP; left > 0; left -= 1) {
                const symbol = readSymbol(bits, code);
                if (symbol < 2) {
                    run += weight << symbol;
                    weight <<= 1;
                    if (run > this.#capacity)
                        throw corrupt('block is larger than its stream says');
                    continue;
                }
                if (run > 0) {
                    if (length + run > this.#capacity)
                        throw corrupt('block is larger than its stream says');
                    cells.fill(front[0], length, length + run);
                    length += run;
                    run = 0;
                    weight = 1;
                }
                if (symbol === last)
                    return length;
                if (length >= this.#capacity)
                    throw corrupt('block is larger than its stream says');
                const index = symbol - 1;
                const byte = front[index];
                if (index < 16)
                    for (let at = index; at > 0; at -= 1)
                        front[at] = front[at - 1];
                else
                    front.copyWithin(1, 0, index);
                front[0] = byte;
                cells[length++] = byte;
            }
        }
        throw corrupt('block without an end');
    }
    /** Links each cell to the one that follows it in the plain order. */
    #sort(length) {
        const cells = this.#cells;
        const next = new Uint32Array(256);
        for (let at = 0; at < length; at += 1)
            next[cells[at]] += 1;
        let sum = 0;
        for (let byte = 0; byte < 256; byte += 1) {
            const count = next[byte];
            next[byte] = sum;
            sum += count;
        }
        for (let at = 0; at < length; at += 1) {
            const byte = cells[at] & 0xff;
            const place = next[byte];
            next[byte] = place + 1;
            cells[place] |= at << 8;
        }
    }
    /**
     * The plain bytes of the block that was read last, in chunks that are valid until the next one.
     * @throws {ToolError} BZIP2_CORRUPT if their CRC is another, after the last of them
     */
    *plain(block) {
        this.#sort(block.length);
        const cells = this.#cells;
        const output = this.#output;
        const edge = output.length - 256;
        let cell = cells[block.origin];
        let crc = -1;
        let at = 0;
        let previous = -1;
        let same = 0;
        for (let left = block.length; left > 0; left -= 1) {
            cell = cells[cell >>> 8];
            const byte = cell & 0xff;
            if (same === 4) {
                // Four equal bytes are followed by the number of further ones.
                output.fill(previous, at, at + byte);
                at += byte;
                same = 0;
                previous = -1;
            }
            else {
                same = byte === previous ? same + 1 : 1;
                previous = byte;
                output[at++] = byte;
            }
            if (at >= edge) {
                crc = updateCrc(crc, output, at);
                yield output.subarray(0, at);
                at = 0;
            }
        }
        crc = updateCrc(crc, output, at);
        if (~crc >>> 0 !== block.crc)
            throw corrupt('wrong checksum of a bzip2 block');
        if (at > 0)
            yield output.subarray(0, at);
    }
}
