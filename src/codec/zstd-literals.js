import { ToolError } from '../base/error.js';
import { decodeHuffmanStream, readHuffmanTable } from './zstd-huffman.js';
/** Bytes in front of and behind a block's data that decoders may look at. */
export const BLOCK_MARGIN = 16;
/** Bytes that a block holds at most, compressed or plain. */
export const MAX_BLOCK = 128 * 1024;
const corrupt = (what) => new ToolError('ZSTD_CORRUPT', what);
/** @see {@link https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1.3.1.1} */
const readSection = (bytes, start) => {
    const byte = (index) => bytes[start + index] ?? 0;
    const first = byte(0);
    const type = first & 3;
    const format = (first >> 2) & 3;
    if (type < 2) {
        const length = format === 1 ? 2 : format === 3 ? 3 : 1;
        const whole = first | (length > 1 ? byte(1) << 8 : 0) | (length > 2 ? byte(2) << 16 : 0);
        const size = length === 1 ? whole >> 3 : whole >> 4;
        return { type, streams: 1, size, stored: type === 0 ? size : 1, start: start + length };
    }
    const length = format < 2 ? 3 : format + 2;
    const width = format < 2 ? 10 : format === 2 ? 14 : 18;
    const low = (first | (byte(1) << 8) | (byte(2) << 16)) >>> 4;
    const whole = low + (length > 3 ? byte(3) * 2 ** 20 : 0) + (length > 4 ? byte(4) * 2 ** 28 : 0);
    const size = whole % 2 ** width;
    return { type, streams: format === 0 ? 1 : 4, size, stored: Math.floor(whole / 2 ** width), start: start + length };
};
/** Decodes the literals section of a block; keeps the Huffman table, which a later block may use again. */
export class LiteralsDecoder {
    #table;
    #plain = new Uint8Array(MAX_BLOCK + BLOCK_MARGIN);
    #plainView = new DataView(this.#plain.buffer);
    /** Forgets the table: a new frame begins. */
    restart() {
        this.#table = undefined;
    }
    /**
     * Reads the section that begins at `start`; the block ends at `end` and has a margin on both sides. The result is
     * valid until the next call.
     * @throws {ToolError} ZSTD_CORRUPT
     */
    read(view, bytes, start, end, limit) {
        const section = readSection(bytes, start);
        const next = section.start + section.stored;
        if (section.size > limit)
            throw corrupt('more literals than a block may hold');
        if (next > end)
            throw corrupt('literals section is cut');
        if (section.type === 0)
            return { bytes, view, start: section.start, end: next, next };
        const literals = { bytes: this.#plain, view: this.#plainView, start: 0, end: section.size, next };
        if (section.type === 1)
            this.#plain.fill(bytes[section.start] ?? 0, 0, section.size);
        else
            this.#decode(view, bytes, section, next);
        return literals;
    }
    #decode(view, bytes, section, end) {
        let start = section.start;
        if (section.type === 2) {
            const read = readHuffmanTable(bytes, start, end);
            this.#table = read.table;
            start = read.next;
        }
        const table = this.#table;
        if (table === undefined)
            throw corrupt('literals use a Huffman table that no block gave');
        const { size, streams } = section;
        if (streams === 1)
            return decodeHuffmanStream(view, bytes, start, end, table, this.#plain, 0, size);
        const quarter = (size + 3) >> 2;
        let at = start + 6;
        let from = 0;
        for (let index = 0; index < 4; index += 1) {
            const last = index === 3;
            const stop = last ? end : at + (bytes[start + 2 * index] ?? 0) + (bytes[start + 2 * index + 1] ?? 0) * 256;
            const to = last ? size : from + quarter;
            if (stop > end || to > size)
                throw corrupt('literals have impossible streams');
            decodeHuffmanStream(view, bytes, at, stop, table, this.#plain, from, to);
            at = stop;
            from = to;
        }
    }
}
