import { ToolError } from '../base/error.js';
import type { Command } from './command.js';
import { type Outcome, exitCodeOf } from './exit-code.js';
import type { Io, StopSignal } from './io.js';
import { type Output, STDOUT, isReaderGone, outputOf } from './output.js';
import { VERSION } from './version.js';

const stopError = (signal: StopSignal): ToolError =>
  new ToolError(signal === 'SIGINT' ? 'INTERRUPTED' : 'TERMINATED', `stopped by ${signal}`);

/** Whatever was thrown as an error of the table; after a signal, whatever broke is a consequence of it. */
const toToolError = (error: unknown, signal: AbortSignal): ToolError => {
  if (signal.aborted && signal.reason instanceof ToolError) return signal.reason;
  if (error instanceof ToolError) return error;
  return new ToolError('DEFECT', error instanceof Error ? error.message : String(error), {
    hint: 'please report this as a bug, with what --debug shows',
    cause: error,
  });
};

/** A switch before the command line is understood, or where it cannot be. */
const hasSwitch = (argv: readonly string[], name: string): boolean => {
  const end = argv.indexOf('--');
  return (end < 0 ? argv : argv.slice(0, end)).some((word) => word === name || word === `${name}=true`);
};

interface Streams {
  readonly stdout: Output;
  readonly stderr: Output;
}

const runLine = async (argv: readonly string[], io: Io, streams: Streams, signal: AbortSignal): Promise<Outcome> => {
  // Everything from here on takes longer to load than it takes to tell a version.
  const { parseCommandLine } = await import('./parse.js');
  const { command, given, operands } = await parseCommandLine(argv);
  const help = command === undefined || given.get('help')?.at(-1) === 'true';
  if (help) {
    await streams.stdout.write(await helpText(command));
    return 'done';
  }
  const { withSession } = await import('./run.js');
  return withSession(given, io, streams, signal, (session) => command.run(given, operands, session));
};

const helpText = async (command: Command | undefined): Promise<string> => {
  const { commandHelp, programHelp } = await import('./render/help.js');
  const { GLOBAL_FLAGS } = await import('./global-flags.js');
  const { COMMANDS } = await import('./command-table.js');
  return command === undefined ? programHelp(COMMANDS, GLOBAL_FLAGS) : commandHelp(command, GLOBAL_FLAGS);
};

const tellFailure = async (error: ToolError, argv: readonly string[], { stdout, stderr }: Streams): Promise<void> => {
  const { errorLines, errorReport } = await import('./render/error.js');
  const { jsonText } = await import('./render/json.js');
  // Where nobody listens any more, there is nobody to tell.
  const ignore = (): void => {};
  if (!isReaderGone(error)) {
    await stderr.write(`${errorLines(error, hasSwitch(argv, '--debug')).join('\n')}\n`).catch(ignore);
  }
  if (hasSwitch(argv, '--json')) await stdout.write(jsonText(errorReport(error))).catch(ignore);
};

/**
 * The program: a command line in, results on the streams, the exit code out. It never throws, and when it returns,
 * everything has been written.
 */
export const main = async (argv: readonly string[], io: Io): Promise<number> => {
  const streams: Streams = { stdout: outputOf(io.stdout, STDOUT), stderr: outputOf(io.stderr, 'standard error') };
  const controller = new AbortController();
  const { signal } = controller;
  const releaseStop = io.onStop?.((name) => controller.abort(stopError(name)));
  let releaseFault: (() => void) | undefined;
  try {
    if (argv.length === 1 && argv[0] === '--version') {
      await streams.stdout.write(`ingot ${VERSION}\n`);
      return exitCodeOf('done');
    }
    const fault = new Promise<never>((_resolve, reject) => {
      releaseFault = io.onFault?.(reject);
    });
    return exitCodeOf(await Promise.race([runLine(argv, io, streams, signal), fault]));
  } catch (error) {
    const failure = toToolError(error, signal);
    await tellFailure(failure, argv, streams);
    return exitCodeOf(failure);
  } finally {
    releaseStop?.();
    releaseFault?.();
  }
};
