/** Shared counters: the next place in the order, whether all is called off, and bytes done. */
export interface BulkControl {
  readonly flags: Int32Array;
  readonly done: BigInt64Array;
}

const NEXT = 0;
const STOP = 1;

export const createControl = (): BulkControl => ({
  flags: new Int32Array(new SharedArrayBuffer(8)),
  done: new BigInt64Array(new SharedArrayBuffer(8)),
});

/** Takes the next free place in the order; each is given out once. */
export const takeNext = (control: BulkControl): number => Atomics.add(control.flags, NEXT, 1);

/** Calls off the work on all threads, after the chunk that each has in hand. */
export const callOff = (control: BulkControl): void => {
  Atomics.store(control.flags, STOP, 1);
};

/** The work was called off: not a failure of its own. */
export class CalledOff extends Error {}

/** @throws {CalledOff} if another thread failed or the caller gave up */
export const throwIfCalledOff = (control: BulkControl): void => {
  if (Atomics.load(control.flags, STOP) !== 0) throw new CalledOff();
};

export const countDone = (control: BulkControl, bytes: number): void => {
  Atomics.add(control.done, 0, BigInt(bytes));
};

export const doneBytes = (control: BulkControl): number => Number(Atomics.load(control.done, 0));
