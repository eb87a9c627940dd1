import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../src/base/bytes.js';
import { ToolError } from '../../src/base/error.js';
import { canonicalJson } from '../../src/base/json-canonical.js';
import { JsonNumber, type JsonValue, parseJson } from '../../src/base/json-parse.js';

type Outcome = { readonly value: JsonValue } | { readonly code: string; readonly offset: number };

const ours = (bytes: Uint8Array): Outcome => {
  try {
    return { value: parseJson(bytes, { subject: 'doc', depth: 16 }) };
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return { code: error.code, offset: error.details.offset ?? -1 };
  }
};

const theirs = (text: string): { readonly value: unknown } | undefined => {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
};

/** What the platform would have returned: numbers rounded, prototypes back. */
const plain = (value: JsonValue): unknown => {
  if (value instanceof JsonNumber) return Number(value.text);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const copy = {};
  for (const [key, member] of Object.entries(value)) {
    Object.defineProperty(copy, key, { value: plain(member), enumerable: true, configurable: true, writable: true });
  }
  return copy;
};

/** The same value with the keys of every object in reverse order. */
const reversed = (value: JsonValue): unknown => {
  if (Array.isArray(value)) return value.map((item) => reversed(item as JsonValue));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member as JsonValue)]),
  );
};

/** Reasons to refuse what the grammar allows. */
const STRICTER: ReadonlySet<string> = new Set(['JSON_DUPLICATE_KEY', 'JSON_LONE_SURROGATE', 'LIMIT_JSON_DEPTH']);

/** In what the two disagree, if they do. */
const disagreement = (text: string): unknown => {
  const bytes = utf8(text);
  const mine = ours(bytes);
  // A lone surrogate cannot be spelt in UTF-8: compare on what the bytes say.
  const reference = theirs(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
  if ('value' in mine) {
    const value = plain(mine.value);
    return reference !== undefined && isDeepStrictEqual(value, reference.value)
      ? undefined
      : { ours: value, theirs: reference };
  }
  if (mine.offset < 0 || mine.offset > bytes.length) return { outside: mine.offset };
  return reference === undefined || STRICTER.has(mine.code) ? undefined : { refused: mine.code, theirs: reference };
};

const TOKENS = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '\\',
  '"a"',
  '"a":',
  '"b":',
  '""',
  'null',
  'true',
  'false',
  'tru',
  'NaN',
  '0',
  '-0',
  '-',
  '1',
  '01',
  '1.0',
  '1e3',
  '.5',
  '1.',
  '1E+',
  '9007199254740993',
  '1e400',
  ' ',
  '\t',
  '\n',
  '\r',
  '\f',
  '\u00a0',
  '\ufeff',
  '\u2028',
  '\u0000',
  '\\u',
  '\\u0041',
  '\\ud83d',
  '\\ude00',
  '\\ud83d\\ude00',
  '\\n',
  '\\x',
  '"__proto__":',
  'é',
  '😀',
  '/**/',
  '//',
  "'",
  '+',
] as const;

const ESCAPES = ['\\ud83d', '\\ude00', '\\uD83D', '\\n', '\\u00', '4', '1', 'a', '\\', '"', '😀'] as const;

const sequenceOf = (parts: readonly string[], maxLength: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...parts), { maxLength }).map((chosen) => chosen.join(''));

const spaced: fc.Arbitrary<string> = fc
  .tuple(fc.jsonValue({ depthSize: 'small' }), fc.constantFrom(undefined, 1, '\t', ' '))
  .map(([value, indent]) => JSON.stringify(value, null, indent));

interface Edit {
  readonly at: number;
  readonly remove: number;
  readonly insert: string;
}

const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.integer({ min: 0, max: 3 }),
  insert: fc.oneof(fc.constant(''), fc.constantFrom(...TOKENS), fc.string({ unit: 'binary', maxLength: 2 })),
});

const applied = (text: string, edits: readonly Edit[]): string =>
  edits.reduce((current, { at, remove, insert }) => {
    const place = Math.floor(at * current.length);
    return current.slice(0, place) + insert + current.slice(place + remove);
  }, text);

const edited: fc.Arbitrary<string> = fc
  .tuple(spaced, fc.array(edit, { minLength: 1, maxLength: 3 }))
  .map(([text, edits]) => applied(text, edits));

describe('parseJson against JSON.parse', () => {
  // Each says the same of other documents: both read the same value, both refuse, or ours is stricter with a reason.
  it.for<[documents: string, arbitrary: fc.Arbitrary<string>, numRuns: number]>([
    ['documents', spaced, 500],
    ['documents with edits', edited, 2000],
    ['sequences of tokens', sequenceOf(TOKENS, 24), 5000],
    ['strings of escapes', sequenceOf(ESCAPES, 8).map((text) => `"${text}"`), 3000],
    ['numbers', sequenceOf(['-', '+', '0', '1', '9', '.', 'e', 'E', '9007199254740991'], 6), 3000],
  ])('agrees on %s', ([, arbitrary, numRuns]) => {
    fc.assert(
      fc.property(arbitrary, (text) => {
        expect(disagreement(text)).toBeUndefined();
      }),
      { numRuns },
    );
  });

  it('never fails in another way than by a code, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(() => ours(bytes)).not.toThrow();
      }),
      { numRuns: 2000 },
    );
  });

  it('refuses every cut of a document that is an object', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ depthSize: 'small' })), (value) => {
        const bytes = utf8(JSON.stringify(value));
        for (let end = 0; end < bytes.length; end += 1) expect(ours(bytes.subarray(0, end))).toHaveProperty('code');
      }),
      { numRuns: 50 },
    );
  });
});

describe('parseJson and canonicalJson', () => {
  const own: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constant(null),
      fc.boolean(),
      fc.maxSafeInteger().map((number) => (number === 0 ? 0 : number)),
      fc.string({ unit: 'grapheme' }),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.string({ unit: 'grapheme' }), tie('value'), { maxKeys: 4 }),
    ),
  })).value;

  it('are inverse to one another on our own documents, and the order of keys is forgotten', () => {
    fc.assert(
      fc.property(own, (value) => {
        const bytes = canonicalJson(value);
        const again = parseJson(bytes, { subject: 'doc', depth: 16 });
        expect(plain(again)).toStrictEqual(plain(value as JsonValue));
        expect(canonicalJson(again)).toEqual(bytes);
        expect(canonicalJson(reversed(again))).toEqual(bytes);
      }),
      { numRuns: 500 },
    );
  });
});
