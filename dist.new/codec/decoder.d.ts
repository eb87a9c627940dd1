import type { ByteStream } from '../base/bytes.js';
import type { ErrorCode } from '../base/error-code.js';
import type { Limits } from '../base/limits.js';
/** Something odd about a compressed stream that does not stop its use. */
export interface CodecNote {
    readonly code: ErrorCode;
    readonly found: string;
}
/** What every decoder of this room is told. */
export interface DecoderContext {
    /** How the stream is named in errors. */
    readonly subject: string;
    readonly limits: Limits;
    /** Is told of zeros that follow the last member; must not throw. */
    readonly onNote?: (note: CodecNote) => void;
}
/**
 * Compressed bytes to plain bytes. A decoder pulls, verifies every checksum that the format has, ends its input in
 * `finally`, and passes an error of its input unchanged. It does not count its output: the caller does.
 */
export type Decoder = (stream: ByteStream, context: DecoderContext) => ByteStream;
//# sourceMappingURL=decoder.d.ts.map