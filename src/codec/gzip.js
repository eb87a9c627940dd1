import { crc32 } from 'node:zlib';
import { ToolError } from '../base/error.js';
import { inflateBuffered, inflateStreamed } from './gzip-inflate.js';
import { PullReader, expectEnd } from './pull-reader.js';
// Node's own Gunzip joins members but drops, with success, what follows a zero byte, and tells nobody how many
// members there were. So the frame of a member is read here and only the deflate data go to zlib.
const FLAG_HEADER_CRC = 0x02;
const FLAG_EXTRA = 0x04;
const FLAG_NAME = 0x08;
const FLAG_COMMENT = 0x10;
const FLAGS_RESERVED = 0xe0;
/** Compressed bytes of a member below which the next one is tried in one piece. */
const SMALL_MEMBER = 64 * 1024;
const corrupt = (what, context, offset, found) => new ToolError('GZIP_CORRUPT', what, { subject: context.subject, offset, ...(found === undefined ? {} : { found }) });
const need = async (reader, count, context) => {
    if (!(await reader.fill(count))) {
        throw corrupt('gzip stream is cut', context, reader.offset + reader.buffered.length, 'the end of the stream');
    }
    return reader.buffered;
};
/** Takes `count` bytes, or all up to and with the next NUL, and returns the CRC carried over them. */
const passHeaderField = async (reader, until, crc, context) => {
    let left = until === 'nul' ? Number.POSITIVE_INFINITY : until;
    let sum = crc;
    while (left > 0) {
        const bytes = await need(reader, 1, context);
        const end = until === 'nul' ? bytes.indexOf(0) : -1;
        const count = end >= 0 ? end + 1 : Math.min(left, bytes.length);
        sum = crc32(bytes.subarray(0, count), sum);
        reader.skip(count);
        left = end >= 0 ? 0 : left - count;
    }
    return sum;
};
/** @see {@link https://www.rfc-editor.org/rfc/rfc1952#section-2.3} */
const passHeader = async (reader, context) => {
    const start = reader.offset;
    const fixed = await need(reader, 10, context);
    const [id1 = 0, id2 = 0, method = 0, flags = 0] = fixed;
    if (id1 !== 0x1f || id2 !== 0x8b)
        throw corrupt('not a gzip header', context, start);
    if (method !== 8)
        throw corrupt('unknown compression method in the gzip header', context, start + 2, `${method}`);
    if ((flags & FLAGS_RESERVED) !== 0)
        throw corrupt('reserved flags in the gzip header', context, start + 3, `${flags}`);
    let crc = await passHeaderField(reader, 10, 0, context);
    if ((flags & FLAG_EXTRA) !== 0) {
        const [low = 0, high = 0] = await need(reader, 2, context);
        crc = await passHeaderField(reader, 2 + low + high * 256, crc, context);
    }
    if ((flags & FLAG_NAME) !== 0)
        crc = await passHeaderField(reader, 'nul', crc, context);
    if ((flags & FLAG_COMMENT) !== 0)
        crc = await passHeaderField(reader, 'nul', crc, context);
    if ((flags & FLAG_HEADER_CRC) !== 0) {
        const [low = 0, high = 0] = await need(reader, 2, context);
        if (low + high * 256 !== (crc & 0xffff))
            throw corrupt('wrong checksum of the gzip header', context, reader.offset);
        reader.skip(2);
    }
};
const passTrailer = async (reader, crc, size, context) => {
    const offset = reader.offset;
    const bytes = await need(reader, 8, context);
    const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
    if (view.getUint32(0, true) !== crc)
        throw corrupt('wrong checksum in the gzip trailer', context, offset);
    if (view.getUint32(4, true) !== size % 2 ** 32)
        throw corrupt('wrong size in the gzip trailer', context, offset + 4);
    reader.skip(8);
};
/** Whether a member follows; what else may follow is dealt with. */
const hasNext = async (reader, context) => {
    await reader.fill(2);
    const [first, second = 0x8b] = reader.buffered;
    if (first === 0x1f && second === 0x8b)
        return true;
    await expectEnd(reader, 'GZIP_TRAILING_DATA', context);
    return false;
};
/**
 * All members of a gzip stream.
 * @throws {ToolError} GZIP_CORRUPT, GZIP_TRAILING_DATA, LIMIT_GZIP_MEMBERS
 */
export async function* gunzip(stream, context) {
    const reader = new PullReader(stream);
    const limit = context.limits.gzipMembers;
    let small = true;
    try {
        for (let members = 0; members === 0 || (await hasNext(reader, context)); members += 1) {
            if (members >= limit) {
                throw new ToolError('LIMIT_GZIP_MEMBERS', 'too many gzip members', {
                    subject: context.subject,
                    offset: reader.offset,
                    expected: `at most ${limit}`,
                    found: 'more',
                });
            }
            await passHeader(reader, context);
            const start = reader.offset;
            let crc = 0;
            let size = 0;
            // Streams of many members have small ones, and for those a Node stream each would cost more than the data.
            const whole = small ? await inflateBuffered(reader, context) : undefined;
            if (whole === undefined) {
                for await (const chunk of inflateStreamed(reader, context)) {
                    crc = crc32(chunk, crc);
                    size += chunk.length;
                    yield chunk;
                }
            }
            else {
                crc = crc32(whole);
                size = whole.length;
                if (size > 0)
                    yield whole;
            }
            small = reader.offset - start < SMALL_MEMBER;
            await passTrailer(reader, crc, size, context);
        }
    }
    finally {
        await reader.close();
    }
}
