import { ToolError } from '../base/error.js';
export const packError = (error) => error instanceof ToolError
    ? {
        tool: true,
        code: error.code,
        what: error.what,
        options: { ...error.details, ...(error.hint === undefined ? {} : { hint: error.hint }) },
    }
    : { tool: false, stack: error instanceof Error ? (error.stack ?? error.message) : String(error) };
/** The error that was packed; what was no ToolError is a defect. */
export const unpackError = (message) => message.tool
    ? new ToolError(message.code, message.what, message.options)
    : new ToolError('DEFECT', 'a worker failed', { found: message.stack, hint: 'please report this as a bug' });
