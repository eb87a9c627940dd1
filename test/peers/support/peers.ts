import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';

import { type Buildah, prepareBuildah } from './buildah.js';
import { CONTAINERD_PROGRAMS, type Containerd, startContainerd } from './containerd.js';
import { DOCKER_PROGRAMS, type Docker, startDocker } from './dockerd.js';
import { type Podman, preparePodman } from './podman.js';
import { type Generation, type Scratch, findProgram, makeScratch, peerAvailable, rootAvailable } from './program.js';
import { type Registry, startRegistry } from './registry.js';
import { type Skopeo, prepareSkopeo } from './skopeo.js';
import { type Umoci, prepareUmoci } from './umoci.js';

/** The generations that are tested: both, but only `stable` with `INGOT_PEERS_NEWER=0`. */
export const GENERATIONS: readonly Generation[] =
  process.env['INGOT_PEERS_NEWER'] === '0' ? ['stable'] : ['stable', 'newer'];

export type EngineName = 'docker 20' | 'docker 28 classic' | 'docker 28 containerd';

const ENGINES: Readonly<
  Record<EngineName, { readonly generation: Generation; readonly store: 'classic' | 'containerd' }>
> = {
  'docker 20': { generation: 'stable', store: 'classic' },
  'docker 28 classic': { generation: 'newer', store: 'classic' },
  'docker 28 containerd': { generation: 'newer', store: 'containerd' },
};

/** The engines that are tested, as {@link GENERATIONS}. */
export const ENGINE_NAMES: readonly EngineName[] = (Object.keys(ENGINES) as EngineName[]).filter((name) =>
  GENERATIONS.includes(ENGINES[name].generation),
);

export const engineAvailable = (name: EngineName): boolean =>
  rootAvailable() && peerAvailable(DOCKER_PROGRAMS, ENGINES[name].generation);

/** Whether a program of a generation can be run by root. Of the newer one only what the machine can have is asked for. */
export const toolAvailable = (
  name: 'podman' | 'skopeo' | 'buildah' | 'umoci' | 'containerd' | 'crane' | 'oras',
  generation: Generation,
): boolean => rootAvailable() && peerAvailable(name === 'containerd' ? CONTAINERD_PROGRAMS : name, generation);

/** All tools of a test file, each started when first asked for and ended with {@link Peers.stop}. */
export interface Peers {
  /** A path in a private directory. */
  path(...parts: readonly string[]): string;
  registry(): Promise<Registry>;
  engine(name: EngineName): Promise<Docker>;
  podman(generation: Generation): Promise<Podman>;
  skopeo(generation: Generation): Promise<Skopeo>;
  buildah(generation: Generation): Promise<Buildah>;
  umoci(generation: Generation): Promise<Umoci>;
  containerd(generation: Generation): Promise<Containerd>;
  stop(): Promise<void>;
}

/** Prepares the tools of a test file; nothing is started yet. */
export const preparePeers = async (label: string): Promise<Peers> => {
  const scratch: Scratch = await makeScratch(label);
  const stops: (() => Promise<void>)[] = [];
  const once = <K, T extends { stop(): Promise<void> }>(start: (key: K) => Promise<T>): ((key: K) => Promise<T>) => {
    const started = new Map<K, Promise<T>>();
    return (key) => {
      const known = started.get(key);
      if (known !== undefined) return known;
      const starting = start(key);
      started.set(key, starting);
      stops.push(async () => {
        // One that did not start has cleaned up after itself.
        await (await starting.catch(() => undefined))?.stop();
      });
      return starting;
    };
  };
  const registry = once<'one', Registry>(() => startRegistry());
  return {
    path: (...parts) => join(scratch.path, ...parts),
    registry: () => registry('one'),
    engine: once((name) => startDocker(ENGINES[name])),
    podman: once((generation) => preparePodman({ generation })),
    skopeo: once((generation) => prepareSkopeo({ generation })),
    buildah: once((generation) => prepareBuildah({ generation })),
    umoci: once((generation) => prepareUmoci({ generation })),
    containerd: once((generation) => startContainerd({ generation })),
    async stop(): Promise<void> {
      await Promise.all(stops.map((stop) => stop()));
      await scratch.remove();
    },
  };
};

/** The sha256 of a file as it is, with its algorithm. */
export const fileSha256 = async (path: string): Promise<string> => {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return `sha256:${hash.digest('hex')}`;
};

/** Lines of a program's output that are not empty. */
export const linesOf = (output: Uint8Array): readonly string[] =>
  Buffer.from(output)
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');

export const newerProgram = (name: 'crane' | 'oras'): string => findProgram(name, 'newer') ?? name;
