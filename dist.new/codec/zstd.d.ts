import type { ByteStream } from '../base/bytes.js';
import type { DecoderContext } from './decoder.js';
/**
 * All frames of a zstd stream; skippable ones are passed over, wherever they stand.
 * @throws {ToolError} ZSTD_CORRUPT, ZSTD_TRAILING_DATA, ZSTD_WINDOW, CODEC_UNSUPPORTED (a dictionary is needed)
 */
export declare function unzstd(stream: ByteStream, context: DecoderContext): ByteStream;
//# sourceMappingURL=zstd.d.ts.map