import { type JsonValue } from './json.js';
/** One place where a document departs from its schema. */
export interface SchemaIssue {
    /** What is wrong with a digest or a size has a code of its own; all else is SCHEMA_INVALID. */
    readonly code: 'SCHEMA_INVALID' | 'DIGEST_INVALID' | 'SIZE_INVALID';
    /** RFC 6901. A member that is absent or must not be there is pointed at itself, not at its object. */
    readonly pointer: string;
    /** In words, for people. */
    readonly expected: string;
    /** The value in short, control characters spelt out; `nothing` where it is absent. */
    readonly found: string;
}
/** What the validator says about one failed keyword. */
export interface KeywordFailure {
    readonly keyword: string;
    readonly instancePath: string;
    readonly schemaPath: string;
    readonly params: Readonly<Record<string, unknown>>;
    /** The schema around the keyword. */
    readonly parentSchema?: Readonly<Record<string, unknown>>;
    /** Set where the key of a member is to blame, not its value. */
    readonly propertyName?: string;
}
/** What stands at a place of a document, in short, for a message. */
export declare const describeJson: (value: JsonValue | undefined) => string;
/** The validator's findings about a document in the words of Ingot, in the order in which they were found. */
export declare const schemaIssues: (failures: readonly KeywordFailure[], document: JsonValue) => readonly SchemaIssue[];
//# sourceMappingURL=schema-issue.d.ts.map