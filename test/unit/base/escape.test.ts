import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeText, excerpt } from '../../../src/base/escape.js';

const codes = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => String.fromCharCode(from + index));

describe('escaped text', () => {
  it.for<[line: string, characters: readonly string[], form: RegExp]>([
    ['C0 controls', codes(0, 0x1f), /^\\x[01][0-9a-f]$/],
    ['DEL', ['\u007f'], /^\\x7f$/],
    ['C1 controls', codes(0x80, 0x9f), /^\\x[89][0-9a-f]$/],
    ['a soft hyphen', ['\u00ad'], /^\\xad$/],
    ['zero width characters', codes(0x200b, 0x200d), /^\\u200[bcd]$/],
    ['bidirectional marks', ['\u200e', '\u200f', '\u061c'], /^\\u(200[ef]|061c)$/],
    ['bidirectional embeddings and overrides', codes(0x202a, 0x202e), /^\\u202[a-e]$/],
    ['bidirectional isolates', codes(0x2066, 0x2069), /^\\u206[6-9]$/],
    ['line and paragraph separators', ['\u2028', '\u2029'], /^\\u202[89]$/],
    ['invisible operators', codes(0x2060, 0x2064), /^\\u206[0-4]$/],
    ['a byte order mark', ['\ufeff'], /^\\ufeff$/],
    ['interlinear annotations', codes(0xfff9, 0xfffb), /^\\ufff[9ab]$/],
    ['lone surrogates', ['\ud800', '\udbff', '\udc00', '\udfff'], /^\\ud[89a-f][0-9a-f]{2}$/],
  ])('spells out %s', ([, characters, form]) => {
    expect(characters.filter((character) => !form.test(escapeText(character)))).toEqual([]);
  });

  it.for<[line: string, text: string]>([
    ['ASCII', ' !"#$%&\'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~'],
    ['letters of any script', 'äßéçñ Ωλ Жя 漢字 かな 한글 עברית عربي'],
    ['emoji', '🦊🚀👍🏽🇩🇪❤️'],
    ['the last plane', '\u{10fffd}'],
  ])('leaves %s untouched', ([, text]) => {
    expect(escapeText(text)).toBe(text);
  });

  it.for<[text: string, escaped: string]>([
    ['a\u001b[31mb', 'a\\x1b[31mb'],
    ['\u001b]8;;http://x\u0007', '\\x1b]8;;http://x\\x07'],
    ['\u001b]52;c;aGk=\u0007', '\\x1b]52;c;aGk=\\x07'],
    ['\u009b2J', '\\x9b2J'],
    ['a\r\nb\tc', 'a\\x0d\\x0ab\\x09c'],
    ['\ud83d\ud83d\ude00\ude00', '\\ud83d😀\\ude00'],
  ])('%j becomes %j', ([text, escaped]) => {
    expect(escapeText(text)).toBe(escaped);
  });

  it('is harmless for every text, and escaping it again changes nothing', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
        (text) => {
          const escaped = escapeText(text);
          expect(escapeText(escaped)).toBe(escaped);
          expect(/\p{Cc}|\p{Cs}|\p{Zl}|\p{Zp}/u.test(escaped)).toBe(false);
        },
      ),
    );
  });
});

describe('an excerpt', () => {
  it.for<[text: string, limit: number, shown: string]>([
    ['abc', 3, 'abc'],
    ['abcd', 3, 'abc…'],
    ['\u0000\u0000', 1, '\\x00…'],
    ['a😀b', 2, 'a\\ud83d…'],
    ['', 0, ''],
  ])('of %j with %i units is %j', ([text, limit, shown]) => {
    expect(excerpt(text, limit)).toBe(shown);
  });
});
