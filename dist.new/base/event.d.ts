import type { ErrorCode } from './error-code.js';
import type { ErrorDetails } from './error.js';
/** What a long operation is doing, for whoever wants to show it. Bytes are exact; nothing here reaches an output. */
export type ToolEvent = 
/** A phase of known length begins. `total` is in bytes, undefined where the input does not say. */
{
    readonly type: 'phase';
    readonly name: string;
    readonly total?: number;
}
/** So many more bytes of the current phase are done. */
 | {
    readonly type: 'bytes';
    readonly done: number;
} | {
    readonly type: 'phase-end';
    readonly name: string;
}
/** Something the user should know that does not stop the work. */
 | {
    readonly type: 'note';
    readonly note: Note;
};
export type Severity = 'error' | 'warning' | 'info';
/** A remark on the input, with the code of the table in `error-code.ts`. */
export interface Note extends ErrorDetails {
    readonly code: ErrorCode;
    readonly severity: Severity;
    readonly message: string;
}
/** Receives events; must not throw. */
export type Observer = (event: ToolEvent) => void;
export declare const silent: Observer;
//# sourceMappingURL=event.d.ts.map