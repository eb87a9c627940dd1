import type { ErrorCode } from '../base/error-code.js';
import { type ErrorOptions, ToolError } from '../base/error.js';
import type { Limits } from '../base/limits.js';
import type { BulkControl } from './bulk-control.js';
import type { BulkJob, BulkResult } from './bulk-job.js';
import type { Ring } from './bulk-ring.js';
/** All that a worker is given. */
export interface BulkWorkerData {
    readonly jobs: readonly BulkJob[];
    /** Indexes of jobs, in the order in which they are to be taken. */
    readonly order: readonly number[];
    readonly control: BulkControl;
    readonly limits: Limits;
    /** A job whose bytes the main thread reads and this worker hashes, after the order is done. */
    readonly piped?: {
        readonly job: number;
        readonly ring: Ring;
    };
}
/** An error on its way between threads, where classes do not survive. */
export type ErrorMessage = {
    readonly tool: true;
    readonly code: ErrorCode;
    readonly what: string;
    readonly options: ErrorOptions;
} | {
    readonly tool: false;
    readonly stack: string;
};
export type BulkMessage = {
    readonly type: 'result';
    readonly job: number;
    readonly result: BulkResult;
} | {
    readonly type: 'failure';
    readonly job: number;
    readonly error: ErrorMessage;
} | {
    readonly type: 'end';
};
export declare const packError: (error: unknown) => ErrorMessage;
/** The error that was packed; what was no ToolError is a defect. */
export declare const unpackError: (message: ErrorMessage) => ToolError;
//# sourceMappingURL=bulk-message.d.ts.map