import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HeapCode } from '../../../../src/codec/pinned/heap-code.js';
import { PackageMerge } from '../../../../src/codec/pinned/package-merge.js';

const codeOf = (frequencies: readonly number[], limit: number): { lengths: readonly number[]; count: number } => {
  const lengths = new Uint8Array(frequencies.length);
  const count = new HeapCode(frequencies.length).lengths(Int32Array.from(frequencies), limit, lengths);
  return { lengths: [...lengths], count };
};

const bitsOf = (frequencies: readonly number[], lengths: ArrayLike<number>): number =>
  frequencies.reduce((sum, frequency, symbol) => sum + frequency * lengths[symbol]!, 0);

describe('HeapCode', () => {
  it.for<[frequencies: readonly number[], lengths: readonly number[], count: number]>([
    [[0, 0, 0, 0], [1, 1, 0, 0], 2],
    [[9, 0, 0, 0], [1, 1, 0, 0], 2],
    [[0, 9, 0, 0], [0, 1, 1, 0], 3],
    [[0, 0, 0, 9], [1, 0, 0, 1], 4],
    [[1, 1, 1, 0], [2, 1, 2, 0], 3],
    [[8, 4, 2, 1], [1, 2, 3, 3], 4],
  ])('%j', ([frequencies, lengths, count]) => {
    expect(codeOf(frequencies, 15)).toStrictEqual({ lengths, count });
  });

  it('is as short as can be where the limit does not matter', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { minLength: 2, maxLength: 60 }), (frequencies) => {
        fc.pre(frequencies.filter((frequency) => frequency > 0).length > 2);
        const { lengths } = codeOf(frequencies, 15);
        const best = new Uint8Array(frequencies.length);
        new PackageMerge(frequencies.length, 15).lengths(Int32Array.from(frequencies), 15, best);
        expect(bitsOf(frequencies, lengths)).toBe(bitsOf(frequencies, best));
      }),
    );
  });

  it('fills the code and keeps the limit where frequencies grow like Fibonacci numbers', () => {
    for (const [size, limit] of [
      [12, 7],
      [19, 7],
      [27, 15],
    ] as const) {
      const frequencies = [1, 1];
      while (frequencies.length < size) frequencies.push(frequencies.at(-1)! + frequencies.at(-2)!);
      const { lengths } = codeOf(frequencies, limit);
      expect(Math.max(...lengths)).toBe(limit);
      expect(lengths.reduce((sum, length) => sum + (1 << (limit - length)), 0)).toBe(1 << limit);
    }
  });
});
