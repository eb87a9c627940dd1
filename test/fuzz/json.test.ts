import { readFileSync } from 'node:fs';

import { canonicalJson } from '../../src/base/json-canonical.js';
import { ToolError } from '../../src/base/error.js';
import { JsonNumber, type JsonValue, isJsonArray, isJsonObject } from '../../src/base/json.js';
import { parseJson } from '../../src/base/json-parse.js';
import { expectSame } from './expect-same.js';
import { fuzzTests } from './fuzz.js';

/** The value as `JSON.parse` has it. */
const loose = (value: JsonValue): unknown => {
  if (value instanceof JsonNumber) return Number(value.text);
  if (isJsonArray(value)) return value.map(loose);
  if (!isJsonObject(value)) return value;
  // `__proto__` is a key like all others.
  return Object.setPrototypeOf(
    Object.fromEntries(Object.entries(value).map(([key, item]) => [key, loose(item)])),
    null,
  );
};

const platform = (text: string): unknown => {
  const nullPrototypes = (_key: string, value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.setPrototypeOf(value, null) : value;
  try {
    return JSON.parse(text, nullPrototypes);
  } catch {
    throw new Error('accepted what is not JSON');
  }
};

const hasOtherNumber = (value: JsonValue): boolean =>
  value instanceof JsonNumber ||
  (isJsonArray(value) && value.some(hasOtherNumber)) ||
  (isJsonObject(value) && Object.values(value).some(hasOtherNumber));

const DEPTH = 20;

fuzzTests({
  name: 'json',
  seeds: [
    '{"a":[1,-2,3.5,1e3,true,false,null,"x\\n\\u00e9\\ud83d\\ude00"],"b":{"c":{}},"__proto__":[]}',
    '[[[[[[]]]]]]',
    ' "\u00e9\u20ac\u{1f600}" ',
    '-0',
    readFileSync(new URL('../../golden/inputs/app/skopeo-layout/index.json', import.meta.url), 'utf8'),
  ].map((text) => Buffer.from(text)),
  words: [
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '\\',
    '\\u',
    '\\ud800',
    '\\udc00',
    'true',
    'false',
    'null',
    '-',
    'e',
    'E+',
    '.',
    '0',
    '\u2028',
    '\ufeff',
    '"a":',
    '"__proto__":',
    Buffer.from('c080', 'hex'),
    Buffer.from('eda080', 'hex'),
    Buffer.from('f4908080', 'hex'),
    '[[[[[[[[[[',
    '//',
    'NaN',
    '9007199254740993',
    '-0',
  ],
  run: (input) => {
    const value = parseJson(input, { subject: 'x', depth: DEPTH });
    expectSame('the value', loose(value), platform(Buffer.from(input).toString('utf8')));
    if (hasOtherNumber(value)) return true;
    try {
      const bytes = canonicalJson(value);
      const again = parseJson(bytes, { subject: 'canonical', depth: DEPTH });
      expectSame('the canonical form', Buffer.from(canonicalJson(again)), Buffer.from(bytes));
    } catch (error) {
      // Halves of surrogate pairs are refused there as what a document of our own must not have.
      if (!(error instanceof ToolError) || error.code !== 'DEFECT' || !/surrogate/.test(error.what)) throw error;
    }
    return true;
  },
});
