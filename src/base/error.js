import { errorClassOf } from './error-code.js';
import { escapeText } from './escape.js';
const DETAIL_KEYS = ['subject', 'offset', 'pointer', 'expected', 'found'];
const sentence = (what, details) => {
    const place = [
        ...(details.pointer === undefined || details.pointer === '' ? [] : [`at ${details.pointer}`]),
        ...(details.offset === undefined ? [] : [`at byte ${details.offset}`]),
    ];
    const comparison = [
        ...(details.expected === undefined ? [] : [`expected ${details.expected}`]),
        ...(details.found === undefined ? [] : [`found ${details.found}`]),
    ];
    const head = details.subject === undefined ? what : `${details.subject}: ${what}`;
    const middle = place.length === 0 ? head : `${head} (${place.join(', ')})`;
    return escapeText(comparison.length === 0 ? middle : `${middle}: ${comparison.join(', ')}`);
};
/**
 * The one error that Ingot throws: something could not be done. "The answer is no" is a report, not an error.
 * Callers branch on {@link ToolError.code}; the message is for people and may change.
 */
export class ToolError extends Error {
    code;
    details;
    hint;
    /** The message without place and comparison. */
    what;
    constructor(code, what, options = {}) {
        const details = Object.fromEntries(DETAIL_KEYS.filter((key) => options[key] !== undefined).map((key) => [key, options[key]]));
        super(sentence(what, details), options.cause === undefined ? undefined : { cause: options.cause });
        this.name = 'ToolError';
        this.code = code;
        this.what = what;
        this.details = details;
        this.hint = options.hint;
    }
    get class() {
        return errorClassOf(this.code);
    }
    /** The same error with more known about its place; details it already has win. */
    within(details, hint) {
        const nextHint = this.hint ?? hint;
        return new ToolError(this.code, this.what, {
            ...details,
            ...this.details,
            ...(nextHint === undefined ? {} : { hint: nextHint }),
            ...(this.cause === undefined ? {} : { cause: this.cause }),
        });
    }
}
/** A condition that only a defect of Ingot can violate. @throws {ToolError} DEFECT */
export function invariant(condition, what) {
    if (!condition)
        throw new ToolError('DEFECT', what, { hint: 'please report this as a bug' });
}
const SYSTEM_CODES = {
    ENOENT: 'FILE_NOT_FOUND',
    ENOTDIR: 'FILE_NOT_FOUND',
    EACCES: 'PERMISSION_DENIED',
    EPERM: 'PERMISSION_DENIED',
    EROFS: 'PERMISSION_DENIED',
    ENOSPC: 'NO_SPACE',
    EDQUOT: 'NO_SPACE',
    EFBIG: 'NO_SPACE',
    EMFILE: 'TOO_MANY_FILES',
    ENFILE: 'TOO_MANY_FILES',
    EPIPE: 'PIPE_CLOSED',
};
const SYSTEM_HINTS = {
    FILE_NOT_FOUND: 'check the path',
    PERMISSION_DENIED: 'check the owner and mode of the path, or choose another one',
    NO_SPACE: 'free some space, or write to another file system',
    TOO_MANY_FILES: 'raise the limit on open files (ulimit -n)',
};
/** An error of the operating system as a ToolError; one that already is a ToolError passes unchanged. */
export const fromSystemError = (error, what, subject) => {
    if (error instanceof ToolError)
        return error;
    const system = error instanceof Error ? error.code : undefined;
    const code = (system === undefined ? undefined : SYSTEM_CODES[system]) ?? 'IO';
    const hint = SYSTEM_HINTS[code];
    return new ToolError(code, what, {
        ...(subject === undefined ? {} : { subject }),
        found: system ?? (error instanceof Error ? error.message : String(error)),
        ...(hint === undefined ? {} : { hint }),
        cause: error,
    });
};
