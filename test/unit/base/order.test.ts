import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareBytes, compareCodeUnits } from '../../../src/base/order.js';

const text = fc.string({ unit: 'binary', maxLength: 6 });

describe('the two orders', () => {
  it.for<[a: string, b: string]>([
    ['a', 'b'],
    ['', 'a'],
    ['a', 'aa'],
    ['Z', 'a'],
    ['a-', 'a.'],
    ['z', 'é'],
    ['\ud7ff', '\ue000'],
    ['\ue000', '\uffff'],
    ['\u{1f600}', '\u{1f601}'],
  ])('both put %j before %j', ([a, b]) => {
    for (const compare of [compareBytes, compareCodeUnits]) {
      expect(Math.sign(compare(a, b))).toBe(-1);
      expect(Math.sign(compare(b, a))).toBe(1);
      expect(compare(a, a)).toBe(0);
    }
  });

  it.for<[bmp: string, astral: string]>([
    ['\uff5e', '\u{10000}'],
    ['\ue000', '\u{1f600}'],
    ['x\uffff', 'x\u{10ffff}'],
  ])('differ for %j and %j', ([bmp, astral]) => {
    expect(compareBytes(bmp, astral)).toBe(-1);
    expect(compareCodeUnits(bmp, astral)).toBe(1);
  });

  it('compareBytes orders as the bytes do', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
      { numRuns: 2000 },
    );
  });

  it('compareCodeUnits orders as sort without a comparator does', () => {
    fc.assert(
      fc.property(fc.array(text), (texts) => {
        expect(texts.toSorted(compareCodeUnits)).toEqual(texts.toSorted());
      }),
    );
  });
});
