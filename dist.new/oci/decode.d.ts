import type { ErrorCode } from '../base/error-code.js';
import { type JsonObject, type JsonValue } from '../base/json-parse.js';
/**
 * A place in a foreign document. Reading a place gives a typed value or an error that names document, pointer,
 * expectation and finding.
 */
export declare class Cursor {
    readonly value: JsonValue | undefined;
    /** What the document is called in errors. */
    readonly subject: string;
    /** RFC 6901. */
    readonly pointer: string;
    constructor(value: JsonValue | undefined, subject: string, pointer?: string);
    fail(expected: string, code?: ErrorCode): never;
    /** The member of an object; absent members give a place without a value. */
    field(name: string): Cursor;
    get present(): boolean;
    /** Undefined where the place is absent; `null` counts as absent only where Go tools write it for an empty value. */
    optional<T>(read: (cursor: Cursor) => T, nullable?: 'null is absent' | 'null is wrong'): T | undefined;
    object(): JsonObject;
    array(): readonly Cursor[];
    string(): string;
    boolean(): boolean;
    /** A byte count: the token `0` or digits without a leading zero, at most 2^53-1. @throws {ToolError} SIZE_INVALID */
    size(): number;
    strings(): readonly string[];
    stringMap(): ReadonlyMap<string, string>;
}
//# sourceMappingURL=decode.d.ts.map