import { writeContainersConfig } from './containers-config.js';
import {
  type Generation,
  type ProgramResult,
  type RunOptions,
  makeScratch,
  requireProgram,
  runChecked,
} from './program.js';

/** A private buildah: own storage (vfs) and configuration. */
export interface Buildah {
  /** Runs the buildah CLI; throws unless it exits with 0. */
  buildah(args: readonly string[], options?: RunOptions): Promise<ProgramResult>;
  stop(): Promise<void>;
}

export interface BuildahOptions {
  readonly generation?: Generation;
}

/** Prepares a buildah. Containers are made with `from scratch`; nothing is run in them. */
export async function prepareBuildah(options: BuildahOptions = {}): Promise<Buildah> {
  const program = requireProgram('buildah', options.generation ?? 'stable');
  const scratch = await makeScratch('buildah');
  const config = await writeContainersConfig(scratch.path);
  const global = ['--storage-driver=vfs', `--root=${config.root}`, `--runroot=${config.runroot}`];
  return {
    buildah: (args, more = {}) =>
      runChecked(program, [...global, ...args], { ...more, env: { ...config.env, ...more.env } }),
    stop: () => scratch.remove(),
  };
}
