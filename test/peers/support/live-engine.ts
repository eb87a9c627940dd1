import { request } from 'node:http';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { rawMember, rawTar } from '../../support/raw-tar.js';
import type { ModelKind, ModelState } from '../../support/model-engine.js';
import { DOCKER_PROGRAMS, startDocker } from './dockerd.js';
import { preparePodman } from './podman.js';
import { writeContainersConfig } from './containers-config.js';
import { type Generation, delay, peerAvailable, requireProgram, rootAvailable, runChecked } from './program.js';

/** What an engine answered. */
export interface LiveAnswer {
  readonly status: number;
  readonly text: string;
}

/** How a container is, so that a change of any kind shows. */
export interface LiveContainer {
  readonly id: string;
  readonly state: string;
  readonly pid: number;
  readonly startedAt: string;
  readonly image: string;
}

/** A real engine of a kind, with images made here and containers that run in it. */
export interface LiveEngine {
  readonly kind: ModelKind;
  readonly host: string;
  ask(method: string, path: string, body?: unknown): Promise<LiveAnswer>;
  /** An image of one layer, other than all others. @returns its ID */
  makeImage(...names: readonly string[]): Promise<string>;
  tag(id: string, name: string): Promise<void>;
  /** An image built on a container's one. */
  commit(container: string, name: string): Promise<string>;
  makeContainer(name: string, image: string, state: ModelState, more?: object): Promise<string>;
  start(container: string): Promise<void>;
  /** By name. */
  containers(): Promise<ReadonlyMap<string, LiveContainer>>;
  hasImage(text: string): Promise<boolean>;
  /** Podman or Buildah on the same storage. */
  tool(name: 'podman' | 'buildah', ...args: readonly string[]): Promise<string>;
  /** Every container and image, by force. */
  clear(): Promise<void>;
  stop(): Promise<void>;
}

const GENERATIONS: Readonly<Record<ModelKind, Generation>> = {
  'docker 20': 'stable',
  'docker 28 classic': 'newer',
  'docker 28 containerd': 'newer',
  'podman 4': 'stable',
  'podman 5': 'newer',
};

export const liveEngineAvailable = (kind: ModelKind): boolean =>
  rootAvailable() &&
  peerAvailable(['busybox', 'runc']) &&
  peerAvailable(kind.startsWith('docker') ? DOCKER_PROGRAMS : 'podman', GENERATIONS[kind]);

const startSocket = async (
  kind: ModelKind,
): Promise<{ readonly socket: string; readonly stop: () => Promise<void> }> => {
  const generation = GENERATIONS[kind];
  if (kind.startsWith('podman')) {
    const podman = await preparePodman({ generation });
    try {
      return { socket: await podman.serve(), stop: () => podman.stop() };
    } catch (error) {
      await podman.stop();
      throw error;
    }
  }
  const store = kind === 'docker 28 containerd' ? 'containerd' : 'classic';
  const docker = await startDocker({ generation, store });
  return { socket: docker.socket, stop: () => docker.stop() };
};

const send = (socket: string, method: string, path: string, body: Uint8Array, type: string): Promise<LiveAnswer> =>
  new Promise((resolve, reject) => {
    const headers = { 'Content-Type': type, 'Content-Length': String(body.length), Host: 'engine' };
    const call = request({ socketPath: socket, method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
      response.on('error', reject);
    });
    call.on('error', reject);
    call.end(body);
  });

const BUSYBOX = '/bin/busybox';

/** PID 1 ignores what it has no handler for. */
const LOOP = 'trap exit TERM; while true; do sleep 1; done';

