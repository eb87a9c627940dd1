import { ToolError } from '../base/error.js';
import { LENGTH_SIZE, RangeDecoder } from './xz-range.js';
const corrupt = (what) => new ToolError('XZ_CORRUPT', what);
// Where the groups of probabilities lie in their one array; names as in the LZMA specification.
const STATES = 12;
const IS_MATCH = 0;
const IS_REP = IS_MATCH + (STATES << 4);
const IS_REP_G0 = IS_REP + STATES;
const IS_REP_G1 = IS_REP_G0 + STATES;
const IS_REP_G2 = IS_REP_G1 + STATES;
const IS_REP0_LONG = IS_REP_G2 + STATES;
const POS_SLOT = IS_REP0_LONG + (STATES << 4);
const POS_SPECIAL = POS_SLOT + (4 << 6);
const ALIGN = POS_SPECIAL + 128;
const MATCH_LENGTH = ALIGN + 16;
const REP_LENGTH = MATCH_LENGTH + LENGTH_SIZE;
const LITERAL = REP_LENGTH + LENGTH_SIZE;
/** Literal coders of 768 probabilities; LZMA2 allows lc + lp up to 4. */
const PROBABILITIES = LITERAL + (0x300 << 4);
/** LZMA into a window, in pieces that each begin with a fresh range decoder, as LZMA2 cuts it. */
export class LzmaDecoder {
    #window;
    #range = new RangeDecoder(PROBABILITIES);
    #literalContext = 0;
    #literalMask = 0;
    #positionMask = 0;
    #state = 0;
    #distances = [0, 0, 0, 0];
    constructor(window) {
        this.#window = window;
    }
    /** Takes the byte of properties and resets the state. @throws {ToolError} XZ_CORRUPT */
    setProperties(byte) {
        const lc = byte % 9;
        const lp = Math.floor(byte / 9) % 5;
        const pb = Math.floor(byte / 45);
        if (pb > 4 || lc + lp > 4)
            throw corrupt('impossible LZMA properties');
        this.#literalContext = lc;
        this.#literalMask = (1 << lp) - 1;
        this.#positionMask = (1 << pb) - 1;
        this.resetState();
    }
    resetState() {
        this.#range.reset();
        this.#state = 0;
        this.#distances = [0, 0, 0, 0];
    }
    /**
     * Decodes a piece to exactly `size` bytes, for which the window has room. `total` is how many bytes have come since
     * the dictionary was reset.
     * @throws {ToolError} XZ_CORRUPT
     */
    decode(bytes, size, total) {
        const range = this.#range;
        range.start(bytes);
        const window = this.#window;
        const out = window.buffer;
        const stop = window.position + size;
        const shift = total - window.position;
        const positionMask = this.#positionMask;
        const reachStart = window.position;
        const reach = Math.min(window.reach, total);
        let [rep0, rep1, rep2, rep3] = this.#distances;
        let state = this.#state;
        let at = window.position;
        while (at < stop) {
            if (range.isOverrun())
                throw corrupt('LZMA data are cut');
            const align = (at + shift) & positionMask;
            if (range.bit(IS_MATCH + (state << 4) + align) === 0) {
                const before = at + shift > 0 ? out[at - 1] : 0;
                const context = (((at + shift) & this.#literalMask) << this.#literalContext) | (before >> (8 - this.#literalContext));
                const base = LITERAL + 0x300 * context;
                // Behind a match, the byte that would have continued it is a hint.
                out[at] = range.literal(base, state < 7 ? undefined : out[at - rep0 - 1]);
                at += 1;
                state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
                continue;
            }
            let length;
            if (range.bit(IS_REP + state) === 0) {
                rep3 = rep2;
                rep2 = rep1;
                rep1 = rep0;
                length = range.length(MATCH_LENGTH, align);
                rep0 = this.#distance(length);
                state = state < 7 ? 7 : 10;
            }
            else if (range.bit(IS_REP_G0 + state) === 0) {
                if (range.bit(IS_REP0_LONG + (state << 4) + align) === 0) {
                    length = -1;
                    state = state < 7 ? 9 : 11;
                }
                else {
                    length = range.length(REP_LENGTH, align);
                    state = state < 7 ? 8 : 11;
                }
            }
            else {
                let distance = rep1;
                if (range.bit(IS_REP_G1 + state) === 1) {
                    distance = rep2;
                    if (range.bit(IS_REP_G2 + state) === 1) {
                        distance = rep3;
                        rep3 = rep2;
                    }
                    rep2 = rep1;
                }
                rep1 = rep0;
                rep0 = distance;
                length = range.length(REP_LENGTH, align);
                state = state < 7 ? 8 : 11;
            }
            const end = at + length + 2;
            const back = rep0 + 1;
            if (end > stop)
                throw corrupt('LZMA match is longer than its piece');
            if (back > reach + (at - reachStart) || back > window.size)
                throw corrupt('LZMA match reaches too far back');
            if (back === 1) {
                out.fill(out[at - 1], at, end);
                at = end;
            }
            else {
                for (; at < end; at += 1)
                    out[at] = out[at - back];
            }
        }
        if (!range.isFinished())
            throw corrupt('LZMA data do not end with their piece');
        window.position = at;
        this.#distances = [rep0, rep1, rep2, rep3];
        this.#state = state;
    }
    #distance(length) {
        const range = this.#range;
        const slot = range.tree(POS_SLOT + (Math.min(length, 3) << 6), 6);
        if (slot < 4)
            return slot;
        const bits = (slot >> 1) - 1;
        const high = (2 | (slot & 1)) * 2 ** bits;
        if (slot < 14)
            return high + range.reverseTree(POS_SPECIAL + high - slot, bits);
        return high + range.direct(bits - 4) * 16 + range.reverseTree(ALIGN, 4);
    }
}
