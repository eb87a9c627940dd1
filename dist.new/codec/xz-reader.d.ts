import type { ByteStream } from '../base/bytes.js';
import type { ErrorCode } from '../base/error-code.js';
import { ToolError } from '../base/error.js';
import type { DecoderContext } from './decoder.js';
import { PullReader } from './pull-reader.js';
/** A reader whose errors say where in which stream they are. */
export declare class XzReader extends PullReader {
    #private;
    constructor(stream: ByteStream, context: DecoderContext);
    /** An error at the next byte. */
    error(code: ErrorCode, what: string, found?: string): ToolError;
    /** XZ_CORRUPT at the next byte. */
    corrupt(what: string, found?: string): ToolError;
    /** Runs what throws errors without a place, and adds it. */
    located<T>(run: () => T): T;
    /** At least `count` bytes, not taken. @throws {ToolError} XZ_CORRUPT */
    need(count: number): Promise<Uint8Array>;
    /** `count` bytes, taken; a copy. @throws {ToolError} XZ_CORRUPT */
    take(count: number): Promise<Uint8Array>;
}
/** A number in xz's variable-length form, seven bits a byte, at most nine bytes. */
export interface Variable {
    /** Exact up to 2^53; larger ones compare unequal to any real size. */
    readonly value: number;
    /** Bytes that the number takes. */
    readonly length: number;
}
/** Reads a number at `at`; undefined if it is malformed or does not end in `bytes`. */
export declare const readVariable: (bytes: Uint8Array, at: number) => Variable | undefined;
//# sourceMappingURL=xz-reader.d.ts.map