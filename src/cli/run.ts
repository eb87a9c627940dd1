import type { Note } from '../base/event.js';
import { contextOf } from './context.js';
import type { Outcome } from './exit-code.js';
import { readFlags } from './flag.js';
import { GLOBAL_FLAGS } from './global-flags.js';
import type { Io } from './io.js';
import type { Output } from './output.js';
import { jsonLine, jsonText } from './render/json.js';
import { startProgress } from './render/progress.js';
import { noteLine } from './render/report.js';
import type { Session } from './session.js';

/** Lines of text as they go to standard output, some at a time: a list of a million files is one of them. */
const writeLines = async (stdout: Output, lines: readonly string[]): Promise<void> => {
  for (let at = 0; at < lines.length; at += 4096) {
    await stdout.write(`${lines.slice(at, at + 4096).join('\n')}\n`);
  }
};

/**
 * Makes what a command works with, lets it work, and leaves the terminal clean.
 * @throws {ToolError} USAGE, and what the command throws
 */
export const withSession = async (
  given: ReadonlyMap<string, readonly string[]>,
  io: Io,
  { stdout }: { readonly stdout: Output },
  signal: AbortSignal,
  work: (session: Session) => Promise<Outcome>,
): Promise<Outcome> => {
  const flags = readFlags(GLOBAL_FLAGS, given);
  const writeAside = (text: string): void => void io.stderr.write(text);
  const progress = startProgress(flags.progress, flags.quiet, {
    isTerminal: io.stderr.isTTY === true,
    columns: io.stderr.columns ?? 80,
    write: writeAside,
    now: () => performance.now(),
  });
  const tell = (line: string): void => {
    if (flags.quiet) return;
    progress.clear();
    writeAside(`${line}\n`);
  };
  const told = new Set<string>();
  const tellNotes = (notes: readonly Note[]): void => {
    for (const note of notes) {
      const line = flags.progress === 'json' ? jsonLine({ type: 'note', note }) : noteLine(note);
      if (!told.has(line)) tell(line);
      told.add(line);
    }
  };
  const context = contextOf(
    flags,
    io,
    (event) => (event.type === 'note' ? tellNotes([event.note]) : progress.observer(event)),
    signal,
  );
  const print: Session['print'] = async (report, lines) => {
    progress.clear();
    await (flags.json ? stdout.write(jsonText(report)) : writeLines(stdout, lines()));
  };
  const session: Session = {
    flags,
    env: io.env,
    context,
    stdout,
    tellNotes,
    tell,
    print,
    summarize: (report, lines) => print(report, flags.quiet ? () => [] : lines),
  };
  try {
    return await work(session);
  } finally {
    progress.clear();
  }
};
