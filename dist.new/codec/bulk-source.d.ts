import type { ByteSource } from '../base/bytes.js';
import { type BulkJob, type BulkResult } from './bulk-job.js';
import { type BulkOptions } from './bulk.js';
/** A {@link BulkJob} on any source, whether it lies in a file or not. */
export type SourceJob = Omit<BulkJob, 'extent'> & {
    readonly source: ByteSource;
};
/**
 * As `runBulk`, for sources: those that lie in files go to all threads, the others are streamed here one by one.
 * Results in job order. The sources stay the caller's.
 * @throws {ToolError} as `runBulk`
 */
export declare const runSources: (jobs: readonly SourceJob[], options: BulkOptions) => Promise<readonly BulkResult[]>;
//# sourceMappingURL=bulk-source.d.ts.map