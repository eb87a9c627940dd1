import { utf8 } from './bytes.js';
import { invariant } from './error.js';
import { pointerOf } from './json-pointer.js';
import { compareCodeUnits } from './order.js';
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const writeString = (text, path) => {
    invariant(!LONE_SURROGATE.test(text), `half of a surrogate pair in a document of our own at '${pointerOf(path)}'`);
    // RFC 8785 takes the escapes of ECMAScript: two-character ones where they exist, lower-case \u00xx for other controls.
    return JSON.stringify(text);
};
const writeObject = (value, path) => {
    const prototype = Object.getPrototypeOf(value);
    invariant((prototype === Object.prototype || prototype === null) && Object.getOwnPropertySymbols(value).length === 0, `an object of a class in a document of our own at '${pointerOf(path)}'`);
    const members = Object.entries(value).sort(([a], [b]) => compareCodeUnits(a, b));
    const texts = members.map(([key, member]) => `${writeString(key, path)}:${write(member, [...path, key])}`);
    return `{${texts.join(',')}}`;
};
const write = (value, path) => {
    if (value === null || typeof value === 'boolean')
        return String(value);
    if (typeof value === 'string')
        return writeString(value, path);
    if (typeof value === 'number') {
        const allowed = Number.isSafeInteger(value) && !Object.is(value, -0);
        invariant(allowed, `the number ${value} in a document of our own at '${pointerOf(path)}'`);
        return String(value);
    }
    // Array.from turns holes into undefined, which is refused below.
    if (Array.isArray(value))
        return `[${Array.from(value, (item, index) => write(item, [...path, index])).join(',')}]`;
    invariant(typeof value === 'object', `${typeof value} in a document of our own at '${pointerOf(path)}'`);
    return writeObject(value, path);
};
/**
 * The bytes of one of Ingot's own documents by RFC 8785: no white space, keys in the order of their UTF-16 code units,
 * UTF-8, no newline at the end. What such a document has no use for is refused, not converted: `undefined` (a member
 * that is absent must not be there), numbers other than whole ones from -(2^53-1) to 2^53-1, negative zero, halves of
 * surrogate pairs, objects of classes.
 * @throws {ToolError} DEFECT
 * @see https://www.rfc-editor.org/rfc/rfc8785
 */
export const canonicalJson = (value) => utf8(write(value, []));
