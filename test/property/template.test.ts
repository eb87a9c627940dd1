import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ToolError } from '../../src/base/error.js';
import { evaluateTemplate } from '../../src/cli/template/evaluate.js';
import { parseTemplate } from '../../src/cli/template/parse.js';
import { type Fields, type Value, isTrue } from '../../src/cli/template/value.js';

// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/;

const text = fc.string({ unit: 'binary', maxLength: 20 });
const value = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    text,
    fc.integer(),
    fc.boolean(),
    fc.constant(undefined),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(text, tie('value'), { maxKeys: 3 }).map((record) => new Map(Object.entries(record))),
  ),
})).value;
const row: fc.Arbitrary<Fields> = fc.record({ ID: text, Names: fc.array(text), V: value });

/** Parts that make templates which are mostly right. */
const PIECES = [
  '{{.ID}}',
  '{{.V}}',
  '{{json .}}',
  '{{json .V}}',
  '{{range .Names}}',
  '{{with .V}}',
  '{{if .V}}',
  '{{else}}',
  '{{end}}',
  '{{$x := .V}}',
  '{{$x}}',
  '{{.}}',
  '{{len .Names}}',
  '{{printf "%v" .V}}',
  '{{printf "%q" .ID}}',
  '{{join .Names ","}}',
  '{{index .Names 0}}',
  '{{slice .ID 1}}',
  '{{upper .ID}}',
  '{{truncate .ID 3}}',
  '{{split .ID "a"}}',
  '{{eq .ID .V}}',
  '{{- ',
  ' -}}',
  '{{',
  '}}',
  '(',
  ')',
  '|',
  ' ',
  '"',
  '.',
  'x',
  '{{break}}',
  '{{/* */}}',
];

const outcome = (template: string, data: Value): string | undefined => {
  try {
    return evaluateTemplate(parseTemplate(template), data);
  } catch (error) {
    if (error instanceof ToolError && error.code === 'USAGE') return undefined;
    throw error;
  }
};

describe('a template', () => {
  it('is either made or refused, and lets nothing through that moves a cursor', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }), row, (pieces, data) => {
        expect(outcome(pieces.join(''), data) ?? '').not.toMatch(UNSAFE);
      }),
    );
  });

  it('is refused with an error of its own, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), row, (a, b, data) => {
        outcome(a, data);
        outcome(`${a}{{${b}}}`, data);
      }),
    );
  });

  it('without actions says what it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (plain) => {
        fc.pre(!plain.includes('{{') && !/\\[nt]/.test(plain));
        expect(evaluateTemplate(parseTemplate(plain), undefined)).toBe(plain);
      }),
    );
  });

  it('gives values back as JSON', () => {
    const plain = fc.jsonValue({ maxDepth: 3 }).map((json): unknown => JSON.parse(JSON.stringify(json)) as unknown);
    const toValue = (json: unknown): Value => {
      if (json === null) return undefined;
      if (Array.isArray(json)) return json.map(toValue);
      if (typeof json !== 'object') return json as string | number | boolean;
      return new Map(Object.entries(json).map(([key, member]) => [key, toValue(member)]));
    };
    fc.assert(
      fc.property(plain, (json) => {
        expect(JSON.parse(evaluateTemplate(parseTemplate('{{json .}}'), toValue(json)))).toEqual(json);
      }),
    );
  });

  it('decides by what is true', () => {
    fc.assert(
      fc.property(value, (condition) => {
        const template = parseTemplate('{{if .}}1{{else}}0{{end}}{{not .}}{{with .}}1{{end}}');
        const is = isTrue(condition);
        expect(evaluateTemplate(template, condition)).toBe(`${is ? 1 : 0}${!is}${is ? 1 : ''}`);
      }),
    );
  });
});