/** @throws if the engine does not do what it was asked */
export const startLiveEngine = async (kind: ModelKind): Promise<LiveEngine> => {
  const { socket, stop } = await startSocket(kind);
  const busybox = readFileSync(BUSYBOX);
  let made = 0;
  // Mounts of images came with 1.48.
  const version = kind.startsWith('docker 28') ? 'v1.51' : 'v1.41';

  const ask: LiveEngine['ask'] = (method, path, body) =>
    send(
      socket,
      method,
      `/${version}${path}`,
      body === undefined ? new Uint8Array() : Buffer.from(JSON.stringify(body)),
      'application/json',
    );
  const expect = async (method: string, path: string, body?: unknown): Promise<string> => {
    const answer = await ask(method, path, body);
    if (answer.status >= 300 && answer.status !== 304) {
      throw new Error(`${kind}: ${method} ${path}: ${answer.status} ${answer.text}`);
    }
    return answer.text;
  };
  const idOf = async (text: string): Promise<string> =>
    (JSON.parse(await expect('GET', `/images/${encodeURIComponent(text)}/json`)) as { Id: string }).Id.replace(
      /^(?:sha256:)?/,
      'sha256:',
    );
  const tag: LiveEngine['tag'] = async (id, name) => {
    const [repo = '', version = ''] = name.split(/:(?=[^:/]*$)/);
    await expect('POST', `/images/${encodeURIComponent(id)}/tag?repo=${repo}&tag=${version}`);
  };
  const containers: LiveEngine['containers'] = async () => {
    const list = JSON.parse(await expect('GET', '/containers/json?all=1')) as { Id: string }[];
    const found = new Map<string, LiveContainer>();
    for (const { Id } of list) {
      const container = JSON.parse(await expect('GET', `/containers/${Id}/json`)) as {
        Name: string;
        Image: string;
        State: { Status: string; Pid: number; StartedAt: string };
      };
      const { Status, Pid, StartedAt } = container.State;
      const image = container.Image.replace(/^(?:sha256:)?/, 'sha256:');
      found.set(container.Name.replace(/^\//, ''), { id: Id, state: Status, pid: Pid, startedAt: StartedAt, image });
    }
    return found;
  };
  const start: LiveEngine['start'] = async (container) => {
    await expect('POST', `/containers/${container}/start`);
  };

  return {
    kind,
    host: `unix://${socket}`,
    ask,
    tag,
    containers,
    start,
    stop,
    async makeImage(...names) {
      made += 1;
      const tar = rawTar([
        rawMember({ name: 'bin/', type: '5', mode: 0o755 }),
        rawMember({ name: 'bin/busybox', mode: 0o755 }, busybox),
        rawMember({ name: 'bin/sh', type: '2', link: 'busybox' }),
        rawMember({ name: 'bin/sleep', type: '2', link: 'busybox' }),
        rawMember({ name: `made-${made}` }, `${made}`),
      ]);
      const repo = `i${made}:1`;
      const answer = await send(
        socket,
        'POST',
        kind.startsWith('podman')
          ? `/${version}/images/create?fromSrc=-&repo=docker.io/import/${repo}`
          : `/${version}/images/create?fromSrc=-&repo=import/i${made}&tag=1`,
        tar,
        'application/x-tar',
      );
      if (answer.status !== 200) throw new Error(`${kind}: import: ${answer.status} ${answer.text}`);
      const id = await idOf(`docker.io/import/${repo}`);
      for (const name of names) await tag(id, name);
      await expect('DELETE', `/images/${encodeURIComponent(`docker.io/import/${repo}`)}?noprune=1`);
      return id;
    },
    async commit(container, name) {
      const [repo = '', version = ''] = name.split(/:(?=[^:/]*$)/);
      await expect('POST', `/commit?container=${container}&repo=${repo}&tag=${version}`, {});
      return idOf(name);
    },
    async makeContainer(name, image, state, more = {}) {
      const text = await expect('POST', `/containers/create?name=${name}`, {
        Image: image,
        Cmd: ['/bin/sh', '-c', state === 'exited' ? 'true' : LOOP],
        HostConfig: { NetworkMode: 'none' },
        ...more,
      });
      const { Id } = JSON.parse(text) as { Id: string };
      if (state === 'created') return Id;
      await start(Id);
      if (state === 'paused') await expect('POST', `/containers/${Id}/pause`);
      const until = Date.now() + 20_000;
      while ((await containers()).get(name)?.state !== state) {
        if (Date.now() > until) throw new Error(`${kind}: ${name} is not ${state}`);
        await delay(50);
      }
      return Id;
    },
    async hasImage(text) {
      return (await ask('GET', `/images/${encodeURIComponent(text)}/json`)).status === 200;
    },
    async tool(name, ...args) {
      const directory = dirname(socket);
      const { env, root, runroot } = await writeContainersConfig(directory);
      const storage = ['--storage-driver=vfs', `--root=${root}`, `--runroot=${runroot}`];
      const more = name === 'podman' ? ['--cgroup-manager=cgroupfs'] : [];
      const program = requireProgram(name, GENERATIONS[kind]);
      const { stdout } = await runChecked(program, [...storage, ...more, ...args], { env });
      return stdout.toString().trim();
    },
    async clear() {
      for (const { id, state } of (await containers()).values()) {
        if (state === 'paused') await ask('POST', `/containers/${id}/unpause`);
        await ask('DELETE', `/containers/${id}?force=1`);
      }
      // Children keep their parents.
      for (let round = 0; round < 4; round++) {
        const list = JSON.parse(await expect('GET', '/images/json?all=1')) as { Id: string }[];
        for (const { Id } of list) await ask('DELETE', `/images/${encodeURIComponent(Id)}?force=1`);
      }
    },
  };
};
