import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/base/bytes.js';
import { JsonNumber, type JsonObject, type JsonValue, emptyJsonObject, isJsonArray, isJsonObject } from '../../../src/base/json.js';
import { parseJson } from '../../../src/base/json-parse.js';
import { appendPointer, pointerSteps, valueAt } from '../../../src/base/json-pointer.js';
import { type SchemaIssue, type SchemaName, loadValidator } from '../../../src/base/schema.js';

export const SHA256: string = `sha256:${'0123456789abcdef'.repeat(4)}`;
export const SHA512: string = `sha512:${'0123456789abcdef'.repeat(8)}`;

/** What a schema is tested with. Documents are JSON text, so that numbers stand as they are spelt. */
export interface SchemaCases {
  readonly name: SchemaName;
  /** A valid document with every member that the schema names. */
  readonly full: unknown;
  /** Members of the full document that must be there; without any other one it stays valid. */
  readonly required: readonly string[];
  /** Members of the full document that may be null. */
  readonly nullable?: readonly string[];
  /** Places where any value of the right type does, so only the type is asked for. */
  readonly open?: readonly string[];
  /** True where members that the schema does not name are allowed. */
  readonly extensible: boolean;
  readonly valid: readonly (readonly [line: string, text: string])[];
  /** The full document with one value replaced, and the issue that must be found first. */
  readonly invalid: readonly (readonly [line: string, pointer: string, text: string, code?: SchemaIssue['code']])[];
}

export const parse = (text: string): JsonValue => parseJson(utf8(text), { subject: 'doc', depth: 64 });

const change = (value: JsonValue, steps: readonly string[], replacement: JsonValue | undefined): JsonValue | undefined => {
  const [step, ...rest] = steps;
  if (step === undefined) return replacement;
  if (isJsonArray(value)) {
    return value.flatMap((item, index) => (String(index) === step ? [change(item, rest, replacement)] : [item])).filter((item) => item !== undefined);
  }
  const copy = emptyJsonObject();
  for (const [key, member] of Object.entries(value as JsonObject)) copy[key] = member;
  const next = change(copy[step] ?? null, rest, replacement);
  if (next === undefined) delete copy[step];
  else copy[step] = next;
  return copy;
};

/** The document with another value at a place, or without that place. */
export const changed = (document: JsonValue, pointer: string, replacement: JsonValue | undefined): JsonValue =>
  change(document, pointerSteps(pointer), replacement) ?? null;

/** Every place of a document, the document itself included. */
export const placesOf = (value: JsonValue, pointer = ''): readonly string[] => [
  pointer,
  ...(isJsonArray(value) ? value.flatMap((item, index) => placesOf(item, appendPointer(pointer, index))) : []),
  ...(isJsonObject(value) ? Object.entries(value).flatMap(([key, member]) => placesOf(member, appendPointer(pointer, key))) : []),
];

const kindOf = (value: JsonValue | undefined): string =>
  value === null ? 'null' : isJsonArray(value) ? 'array' : value instanceof JsonNumber ? 'other number' : typeof value;

const OF_EVERY_TYPE: readonly JsonValue[] = ['null', 'true', '7', '7.0', '"\\u0001"', '[]', '{}'].map(parse);

/** Places inside objects; those of arrays and the root are no members. */
const isMember = (document: JsonValue, pointer: string): boolean =>
  pointer !== '' && isJsonObject(valueAt(document, pointer.slice(0, pointer.lastIndexOf('/'))));

/** Declares the tests of one schema: the tables, and what follows from the full document. */
export const describeSchema = (cases: SchemaCases): void => {
  const full = parse(JSON.stringify(cases.full));
  const nullable = new Set(cases.nullable ?? []);
  const issuesOf = async (document: JsonValue): Promise<readonly SchemaIssue[]> => (await loadValidator(cases.name, { all: true }))(document);

  describe(`${cases.name} accepts`, () => {
    it('the document with every member', async () => {
      expect(await issuesOf(full)).toEqual([]);
    });
    it.for(cases.valid)('%s', async ([, text]) => {
      expect(await issuesOf(parse(text))).toEqual([]);
    });
    it(cases.extensible ? 'members that it does not name' : 'no member that it does not name', async () => {
      const objects = placesOf(full).filter((pointer) => isJsonObject(valueAt(full, pointer)) && !(cases.open ?? []).includes(pointer));
      for (const pointer of objects) {
        const place = appendPointer(pointer, 'x-unknown');
        const issues = await issuesOf(changed(full, place, parse('{"a":[1.5,null]}')));
        expect(issues.map((issue) => issue.pointer), place).toEqual(cases.extensible ? [] : [place]);
      }
    });
  });

  describe(`${cases.name} refuses`, () => {
    it.for(cases.invalid)('%s', async ([, pointer, text, code = 'SCHEMA_INVALID']) => {
      const document = changed(full, pointer, parse(text));
      expect(await issuesOf(document)).toContainEqual(expect.objectContaining({ pointer, code }));
      expect((await loadValidator(cases.name))(document)).toHaveLength(1);
    });

    it('null and the wrong type at every place', async () => {
      for (const pointer of placesOf(full)) {
        const right = kindOf(valueAt(full, pointer));
        for (const wrong of OF_EVERY_TYPE.filter((value) => kindOf(value) !== right)) {
          const issues = await issuesOf(changed(full, pointer, wrong));
          const where = `${pointer} as ${kindOf(wrong)}`;
          if (wrong === null && nullable.has(pointer)) expect(issues, where).toEqual([]);
          else expect(issues.map((issue) => issue.pointer), where).toContain(pointer);
        }
      }
    });

    it('exactly the absence of what it requires', async () => {
      const members = placesOf(full).filter((pointer) => isMember(full, pointer));
      for (const pointer of members) {
        const issues = await issuesOf(changed(full, pointer, undefined));
        const expected = cases.required.includes(pointer) ? [{ code: 'SCHEMA_INVALID', pointer, expected: 'a value', found: 'nothing' }] : [];
        expect(issues, pointer).toEqual(expected);
      }
      expect(cases.required.filter((pointer) => !members.includes(pointer))).toEqual([]);
    });
  });
};
