/** Shared counters: the next place in the order, whether all is called off, and bytes done. */
export interface BulkControl {
    readonly flags: Int32Array;
    readonly done: BigInt64Array;
}
export declare const createControl: () => BulkControl;
/** Takes the next free place in the order; each is given out once. */
export declare const takeNext: (control: BulkControl) => number;
/** Calls off the work on all threads, after the chunk that each has in hand. */
export declare const callOff: (control: BulkControl) => void;
/** The work was called off: not a failure of its own. */
export declare class CalledOff extends Error {
}
/** @throws {CalledOff} if another thread failed or the caller gave up */
export declare const throwIfCalledOff: (control: BulkControl) => void;
export declare const countDone: (control: BulkControl, bytes: number) => void;
export declare const doneBytes: (control: BulkControl) => number;
//# sourceMappingURL=bulk-control.d.ts.map