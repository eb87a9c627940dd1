import { ToolError } from '../base/error.js';
import { BitReader } from './bzip2-bits.js';
import { Bzip2Decoder } from './bzip2-block.js';
import { PullReader, expectEnd } from './pull-reader.js';
const BLOCK_MAGIC = 0x3141_5926_5359;
const END_MAGIC = 0x1772_4538_5090;
/**
 * Bytes that a block of the level can take: 20 bits a symbol, and 64 KiB for its tables, of which any encoder needs
 * less than half. The input of a block must be in memory, for its length is not known beforehand.
 */
const inputOfBlock = (capacity) => Math.ceil((capacity * 20) / 8) + 64 * 1024;
/** Runs what reads bits, and adds where in the stream it failed. */
const located = (reader, context, run) => {
    try {
        return run();
    }
    catch (error) {
        throw error instanceof ToolError ? error.within({ subject: context.subject, offset: reader.offset }) : error;
    }
};
/** The level of the stream that begins next, or undefined if none does. */
const readLevel = async (reader) => {
    if (!(await reader.fill(4)))
        return undefined;
    const [b = 0, z = 0, h = 0, digit = 0] = reader.buffered;
    if (b !== 0x42 || z !== 0x5a || h !== 0x68 || digit < 0x31 || digit > 0x39)
        return undefined;
    reader.skip(4);
    return digit - 0x30;
};
const MAGIC_PREFIX = [0x42, 0x5a, 0x68];
/** Whether what is left is the beginning of a stream header, cut. */
const isCutHeader = (left) => left.length > 0 && left.length < 4 && left.every((byte, index) => byte === MAGIC_PREFIX[index]);
/** One stream, from behind its header to its last byte. */
async function* readStream(reader, level, decoder, context) {
    const inputSize = inputOfBlock(level * 100_000);
    let bit = 0;
    let combined = 0;
    for (;;) {
        await reader.fill(inputSize);
        const step = located(reader, context, () => {
            const bits = new BitReader(reader.buffered.subarray(0, inputSize), bit);
            const magic = bits.read(24) * 2 ** 24 + bits.read(24);
            if (magic === BLOCK_MAGIC)
                return { block: decoder.read(bits), end: bits.position };
            if (magic !== END_MAGIC)
                throw new ToolError('BZIP2_CORRUPT', 'not the beginning of a bzip2 block');
            if (bits.readWord() !== combined)
                throw new ToolError('BZIP2_CORRUPT', 'wrong checksum of a bzip2 stream');
            return { block: undefined, end: bits.position };
        });
        const { block, end } = step;
        if (block === undefined) {
            reader.skip(Math.ceil(end / 8));
            return;
        }
        combined = (((combined << 1) | (combined >>> 31)) ^ block.crc) >>> 0;
        const chunks = decoder.plain(block);
        const pull = () => located(reader, context, () => chunks.next());
        for (let next = pull(); next.done !== true; next = pull())
            yield next.value;
        reader.skip(end >> 3);
        bit = end & 7;
    }
}
/**
 * All streams of a bzip2 file.
 * @throws {ToolError} BZIP2_CORRUPT, BZIP2_TRAILING_DATA, CODEC_UNSUPPORTED (randomised blocks)
 */
export async function* bunzip2(stream, context) {
    const reader = new PullReader(stream);
    let decoder;
    try {
        for (let isFirst = true;; isFirst = false) {
            const level = await readLevel(reader);
            if (level === undefined) {
                if (isFirst || isCutHeader(reader.buffered)) {
                    throw new ToolError('BZIP2_CORRUPT', 'not the beginning of a bzip2 stream', {
                        subject: context.subject,
                        offset: reader.offset,
                    });
                }
                return await expectEnd(reader, 'BZIP2_TRAILING_DATA', context);
            }
            if (decoder === undefined || decoder.level !== level)
                decoder = { level, use: new Bzip2Decoder(level * 100_000) };
            yield* readStream(reader, level, decoder.use, context);
        }
    }
    finally {
        await reader.close();
    }
}
