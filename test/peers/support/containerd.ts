import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

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

/** A private containerd: own root, state and socket, without the CRI plugin. */
export interface Containerd {
  readonly socket: string;
  /** Runs ctr in the namespace; throws unless it exits with 0. */
  ctr(args: readonly string[], options?: RunOptions): Promise<ProgramResult>;
  /** The same, with any exit code as a result. */
  tryCtr(args: readonly string[], options?: RunOptions): Promise<ProgramResult>;
  /** `ctr images import --no-unpack FILE`; the newer generation gets `--local` too. */
  importArchive(file: string, args?: readonly string[]): Promise<ProgramResult>;
  /** `ctr images pull --plain-http REF`, all platforms, without unpacking into a container. */
  pull(ref: string, args?: readonly string[]): Promise<ProgramResult>;
  log(): string;
  stop(): Promise<void>;
}

export interface ContainerdOptions {
  readonly generation?: Generation;
  /** Default `test`. */
  readonly namespace?: string;
}

/** The programs that {@link startContainerd} needs, for `peerAvailable`. */
export const CONTAINERD_PROGRAMS: readonly string[] = ['containerd', 'ctr'];

/** Starts containerd and waits until it answers. */
export async function startContainerd(options: ContainerdOptions = {}): Promise<Containerd> {
  const generation = options.generation ?? 'stable';
  const program = requireProgram('containerd', generation);
  const cli = requireProgram('ctr', generation);
  const scratch = await makeScratch('ctrd');
  const dir = scratch.path;
  const socket = join(dir, 's.sock');
  const config = join(dir, 'config.toml');
  await writeFile(
    config,
    [
      'version = 2',
      `root = ${JSON.stringify(join(dir, 'root'))}`,
      `state = ${JSON.stringify(join(dir, 'state'))}`,
      'disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.cri.v1.images", "io.containerd.cri.v1.runtime", "io.containerd.nri.v1.nri"]',
      '[grpc]',
      `  address = ${JSON.stringify(socket)}`,
      '[plugins."io.containerd.internal.v1.opt"]',
      `  path = ${JSON.stringify(join(dir, 'opt'))}`,
      '',
    ].join('\n'),
  );
  const run = (args: readonly string[], more: RunOptions = {}): [string, readonly string[], RunOptions] => [
    cli,
    ['--address', socket, '--namespace', options.namespace ?? 'test', ...args],
    { ...more, env: { CONTAINERD_SNAPSHOTTER: 'native', HOME: dir, ...more.env } },
  ];
  let daemon: Daemon;
  try {
    daemon = await startDaemon(program, ['--config', config], {
      ready: async () => (await runProgram(...run(['version']))).code === 0,
    });
  } catch (error) {
    await scratch.remove();
    throw error;
  }
  return {
    socket,
    ctr: (args, more) => runChecked(...run(args, more)),
    tryCtr: (args, more) => runProgram(...run(args, more)),
    importArchive: (file, args = []) =>
      runChecked(
        ...run([
          'images',
          'import',
          ...(generation === 'newer' ? ['--local'] : []),
          '--no-unpack',
          '--snapshotter=native',
          '--all-platforms',
          ...args,
          file,
        ]),
      ),
    pull: (ref, args = []) => runChecked(...run(['content', 'fetch', '--plain-http', '--all-platforms', ...args, ref])),
    log: () => daemon.log(),
    async stop(): Promise<void> {
      await daemon.stop();
      await scratch.remove();
    },
  };
}
