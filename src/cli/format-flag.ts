import { ToolError } from '../base/error.js';
import { type Flag, valueFlag } from './flag.js';
import type { Session } from './session.js';
import { type RowFormat, parseRowFormat } from './template/format.js';

/** `--format`, for commands that list something. */
export const FORMAT_FLAG: Flag<RowFormat | undefined> = valueFlag(
  'TEMPLATE',
  'a Go template such as "{{.Name}}\\t{{.Size}}" for each line; with "table " before it, in columns; json',
  parseRowFormat,
);

/** @throws {ToolError} USAGE for `--json` as well, which prints the whole report */
export const checkFormat = (format: RowFormat | undefined, { flags }: Session): void => {
  if (format === undefined || !flags.json) return;
  throw new ToolError('USAGE', '--format and --json exclude each other', {
    hint: '--format json prints a document for each line, --json the whole report',
  });
};
