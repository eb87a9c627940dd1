import type { Ajv2020 } from 'ajv/dist/2020.js';
import { invariant } from './error.js';
import { JsonNumber, type JsonValue, emptyJsonObject, isJsonArray, isJsonObject } from './json.js';
import { schemaText } from './schema-file.js';
import { type KeywordFailure, type SchemaIssue, schemaIssues } from './schema-issue.js';

export type { SchemaIssue } from './schema-issue.js';

/** The schemas of the package, by file name without `.schema.json`. */
export const SCHEMA_NAMES = [
  'oci-descriptor',
  'oci-image-manifest',
  'oci-image-index',
  'oci-image-config',
  'oci-layout',
  'docker-manifest-v2s2',
  'docker-manifest-list',
  'docker-save-manifest',
  'report-error',
  'report-parts',
  'save-report',
  'load-report',
  'copy-report',
  'verify-report',
  'digest-report',
  'lock',
  'recipe',
  'recipe-report',
  'explain-layers-report',
  'inspect-report',
  'tree-report',
  'tree-layers-report',
  'tree-platforms-report',
  'tree-whatrequires-report',
  'history-report',
  'ls-report',
  'store-parts',
  'images-report',
  'tag-report',
  'pin-report',
  'rmi-report',
  'gc-report',
  'prune-report',
  'lease-report',
  'restore-report',
  'trash-report',
  'df-report',
  'fsck-report',
  'store-report',
  'store-config',
  'store-refs',
  'store-trash',
  'store-lease',
  'policy',
  'policy-report',
  'policy-lint-report',
  'policy-convert-report',
  'engine-parts',
  'engine-info-report',
  'engine-images-report',
  'engine-removal-report',
] as const;
export type SchemaName = (typeof SCHEMA_NAMES)[number];

/**
 * Asks a schema about a value: one of {@link JsonValue}, or a plain one of our own making.
 * @returns nothing for a valid value
 */
export type SchemaValidator = (value: unknown) => readonly SchemaIssue[];

export interface ValidatorOptions {
  /** Look for every issue, not for the first alone. */
  readonly all?: boolean;
}

const BASE_URI = 'https://ingot.dev/schemas/';

const uriOf = (name: SchemaName): string => `${BASE_URI}${name}.schema.json`;

/** Of no type that JSON Schema knows, and not absent either. */
const OTHER_NUMBER = Symbol('number');

const hasOtherNumber = (value: unknown): boolean =>
  value instanceof JsonNumber ||
  (typeof value === 'object' && value !== null && Object.values(value).some(hasOtherNumber));

/** A {@link JsonNumber} is an object to the validator. No schema here asks for such a number, so it must fit nothing. */
const withoutOtherNumbers = (value: JsonValue): unknown => {
  if (value instanceof JsonNumber) return OTHER_NUMBER;
  if (isJsonArray(value)) return value.map(withoutOtherNumbers);
  if (!isJsonObject(value)) return value;
  const copy: { [key: string]: unknown } = emptyJsonObject();
  for (const [key, member] of Object.entries(value)) copy[key] = withoutOtherNumbers(member);
  return copy;
};

/** The files of other schemas that a schema refers to. */
const referencesOf = (schema: unknown): readonly string[] => {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]: [string, unknown]) =>
    key === '$ref' && typeof value === 'string' && !value.startsWith('#')
      ? [value.replace(/#.*$/, '')]
      : referencesOf(value),
  );
};

const register = (ajv: Ajv2020, uri: string, known: Set<string>): void => {
  if (known.has(uri)) return;
  known.add(uri);
  const schema = JSON.parse(schemaText(uri.slice(BASE_URI.length))) as object;
  ajv.addSchema(schema);
  for (const reference of referencesOf(schema)) register(ajv, new URL(reference, uri).href, known);
};

interface Engine {
  readonly ajv: Ajv2020;
  /** URIs of the schemas that the engine has. */
  readonly known: Set<string>;
}

// Loading the validator takes some 80 ms, which commands that validate nothing must not pay.
const startEngine = async (allErrors: boolean): Promise<Engine> => {
  const { Ajv2020: Validator } = await import('ajv/dist/2020.js');
  // The schemas are checked against their meta-schema by a test, not at every start.
  const ajv = new Validator({
    strict: true,
    allErrors,
    verbose: true,
    meta: false,
    validateSchema: false,
    logger: false,
  });
  return { ajv, known: new Set() };
};

const engines = new Map<boolean, Promise<Engine>>();

const engineFor = (allErrors: boolean): Promise<Engine> => {
  const engine = engines.get(allErrors) ?? startEngine(allErrors);
  engines.set(allErrors, engine);
  return engine;
};

/** The validator of one schema, read and compiled when it is first asked for. Several callers share one. */
export const loadValidator = async (name: SchemaName, options: ValidatorOptions = {}): Promise<SchemaValidator> => {
  const { ajv, known } = await engineFor(options.all ?? false);
  const uri = uriOf(name);
  register(ajv, uri, known);
  return (value) => {
    const document = value as JsonValue;
    const validate = ajv.getSchema(uri);
    invariant(validate !== undefined, `the schema ${name} is not loaded`);
    if (validate(hasOtherNumber(document) ? withoutOtherNumbers(document) : document) === true) return [];
    return schemaIssues((validate.errors ?? []) as readonly KeywordFailure[], document);
  };
};
