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
    Object.defineProperty(copy, key, { value: plain(member as JsonValue), enumerable: true, configurable: true, writable: true });
  }
  return copy;
};

/** The same value with the keys of every object in reverse order. */
const reversed = (value: JsonValue): unknown => {
  if (Array.isArray(value)) return value.map((item) => reversed(item as JsonValue));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).reverse().map(([key, member]) => [key, reversed(member as JsonValue)]));
};

/** Reasons to refuse what the grammar allows. */
const STRICTER: ReadonlySet<string> = new Set(['JSON_DUPLICATE_KEY', 'JSON_LONE_SURROGATE', 'LIMIT_JSON_DEPTH']);

const compare = (text: string): void => {
  const bytes = utf8(text);
  const mine = ours(bytes);
  // A lone surrogate cannot be spelt in UTF-8: compare on what the bytes say.
  const reference = theirs(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
  if ('value' in mine) {
    expect(reference).toBeDefined();
    expect(plain(mine.value)).toStrictEqual(reference?.value);
  } else {
    expect(mine.offset).toBeGreaterThanOrEqual(0);
    expect(mine.offset).toBeLessThanOrEqual(bytes.length);
    if (reference !== undefined) expect(STRICTER).toContain(mine.code);
  }
};

const TOKENS = [
  '{', '}', '[', ']', ',', ':', '"', '\\', '"a"', '"a":', '"b":', '""', 'null', 'true', 'false', 'tru', 'NaN', '0', '-0', '-', '1', '01', '1.0', '1e3', '.5',
  '1.', '1E+', '9007199254740993', '1e400', ' ', '\t', '\n', '\r', '\f', '\u00a0', '\ufeff', '\u2028', '\u0000', '\\u', '\\u0041', '\\ud83d', '\\ude00',
  '\\ud83d\\ude00', '\\n', '\\x', '"__proto__":', 'é', '😀', '/**/', '//', "'", '+',
] as const;

const tokens: fc.Arbitrary<string> = fc.array(fc.constantFrom(...TOKENS), { maxLength: 24 }).map((parts) => parts.join(''));

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

describe('parseJson against JSON.parse', () => {
  it('agrees on documents', () => {
    fc.assert(fc.property(spaced, compare), { numRuns: 500 });
  });

  it('agrees on documents with edits, or is stricter with a reason', () => {
    fc.assert(
      fc.property(spaced, fc.array(edit, { minLength: 1, maxLength: 3 }), (text, edits) => compare(applied(text, edits))),
      { numRuns: 2000 },
    );
  });

  it('agrees on sequences of tokens, or is stricter with a reason', () => {
    fc.assert(fc.property(tokens, compare), { numRuns: 5000 });
  });

  it('agrees on strings of escapes', () => {
    const pieces = fc.array(fc.constantFrom('\\ud83d', '\\ude00', '\\uD83D', '\\n', '\\u00', '4', '1', 'a', '\\', '"', '😀'), { maxLength: 8 });
    fc.assert(fc.property(pieces, (parts) => compare(`"${parts.join('')}"`)), { numRuns: 3000 });
  });

  it('agrees on numbers', () => {
    const pieces = fc.array(fc.constantFrom('-', '+', '0', '1', '9', '.', 'e', 'E', '9007199254740991'), { minLength: 1, maxLength: 6 });
    fc.assert(fc.property(pieces, (parts) => compare(parts.join(''))), { numRuns: 3000 });
  });

  it('never fails in another way than by a code, whatever the bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => void ours(bytes)), { numRuns: 2000 });
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
