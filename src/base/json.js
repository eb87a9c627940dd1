/** JSON as values in memory: what the strict parser returns and what the schemas are asked about. */
/**
 * A number that is not spelt as a whole number from -(2^53-1) to 2^53-1: `1.0`, `1e3`, `-0`, 2^60. It keeps its
 * spelling, since a size written as `572.0` is no size and a large number would be rounded.
 */
export class JsonNumber {
    /** The token as it stands in the document. */
    text;
    constructor(text) {
        this.text = text;
    }
}
export const isJsonArray = (value) => Array.isArray(value);
/** True for objects alone: not for null, arrays and {@link JsonNumber}. */
export const isJsonObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonNumber);
/**
 * An object without prototype that may be filled, for code that builds a {@link JsonObject}. It is made in two steps
 * because V8 gives what `Object.create(null)` makes a hash table of its own: three times the memory.
 */
export const emptyJsonObject = () => Object.setPrototypeOf({}, null);
