import { describe, expect, it } from 'vitest';
import { ToolError } from '../../../../src/base/error.js';
import { DEFAULT_PATIENCE, SYSTEM_TIMING, type Timing } from '../../../../src/transport/registry/patience.js';
import { type Attempt, retryAfter, withRetries } from '../../../../src/transport/registry/retry.js';
import { failureOf } from '../../../support/memory-place.js';

/** A clock that only sleeping moves. */
const fakeTiming = (random = 0): Timing & { readonly slept: number[] } => {
  let now = 1_000_000;
  const slept: number[] = [];
  return {
    slept,
    now: () => now,
    random: () => random,
    sleep: async (milliseconds, signal) => {
      signal?.throwIfAborted();
      slept.push(milliseconds);
      now += milliseconds;
    },
  };
};

const failures = (count: number, wait?: number): (() => Promise<Attempt<string>>) => {
  let left = count;
  return async () =>
    left-- > 0
      ? { failed: { error: new ToolError('RATE_LIMITED', `${left}`), ...(wait === undefined ? {} : { wait }) } }
      : { done: 'done' };
};

describe('attempts', () => {
  it('are made with waits that double', async () => {
    const timing = fakeTiming();
    expect(await withRetries(failures(4), DEFAULT_PATIENCE, timing)).toBe('done');
    expect(timing.slept).toStrictEqual([250, 500, 1000, 2000]);
  });

  it('spread over half of each wait', async () => {
    const timing = fakeTiming(0.5);
    await withRetries(failures(2), DEFAULT_PATIENCE, timing);
    expect(timing.slept).toStrictEqual([375, 750]);
  });

  it('come to an end by their number', async () => {
    const timing = fakeTiming();
    const error = await failureOf(() => withRetries(failures(5), DEFAULT_PATIENCE, timing));
    expect(error).toMatchObject({ code: 'RATE_LIMITED', what: '0' });
    expect(timing.slept).toHaveLength(4);
  });

  it('wait at least as long as the other side asks', async () => {
    const timing = fakeTiming(0.5);
    await withRetries(failures(2, 7000), DEFAULT_PATIENCE, timing);
    expect(timing.slept).toStrictEqual([7250, 7250]);
  });

  it('end at once where the other side asks for too long a wait', async () => {
    const timing = fakeTiming();
    const asks = failures(1, DEFAULT_PATIENCE.longestWait + 1);
    expect(await failureOf(() => withRetries(asks, DEFAULT_PATIENCE, timing))).toMatchObject({ code: 'RATE_LIMITED' });
    expect(timing.slept).toStrictEqual([]);
  });

  it('end when the time for all is over', async () => {
    const timing = fakeTiming();
    const patience = { ...DEFAULT_PATIENCE, attempts: 100, total: 10_000 };
    await failureOf(() => withRetries(failures(100, 3000), patience, timing));
    expect(timing.slept).toStrictEqual([3000, 3000, 3000]);
  });

  it('end with the signal while they wait', async () => {
    const controller = new AbortController();
    const start = performance.now();
    const waiting = withRetries(failures(1, 30_000), DEFAULT_PATIENCE, SYSTEM_TIMING, controller.signal);
    setTimeout(() => controller.abort(new ToolError('INTERRUPTED', 'stop')), 20);
    expect(await failureOf(() => waiting)).toMatchObject({ code: 'INTERRUPTED' });
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});

describe('Retry-After', () => {
  const now = Date.UTC(2026, 0, 1, 12, 0, 0);

  it.for<[header: string | undefined, wait: number | undefined]>([
    ['0', 0],
    [' 120 ', 120_000],
    ['Thu, 01 Jan 2026 12:00:30 GMT', 30_000],
    ['Thu, 01 Jan 2026 11:00:00 GMT', 0],
    ['9999999999', 9_999_999_999_000],
    [undefined, undefined],
    ['', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['2026-01-01', undefined],
    ['Thu, 99 Jan 2026 12:00:30 GMT', undefined],
    ['12345678901234567890', undefined],
  ])('%j is %j', ([header, wait]) => {
    expect(retryAfter(header, now)).toBe(wait);
  });
});

describe('the clock and chance of the machine', () => {
  it('are what they say', async () => {
    const before = Date.now();
    await SYSTEM_TIMING.sleep(20);
    expect(Math.abs(SYSTEM_TIMING.now() - Date.now())).toBeLessThan(5000);
    expect(Date.now() - before).toBeGreaterThanOrEqual(19);
    const chances = Array.from({ length: 100 }, () => SYSTEM_TIMING.random());
    expect(chances.every((chance) => chance >= 0 && chance < 1)).toBe(true);
    expect(new Set(chances).size).toBeGreaterThan(50);
  });
});
