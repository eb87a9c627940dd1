import { ToolError } from './error.js';
import { CHUNK_SIZE } from './limits.js';
export const EMPTY = new Uint8Array(0);
export const concatBytes = (chunks) => {
    const total = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    const result = new Uint8Array(total);
    let at = 0;
    for (const chunk of chunks) {
        result.set(chunk, at);
        at += chunk.length;
    }
    return result;
};
/** Byte-wise equality. */
export const sameBytes = (a, b) => a.length === b.length && Buffer.from(a.buffer, a.byteOffset, a.length).equals(b);
/**
 * The whole of a stream, in memory. There is no default limit on purpose.
 * @throws {ToolError} the given code as soon as more than `limit` bytes have come
 */
export const readAll = async (stream, limit, tooLarge) => {
    const chunks = [];
    let total = 0;
    for await (const chunk of stream) {
        total += chunk.length;
        if (total > limit) {
            throw new ToolError(tooLarge.code, 'larger than the limit', {
                subject: tooLarge.subject,
                expected: `at most ${limit} bytes`,
                found: 'more',
            });
        }
        chunks.push(chunk.slice());
    }
    return concatBytes(chunks);
};
/** Bytes of a text in UTF-8. */
export const utf8 = (text) => new TextEncoder().encode(text);
/** A stream of one piece of memory. */
export async function* streamOf(bytes) {
    if (bytes.length > 0)
        yield bytes;
}
const clip = (size, range) => {
    const start = Math.min(range?.offset ?? 0, size);
    const end = range?.length === undefined ? size : Math.min(size, start + range.length);
    return { start, end };
};
/** Memory as a source; reads give views of it, in chunks of at most `chunkSize` bytes. */
export const memorySource = (bytes, name, chunkSize = CHUNK_SIZE) => ({
    size: bytes.length,
    name,
    async *read(range, signal) {
        const { start, end } = clip(bytes.length, range);
        for (let at = start; at < end; at += chunkSize) {
            signal?.throwIfAborted();
            yield bytes.subarray(at, Math.min(end, at + chunkSize));
        }
    },
    readAt: async (offset, length) => bytes.slice(offset, offset + length),
    close: async () => { },
});
/** A part of a source as a source of its own. Closing it leaves the whole open. */
export const sliceSource = (whole, offset, length, name) => {
    const extent = whole.file;
    return {
        size: length,
        name,
        read: (range, signal) => {
            const { start, end } = clip(length, range);
            return whole.read({ offset: offset + start, length: end - start }, signal);
        },
        readAt: (at, count) => whole.readAt(offset + at, Math.max(0, Math.min(count, length - at))),
        ...(extent === undefined ? {} : { file: { fd: extent.fd, offset: extent.offset + offset, length } }),
        close: async () => { },
    };
};
