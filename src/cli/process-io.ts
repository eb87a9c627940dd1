import type { Io, StopSignal } from './io.js';

const STOP_SIGNALS: readonly StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** The first signal is a request; at the second the process ends as it would without a handler. */
const onStop: NonNullable<Io['onStop']> = (handler) => {
  let stopped = false;
  const release = (): void => {
    for (const signal of STOP_SIGNALS) process.off(signal, listener);
  };
  const listener = (signal: NodeJS.Signals): void => {
    const known = STOP_SIGNALS.find((candidate) => candidate === signal);
    if (known === undefined) return;
    if (stopped) {
      release();
      process.kill(process.pid, signal);
      return;
    }
    stopped = true;
    handler(known);
  };
  for (const signal of STOP_SIGNALS) process.on(signal, listener);
  return release;
};

const onFault: NonNullable<Io['onFault']> = (handler) => {
  process.on('uncaughtException', handler);
  return () => process.off('uncaughtException', handler);
};

/** The streams, environment and signals of this process. */
export const processIo = (): Io => ({
  stdin: () => process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  onStop,
  onFault,
});
