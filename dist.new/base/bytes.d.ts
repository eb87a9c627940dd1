import { type ErrorCode } from './error-code.js';
/**
 * Bytes, pulled. A chunk belongs to its producer and is valid until the next pull: a consumer that keeps it copies
 * it first. Chunks are never empty by contract of the producers here; consumers tolerate empty ones.
 */
export type ByteStream = AsyncIterable<Uint8Array>;
/** A part of a source: `length` bytes from `offset`; without `length`, all that follows. */
export interface ByteRange {
    readonly offset: number;
    readonly length?: number;
}
/** Bytes at rest that can be read any number of times, from any place. */
export interface ByteSource {
    /** Bytes. */
    readonly size: number;
    /** How the source is named in errors: a path, `-`, a URL. */
    readonly name: string;
    /** Reads a part, by default everything. A range that leaves the source ends at its end. */
    read(range?: ByteRange, signal?: AbortSignal): ByteStream;
    /** One small read without stream overhead: up to `length` bytes, fewer only at the end. The result is the caller's. */
    readAt(offset: number, length: number): Promise<Uint8Array>;
    /** Where the source lies in an open file, if it does: lets bulk work run in another thread. */
    readonly file?: FileExtent;
    close(): Promise<void>;
}
/** A run of bytes in an open file of this process. The descriptor stays the owner's. */
export interface FileExtent {
    readonly fd: number;
    /** Bytes from the start of the file. */
    readonly offset: number;
    /** Bytes. */
    readonly length: number;
}
export declare const EMPTY: Uint8Array;
export declare const concatBytes: (chunks: readonly Uint8Array[]) => Uint8Array;
/** Byte-wise equality. */
export declare const sameBytes: (a: Uint8Array, b: Uint8Array) => boolean;
/**
 * The whole of a stream, in memory. There is no default limit on purpose.
 * @throws {ToolError} the given code as soon as more than `limit` bytes have come
 */
export declare const readAll: (stream: ByteStream, limit: number, tooLarge: {
    readonly code: ErrorCode;
    readonly subject: string;
}) => Promise<Uint8Array>;
/** Bytes of a text in UTF-8. */
export declare const utf8: (text: string) => Uint8Array;
/** A stream of one piece of memory. */
export declare function streamOf(bytes: Uint8Array): ByteStream;
/** Memory as a source; reads give views of it, in chunks of at most `chunkSize` bytes. */
export declare const memorySource: (bytes: Uint8Array, name: string, chunkSize?: number) => ByteSource;
/** A part of a source as a source of its own. Closing it leaves the whole open. */
export declare const sliceSource: (whole: ByteSource, offset: number, length: number, name: string) => ByteSource;
//# sourceMappingURL=bytes.d.ts.map