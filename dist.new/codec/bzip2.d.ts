import type { ByteStream } from '../base/bytes.js';
import type { DecoderContext } from './decoder.js';
/**
 * All streams of a bzip2 file.
 * @throws {ToolError} BZIP2_CORRUPT, BZIP2_TRAILING_DATA, CODEC_UNSUPPORTED (randomised blocks)
 */
export declare function bunzip2(stream: ByteStream, context: DecoderContext): ByteStream;
//# sourceMappingURL=bzip2.d.ts.map