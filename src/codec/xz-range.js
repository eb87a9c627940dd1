import { EMPTY } from '../base/bytes.js';
import { ToolError } from '../base/error.js';
const HALF = 1024;
/** Of one length coder: two choices, 16 trees of 3 bits twice, one of 8 bits. */
const LENGTH_LOW = 2;
const LENGTH_MID = LENGTH_LOW + (16 << 3);
const LENGTH_HIGH = LENGTH_MID + (16 << 3);
/** Probabilities of one length coder. */
export const LENGTH_SIZE = LENGTH_HIGH + 256;
/** The range decoder: bits, each with a probability that learns. */
export class RangeDecoder {
    #probabilities;
    #bytes = EMPTY;
    #at = 0;
    // Unsigned 32-bit numbers, held as signed ones: V8 keeps those in fields without boxing them.
    #range = 0;
    #code = 0;
    /** @param size number of probabilities */
    constructor(size) {
        this.#probabilities = new Uint16Array(size);
    }
    /** Forgets what was learnt. */
    reset() {
        this.#probabilities.fill(HALF);
    }
    /** Begins a piece of input; the first byte is always 0, the next four are the code. @throws {ToolError} XZ_CORRUPT */
    start(bytes) {
        const [zero = 1, a = 0, b = 0, c = 0, d = 0] = bytes;
        if (zero !== 0 || bytes.length < 5)
            throw new ToolError('XZ_CORRUPT', 'LZMA data begin wrongly');
        this.#bytes = bytes;
        this.#at = 5;
        this.#range = -1;
        this.#code = (a << 24) | (b << 16) | (c << 8) | d;
    }
    /** Whether all input is used and nothing is left in the code, as an encoder leaves it. */
    isFinished() {
        if (this.#range >>> 24 === 0)
            this.#refill();
        return this.#at === this.#bytes.length && this.#code === 0;
    }
    /** Whether more input was asked for than there is. */
    isOverrun() {
        return this.#at > this.#bytes.length;
    }
    #refill() {
        this.#range <<= 8;
        this.#code = (this.#code << 8) | (this.#at < this.#bytes.length ? this.#bytes[this.#at] : 0);
        this.#at += 1;
    }
    /** A bit with the probability at `index`. */
    bit(index) {
        if (this.#range >>> 24 === 0)
            this.#refill();
        const probability = this.#probabilities[index];
        const bound = Math.imul(this.#range >>> 11, probability);
        if (this.#code >>> 0 < bound >>> 0) {
            this.#range = bound;
            this.#probabilities[index] = probability + ((2048 - probability) >> 5);
            return 0;
        }
        this.#range = (this.#range - bound) | 0;
        this.#code = (this.#code - bound) | 0;
        this.#probabilities[index] = probability - (probability >> 5);
        return 1;
    }
    /** `count` bits that have no probability. */
    direct(count) {
        let value = 0;
        for (let left = count; left > 0; left -= 1) {
            if (this.#range >>> 24 === 0)
                this.#refill();
            this.#range = (this.#range >>> 1) | 0;
            const isOne = this.#code >>> 0 >= this.#range;
            if (isOne)
                this.#code = (this.#code - this.#range) | 0;
            value = value * 2 + (isOne ? 1 : 0);
        }
        return value;
    }
    /** A number of `count` bits from a binary tree, the highest bit first. */
    tree(base, count) {
        let node = 1;
        for (let left = count; left > 0; left -= 1)
            node = (node << 1) | this.bit(base + node);
        return node - (1 << count);
    }
    /** A number of `count` bits from a binary tree, the lowest bit first. */
    reverseTree(base, count) {
        let node = 1;
        let value = 0;
        for (let index = 0; index < count; index += 1) {
            const bit = this.bit(base + node);
            node = (node << 1) | bit;
            value |= bit << index;
        }
        return value;
    }
    /** The length of a match less 2, from the length coder at `base`. */
    length(base, align) {
        if (this.bit(base) === 0)
            return this.tree(base + LENGTH_LOW + (align << 3), 3);
        if (this.bit(base + 1) === 0)
            return 8 + this.tree(base + LENGTH_MID + (align << 3), 3);
        return 16 + this.tree(base + LENGTH_HIGH, 8);
    }
    /** One literal; `matched` is the byte at the last distance, where a match has just ended. */
    literal(base, matched) {
        let symbol = 1;
        if (matched !== undefined) {
            let rest = matched;
            while (symbol < 0x100) {
                const expected = (rest >> 7) & 1;
                rest <<= 1;
                const bit = this.bit(base + ((1 + expected) << 8) + symbol);
                symbol = (symbol << 1) | bit;
                if (bit !== expected)
                    break;
            }
        }
        while (symbol < 0x100)
            symbol = (symbol << 1) | this.bit(base + symbol);
        return symbol & 0xff;
    }
}
