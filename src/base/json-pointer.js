/**
 * JSON pointers: how errors and findings name a place in a document.
 * @see https://www.rfc-editor.org/rfc/rfc6901
 */
import { isJsonArray, isJsonObject } from './json.js';
const escapeStep = (step) => String(step).replaceAll('~', '~0').replaceAll('/', '~1');
const unescapeStep = (text) => text.replaceAll('~1', '/').replaceAll('~0', '~');
/** The pointer of a path of steps from the root; `''`, the whole document, for none. */
export const pointerOf = (steps) => steps.map((step) => `/${escapeStep(step)}`).join('');
/** A pointer one step longer. */
export const appendPointer = (pointer, step) => `${pointer}/${escapeStep(step)}`;
/** The keys and indexes of a pointer as text, unescaped; none for `''`. */
export const pointerSteps = (pointer) => pointer.split('/').slice(1).map(unescapeStep);
/** What a pointer leads to, or undefined where the document has no such place. Only own keys are followed. */
export const valueAt = (document, pointer) => {
    let value = document;
    for (const step of pointerSteps(pointer)) {
        if (isJsonArray(value))
            value = /^(?:0|[1-9][0-9]*)$/.test(step) ? value[Number(step)] : undefined;
        else if (isJsonObject(value))
            value = Object.hasOwn(value, step) ? value[step] : undefined;
        else
            return undefined;
    }
    return value;
};
