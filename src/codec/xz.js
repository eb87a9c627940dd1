import { crc32 } from 'node:zlib';
import { sameBytes } from '../base/bytes.js';
import { startHash } from '../base/hash.js';
import { SlidingWindow } from './sliding-window.js';
import { passPadding, readBlock } from './xz-block.js';
import { checkOf, startCrc32 } from './xz-check.js';
import { XzReader, readVariable } from './xz-reader.js';
const HEADER_MAGIC = Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00);
const FOOTER_MAGIC = Uint8Array.of(0x59, 0x5a);
const word = (bytes, at) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(at, true);
/** The ID of the check of the stream that begins next. */
const readStreamHeader = async (reader) => {
    const bytes = (await reader.need(12)).subarray(0, 12);
    if (!sameBytes(bytes.subarray(0, 6), HEADER_MAGIC))
        throw reader.corrupt('not the beginning of an xz stream');
    if (crc32(bytes.subarray(6, 8)) !== word(bytes, 8))
        throw reader.corrupt('wrong checksum of an xz stream header');
    const [reserved = 0, id = 0] = bytes.subarray(6);
    if (reserved !== 0 || id > 15 || checkOf(id) === undefined) {
        throw reader.error('CODEC_UNSUPPORTED', 'unknown xz check', `${id}`);
    }
    reader.skip(12);
    return id;
};
/** Records of the index, hashed so that their number costs no memory. */
class Records {
    #hash = startHash('sha256');
    count = 0;
    add({ unpadded, plain }) {
        this.count += 1;
        this.#hash.update(Buffer.from(`${unpadded} ${plain}\n`));
    }
    hex() {
        return this.#hash.hex();
    }
}
/** Reads the index, which must list the blocks that were there. Returns its bytes. */
const readIndex = async (reader, blocks) => {
    const start = reader.offset;
    const sum = startCrc32();
    const listed = new Records();
    const pass = async (count) => {
        sum.update((await reader.need(count)).subarray(0, count));
        reader.skip(count);
    };
    const next = async () => {
        await reader.fill(9);
        const number = readVariable(reader.buffered, 0);
        if (number === undefined)
            throw reader.corrupt('malformed number in the xz index');
        await pass(number.length);
        return number.value;
    };
    await pass(1);
    if ((await next()) !== blocks.count)
        throw reader.corrupt('xz index has another number of blocks');
    for (let left = blocks.count; left > 0; left -= 1)
        listed.add({ unpadded: await next(), plain: await next() });
    const padding = (4 - ((reader.offset - start) % 4)) % 4;
    sum.update((await reader.need(padding)).subarray(0, padding));
    await passPadding(reader, reader.offset - start);
    if (listed.hex() !== blocks.hex())
        throw reader.corrupt('xz index does not fit the blocks');
    if (!sameBytes(await reader.take(4), sum.digest()))
        throw reader.corrupt('wrong checksum of the xz index');
    return reader.offset - start;
};
const readFooter = async (reader, checkId, indexLength) => {
    const bytes = (await reader.need(12)).subarray(0, 12);
    if (!sameBytes(bytes.subarray(10), FOOTER_MAGIC))
        throw reader.corrupt('not an xz stream footer');
    if (crc32(bytes.subarray(4, 10)) !== word(bytes, 0))
        throw reader.corrupt('wrong checksum of an xz stream footer');
    if ((word(bytes, 4) + 1) * 4 !== indexLength)
        throw reader.corrupt('xz stream footer has another index size');
    if (bytes[8] !== 0 || bytes[9] !== checkId)
        throw reader.corrupt('xz stream footer differs from the header');
    reader.skip(12);
};
/** Takes the zeros behind a stream, which come in fours; true if another stream follows. */
const passStreamPadding = async (reader) => {
    for (;;) {
        const complete = await reader.fill(4);
        if (reader.buffered.length === 0)
            return false;
        const four = reader.buffered.subarray(0, 4);
        if (!complete)
            throw reader.corrupt('data follow the end of an xz stream');
        if (four.some((byte) => byte !== 0))
            return true;
        reader.skip(4);
    }
};
/**
 * All streams of an xz file. The dictionary may be as large as the window of zstd.
 * @throws {ToolError} XZ_CORRUPT, CODEC_UNSUPPORTED (filters other than LZMA2, unknown checks, a larger dictionary)
 */
export async function* unxz(stream, context) {
    const reader = new XzReader(stream, context);
    const window = new SlidingWindow();
    try {
        do {
            const checkId = await readStreamHeader(reader);
            const startCheck = checkOf(checkId);
            const blocks = new Records();
            while ((await reader.need(1))[0] !== 0) {
                blocks.add(yield* readBlock(reader, window, startCheck(), context.limits.zstdWindow));
            }
            const indexLength = await readIndex(reader, blocks);
            await readFooter(reader, checkId, indexLength);
        } while (await passStreamPadding(reader));
    }
    finally {
        await reader.close();
    }
}
