/** Bits of a piece of memory, most significant first; a read beyond the end throws. */
export declare class BitReader {
    #private;
    /** Begins at bit `bit` of `bytes`. */
    constructor(bytes: Uint8Array, bit: number);
    /** Bits from the start of the memory to the next one. */
    get position(): number;
    /** The next `count` bits, at most 24, without taking them; zeros stand beyond the end. */
    peek(count: number): number;
    /** Takes bits that were peeked. @throws {ToolError} BZIP2_CORRUPT beyond the end */
    take(count: number): void;
    /** The next `count` bits, at most 24. @throws {ToolError} BZIP2_CORRUPT beyond the end */
    read(count: number): number;
    /** The next 32 bits, unsigned. @throws {ToolError} BZIP2_CORRUPT beyond the end */
    readWord(): number;
}
//# sourceMappingURL=bzip2-bits.d.ts.map