import type { ByteStream } from '../base/bytes.js';
import { type Observer } from '../base/event.js';
import { type Limits } from '../base/limits.js';
import type { PathExists } from './location.js';
/** What every verb needs from outside; the command line fills it from flags, a program from its own settings. */
export interface OperationContext {
    readonly limits: Limits;
    /** Threads that may work on blobs at once, the caller's included. No output byte depends on it. */
    readonly threads: number;
    readonly observer: Observer;
    readonly signal?: AbortSignal;
    /** Bytes of `-` as a source. Read at most once. */
    readonly stdin?: () => ByteStream;
    readonly pathExists: PathExists;
    /** Directory for temporary files; the system's by default. */
    readonly temporary?: string;
}
export declare const contextWith: (partial: Partial<OperationContext> & Pick<OperationContext, 'pathExists'>) => OperationContext;
//# sourceMappingURL=context.d.ts.map