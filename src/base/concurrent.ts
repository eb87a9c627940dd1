/** One piece of concurrent work; the signal tells it that another piece has failed or that the caller gave up. */
export type Work<T> = (item: T, signal: AbortSignal) => Promise<void>;

const combined = (own: AbortSignal, outer: AbortSignal | undefined): AbortSignal =>
  outer === undefined ? own : AbortSignal.any([own, outer]);

/**
 * Works on items, so many at once, in their order. After the first failure nothing new is begun, what runs is called
 * off, and the failure is thrown when all of it has ended.
 * @throws what the first piece of work that failed has thrown; the outer signal's reason
 */
export const eachAtOnce = async <T>(
  items: Iterable<T>,
  atOnce: number,
  work: Work<T>,
  outer?: AbortSignal,
): Promise<void> => {
  const callOff = new AbortController();
  const signal = combined(callOff.signal, outer);
  const iterator = items[Symbol.iterator]();
  const failures: unknown[] = [];
  const lane = async (): Promise<void> => {
    while (!signal.aborted) {
      const next = iterator.next();
      if (next.done === true) return;
      try {
        await work(next.value, signal);
      } catch (error) {
        failures.push(error);
        callOff.abort(error);
        return;
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  outer?.throwIfAborted();
  if (failures.length > 0) throw failures[0];
};
