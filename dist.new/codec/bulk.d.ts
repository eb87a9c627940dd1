import type { Limits } from '../base/limits.js';
import { type BulkJob, type BulkResult } from './bulk-job.js';
export type { BulkJob, BulkResult, BulkTarget } from './bulk-job.js';
export interface BulkOptions {
    /** Threads that work, this one included; at least 1. No result depends on it. */
    readonly threads: number;
    /** For decompression. */
    readonly limits: Limits;
    readonly signal?: AbortSignal;
    /** So many more stored bytes are done. Called on this thread. */
    readonly onBytes?: (bytes: number) => void;
}
/**
 * Reads many runs of bytes once each: hashes them, decompresses and copies those that ask for it, and holds them
 * against what they are expected to be. This thread and `threads - 1` workers take whole jobs, the largest first;
 * a job much larger than all others is read and copied here while a worker hashes it. Between chunks this thread
 * looks at its event loop every few milliseconds. The first failure stops all threads; of several, the one of the
 * first job counts. After a failure, targets hold anything.
 * @returns results in the order of the jobs
 * @throws {ToolError} DIGEST_MISMATCH, DIFFID_MISMATCH, FILE_CHANGED, NO_SPACE, IO, and what decompression throws
 * @throws the signal's reason
 */
export declare const runBulk: (jobs: readonly BulkJob[], options: BulkOptions) => Promise<readonly BulkResult[]>;
//# sourceMappingURL=bulk.d.ts.map