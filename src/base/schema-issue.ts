import { excerpt } from './escape.js';
import { JsonNumber, type JsonValue, isJsonArray } from './json.js';
import { appendPointer, valueAt } from './json-pointer.js';

/** One place where a document departs from its schema. */
export interface SchemaIssue {
  /** What is wrong with a digest or a size has a code of its own; all else is SCHEMA_INVALID. */
  readonly code: 'SCHEMA_INVALID' | 'DIGEST_INVALID' | 'SIZE_INVALID';
  /** RFC 6901. A member that is absent or must not be there is pointed at itself, not at its object. */
  readonly pointer: string;
  /** In words, for people. */
  readonly expected: string;
  /** The value in short, control characters spelt out; `nothing` where it is absent. */
  readonly found: string;
}

/** What the validator says about one failed keyword. */
export interface KeywordFailure {
  readonly keyword: string;
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** The schema around the keyword. */
  readonly parentSchema?: Readonly<Record<string, unknown>>;
  /** Set where the key of a member is to blame, not its value. */
  readonly propertyName?: string;
}

/** Keywords that only repeat that something beneath them failed. */
const ECHOES: ReadonlySet<string> = new Set(['if', 'propertyNames']);

const ARTICLES: Readonly<Record<string, string>> = {
  object: 'an object',
  array: 'an array',
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  null: 'null',
};

/** What stands at a place of a document, in short, for a message. */
export const describeJson = (value: JsonValue | undefined): string => {
  if (value === undefined) return 'nothing';
  if (value instanceof JsonNumber) return `the number ${excerpt(value.text, 40)}`;
  if (typeof value === 'string') return `"${excerpt(value, 80)}"`;
  if (isJsonArray(value)) return value.length === 0 ? 'an empty array' : 'an array';
  if (typeof value === 'object' && value !== null)
    return Object.keys(value).length === 0 ? 'an empty object' : 'an object';
  return String(value);
};

const expectation = ({ keyword, params, schemaPath, parentSchema }: KeywordFailure): string => {
  const title = parentSchema?.['title'];
  if (typeof title === 'string' && (schemaPath.includes('/$defs/') || keyword === 'pattern')) return title;
  if (keyword === 'type')
    return [params['type']]
      .flat()
      .map((type) => ARTICLES[String(type)] ?? String(type))
      .join(' or ');
  if (keyword === 'const') return JSON.stringify(params['allowedValue']);
  if (keyword === 'enum') return `one of ${JSON.stringify(params['allowedValues'])}`;
  if (keyword === 'pattern') return `text of the form ${String(params['pattern'])}`;
  if (keyword === 'minLength') return 'text that is not empty';
  return `what the keyword ${keyword} asks for`;
};

const codeOf = ({ keyword, schemaPath }: KeywordFailure): SchemaIssue['code'] => {
  if (schemaPath.includes('/$defs/size/')) return 'SIZE_INVALID';
  return keyword === 'pattern' && schemaPath.includes('/$defs/digest/') ? 'DIGEST_INVALID' : 'SCHEMA_INVALID';
};

const memberIssue = (failure: KeywordFailure, member: unknown, document: JsonValue, expected: string): SchemaIssue => {
  const pointer = appendPointer(failure.instancePath, String(member));
  return { code: 'SCHEMA_INVALID', pointer, expected, found: describeJson(valueAt(document, pointer)) };
};

const issueOf = (failure: KeywordFailure, document: JsonValue): SchemaIssue => {
  const { keyword, params, instancePath, propertyName: key } = failure;
  if (keyword === 'required') return memberIssue(failure, params['missingProperty'], document, 'a value');
  if (keyword === 'additionalProperties')
    return memberIssue(failure, params['additionalProperty'], document, 'no such member');
  const code = codeOf(failure);
  const expected = expectation(failure);
  if (key !== undefined) {
    return {
      code,
      pointer: appendPointer(instancePath, key),
      expected: `a key that is ${expected}`,
      found: describeJson(key),
    };
  }
  return { code, pointer: instancePath, expected, found: describeJson(valueAt(document, instancePath)) };
};

/** The validator's findings about a document in the words of Ingot, in the order in which they were found. */
export const schemaIssues = (failures: readonly KeywordFailure[], document: JsonValue): readonly SchemaIssue[] =>
  failures.filter(({ keyword }) => !ECHOES.has(keyword)).map((failure) => issueOf(failure, document));
