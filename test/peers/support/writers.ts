import type { Generation } from './program.js';
import { ENGINE_NAMES, type EngineName, GENERATIONS, type Peers, engineAvailable, toolAvailable } from './peers.js';

/** A tool that fetches an image from a registry and writes it in one format. */
export interface Writer {
  readonly name: string;
  /** What it writes: `docker-archive`, `oci-archive`, `oci` or `dir`; a hybrid counts as `oci-archive`. */
  readonly format: 'docker-archive' | 'oci-archive' | 'oci' | 'dir';
  /** Whether the registry's manifest and compressed layers are still there. */
  readonly keepsLayers: boolean;
  /** Whether it writes another config for one that has Docker's own fields. */
  readonly rewritesDockerConfig: boolean;
  /** Whether two saves, more than a second apart, of an image with a repeated layer never give the same bytes. */
  readonly differsEachTime: boolean;
  readonly available: () => boolean;
  /** Fetches `remote` once, under `name`. */
  fetch(peers: Peers, remote: string, name: string): Promise<void>;
  /** Writes what was fetched to `path`. */
  write(peers: Peers, remote: string, name: string, path: string): Promise<void>;
}

const dockerWriter = (engine: EngineName): Writer => ({
  name: `${engine}: docker save`,
  format: engine === 'docker 20' ? 'docker-archive' : 'oci-archive',
  keepsLayers: engine === 'docker 28 containerd',
  rewritesDockerConfig: false,
  differsEachTime: engine !== 'docker 28 containerd',
  available: () => engineAvailable(engine),
  async fetch(peers, remote, name) {
    const daemon = await peers.engine(engine);
    await daemon.docker(['pull', '-q', remote]);
    await daemon.docker(['tag', remote, name]);
    await daemon.docker(['rmi', remote]);
  },
  async write(peers, _remote, name, path) {
    await (await peers.engine(engine)).docker(['save', '-o', path, name]);
  },
});

const podmanWriter = (generation: Generation, format: 'docker-archive' | 'oci-archive'): Writer => ({
  name: `podman ${generation}: podman save --format ${format}`,
  format,
  keepsLayers: false,
  rewritesDockerConfig: format === 'oci-archive',
  differsEachTime: format === 'oci-archive',
  available: () => toolAvailable('podman', generation),
  async fetch(peers, remote, name) {
    const pod = await peers.podman(generation);
    await pod.podman(['pull', '-q', remote]);
    await pod.podman(['tag', remote, name]);
  },
  async write(peers, _remote, name, path) {
    await (await peers.podman(generation)).podman(['save', '-q', '--format', format, '-o', path, name]);
  },
});

const skopeoWriter = (generation: Generation, format: Writer['format']): Writer => ({
  name: `skopeo ${generation}: skopeo copy to ${format}:`,
  format,
  keepsLayers: format !== 'docker-archive',
  rewritesDockerConfig: format === 'oci-archive' || format === 'oci',
  differsEachTime: format === 'oci-archive',
  available: () => toolAvailable('skopeo', generation),
  async fetch() {
    // it has no store: the registry is read each time
  },
  async write(peers, remote, name, path) {
    const destination = format === 'dir' ? `dir:${path}` : `${format}:${path}:${name}`;
    await (await peers.skopeo(generation)).skopeo(['copy', '-q', `docker://${remote}`, destination]);
  },
});

const containerdWriter = (generation: Generation): Writer => ({
  name: `containerd ${generation}: ctr images export`,
  format: 'oci-archive',
  keepsLayers: true,
  rewritesDockerConfig: false,
  differsEachTime: false,
  available: () => toolAvailable('containerd', generation),
  async fetch(peers, remote, name) {
    const containerd = await peers.containerd(generation);
    await containerd.pull(remote);
    await containerd.ctr(['images', 'tag', remote, name]);
    await containerd.ctr(['images', 'rm', remote]);
  },
  async write(peers, _remote, name, path) {
    const local = generation === 'newer' ? ['--local'] : [];
    await (await peers.containerd(generation)).ctr(['images', 'export', ...local, path, name]);
  },
});

const buildahWriter = (generation: Generation, format: 'docker-archive' | 'oci-archive'): Writer => ({
  name: `buildah ${generation}: buildah push to ${format}:`,
  format,
  keepsLayers: false,
  rewritesDockerConfig: format === 'oci-archive',
  differsEachTime: format === 'oci-archive',
  available: () => toolAvailable('buildah', generation),
  async fetch(peers, remote, name) {
    const builder = await peers.buildah(generation);
    await builder.buildah(['pull', '-q', remote]);
    await builder.buildah(['tag', remote, name]);
  },
  async write(peers, _remote, name, path) {
    await (await peers.buildah(generation)).buildah(['push', '-q', name, `${format}:${path}:${name}`]);
  },
});

/** Every tool in every format, as far as its generation is tested. */
export const WRITERS: readonly Writer[] = [
  ...ENGINE_NAMES.map(dockerWriter),
  ...GENERATIONS.flatMap((generation) => [
    podmanWriter(generation, 'docker-archive'),
    podmanWriter(generation, 'oci-archive'),
    skopeoWriter(generation, 'docker-archive'),
    skopeoWriter(generation, 'oci-archive'),
    skopeoWriter(generation, 'oci'),
    skopeoWriter(generation, 'dir'),
    containerdWriter(generation),
    buildahWriter(generation, 'docker-archive'),
    buildahWriter(generation, 'oci-archive'),
  ]),
];
