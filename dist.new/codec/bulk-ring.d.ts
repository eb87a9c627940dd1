import { type BulkControl } from './bulk-control.js';
import { type BulkJob, type BulkResult } from './bulk-job.js';
/**
 * A few chunks of shared memory between a thread that reads and one that hashes. One blob alone cannot be hashed by
 * two threads; but while one thread hashes, the other reads ahead and copies. Whoever has nothing better to do copies,
 * so that neither the hash nor the disk decides alone.
 */
export interface Ring {
    /** At {@link FILLED} the chunks put in, at {@link DRAINED} those hashed, at {@link EVENTS} what the hasher has done. */
    readonly counters: Int32Array;
    /** For each slot, whether its chunk still has to be copied. */
    readonly copies: Int32Array;
    /** For each slot, the number of its chunk and its bytes. */
    readonly chunks: Int32Array;
    readonly lengths: Int32Array;
    readonly memory: Uint8Array;
}
export declare const createRing: () => Ring;
/**
 * One step of the thread that feeds the ring: reads a chunk if there is room, else copies one, else sleeps a little.
 * @returns the bytes read in this step, and how things stand
 * @throws {ToolError} FILE_CHANGED, NO_SPACE, IO
 */
export declare const feedRing: (job: BulkJob, ring: Ring) => {
    readonly bytes: number;
    readonly state: 'busy' | 'idle' | 'done';
};
/**
 * Hashes a job's bytes as they come through the ring, and copies while none have come. Blocks its thread.
 * @throws {ToolError} DIGEST_MISMATCH, DIFFID_MISMATCH, NO_SPACE, IO
 */
export declare const hashFromRing: (job: BulkJob, ring: Ring, control: BulkControl) => BulkResult;
//# sourceMappingURL=bulk-ring.d.ts.map