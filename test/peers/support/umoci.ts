import {
  type Generation,
  type ProgramResult,
  type RunOptions,
  makeScratch,
  requireProgram,
  runChecked,
  runProgram,
} from './program.js';

/** umoci with a private home; it works on layout directories only. */
export interface Umoci {
  /** Runs umoci; throws unless it exits with 0. */
  umoci(args: readonly string[], options?: RunOptions): Promise<ProgramResult>;
  /** The same, with any exit code as a result. */
  tryUmoci(args: readonly string[], options?: RunOptions): Promise<ProgramResult>;
  stop(): Promise<void>;
}

export interface UmociOptions {
  readonly generation?: Generation;
}

/** Prepares an umoci. */
export async function prepareUmoci(options: UmociOptions = {}): Promise<Umoci> {
  const program = requireProgram('umoci', options.generation ?? 'stable');
  const scratch = await makeScratch('umoci');
  const run = (args: readonly string[], more: RunOptions = {}): [string, readonly string[], RunOptions] => [
    program,
    args,
    { ...more, env: { HOME: scratch.path, TMPDIR: scratch.path, ...more.env } },
  ];
  return {
    umoci: (args, more) => runChecked(...run(args, more)),
    tryUmoci: (args, more) => runProgram(...run(args, more)),
    stop: () => scratch.remove(),
  };
}
