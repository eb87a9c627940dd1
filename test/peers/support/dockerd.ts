import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import {
  type Daemon,
  type Generation,
  type ProgramResult,
  type RunOptions,
  makeScratch,
  newerFolder,
  requireProgram,
  runChecked,
  runProgram,
  startDaemon,
} from './program.js';

export interface DockerOptions {
  /** `stable`: dockerd 20.10. `newer`: dockerd 28, which saves hybrid archives. */
  readonly generation?: Generation;
  /** `classic`: a graph driver (vfs). `containerd`: the containerd image store, newer generation only. */
  readonly store?: 'classic' | 'containerd';
}

/** A private Docker engine: own data, own socket, no network, containers only with `--network none`. */
export interface Docker {
  readonly socket: string;
  /** `unix://…`, for `DOCKER_HOST`. */
  readonly host: string;
  /** Runs the docker CLI against this engine; throws unless it exits with 0. */
  docker(args: readonly string[], options?: RunOptions): Promise<ProgramResult>;
  /** The same, with any exit code as a result. */
  tryDocker(args: readonly string[], options?: RunOptions): Promise<ProgramResult>;
  log(): string;
  stop(): Promise<void>;
}

/** The programs that {@link startDocker} needs, for `peerAvailable`. */
export const DOCKER_PROGRAMS: readonly string[] = ['dockerd', 'docker', 'containerd'];

/** Starts dockerd and waits until it answers. Registries on 127.0.0.0/8 may speak plain HTTP. */
export async function startDocker(options: DockerOptions = {}): Promise<Docker> {
  const generation = options.generation ?? 'stable';
  const store = options.store ?? 'classic';
  if (store === 'containerd' && generation === 'stable') {
    throw new Error('dockerd 20.10 has no containerd image store');
  }
  const program = requireProgram('dockerd', generation);
  const cli = requireProgram('docker', generation);
  const scratch = await makeScratch('dockerd');
  const dir = scratch.path;
  const socket = join(dir, 's.sock');
  const host = `unix://${socket}`;
  const home = join(dir, 'home');
  const path = `${generation === 'newer' ? newerFolder() : dirname(program)}:${process.env['PATH'] ?? ''}`;
  const env = {
    DOCKER_HOST: host,
    HOME: home,
    DOCKER_CONFIG: join(home, '.docker'),
    DOCKER_CONTEXT: '',
    PATH: path,
  };
  const run = (args: readonly string[], more: RunOptions = {}): [string, readonly string[], RunOptions] => [
    cli,
    args,
    { ...more, env: { ...env, ...more.env } },
  ];

  let daemon: Daemon | undefined;
  try {
    await mkdir(home);
    const config = join(dir, 'daemon.json');
    await writeFile(
      config,
      generation === 'stable'
        ? '{}\n'
        : `${JSON.stringify({ features: { 'containerd-snapshotter': store === 'containerd' } })}\n`,
    );
    daemon = await startDaemon(
      program,
      [
        `--config-file=${config}`,
        `--storage-driver=${store === 'containerd' ? 'native' : 'vfs'}`,
        '--iptables=false',
        ...(generation === 'newer' ? ['--ip6tables=false'] : []),
        '--bridge=none',
        `--data-root=${join(dir, 'data')}`,
        `--exec-root=${join(dir, 'exec')}`,
        `--host=${host}`,
        `--pidfile=${join(dir, 'pid')}`,
      ],
      { env: { PATH: path }, ready: (log) => log.includes('API listen on') },
    );
  } catch (error) {
    await scratch.remove();
    throw error;
  }
  const running = daemon;
  return {
    socket,
    host,
    docker: (args, more) => runChecked(...run(args, more)),
    tryDocker: (args, more) => runProgram(...run(args, more)),
    log: () => running.log(),
    async stop(): Promise<void> {
      await running.stop(15_000);
      await scratch.remove();
    },
  };
}
