import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PackageMerge } from '../../../../src/codec/pinned/package-merge.js';

const lengthsOf = (frequencies: readonly number[], limit: number): readonly number[] => {
  const lengths = new Uint8Array(frequencies.length);
  new PackageMerge(frequencies.length, limit).lengths(Int32Array.from(frequencies), limit, lengths);
  return [...lengths];
};

/** The least bits of a code under a limit: all length vectors that fill the code, by trying. Few symbols only. */
const leastBits = (frequencies: readonly number[], limit: number): number => {
  const sorted = frequencies.filter((frequency) => frequency > 0).sort((a, b) => b - a);
  const unit = 1 << limit;
  const search = (index: number, shortest: number, room: number): number => {
    if (index === sorted.length) return 0;
    let best = Number.POSITIVE_INFINITY;
    for (let length = shortest; length <= limit; length += 1) {
      const share = unit >> length;
      if (share + (sorted.length - index - 1) > room) continue;
      best = Math.min(best, sorted[index]! * length + search(index + 1, length, room - share));
    }
    return best;
  };
  return search(0, 1, unit);
};

describe('PackageMerge', () => {
  it.for<[frequencies: readonly number[], limit: number, lengths: readonly number[]]>([
    [[0, 0, 0], 15, [0, 0, 0]],
    [[0, 9, 0], 15, [0, 1, 0]],
    [[5, 0, 9], 15, [1, 0, 1]],
    [[1, 1, 1], 15, [2, 2, 1]],
    [[1, 1, 1, 1], 15, [2, 2, 2, 2]],
    [[8, 4, 2, 1, 1], 15, [1, 2, 3, 4, 4]],
    [[8, 4, 2, 1, 1], 3, [1, 3, 3, 3, 3]],
  ])('%j within %i bits', ([frequencies, limit, lengths]) => {
    expect(lengthsOf(frequencies, limit)).toStrictEqual(lengths);
  });

  it('keeps the limit where frequencies grow like Fibonacci numbers', () => {
    const frequencies = [1, 1];
    while (frequencies.length < 26) frequencies.push(frequencies.at(-1)! + frequencies.at(-2)!);
    const lengths = lengthsOf(frequencies, 15);
    expect(Math.max(...lengths)).toBe(15);
    expect(lengths.reduce((sum, length) => sum + (1 << (15 - length)), 0)).toBe(1 << 15);
  });

  it('finds the least bits, fills the code, and gives the shorter code to the more frequent', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(40), { minLength: 3, maxLength: 7 }),
        fc.integer({ min: 3, max: 6 }),
        (frequencies, limit) => {
          const used = frequencies.filter((frequency) => frequency > 0).length;
          const lengths = lengthsOf(frequencies, limit);
          fc.pre(used > 2);
          const bits = lengths.reduce((sum, length, symbol) => sum + length * frequencies[symbol]!, 0);
          const share = lengths.reduce((sum, length) => sum + (length === 0 ? 0 : 1 << (limit - length)), 0);
          expect(bits).toBe(leastBits(frequencies, limit));
          expect(share).toBe(1 << limit);
          for (const [a, lengthA] of lengths.entries()) {
            for (const [b, lengthB] of lengths.entries()) {
              if (lengthA > 0 && lengthB > 0 && frequencies[a]! > frequencies[b]!)
                expect(lengthA).toBeLessThanOrEqual(lengthB);
            }
          }
        },
      ),
    );
  });
});
