const NEXT = 0;
const STOP = 1;
export const createControl = () => ({
    flags: new Int32Array(new SharedArrayBuffer(8)),
    done: new BigInt64Array(new SharedArrayBuffer(8)),
});
/** Takes the next free place in the order; each is given out once. */
export const takeNext = (control) => Atomics.add(control.flags, NEXT, 1);
/** Calls off the work on all threads, after the chunk that each has in hand. */
export const callOff = (control) => {
    Atomics.store(control.flags, STOP, 1);
};
/** The work was called off: not a failure of its own. */
export class CalledOff extends Error {
}
/** @throws {CalledOff} if another thread failed or the caller gave up */
export const throwIfCalledOff = (control) => {
    if (Atomics.load(control.flags, STOP) !== 0)
        throw new CalledOff();
};
export const countDone = (control, bytes) => {
    Atomics.add(control.done, 0, BigInt(bytes));
};
export const doneBytes = (control) => Number(Atomics.load(control.done, 0));
