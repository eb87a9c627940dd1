import { writeContainersConfig } from './containers-config.js';
import {
  type Generation,
  type ProgramResult,
  type RunOptions,
  makeScratch,
  requireProgram,
  runChecked,
  runProgram,
} from './program.js';

/** A private skopeo: own configuration, plain HTTP for all of 127.0.0.1, no credentials. */
export interface Skopeo {
  /** Runs skopeo; throws unless it exits with 0. */
  skopeo(args: readonly string[], options?: RunOptions): Promise<ProgramResult>;
  /** The same, with any exit code as a result. */
  trySkopeo(args: readonly string[], options?: RunOptions): Promise<ProgramResult>;
  stop(): Promise<void>;
}

export interface SkopeoOptions {
  readonly generation?: Generation;
}

/** Prepares a skopeo. */
export async function prepareSkopeo(options: SkopeoOptions = {}): Promise<Skopeo> {
  const program = requireProgram('skopeo', options.generation ?? 'stable');
  const scratch = await makeScratch('skopeo');
  const config = await writeContainersConfig(scratch.path);
  const run = (args: readonly string[], more: RunOptions = {}): [string, readonly string[], RunOptions] => [
    program,
    args,
    { ...more, env: { ...config.env, ...more.env } },
  ];
  return {
    skopeo: (args, more) => runChecked(...run(args, more)),
    trySkopeo: (args, more) => runProgram(...run(args, more)),
    stop: () => scratch.remove(),
  };
}
