import { excerpt } from './escape.js';
import { JsonNumber, isJsonArray } from './json.js';
import { appendPointer, valueAt } from './json-pointer.js';
/** Keywords that only repeat that something beneath them failed. */
const ECHOES = new Set(['if', 'propertyNames']);
const ARTICLES = {
    object: 'an object',
    array: 'an array',
    string: 'text',
    integer: 'a whole number',
    number: 'a number',
    boolean: 'true or false',
    null: 'null',
};
/** What stands at a place of a document, in short, for a message. */
export const describeJson = (value) => {
    if (value === undefined)
        return 'nothing';
    if (value instanceof JsonNumber)
        return `the number ${excerpt(value.text, 40)}`;
    if (typeof value === 'string')
        return `"${excerpt(value, 80)}"`;
    if (isJsonArray(value))
        return value.length === 0 ? 'an empty array' : 'an array';
    if (typeof value === 'object' && value !== null)
        return Object.keys(value).length === 0 ? 'an empty object' : 'an object';
    return String(value);
};
const expectation = ({ keyword, params, schemaPath, parentSchema }) => {
    const title = parentSchema?.['title'];
    if (typeof title === 'string' && (schemaPath.includes('/$defs/') || keyword === 'pattern'))
        return title;
    if (keyword === 'type')
        return [params['type']]
            .flat()
            .map((type) => ARTICLES[String(type)] ?? String(type))
            .join(' or ');
    if (keyword === 'const')
        return JSON.stringify(params['allowedValue']);
    if (keyword === 'enum')
        return `one of ${JSON.stringify(params['allowedValues'])}`;
    if (keyword === 'pattern')
        return `text of the form ${String(params['pattern'])}`;
    if (keyword === 'minLength')
        return 'text that is not empty';
    return `what the keyword ${keyword} asks for`;
};
const codeOf = ({ keyword, schemaPath }) => {
    if (schemaPath.includes('/$defs/size/'))
        return 'SIZE_INVALID';
    return keyword === 'pattern' && schemaPath.includes('/$defs/digest/') ? 'DIGEST_INVALID' : 'SCHEMA_INVALID';
};
const memberIssue = (failure, member, document, expected) => {
    const pointer = appendPointer(failure.instancePath, String(member));
    return { code: 'SCHEMA_INVALID', pointer, expected, found: describeJson(valueAt(document, pointer)) };
};
const issueOf = (failure, document) => {
    const { keyword, params, instancePath, propertyName: key } = failure;
    if (keyword === 'required')
        return memberIssue(failure, params['missingProperty'], document, 'a value');
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
export const schemaIssues = (failures, document) => failures.filter(({ keyword }) => !ECHOES.has(keyword)).map((failure) => issueOf(failure, document));
