/**
 * JSON pointers: how errors and findings name a place in a document.
 * @see https://www.rfc-editor.org/rfc/rfc6901
 */
import { type JsonValue } from './json.js';
/** One step into a document: a key of an object or an index, from 0, of an array. */
export type PointerStep = string | number;
/** The pointer of a path of steps from the root; `''`, the whole document, for none. */
export declare const pointerOf: (steps: readonly PointerStep[]) => string;
/** A pointer one step longer. */
export declare const appendPointer: (pointer: string, step: PointerStep) => string;
/** The keys and indexes of a pointer as text, unescaped; none for `''`. */
export declare const pointerSteps: (pointer: string) => readonly string[];
/** What a pointer leads to, or undefined where the document has no such place. Only own keys are followed. */
export declare const valueAt: (document: JsonValue, pointer: string) => JsonValue | undefined;
//# sourceMappingURL=json-pointer.d.ts.map