import { ToolError } from '../base/error.js';
import { backwardStart } from './zstd-huffman.js';
import { BLOCK_MARGIN, LiteralsDecoder, MAX_BLOCK } from './zstd-literals.js';
import { LITERAL_BASE, LITERAL_EXTRA, MATCH_BASE, MATCH_EXTRA, readSequenceTable } from './zstd-sequence.js';
const corrupt = (what) => new ToolError('ZSTD_CORRUPT', what);
/** Bytes from which a call of the runtime copies faster than a loop. */
const LONG_COPY = 192;
/**
 * Decodes the compressed blocks of a frame into a window; keeps what one block leaves to the next.
 * @see {@link https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1.3}
 */
export class BlockDecoder {
    #window;
    #literals = new LiteralsDecoder();
    /** The block's data with margins, so that wide reads need no care at the edges. */
    #data = new Uint8Array(MAX_BLOCK + 2 * BLOCK_MARGIN);
    #view = new DataView(this.#data.buffer);
    #tables;
    #offset1 = 1;
    #offset2 = 4;
    #offset3 = 8;
    constructor(window) {
        this.#window = window;
    }
    /** Forgets what blocks leave to each other: a new frame begins. */
    restart() {
        this.#literals.restart();
        this.#tables = undefined;
        this.#offset1 = 1;
        this.#offset2 = 4;
        this.#offset3 = 8;
    }
    /**
     * Decodes one block of at most {@link MAX_BLOCK} bytes to at most `limit` plain ones, for which the window has room.
     * @throws {ToolError} ZSTD_CORRUPT
     */
    decode(block, limit) {
        const data = this.#data;
        data.set(block, BLOCK_MARGIN);
        const end = BLOCK_MARGIN + block.length;
        data.fill(0, end, end + BLOCK_MARGIN);
        if (block.length === 0)
            throw corrupt('empty compressed block');
        const literals = this.#literals.read(this.#view, data, BLOCK_MARGIN, end, limit);
        const head = literals.next;
        if (head >= end)
            throw corrupt('sequences section is missing');
        const [first = 0, second = 0, third = 0] = data.subarray(head, head + 3);
        const length = first < 128 ? 1 : first < 255 ? 2 : 3;
        const count = length === 1 ? first : length === 2 ? (first - 128) * 256 + second : 0x7f00 + second + third * 256;
        if (head + length > end || (count === 0 && head + length !== end))
            throw corrupt('sequences section is malformed');
        if (count === 0) {
            const window = this.#window;
            window.buffer.set(literals.bytes.subarray(literals.start, literals.end), window.position);
            window.position += literals.end - literals.start;
            return;
        }
        const start = this.#readTables(head + length, end);
        this.#execute(literals, count, start, end, limit);
    }
    #readTables(at, end) {
        const modes = this.#data[at] ?? 0;
        if (at >= end || (modes & 3) !== 0)
            throw corrupt('sequences section is malformed');
        const last = this.#tables;
        const literal = readSequenceTable('literal', modes >> 6, this.#data, at + 1, end, last?.literal);
        const offset = readSequenceTable('offset', (modes >> 4) & 3, this.#data, literal.next, end, last?.offset);
        const match = readSequenceTable('match', (modes >> 2) & 3, this.#data, offset.next, end, last?.match);
        this.#tables = { literal: literal.table, offset: offset.table, match: match.table };
        return match.next;
    }
    /** The hot loop: reads each sequence from the backward bit stream and carries it out at once. */
    #execute(literals, count, start, end, limit) {
        const window = this.#window;
        const tables = this.#tables;
        const literalCells = tables.literal.cells;
        const offsetCells = tables.offset.cells;
        const matchCells = tables.match.cells;
        const view = this.#view;
        const source = literals.bytes;
        const sourceView = literals.view;
        const out = window.buffer;
        const outView = window.view;
        const reach = window.reach;
        const begin = window.position;
        const size = window.size;
        const floor = start * 8;
        const stop = begin + limit;
        let bit = backwardStart(this.#data, start, end);
        let from = literals.start;
        let at = begin;
        let offset1 = this.#offset1;
        let offset2 = this.#offset2;
        let offset3 = this.#offset3;
        bit -= tables.literal.log;
        let literalState = (view.getUint32(bit >> 3, true) >>> (bit & 7)) & (literalCells.length - 1);
        bit -= tables.offset.log;
        let offsetState = (view.getUint32(bit >> 3, true) >>> (bit & 7)) & (offsetCells.length - 1);
        bit -= tables.match.log;
        let matchState = (view.getUint32(bit >> 3, true) >>> (bit & 7)) & (matchCells.length - 1);
        for (let left = count; left > 0; left -= 1) {
            const literalCell = literalCells[literalState];
            const offsetCell = offsetCells[offsetState];
            const matchCell = matchCells[matchState];
            const offsetBits = offsetCell & 0xff;
            let value;
            if (offsetBits <= 24) {
                bit -= offsetBits;
                value = (1 << offsetBits) + ((view.getUint32(bit >> 3, true) >>> (bit & 7)) & ((1 << offsetBits) - 1));
            }
            else {
                bit -= offsetBits - 16;
                const high = (view.getUint32(bit >> 3, true) >>> (bit & 7)) & ((1 << (offsetBits - 16)) - 1);
                bit -= 16;
                const low = (view.getUint32(bit >> 3, true) >>> (bit & 7)) & 0xffff;
                value = 2 ** offsetBits + high * 65_536 + low;
            }
            const matchCode = matchCell & 0xff;
            let matchLength = MATCH_BASE[matchCode];
            if (matchCode > 31) {
                const bits = MATCH_EXTRA[matchCode];
                bit -= bits;
                matchLength += (view.getUint32(bit >> 3, true) >>> (bit & 7)) & ((1 << bits) - 1);
            }
            const literalCode = literalCell & 0xff;
            let literalLength = literalCode;
            if (literalCode > 15) {
                const bits = LITERAL_EXTRA[literalCode];
                bit -= bits;
                literalLength =
                    LITERAL_BASE[literalCode] + ((view.getUint32(bit >> 3, true) >>> (bit & 7)) & ((1 << bits) - 1));
            }
            let offset;
            if (value > 3) {
                offset = value - 3;
                offset3 = offset2;
                offset2 = offset1;
                offset1 = offset;
            }
            else {
                const which = literalLength === 0 ? value + 1 : value;
                if (which === 1) {
                    offset = offset1;
                }
                else {
                    offset = which === 2 ? offset2 : which === 3 ? offset3 : offset1 - 1;
                    if (which > 2)
                        offset3 = offset2;
                    offset2 = offset1;
                    offset1 = offset;
                }
            }
            if (left > 1) {
                // The three next states: at most 26 bits, read in two looks.
                const literalBits = (literalCell >>> 8) & 0xff;
                const matchBits = (matchCell >>> 8) & 0xff;
                const nextOffsetBits = (offsetCell >>> 8) & 0xff;
                bit -= literalBits;
                literalState =
                    (literalCell >>> 16) + ((view.getUint32(bit >> 3, true) >>> (bit & 7)) & ((1 << literalBits) - 1));
                bit -= matchBits + nextOffsetBits;
                const word = view.getUint32(bit >> 3, true) >>> (bit & 7);
                offsetState = (offsetCell >>> 16) + (word & ((1 << nextOffsetBits) - 1));
                matchState = (matchCell >>> 16) + ((word >>> nextOffsetBits) & ((1 << matchBits) - 1));
            }
            if (bit < floor)
                throw corrupt('sequences are cut');
            if (literalLength > literals.end - from)
                throw corrupt('sequences use more literals than there are');
            if (literalLength + matchLength > stop - at)
                throw corrupt('block is larger than its limit');
            // Copies run in steps of four bytes and up to three too far, which what comes next makes good.
            if (literalLength < LONG_COPY) {
                for (let done = 0; done < literalLength; done += 4) {
                    outView.setUint32(at + done, sourceView.getUint32(from + done, true), true);
                }
            }
            else {
                out.set(source.subarray(from, from + literalLength), at);
            }
            from += literalLength;
            at += literalLength;
            // A match may reach into this block and, before it, as far as the window.
            if (offset <= 0 || offset > reach + (at - begin) || offset > size)
                throw corrupt('match reaches too far back');
            const back = at - offset;
            if (offset < 4) {
                for (let done = 0; done < matchLength; done += 1)
                    out[at + done] = out[back + done];
            }
            else if (matchLength < LONG_COPY || offset < matchLength) {
                for (let done = 0; done < matchLength; done += 4) {
                    outView.setUint32(at + done, outView.getUint32(back + done, true), true);
                }
            }
            else {
                out.copyWithin(at, back, back + matchLength);
            }
            at += matchLength;
        }
        if (bit !== floor)
            throw corrupt('sequences do not end with their bit stream');
        const rest = literals.end - from;
        if (rest > stop - at)
            throw corrupt('block is larger than its limit');
        out.set(source.subarray(from, literals.end), at);
        window.position = at + rest;
        this.#offset1 = offset1;
        this.#offset2 = offset2;
        this.#offset3 = offset3;
    }
}
