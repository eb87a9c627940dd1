import { describe, expect, it } from 'vitest';
import { compare } from '../../.ci/matrix/compare.mjs';

const REFERENCE = { 'golden/a': '1', 'command/save': '2', 'codec/x/6': '3', 'codec/x/9': '4' };

describe('a lane of the matrix', () => {
  it('is identical with all values', () => {
    expect(compare(REFERENCE, REFERENCE, 'all')).toEqual({ count: 4, different: [], missing: [], isIdentical: true });
  });

  it('may lack codecs if it was asked for some, and nothing else', () => {
    const { 'codec/x/9': _nine, ...some } = REFERENCE;
    expect(compare(some, REFERENCE, 'some').isIdentical).toBe(true);
    expect(compare(some, REFERENCE, 'all')).toMatchObject({ missing: ['codec/x/9'], isIdentical: false });
    const { 'command/save': _save, ...less } = some;
    expect(compare(less, REFERENCE, 'some')).toMatchObject({ missing: ['command/save'], isIdentical: false });
  });

  it('fails for one other value', () => {
    expect(compare({ ...REFERENCE, 'golden/a': '0' }, REFERENCE, 'all')).toMatchObject({
      different: ['golden/a'],
      isIdentical: false,
    });
  });

  it('fails for a value that the reference has not', () => {
    expect(compare({ ...REFERENCE, 'golden/b': '1' }, REFERENCE, 'all').isIdentical).toBe(false);
  });

  it('fails for an empty table, also against an empty one', () => {
    expect(compare({}, REFERENCE, 'some').isIdentical).toBe(false);
    expect(compare({}, {}, 'all').isIdentical).toBe(false);
  });
});
