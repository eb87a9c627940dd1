import { ToolError } from '../base/error.js';
/** Bytes that {@link sniffCompression} wants to see; fewer only if the stream has no more. */
export const SNIFF_LENGTH = 10;
const startsWith = (head, magic) => head.length >= magic.length && magic.every((byte, index) => head[index] === byte);
const BZIP2_BLOCK = [0x31, 0x41, 0x59, 0x26, 0x53, 0x59];
const BZIP2_END = [0x17, 0x72, 0x45, 0x38, 0x50, 0x90];
/** "BZh9" could begin a file name in a tar; with the block magic behind it, it cannot. */
const isBzip2 = (head) => {
    const level = head[3] ?? 0;
    if (!startsWith(head, [0x42, 0x5a, 0x68]) || level < 0x31 || level > 0x39)
        return false;
    const rest = head.subarray(4, 10);
    return [BZIP2_BLOCK, BZIP2_END].some((magic) => rest.every((byte, index) => byte === magic[index]));
};
/** The compression of a stream that begins with `head`, by magic numbers alone. A tar is never mistaken for one. */
export const sniffCompression = (head) => {
    if (startsWith(head, [0x1f, 0x8b, 0x08]))
        return 'gzip';
    if (startsWith(head, [0x28, 0xb5, 0x2f, 0xfd]))
        return 'zstd';
    // A skippable frame, as zstd:chunked and pzstd write them.
    if (startsWith(head.subarray(1), [0x2a, 0x4d, 0x18]) && (head[0] ?? 0) >> 4 === 5)
        return 'zstd';
    if (startsWith(head, [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]))
        return 'xz';
    return isBzip2(head) ? 'bzip2' : 'none';
};
// Loaded on first use: a command that meets no compressed data pays for no decoder.
const DECODERS = {
    gzip: async () => (await import('./gzip.js')).gunzip,
    zstd: async () => (await import('./zstd.js')).unzstd,
    bzip2: async () => (await import('./bzip2.js')).bunzip2,
    xz: async () => (await import('./xz.js')).unxz,
};
async function* counted(stream, count, signal) {
    for await (const chunk of stream) {
        signal?.throwIfAborted();
        count.bytes += chunk.length;
        yield chunk;
    }
}
const limitReached = (subject, expected, found) => new ToolError('LIMIT_DECOMPRESSED', 'decompresses to more than the limit', { subject, expected, found });
/**
 * The plain bytes of a compressed stream: every member or frame of it, every checksum verified. Pull only; memory is
 * bounded by the window that the format asks for. Ends the input when it ends, fails or is left; an error of the
 * input passes unchanged. With `none` the bytes pass through and only the size limit holds.
 * @throws {ToolError} GZIP_CORRUPT, GZIP_TRAILING_DATA, LIMIT_GZIP_MEMBERS, ZSTD_CORRUPT, ZSTD_TRAILING_DATA,
 *   ZSTD_WINDOW, BZIP2_CORRUPT, BZIP2_TRAILING_DATA, XZ_CORRUPT, CODEC_UNSUPPORTED, LIMIT_DECOMPRESSED
 */
export async function* decompress(stream, compression, options) {
    const { subject, limits, signal, onNote } = options;
    signal?.throwIfAborted();
    const input = { bytes: 0 };
    const source = counted(stream, input, signal);
    const context = { subject, limits, ...(onNote === undefined ? {} : { onNote }) };
    const output = compression === 'none' ? source : (await DECODERS[compression]())(source, context);
    let total = 0;
    for await (const chunk of output) {
        signal?.throwIfAborted();
        total += chunk.length;
        if (total > limits.decompressed)
            throw limitReached(subject, `at most ${limits.decompressed} bytes`, 'more');
        if (total > limits.decompressedFree && total > input.bytes * limits.decompressionRatio) {
            throw limitReached(subject, `at most ${limits.decompressionRatio} bytes for one`, `${total} bytes from ${input.bytes}`);
        }
        if (chunk.length > 0)
            yield chunk;
    }
}
