import { inspect } from 'node:util';
import type { ToolError } from '../../base/error.js';
import { escapeText } from '../../base/escape.js';

/** A failure for people: what, what to do about it, and with `debug` where in the program. */
export const errorLines = (error: ToolError, debug: boolean): readonly string[] => [
  `ingot: ${error.code}: ${error.message}`,
  ...(error.hint === undefined ? [] : [`hint: ${escapeText(error.hint)}`]),
  ...(debug ? inspect(error, { depth: 4 }).split('\n').map(escapeText) : []),
];

/** A failure for programs. @see schemas/report-error.schema.json */
export const errorReport = (error: ToolError): { readonly error: Readonly<Record<string, unknown>> } => ({
  error: {
    code: error.code,
    message: error.what,
    ...error.details,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  },
});
