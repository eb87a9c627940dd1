import { crc32 } from 'node:zlib';
import { sameBytes } from '../base/bytes.js';
import { readLzma2 } from './xz-lzma2.js';
import { readVariable } from './xz-reader.js';
const LZMA2 = 0x21;
const dictionarySizeOf = (bits) => bits === 40 ? 2 ** 32 - 1 : (2 | (bits & 1)) * 2 ** ((bits >> 1) + 11);
/** @see {@link https://tukaani.org/xz/xz-file-format-1.2.1.txt} section 3.1 */
const readHeader = async (reader, limit) => {
    const [stored = 0] = await reader.need(1);
    const length = (stored + 1) * 4;
    const bytes = (await reader.need(length)).subarray(0, length);
    const sum = new DataView(bytes.buffer, bytes.byteOffset, length).getUint32(length - 4, true);
    if (crc32(bytes.subarray(0, length - 4)) !== sum)
        throw reader.corrupt('wrong checksum of an xz block header');
    const fields = bytes.subarray(0, length - 4);
    const flags = fields[1] ?? 0;
    if ((flags & 0x3c) !== 0)
        throw reader.error('CODEC_UNSUPPORTED', 'xz block uses a reserved feature');
    let at = 2;
    const next = () => {
        const number = readVariable(fields, at);
        if (number === undefined)
            throw reader.corrupt('malformed number in an xz block header');
        at += number.length;
        return number.value;
    };
    const compressed = (flags & 0x40) === 0 ? undefined : next();
    const plain = (flags & 0x80) === 0 ? undefined : next();
    const filter = next();
    if ((flags & 3) !== 0 || filter !== LZMA2) {
        throw reader.error('CODEC_UNSUPPORTED', 'xz block uses a filter other than LZMA2', `filter ${filter}`);
    }
    const bits = next() === 1 ? (fields[at] ?? 64) : 64;
    if (bits > 40)
        throw reader.corrupt('malformed LZMA2 properties');
    if (fields.subarray(at + 1).some((byte) => byte !== 0))
        throw reader.corrupt('xz block header is padded with data');
    const dictionarySize = dictionarySizeOf(bits);
    if (dictionarySize > limit) {
        throw reader.error('CODEC_UNSUPPORTED', `xz dictionary is larger than ${limit} bytes`, `${dictionarySize}`);
    }
    reader.skip(length);
    return { length, dictionarySize, compressed, plain };
};
const expectSize = (reader, what, declared, real) => {
    if (declared !== undefined && declared !== real)
        throw reader.corrupt(`xz block has another ${what} size than it says`);
};
/** Takes the zeros up to the next multiple of four of `length` bytes. @throws {ToolError} XZ_CORRUPT */
export const passPadding = async (reader, length) => {
    const padding = await reader.take((4 - (length % 4)) % 4);
    if (padding.some((byte) => byte !== 0))
        throw reader.corrupt('xz padding is not zero');
};
/**
 * One block: its plain bytes, and at the end its sizes.
 * @param limit bytes that the dictionary may take
 * @throws {ToolError} XZ_CORRUPT, CODEC_UNSUPPORTED
 */
export async function* readBlock(reader, window, check, limit) {
    const header = await readHeader(reader, limit);
    const start = reader.offset;
    let plain = 0;
    const chunks = readLzma2(reader, window, header.dictionarySize);
    for await (const chunk of chunks) {
        plain += chunk.length;
        check.update(chunk);
        yield chunk;
    }
    const compressed = reader.offset - start;
    expectSize(reader, 'compressed', header.compressed, compressed);
    expectSize(reader, 'plain', header.plain, plain);
    await passPadding(reader, compressed);
    const digest = check.digest();
    if (!sameBytes(digest, await reader.take(digest.length)))
        throw reader.corrupt('wrong checksum of an xz block');
    return { unpadded: header.length + compressed + digest.length, plain };
}
