import { type ErrorClass, type ErrorCode, errorClassOf } from './error-code.js';
import { escapeText } from './escape.js';

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

const DETAIL_KEYS = ['subject', 'offset', 'pointer', 'expected', 'found'] as const;

const sentence = (what: string, details: ErrorDetails): string => {
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
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  readonly hint: string | undefined;
  /** The message without place and comparison. */
  readonly what: string;

  constructor(code: ErrorCode, what: string, options: ErrorOptions = {}) {
    const details: ErrorDetails = Object.fromEntries(
      DETAIL_KEYS.filter((key) => options[key] !== undefined).map((key) => [key, options[key]]),
    );
    super(sentence(what, details), options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ToolError';
    this.code = code;
    this.what = what;
    this.details = details;
    this.hint = options.hint;
  }

  get class(): ErrorClass {
    return errorClassOf(this.code);
  }

  /** The same error with more known about its place; details it already has win. */
  within(details: ErrorDetails, hint?: string): ToolError {
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
export function invariant(condition: unknown, what: string): asserts condition {
  if (!condition) throw new ToolError('DEFECT', what, { hint: 'please report this as a bug' });
}

const SYSTEM_CODES: Readonly<Record<string, ErrorCode>> = {
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

const SYSTEM_HINTS: Partial<Record<ErrorCode, string>> = {
  FILE_NOT_FOUND: 'check the path',
  PERMISSION_DENIED: 'check the owner and mode of the path, or choose another one',
  NO_SPACE: 'free some space, or write to another file system',
  TOO_MANY_FILES: 'raise the limit on open files (ulimit -n)',
};

/** An error of the operating system as a ToolError; one that already is a ToolError passes unchanged. */
export const fromSystemError = (error: unknown, what: string, subject?: string): ToolError => {
  if (error instanceof ToolError) return error;
  const system = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  const code = (system === undefined ? undefined : SYSTEM_CODES[system]) ?? 'IO';
  const hint = SYSTEM_HINTS[code];
  return new ToolError(code, what, {
    ...(subject === undefined ? {} : { subject }),
    found: system ?? (error instanceof Error ? error.message : String(error)),
    ...(hint === undefined ? {} : { hint }),
    cause: error,
  });
};
