import { describe, expect, it } from 'vitest';
import { SlidingWindow } from '../../../src/codec/sliding-window.js';

const KIB = 1024;

/** Writes bytes that tell their place, as a decoder would. */
const write = (window: SlidingWindow, count: number, from: number): void => {
  window.reserve(count);
  for (let index = 0; index < count; index += 1) window.buffer[window.position++] = ((from + index) * 31) & 0xff;
};

describe('SlidingWindow', () => {
  it('keeps the last bytes through every move', () => {
    const window = new SlidingWindow();
    const size = 200 * KIB;
    window.restart(size);
    let total = 0;
    for (let round = 0; round < 60; round += 1) {
      write(window, 100 * KIB + round, total);
      total += 100 * KIB + round;
      expect(window.take()).toHaveLength(100 * KIB + round);
      expect(window.reach).toBe(Math.min(total, size));
      for (const back of [1, 2, 4096, window.reach]) {
        expect(window.buffer[window.position - back]).toBe(((total - back) * 31) & 0xff);
      }
    }
    expect(window.buffer.length).toBeLessThan(size + 2 * KIB * KIB);
  });

  it('takes no memory that no data need', () => {
    const window = new SlidingWindow();
    window.restart(128 * KIB * KIB);
    window.reserve(10);
    expect(window.buffer.length).toBeLessThanOrEqual(2 * KIB * KIB);
  });

  it('forgets the past at a restart', () => {
    const window = new SlidingWindow();
    window.restart(KIB);
    write(window, 100, 0);
    window.take();
    window.restart(KIB);
    expect([window.reach, window.pending]).toStrictEqual([0, 0]);
  });
});
