import { type ByteStream } from '../base/bytes.js';
import type { DecoderContext } from './decoder.js';
/**
 * All streams of an xz file. The dictionary may be as large as the window of zstd.
 * @throws {ToolError} XZ_CORRUPT, CODEC_UNSUPPORTED (filters other than LZMA2, unknown checks, a larger dictionary)
 */
export declare function unxz(stream: ByteStream, context: DecoderContext): ByteStream;
//# sourceMappingURL=xz.d.ts.map