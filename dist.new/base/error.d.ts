import { type ErrorClass, type ErrorCode } from './error-code.js';
/** Where an error lies and what was found there. Every field is optional; none is parsed from text by callers. */
export interface ErrorDetails {
    /** What it happened to: a location, a path inside an archive, a digest, a reference. */
    readonly subject?: string;
    /** Byte offset in the file or stream, from 0. */
    readonly offset?: number;
    /** RFC 6901 pointer into a JSON document; `''` is the whole document. */
    readonly pointer?: string;
    readonly expected?: string;
    readonly found?: string;
}
export interface ErrorOptions extends ErrorDetails {
    /** What the user can do about it, as an imperative. */
    readonly hint?: string;
    readonly cause?: unknown;
}
/**
 * The one error that Ingot throws: something could not be done. "The answer is no" is a report, not an error.
 * Callers branch on {@link ToolError.code}; the message is for people and may change.
 */
export declare class ToolError extends Error {
    readonly code: ErrorCode;
    readonly details: ErrorDetails;
    readonly hint: string | undefined;
    /** The message without place and comparison. */
    readonly what: string;
    constructor(code: ErrorCode, what: string, options?: ErrorOptions);
    get class(): ErrorClass;
    /** The same error with more known about its place; details it already has win. */
    within(details: ErrorDetails, hint?: string): ToolError;
}
/** A condition that only a defect of Ingot can violate. @throws {ToolError} DEFECT */
export declare function invariant(condition: unknown, what: string): asserts condition;
/** An error of the operating system as a ToolError; one that already is a ToolError passes unchanged. */
export declare const fromSystemError: (error: unknown, what: string, subject?: string) => ToolError;
//# sourceMappingURL=error.d.ts.map