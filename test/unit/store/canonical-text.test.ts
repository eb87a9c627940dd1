import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../src/base/json-canonical.js';
import { canonicalText } from '../../../src/store/canonical-text.js';
import { failureOf } from '../../support/memory-place.js';

const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: 'binary' }),
    fc.string(),
    fc.maxSafeInteger().map((value) => value + 0),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('tree')),
    fc.dictionary(fc.oneof(fc.string(), fc.nat().map(String)), tie('tree')),
  ),
}));

describe('canonicalText', () => {
  it('is what RFC 8785 asks for', () => {
    fc.assert(
      fc.property(tree, (value) => {
        expect(canonicalText(value)).toBe(Buffer.from(canonicalJson(value)).toString());
      }),
    );
  });

  it.for([[-0], [1.5], [2 ** 53], [undefined], [[new Date(0)]], [{ a: new Map() }]])('refuses %s', async ([value]) => {
    expect((await failureOf(() => canonicalText(value))).code).toBe('DEFECT');
  });
});
