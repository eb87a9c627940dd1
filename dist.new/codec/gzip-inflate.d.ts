import type { DecoderContext } from './decoder.js';
import type { PullReader } from './pull-reader.js';
/**
 * The whole of one deflate stream, if it is small; the reader then stands behind it. Undefined, with nothing taken,
 * if it is not.
 * @throws {ToolError} GZIP_CORRUPT
 */
export declare const inflateBuffered: (reader: PullReader, context: DecoderContext) => Promise<Uint8Array | undefined>;
/**
 * One deflate stream of any size; the reader stands behind it at the end. zlib works in a thread of the pool while
 * the consumer has the last chunk, and never more than one chunk ahead.
 * @throws {ToolError} GZIP_CORRUPT
 */
export declare function inflateStreamed(reader: PullReader, context: DecoderContext): AsyncGenerator<Uint8Array>;
//# sourceMappingURL=gzip-inflate.d.ts.map