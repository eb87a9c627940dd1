import { type SchemaIssue } from './schema-issue.js';
export type { SchemaIssue } from './schema-issue.js';
/** The schemas of the package, by file name without `.schema.json`. */
export declare const SCHEMA_NAMES: readonly ['oci-descriptor', 'oci-image-manifest', 'oci-image-index', 'oci-image-config', 'oci-layout', 'docker-manifest-v2s2', 'docker-manifest-list', 'docker-save-manifest', 'report-error', 'report-parts', 'save-report', 'load-report', 'copy-report', 'verify-report', 'digest-report', 'lock', 'inspect-report', 'tree-report', 'history-report', 'ls-report'];
export type SchemaName = (typeof SCHEMA_NAMES)[number];
/**
 * Asks a schema about a value: one of {@link JsonValue}, or a plain one of our own making.
 * @returns nothing for a valid value
 */
export type SchemaValidator = (value: unknown) => readonly SchemaIssue[];
export interface ValidatorOptions {
    /** Look for every issue, not for the first alone. */
    readonly all?: boolean;
}
/** The validator of one schema, read and compiled when it is first asked for. Several callers share one. */
export declare const loadValidator: (name: SchemaName, options?: ValidatorOptions) => Promise<SchemaValidator>;
//# sourceMappingURL=schema.d.ts.map