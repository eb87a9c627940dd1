import { ToolError } from '../base/error.js';
import { CHUNK_SIZE } from '../base/limits.js';
import { PullReader, expectEnd } from './pull-reader.js';
import { SlidingWindow } from './sliding-window.js';
import { loadXxh64 } from './xxhash64.js';
import { BlockDecoder } from './zstd-block.js';
import { ZSTD_MAGIC, frameHeaderLength, hasReservedBit, isSkippable, parseFrameHeader, } from './zstd-frame.js';
import { MAX_BLOCK } from './zstd-literals.js';
const word = (bytes, at = 0) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(at, true);
class ZstdReader extends PullReader {
    #context;
    constructor(stream, context) {
        super(stream);
        this.#context = context;
    }
    error(code, what, details = {}) {
        return new ToolError(code, what, { subject: this.#context.subject, offset: this.offset, ...details });
    }
    /** At least `count` bytes. @throws {ToolError} ZSTD_CORRUPT */
    async need(count) {
        if (await this.fill(count))
            return this.buffered;
        throw this.error('ZSTD_CORRUPT', 'zstd stream is cut', {
            offset: this.offset + this.buffered.length,
            found: 'the end of the stream',
        });
    }
}
const MAGIC_BYTES = [0x28, 0xb5, 0x2f, 0xfd];
/** Stands at the next frame, of either kind; false at the end of the stream. */
const atFrame = async (reader, isFirst, context) => {
    const complete = await reader.fill(4);
    const bytes = reader.buffered;
    if (complete && (word(bytes) === ZSTD_MAGIC || isSkippable(word(bytes))))
        return true;
    const isCut = !complete && bytes.length > 0 && bytes.every((byte, index) => byte === MAGIC_BYTES[index]);
    if (isFirst || isCut)
        throw reader.error('ZSTD_CORRUPT', 'not the beginning of a zstd frame');
    await expectEnd(reader, 'ZSTD_TRAILING_DATA', context);
    return false;
};
const passSkippable = async (reader) => {
    let left = word(await reader.need(8), 4);
    reader.skip(8);
    while (left > 0) {
        const count = Math.min(left, (await reader.need(1)).length);
        reader.skip(count);
        left -= count;
    }
};
const readHeader = async (reader, context) => {
    const [descriptor = 0] = (await reader.need(5)).subarray(4);
    if (hasReservedBit(descriptor))
        throw reader.error('CODEC_UNSUPPORTED', 'zstd frame uses a reserved feature');
    const length = 4 + frameHeaderLength(descriptor);
    const header = parseFrameHeader((await reader.need(length)).subarray(4, length));
    const limit = context.limits.zstdWindow;
    if (header.windowSize > limit) {
        throw reader.error('ZSTD_WINDOW', 'zstd window is larger than the limit', {
            expected: `at most ${limit} bytes`,
            found: `${header.windowSize}`,
        });
    }
    if (header.dictionaryId !== 0) {
        throw reader.error('CODEC_UNSUPPORTED', 'zstd frame needs a dictionary', {
            found: `dictionary ${header.dictionaryId}`,
        });
    }
    reader.skip(length);
    return header;
};
/** Decodes the block that stands next, of `size` bytes as the block header counts. */
const readBlock = async (reader, type, size, limit, window, decoder) => {
    const stored = type === 1 ? 1 : size;
    if (type === 3)
        throw reader.error('ZSTD_CORRUPT', 'reserved zstd block type');
    if (size > limit)
        throw reader.error('ZSTD_CORRUPT', 'zstd block is larger than its limit');
    const bytes = (await reader.need(3 + stored)).subarray(3, 3 + stored);
    if (type === 2) {
        try {
            decoder.decode(bytes, limit);
        }
        catch (error) {
            throw error instanceof ToolError ? reader.error(error.code, error.what) : error;
        }
    }
    else {
        if (type === 1)
            window.buffer.fill(bytes[0] ?? 0, window.position, window.position + size);
        else
            window.buffer.set(bytes, window.position);
        window.position += size;
    }
    reader.skip(3 + stored);
};
/**
 * All frames of a zstd stream; skippable ones are passed over, wherever they stand.
 * @throws {ToolError} ZSTD_CORRUPT, ZSTD_TRAILING_DATA, ZSTD_WINDOW, CODEC_UNSUPPORTED (a dictionary is needed)
 */
export async function* unzstd(stream, context) {
    const reader = new ZstdReader(stream, context);
    const window = new SlidingWindow();
    const decoder = new BlockDecoder(window);
    try {
        const startXxh64 = await loadXxh64();
        for (let isFirst = true; await atFrame(reader, isFirst, context); isFirst = false) {
            if (isSkippable(word(reader.buffered))) {
                await passSkippable(reader);
                continue;
            }
            const start = reader.offset;
            const { windowSize, contentSize, hasChecksum } = await readHeader(reader, context);
            const limit = Math.min(windowSize, MAX_BLOCK);
            const hash = hasChecksum ? startXxh64() : undefined;
            let total = 0;
            window.restart(windowSize);
            decoder.restart();
            for (let isLast = false; !isLast;) {
                const [low = 0, middle = 0, high = 0] = await reader.need(3);
                isLast = (low & 1) === 1;
                if (window.pending > 0 && (window.pending >= CHUNK_SIZE || !window.fits(limit))) {
                    const chunk = window.take();
                    total += chunk.length;
                    hash?.update(chunk);
                    yield chunk;
                }
                window.reserve(limit);
                const size = (low >> 3) + middle * 32 + high * 8192;
                await readBlock(reader, (low >> 1) & 3, size, limit, window, decoder);
            }
            const chunk = window.take();
            total += chunk.length;
            hash?.update(chunk);
            if (contentSize !== undefined && contentSize !== BigInt(total)) {
                throw reader.error('ZSTD_CORRUPT', 'zstd frame has another size than its header says', {
                    offset: start,
                    expected: `${contentSize} bytes`,
                    found: `${total}`,
                });
            }
            if (hash !== undefined) {
                if (word(await reader.need(4)) !== hash.low32())
                    throw reader.error('ZSTD_CORRUPT', 'wrong checksum of a zstd frame');
                reader.skip(4);
            }
            if (chunk.length > 0)
                yield chunk;
        }
    }
    finally {
        await reader.close();
    }
}
