import { describe, expect, it } from 'vitest';
import { ToolError } from '../../../src/base/error.js';
import { canonicalJson } from '../../../src/base/json-canonical.js';
import { JsonNumber } from '../../../src/base/json.js';

const canonical = (value: unknown): string => Buffer.from(canonicalJson(value)).toString('utf8');

describe('canonicalJson agrees with the examples of RFC 8785', () => {
  it('3.2.2: strings and literals (its numbers are no safe integers and are refused)', () => {
    const value = { string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"\u002f', literals: [null, true, false] };
    expect(canonical(value)).toBe('{"literals":[null,true,false],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}');
  });

  it('3.2.4: the UTF-8 bytes of that string', () => {
    const bytes = canonicalJson('\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"\u002f');
    expect(Buffer.from(bytes).toString('hex')).toBe('22e282ac245c75303030665c6e4127425c225c5c5c5c5c222f22');
  });

  it('3.2.3: keys in the order of their UTF-16 code units', () => {
    const value = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    };
    expect([...canonical(value).matchAll(/:"([^"]*)"/g)].map((match) => match[1]?.replace(/^Emoji: /, ''))).toEqual([
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ]);
  });

  it.for<[value: unknown, text: string]>([
    [0, '0'],
    [-1, '-1'],
    [9007199254740991, '9007199254740991'],
    [-9007199254740991, '-9007199254740991'],
    ['', '""'],
    ['\b\t\n\f\r', '"\\b\\t\\n\\f\\r"'],
    ['\u0000\u001f\u007f', '"\\u0000\\u001f\u007f"'],
    ['</script>&', '"</script>&"'],
    ['\u2028\u2029', '"\u2028\u2029"'],
    ['😀', '"😀"'],
    [[], '[]'],
    [{}, '{}'],
    [[56, { d: true, '10': null, '1': [] }], '[56,{"1":[],"10":null,"d":true}]'],
    [{ b: 1, a: { d: 2, c: 3 } }, '{"a":{"c":3,"d":2},"b":1}'],
    [{ aa: 1, a: 2, A: 3, B: 4 }, '{"A":3,"B":4,"a":2,"aa":1}'],
    [Object.assign(Object.create(null) as object, { z: 1, y: 2 }), '{"y":2,"z":1}'],
    [JSON.parse('{"__proto__":1,"a":2}'), '{"__proto__":1,"a":2}'],
  ])('%j', ([value, text]) => {
    expect(canonical(value)).toBe(text);
  });
});

describe('canonicalJson refuses what its documents have no use for', () => {
  it.for<[name: string, value: unknown]>([
    ['undefined', undefined],
    ['a member that is undefined', { a: undefined }],
    ['an element that is undefined', [undefined]],
    ['a hole', Array(1)],
    ['a fraction', 0.5],
    ['negative zero', -0],
    ['NaN', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
    ['an integer that is not safe', 2 ** 53],
    ['a bigint', 1n],
    ['a symbol', Symbol('a')],
    ['a function', () => 1],
    ['a lone high surrogate', 'a\ud800'],
    ['a lone low surrogate', '\udc00a'],
    ['a reversed pair', '\ude00\ud83d'],
    ['a key with a lone surrogate', { '\ud800': 1 }],
    ['a date', new Date(0)],
    ['a map', new Map()],
    ['bytes', new Uint8Array(1)],
    ['a number with its spelling', new JsonNumber('1.0')],
    ['a key that is a symbol', { [Symbol('a')]: 1 }],
  ])('%s', ([, value]) => {
    for (const document of [value, { deep: [value] }]) {
      expect(() => canonicalJson(document)).toThrow(ToolError);
      expect(() => canonicalJson(document)).toThrow(expect.objectContaining({ code: 'DEFECT' }));
    }
  });
});
