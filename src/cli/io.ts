import type { Readable, Writable } from 'node:stream';

/** Signals that ask the program to stop. */
export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** A stream of the process, and what it is connected to. */
export type OutputStream = Writable & {
  readonly isTTY?: boolean;
  /** Width of the terminal. */
  readonly columns?: number;
};

/**
 * All of the outside world that the command line sees, files aside. Paths are relative to the directory of the
 * process.
 */
export interface Io {
  /** Asked for only when a command reads it, so that a closed one does no harm. */
  readonly stdin: () => Readable;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Calls the handler for the first signal; the process itself ends at a second one. Returns what ends that. */
  readonly onStop?: (handler: (signal: StopSignal) => void) => () => void;
  /** Calls the handler for an error that nothing else caught. Returns what ends that. */
  readonly onFault?: (handler: (error: unknown) => void) => () => void;
}
