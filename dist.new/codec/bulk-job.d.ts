import type { FileExtent } from '../base/bytes.js';
import { type HashAlgorithm, type Hasher } from '../base/hash.js';
import { type Limits } from '../base/limits.js';
import type { Compression } from './compression.js';
/** One run of bytes to read once: hashed, perhaps decompressed, perhaps copied. Plain data, so any thread can do it. */
export interface BulkJob {
    /** How errors name the bytes: a path, a digest. */
    readonly subject: string;
    readonly extent: FileExtent;
    /** Of the bytes as stored. */
    readonly algorithm: HashAlgorithm;
    /** Lower-case hex that the stored bytes must have; another one is DIGEST_MISMATCH. */
    readonly expected?: string;
    /** How the bytes are compressed; without it there is no inner content. */
    readonly compression?: Compression;
    /** Of the decompressed bytes; by default as {@link algorithm}. */
    readonly innerAlgorithm?: HashAlgorithm;
    /** Lower-case hex that the decompressed bytes must have; another one is DIFFID_MISMATCH. */
    readonly expectedInner?: string;
    readonly target?: BulkTarget;
}
/** Where a job's bytes go in an open file; the descriptor stays the owner's. */
export interface BulkTarget {
    readonly fd: number;
    /** Bytes from the start of the file. */
    readonly offset: number;
    /** The bytes as stored, or decompressed. */
    readonly content: 'raw' | 'inner';
}
export interface BulkResult {
    /** Lower-case hex of the stored bytes. */
    readonly hex: string;
    /** Of the decompressed bytes: hex and number. Present if the job has a compression. */
    readonly inner?: {
        readonly hex: string;
        readonly size: number;
    };
}
/** What a thread brings to the jobs that it does. */
export interface BulkLane {
    readonly limits: Limits;
    readonly buffer: Uint8Array;
    /** Counts stored bytes done; a promise means: wait for it before going on. Throws when the work is called off. */
    advance(bytes: number): Promise<void> | undefined;
}
/** Memory for the chunks of one thread. */
export declare const bulkBuffer: () => Uint8Array;
/**
 * Fills the buffer from a place in the job's extent.
 * @returns the bytes that were read: the buffer's length, or what is left of the extent
 * @throws {ToolError} FILE_CHANGED if the file ends before the extent does, IO
 */
export declare const readExtent: (job: BulkJob, at: number, buffer: Uint8Array) => number;
/**
 * Writes all of a chunk at a place in an open file.
 * @throws {ToolError} NO_SPACE, IO
 */
export declare const writeAt: (subject: string, fd: number, chunk: Uint8Array, position: number) => void;
/**
 * The hex of a job's stored bytes, held against the expectation.
 * @throws {ToolError} DIGEST_MISMATCH
 */
export declare const finishRaw: (job: Pick<BulkJob, 'subject' | 'algorithm' | 'expected'>, hash: Hasher) => string;
/** Whether one hash over the stored bytes is all that a job asks for. */
export declare const isPlainJob: ({ compression, algorithm, innerAlgorithm }: BulkJob) => boolean;
/**
 * The result of a plain job whose bytes were all hashed.
 * @throws {ToolError} DIGEST_MISMATCH, DIFFID_MISMATCH
 */
export declare const finishPlain: (job: BulkJob, hash: Hasher) => BulkResult;
/**
 * Does one job on this thread.
 * @throws {ToolError} DIGEST_MISMATCH, DIFFID_MISMATCH, FILE_CHANGED, NO_SPACE, IO, and what decompression throws
 */
export declare const runJob: (job: BulkJob, lane: BulkLane) => Promise<BulkResult>;
//# sourceMappingURL=bulk-job.d.ts.map