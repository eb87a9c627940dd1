import type { ToolError } from '../../base/error.js';
import type { Patience, Timing } from './patience.js';

/** An attempt that failed in a way that another may not. */
export interface Failure {
  readonly error: ToolError;
  /** Milliseconds that the other side asks to wait. */
  readonly wait?: number;
}

export type Attempt<T> = { readonly done: T } | { readonly failed: Failure };

/** Milliseconds before the second attempt; each further wait is twice as long. */
const FIRST_WAIT = 500;

const DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;

/**
 * Milliseconds that a `Retry-After` asks for, from seconds or a date; undefined for what is neither.
 * @param now milliseconds since 1970
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 */
export const retryAfter = (header: string | undefined, now: number): number | undefined => {
  const text = header?.trim() ?? '';
  if (/^\d{1,10}$/.test(text)) return Number(text) * 1000;
  const date = DATE.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
};

/** Statuses after which the same request may do better. */
export const isTemporary = (status: number): boolean =>
  status === 429 || status === 500 || status === 502 || status === 503 || status === 504;

/** Statuses with which a server has done nothing of what was asked. */
export const isUntouched = (status: number): boolean => status === 429 || status === 503;

/** Between half and all of a wait that doubles; what the other side asks for is the least, with a little on top. */
const waitBefore = (attempt: number, failure: Failure, patience: Patience, timing: Timing): number => {
  const spread = timing.random();
  const backoff = Math.min(patience.longestWait, FIRST_WAIT * 2 ** (attempt - 1));
  return failure.wait === undefined ? backoff * (0.5 + spread / 2) : failure.wait + spread * FIRST_WAIT;
};

/**
 * Attempts something until it is done, or the patience is over: after so many attempts, after so much time, or when
 * the other side asks for a longer wait than the longest. What is thrown ends it at once.
 * @throws {ToolError} that of the last failure; the reason of the signal
 */
export const withRetries = async <T>(
  attempt: () => Promise<Attempt<T>>,
  patience: Patience,
  timing: Timing,
  signal?: AbortSignal,
): Promise<T> => {
  const start = timing.now();
  for (let count = 1; ; count += 1) {
    const result = await attempt();
    if ('done' in result) return result.done;
    const wait = waitBefore(count, result.failed, patience, timing);
    const tooLong = (result.failed.wait ?? 0) > patience.longestWait;
    const tooLate = timing.now() - start + wait > patience.total;
    if (count >= patience.attempts || tooLong || tooLate) throw result.failed.error;
    await timing.sleep(wait, signal);
  }
};
