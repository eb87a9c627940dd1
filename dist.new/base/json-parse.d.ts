import { type JsonValue } from './json.js';
export { JsonNumber, type JsonObject, type JsonValue } from './json.js';
export interface JsonParseOptions {
    /** Names the document in errors. */
    readonly subject: string;
    /** Levels of arrays and objects that may lie in one another, at most 1000: the parser recurses. */
    readonly depth: number;
    /**
     * Told of each key that its object has already; the later value then wins, as in Go and `JSON.parse`.
     * Without it such a key is an error.
     * @param offset of the key's opening quote, in bytes
     */
    readonly onDuplicateKey?: (pointer: string, offset: number) => void;
}
/**
 * Parses a document that somebody else wrote. Exactly the grammar of RFC 8259 is accepted, white space around the
 * value included; of what that grammar allows, repeated keys, halves of surrogate pairs and deep nesting are refused.
 * Errors carry the offset in bytes and, where a key or value is to blame, its pointer.
 * @throws {ToolError} JSON_BOM, JSON_INVALID_UTF8, JSON_SYNTAX, JSON_TRAILING_DATA, JSON_DUPLICATE_KEY,
 * JSON_LONE_SURROGATE, LIMIT_JSON_DEPTH
 * @see https://www.rfc-editor.org/rfc/rfc8259
 */
export declare const parseJson: (bytes: Uint8Array, options: JsonParseOptions) => JsonValue;
//# sourceMappingURL=json-parse.d.ts.map