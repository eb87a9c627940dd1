import { connect } from 'node:net';
import { join } from 'node:path';

import { writeContainersConfig } from './containers-config.js';
import {
  type Daemon,
  type Generation,
  type ProgramResult,
  type RunOptions,
  makeScratch,
  requireProgram,
  runChecked,
  runProgram,
  startDaemon,
} from './program.js';

/** A private podman: own storage (vfs) and configuration. */
export interface Podman {
  /** Runs the podman CLI; throws unless it exits with 0. */
  podman(args: readonly string[], options?: RunOptions): Promise<ProgramResult>;
  /** The same, with any exit code as a result. */
  tryPodman(args: readonly string[], options?: RunOptions): Promise<ProgramResult>;
  /** Starts the API service once; returns its socket. */
  serve(): Promise<string>;
  stop(): Promise<void>;
}

export interface PodmanOptions {
  readonly generation?: Generation;
}

/** Prepares a podman. `podman run` needs `--network none`; plain HTTP works for all of 127.0.0.1. */
export async function preparePodman(options: PodmanOptions = {}): Promise<Podman> {
  const program = requireProgram('podman', options.generation ?? 'stable');
  const scratch = await makeScratch('podman');
  const config = await writeContainersConfig(scratch.path);
  const global = [
    '--storage-driver=vfs',
    `--root=${config.root}`,
    `--runroot=${config.runroot}`,
    '--cgroup-manager=cgroupfs',
  ];
  const run = (args: readonly string[], more: RunOptions = {}): [string, readonly string[], RunOptions] => [
    program,
    [...global, ...args],
    { ...more, env: { ...config.env, ...more.env } },
  ];
  const socket = join(scratch.path, 's.sock');
  let service: Daemon | undefined;
  return {
    podman: (args, more) => runChecked(...run(args, more)),
    tryPodman: (args, more) => runProgram(...run(args, more)),
    async serve(): Promise<string> {
      service ??= await startDaemon(program, [...global, 'system', 'service', '--time=0', `unix://${socket}`], {
        env: config.env,
        ready: () => accepts(socket),
      });
      return socket;
    },
    async stop(): Promise<void> {
      await service?.stop();
      // Containers outlive the program that started them.
      await runProgram(...run(['rm', '--all', '--force', '--time=0']));
      await scratch.remove();
    },
  };
}

/** Whether something listens on a unix socket. */
function accepts(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(socket);
    connection.once('connect', () => {
      connection.destroy();
      resolve(true);
    });
    connection.once('error', () => {
      resolve(false);
    });
  });
}
