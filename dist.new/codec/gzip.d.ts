import type { ByteStream } from '../base/bytes.js';
import type { DecoderContext } from './decoder.js';
/**
 * All members of a gzip stream.
 * @throws {ToolError} GZIP_CORRUPT, GZIP_TRAILING_DATA, LIMIT_GZIP_MEMBERS
 */
export declare function gunzip(stream: ByteStream, context: DecoderContext): ByteStream;
//# sourceMappingURL=gzip.d.ts.map