import { ToolError } from '../base/error.js';
/** Bits of a piece of memory, most significant first; a read beyond the end throws. */
export class BitReader {
    #bytes;
    #byte;
    #held = 0;
    #count = 0;
    /** Begins at bit `bit` of `bytes`. */
    constructor(bytes, bit) {
        this.#bytes = bytes;
        this.#byte = bit >> 3;
        if ((bit & 7) !== 0)
            this.read(bit & 7);
    }
    /** Bits from the start of the memory to the next one. */
    get position() {
        return this.#byte * 8 - this.#count;
    }
    /** The next `count` bits, at most 24, without taking them; zeros stand beyond the end. */
    peek(count) {
        while (this.#count < count) {
            // Only the low 32 bits are kept; those above were read before.
            this.#held = (this.#held << 8) | (this.#bytes[this.#byte] ?? 0);
            this.#byte += 1;
            this.#count += 8;
        }
        return (this.#held >>> (this.#count - count)) & ((1 << count) - 1);
    }
    /** Takes bits that were peeked. @throws {ToolError} BZIP2_CORRUPT beyond the end */
    take(count) {
        this.#count -= count;
        if (this.#byte > this.#bytes.length && this.position > this.#bytes.length * 8) {
            throw new ToolError('BZIP2_CORRUPT', 'bzip2 stream is cut', { found: 'the end of the stream' });
        }
    }
    /** The next `count` bits, at most 24. @throws {ToolError} BZIP2_CORRUPT beyond the end */
    read(count) {
        const value = this.peek(count);
        this.take(count);
        return value;
    }
    /** The next 32 bits, unsigned. @throws {ToolError} BZIP2_CORRUPT beyond the end */
    readWord() {
        const high = this.read(16);
        return high * 65_536 + this.read(16);
    }
}
