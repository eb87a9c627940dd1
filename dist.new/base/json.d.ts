/** JSON as values in memory: what the strict parser returns and what the schemas are asked about. */
/** Any value of a parsed document. */
export type JsonValue = null | boolean | number | JsonNumber | string | readonly JsonValue[] | JsonObject;
/**
 * An object of a parsed document: no prototype, every key an own property, so that `__proto__` or `toString` from a
 * foreign document are keys like all others.
 */
export interface JsonObject {
    readonly [key: string]: JsonValue;
}
/**
 * A number that is not spelt as a whole number from -(2^53-1) to 2^53-1: `1.0`, `1e3`, `-0`, 2^60. It keeps its
 * spelling, since a size written as `572.0` is no size and a large number would be rounded.
 */
export declare class JsonNumber {
    /** The token as it stands in the document. */
    readonly text: string;
    constructor(text: string);
}
export declare const isJsonArray: (value: unknown) => value is readonly JsonValue[];
/** True for objects alone: not for null, arrays and {@link JsonNumber}. */
export declare const isJsonObject: (value: JsonValue | undefined) => value is JsonObject;
/**
 * An object without prototype that may be filled, for code that builds a {@link JsonObject}. It is made in two steps
 * because V8 gives what `Object.create(null)` makes a hash table of its own: three times the memory.
 */
export declare const emptyJsonObject: () => {
    [key: string]: JsonValue;
};
//# sourceMappingURL=json.d.ts.map