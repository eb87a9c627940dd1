import type { BitReader } from './bzip2-bits.js';
/** A block before its plain bytes are made. */
interface Block {
    /** Of the plain bytes, as the block says. */
    readonly crc: number;
    /** Bytes before run-length decoding. */
    readonly length: number;
    /** Index of the first byte in the sorted rotations. */
    readonly origin: number;
}
/**
 * Decodes blocks, one at a time, in memory for one of the largest.
 */
export declare class Bzip2Decoder {
    #private;
    /** @param capacity bytes of a block, 100000 times the level of the stream */
    constructor(capacity: number);
    /**
     * Reads a block, from behind its magic to its last bit.
     * @throws {ToolError} BZIP2_CORRUPT, CODEC_UNSUPPORTED (randomised, as before version 0.9.5)
     */
    read(bits: BitReader): Block;
    /**
     * The plain bytes of the block that was read last, in chunks that are valid until the next one.
     * @throws {ToolError} BZIP2_CORRUPT if their CRC is another, after the last of them
     */
    plain(block: Block): Generator<Uint8Array>;
}
export {};
//# sourceMappingURL=bzip2-block.d.ts.map