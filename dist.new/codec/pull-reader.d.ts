import { type ByteStream } from '../base/bytes.js';
import type { ErrorCode } from '../base/error-code.js';
import type { DecoderContext } from './decoder.js';
/**
 * A stream as decoders want it: so many contiguous bytes, then so many taken. Bytes are copied only where what was
 * asked for lies across chunks.
 */
export declare class PullReader {
    #private;
    constructor(stream: ByteStream);
    /** Bytes taken so far: where in the stream the next byte lies. */
    get offset(): number;
    /** What has come and was not taken. Valid until the next `fill`. */
    get buffered(): Uint8Array;
    /** Takes bytes that are buffered. */
    skip(count: number): void;
    /** Pulls until at least `count` bytes are buffered; false if the stream ends first. */
    fill(count: number): Promise<boolean>;
    /** Tells the stream that no more is wanted. Idempotent. */
    close(): Promise<void>;
}
/**
 * The end of a stream behind its last member: nothing, or zeros, of which a note is made.
 * @throws {ToolError} `code` if anything but zeros follows
 */
export declare const expectEnd: (reader: PullReader, code: ErrorCode, context: DecoderContext) => Promise<void>;
//# sourceMappingURL=pull-reader.d.ts.map