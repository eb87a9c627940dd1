import { readFileSync } from 'node:fs';
import { invariant } from './error.js';
import { JsonNumber, emptyJsonObject, isJsonArray, isJsonObject } from './json.js';
import { schemaIssues } from './schema-issue.js';
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
    'inspect-report',
    'tree-report',
    'history-report',
    'ls-report',
];
const BASE_URI = 'https://ingot.dev/schemas/';
/** `schemas/` of the package lies at the same distance from `src/base` and from `dist/base`. */
const fileOf = (uri) => new URL(uri.replace(BASE_URI, '../../schemas/'), import.meta.url);
const uriOf = (name) => `${BASE_URI}${name}.schema.json`;
/** Of no type that JSON Schema knows, and not absent either. */
const OTHER_NUMBER = Symbol('number');
const hasOtherNumber = (value) => value instanceof JsonNumber ||
    (typeof value === 'object' && value !== null && Object.values(value).some(hasOtherNumber));
/** A {@link JsonNumber} is an object to the validator. No schema here asks for such a number, so it must fit nothing. */
const withoutOtherNumbers = (value) => {
    if (value instanceof JsonNumber)
        return OTHER_NUMBER;
    if (isJsonArray(value))
        return value.map(withoutOtherNumbers);
    if (!isJsonObject(value))
        return value;
    const copy = emptyJsonObject();
    for (const [key, member] of Object.entries(value))
        copy[key] = withoutOtherNumbers(member);
    return copy;
};
/** The files of other schemas that a schema refers to. */
const referencesOf = (schema) => {
    if (typeof schema !== 'object' || schema === null)
        return [];
    return Object.entries(schema).flatMap(([key, value]) => key === '$ref' && typeof value === 'string' && !value.startsWith('#')
        ? [value.replace(/#.*$/, '')]
        : referencesOf(value));
};
const register = (ajv, uri, known) => {
    if (known.has(uri))
        return;
    known.add(uri);
    const schema = JSON.parse(readFileSync(fileOf(uri), 'utf8'));
    ajv.addSchema(schema);
    for (const reference of referencesOf(schema))
        register(ajv, new URL(reference, uri).href, known);
};
// Loading the validator takes some 80 ms, which commands that validate nothing must not pay.
const startEngine = async (allErrors) => {
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
const engines = new Map();
const engineFor = (allErrors) => {
    const engine = engines.get(allErrors) ?? startEngine(allErrors);
    engines.set(allErrors, engine);
    return engine;
};
/** The validator of one schema, read and compiled when it is first asked for. Several callers share one. */
export const loadValidator = async (name, options = {}) => {
    const { ajv, known } = await engineFor(options.all ?? false);
    const uri = uriOf(name);
    register(ajv, uri, known);
    return (value) => {
        const document = value;
        const validate = ajv.getSchema(uri);
        invariant(validate !== undefined, `the schema ${name} is not loaded`);
        if (validate(hasOtherNumber(document) ? withoutOtherNumbers(document) : document) === true)
            return [];
        return schemaIssues((validate.errors ?? []), document);
    };
};
