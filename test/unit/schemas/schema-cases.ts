import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/base/bytes.js';
import {
  JsonNumber,
  type JsonObject,
  type JsonValue,
  emptyJsonObject,
  isJsonArray,
  isJsonObject,
} from '../../../src/base/json.js';
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
  /** Objects whose keys are free, so that no key is unknown there. */
  readonly open?: readonly string[];
  /** Places of the full document that may hold anything; nothing beneath them is asked for. */
  readonly untyped?: readonly string[];
  /** True where members that the schema does not name are allowed. */
  readonly extensible: boolean;
  readonly valid: readonly (readonly [line: string, text: string])[];
  /** The full document with one value replaced, and the issue that must be found first. */
  readonly invalid: readonly (readonly [line: string, pointer: string, text: string, code?: SchemaIssue['code']])[];
}

export const parse = (text: string): JsonValue => parseJson(utf8(text), { subject: 'doc', depth: 64 });

const change = (
  value: JsonValue,
  steps: readonly string[],
  replacement: JsonValue | undefined,
): JsonValue | undefined => {
  const [step, ...rest] = steps;
  if (step === undefined) return replacement;
  if (isJsonArray(value)) {
    return value
      .flatMap((item, index) => (String(index) === step ? [change(item, rest, replacement)] : [item]))
      .filter((item) => item !== undefined);
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
  ...(isJsonObject(value)
    ? Object.entries(value).flatMap(([key, member]) => placesOf(member, appendPointer(pointer, key)))
    : []),
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
  const isTyped = (pointer: string): boolean =>
    !(cases.untyped ?? []).some((place) => pointer === place || pointer.startsWith(`${place}/`));
  const issuesOf = async (document: JsonValue): Promise<readonly SchemaIssue[]> =>
    (await loadValidator(cases.name, { all: true }))(document);
  const pointersOf = async (document: JsonValue): Promise<readonly string[]> =>
    (await issuesOf(document)).map(({ pointer }) => pointer);

  describe(`${cases.name} accepts`, () => {
    it('the document with every member', async () => {
      expect(await issuesOf(full)).toEqual([]);
    });
    it.for(cases.valid)('%s', async ([, text]) => {
      expect(await issuesOf(parse(text))).toEqual([]);
    });
    it(`${cases.extensible ? 'members' : 'no member'} that it does not name`, async () => {
      const places = placesOf(full)
        .filter((pointer) => isJsonObject(valueAt(full, pointer)) && !(cases.open ?? []).includes(pointer))
        .map((pointer) => appendPointer(pointer, 'x-unknown'));
      const documents = places.map((place) => changed(full, place, parse('{"a":[1.5,null]}')));
      const refused = await Promise.all(documents.map(pointersOf));
      expect(refused).toEqual(places.map((place) => (cases.extensible ? [] : [place])));
    });
  });

  describe(`${cases.name} refuses`, () => {
    it.for(cases.invalid)('%s', async ([, pointer, text, code = 'SCHEMA_INVALID']) => {
      const document = changed(full, pointer, parse(text));
      expect(await issuesOf(document)).toContainEqual(expect.objectContaining({ pointer, code }));
      expect((await loadValidator(cases.name))(document)).toHaveLength(1);
    });

    it('null and the wrong type at every place', async () => {
      const wrongs = placesOf(full)
        .filter(isTyped)
        .flatMap((pointer) => OF_EVERY_TYPE.map((value) => ({ pointer, value, kind: kindOf(value) })))
        .filter(
          ({ pointer, kind }) => kind !== kindOf(valueAt(full, pointer)) && !(kind === 'null' && nullable.has(pointer)),
        );
      const refused = await Promise.all(
        wrongs.map(async ({ pointer, value }) => (await pointersOf(changed(full, pointer, value))).includes(pointer)),
      );
      expect(wrongs.filter((_, index) => refused[index] !== true)).toEqual([]);
    });

    it('no null where null stands for nothing', async () => {
      const documents = [...nullable].map((pointer) => changed(full, pointer, null));
      expect((await Promise.all(documents.map(pointersOf))).flat()).toEqual([]);
    });

    it('exactly the absence of what it requires', async () => {
      const members = placesOf(full).filter((pointer) => isMember(full, pointer));
      const issues = await Promise.all(members.map((pointer) => issuesOf(changed(full, pointer, undefined))));
      expect(issues.flat()).toEqual(
        members
          .filter((pointer) => cases.required.includes(pointer))
          .map((pointer) => ({ code: 'SCHEMA_INVALID', pointer, expected: 'a value', found: 'nothing' })),
      );
      expect(members).toEqual(expect.arrayContaining([...cases.required]));
    });
  });
};
