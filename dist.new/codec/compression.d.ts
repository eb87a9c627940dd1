import type { ByteStream } from '../base/bytes.js';
import type { Limits } from '../base/limits.js';
import type { CodecNote } from './decoder.js';
/** How bytes are compressed, as far as their first bytes tell. `none`: not in a way that is known here. */
export type Compression = 'none' | 'gzip' | 'zstd' | 'bzip2' | 'xz';
/** Bytes that {@link sniffCompression} wants to see; fewer only if the stream has no more. */
export declare const SNIFF_LENGTH = 10;
/** The compression of a stream that begins with `head`, by magic numbers alone. A tar is never mistaken for one. */
export declare const sniffCompression: (head: Uint8Array) => Compression;
export interface DecompressOptions {
    /** How the stream is named in errors. */
    readonly subject: string;
    readonly limits: Limits;
    readonly signal?: AbortSignal;
    /** Is told of zeros behind the last member; must not throw. */
    readonly onNote?: (note: CodecNote) => void;
}
/**
 * The plain bytes of a compressed stream: every member or frame of it, every checksum verified. Pull only; memory is
 * bounded by the window that the format asks for. Ends the input when it ends, fails or is left; an error of the
 * input passes unchanged. With `none` the bytes pass through and only the size limit holds.
 * @throws {ToolError} GZIP_CORRUPT, GZIP_TRAILING_DATA, LIMIT_GZIP_MEMBERS, ZSTD_CORRUPT, ZSTD_TRAILING_DATA,
 *   ZSTD_WINDOW, BZIP2_CORRUPT, BZIP2_TRAILING_DATA, XZ_CORRUPT, CODEC_UNSUPPORTED, LIMIT_DECOMPRESSED
 */
export declare function decompress(stream: ByteStream, compression: Compression, options: DecompressOptions): ByteStream;
//# sourceMappingURL=compression.d.ts.map