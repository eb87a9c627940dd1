import { ToolError } from '../base/error.js';
import type { Note } from '../base/event.js';
import type { OperationContext } from '../operation/context.js';
import type { GlobalValues } from './context.js';
import type { Io } from './io.js';
import type { Output } from './output.js';

/** What one run of a command works with. */
export interface Session {
  readonly flags: GlobalValues;
  readonly env: Io['env'];
  readonly context: OperationContext;
  readonly stdout: Output;
  /** Remarks on the input for standard error; each is shown once, and none with `--quiet`. */
  readonly tellNotes: (notes: readonly Note[]) => void;
  /** A line for people on standard error, unless `--quiet`. */
  readonly tell: (line: string) => void;
  /** A result: as one JSON document, or as lines of text. */
  readonly print: (report: unknown, lines: () => readonly string[]) => Promise<void>;
  /** As {@link Session.print} for what only tells that something was done: with `--quiet` there is no text. */
  readonly summarize: Session['print'];
}

/**
 * Standard output as the place of an archive.
 * @throws {ToolError} OUTPUT_IS_TERMINAL; USAGE with `--json`, which needs standard output for its document
 */
export const archiveOutput = ({ stdout, flags }: Session): Output['writeAll'] => {
  if (flags.json) {
    throw new ToolError('USAGE', 'an archive and --json cannot both go to standard output', {
      hint: 'write the archive to a file',
    });
  }
  if (stdout.isTerminal) {
    throw new ToolError('OUTPUT_IS_TERMINAL', 'an archive is no text for a terminal', {
      hint: 'name a file, or send standard output into a file or another program',
    });
  }
  return stdout.writeAll;
};
