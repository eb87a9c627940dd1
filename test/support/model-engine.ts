import { createHash } from 'node:crypto';
import { type Server, createServer } from 'node:http';
import { formatReference, tryParseReference } from '../../src/oci/reference.js';

/**
 * Docker and Podman in memory, as far as images, names and containers go: what each answers to a removal, and what it
 * does to containers. Measured on Docker 20.10 and 28 and Podman 4.3 and 5.8. Requests that Ingot must never make are
 * recorded as violations, and have the effect that they have on the real engine.
 */
export type ModelKind = 'docker 20' | 'docker 28 classic' | 'docker 28 containerd' | 'podman 4' | 'podman 5';

export const MODEL_KINDS: readonly ModelKind[] = [
  'docker 20',
  'docker 28 classic',
  'docker 28 containerd',
  'podman 4',
  'podman 5',
];

export type ModelState = 'created' | 'running' | 'paused' | 'restarting' | 'exited' | 'storage';

export interface ModelImage {
  readonly id: string;
  readonly names: Set<string>;
  readonly digests: Set<string>;
  readonly parent?: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface ModelContainer {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly mounts: readonly string[];
  readonly pod?: string;
  state: ModelState;
}

export interface ModelRequest {
  readonly method: string;
  /** Without the version. */
  readonly path: string;
  readonly query: URLSearchParams;
}

interface ModelAnswer {
  readonly status: number;
  readonly body?: unknown;
}

const hex = (text: string): string => createHash('sha256').update(text).digest('hex');

const full = (text: string): string => {
  const reference = tryParseReference(text);
  return reference === undefined ? text : formatReference(reference);
};

/** As Docker shows names; Podman shows them in full. */
const familiar = (name: string): string => name.replace(/^docker\.io\/(?:library\/)?/, '');

const repositoryOf = (name: string): string => name.replace(/@.*$/, '').replace(/:[^/:]*$/, '');

const isActive = ({ state }: ModelContainer): boolean =>
  state === 'running' || state === 'paused' || state === 'restarting';

const VERSIONS: Readonly<Record<ModelKind, readonly [version: string, api: string]>> = {
  'docker 20': ['20.10.24', '1.41'],
  'docker 28 classic': ['28.5.2', '1.51'],
  'docker 28 containerd': ['28.5.2', '1.51'],
  'podman 4': ['4.3.1', '1.41'],
  'podman 5': ['5.8.6', '1.44'],
};

export class ModelEngine {
  readonly kind: ModelKind;
  readonly images = new Map<string, ModelImage>();
  readonly containers = new Map<string, ModelContainer>();
  /** Every request that changes something. */
  readonly changes: ModelRequest[] = [];
  /** Requests that must not be made. */
  readonly violations: string[] = [];
  /** Called before each request that changes something. */
  beforeChange: (request: ModelRequest) => void = () => {};
  #made = 0;

  constructor(kind: ModelKind) {
    this.kind = kind;
  }

  get isPodman(): boolean {
    return this.kind.startsWith('podman');
  }

  addImage(
    names: readonly string[],
    more: Partial<Pick<ModelImage, 'parent' | 'labels'>> & { readonly digests?: readonly string[] } = {},
  ): string {
    const id = hex(`image ${this.#made++}`);
    for (const image of this.images.values()) for (const name of names) image.names.delete(full(name));
    this.images.set(id, {
      id,
      names: new Set(names.map(full)),
      digests: new Set(more.digests ?? []),
      labels: more.labels ?? {},
      ...(more.parent === undefined ? {} : { parent: more.parent }),
    });
    return `sha256:${id}`;
  }

  addContainer(
    name: string,
    image: string,
    state: ModelState,
    more: { readonly mounts?: readonly string[]; readonly pod?: string } = {},
  ): string {
    const id = hex(`container ${this.#made++}`);
    const own = image.replace(/^sha256:/, '');
    const pod = more.pod === undefined ? {} : { pod: more.pod };
    this.containers.set(id, { id, name, image: own, state, mounts: more.mounts ?? [], ...pod });
    return id;
  }

  /** As `tag`: another image loses the name. */
  giveName(id: string, name: string): void {
    for (const image of this.images.values()) image.names.delete(full(name));
    this.images.get(id)?.names.add(full(name));
  }

  imageNamed(name: string): ModelImage | undefined {
    const wanted = full(name);
    return [...this.images.values()].find(({ names, digests }) => names.has(wanted) || digests.has(wanted));
  }

  container(name: string): ModelContainer | undefined {
    return [...this.containers.values()].find((container) => container.name === name || container.id === name);
  }

  usersOf(id: string): readonly ModelContainer[] {
    return [...this.containers.values()].filter(
      ({ image, mounts }) => image === id || mounts.some((mount) => this.imageNamed(mount)?.id === id),
    );
  }

  #childrenOf(id: string): readonly ModelImage[] {
    return [...this.images.values()].filter(({ parent }) => parent === id);
  }

  // ---- what an engine does with a request

  handle(request: ModelRequest): ModelAnswer {
    const { method, path, query } = request;
    if (method !== 'GET') {
      this.changes.push(request);
      this.beforeChange(request);
    }
    const parts = path.split('/').slice(1).map(decodeURIComponent);
    const [room = '', second = '', third = ''] = parts;
    if (method === 'GET') {
      switch (path) {
        case '/_ping':
          return { status: 200, body: 'OK' };
        case '/version':
          return { status: 200, body: this.#version() };
        case '/info':
          return { status: 200, body: this.#info() };
        case '/images/json':
          return { status: 200, body: this.#listImages() };
        case '/containers/json':
          return { status: 200, body: this.#listContainers(false) };
        case '/libpod/containers/json':
          return { status: 200, body: this.#listContainers(true) };
        default:
          if (room === 'images' && third === 'json') return this.#inspect(second);
          if (room === 'containers' && third === 'json') return this.#inspectContainer(second);
          return this.#violation(request, 404);
      }
    }
    if (method === 'DELETE' && room === 'images' && parts.length === 2)
      return this.#deleteImage(second, query, request);
    if (method === 'DELETE' && room === 'containers' && parts.length === 2) {
      return this.#deleteContainer(second, query, request);
    }
    if (method === 'POST' && room === 'containers' && third === 'stop') return this.#stop(second);
    if (method === 'POST' && room === 'libpod' && second === 'images' && parts[3] === 'untag') {
      return this.#untag(third, query, request);
    }
    return this.#violation(request, 501);
  }

  #violation({ method, path, query }: ModelRequest, status: number): ModelAnswer {
    this.violations.push(`${method} ${path}?${query.toString()}`);
    return { status, body: { message: 'not part of the model', cause: 'not part of the model' } };
  }

  #refuse(status: number, docker: string, cause: string, message: string): ModelAnswer {
    return this.isPodman
      ? { status, body: { cause, message, response: status } }
      : { status, body: { message: docker } };
  }

  #missing(text: string): ModelAnswer {
    if (this.isPodman && /^[0-9a-f]{64}$/.test(text)) {
      const cause = `normalizing name "${text}" (orig: "${text}") for compat API: invalid repository name (${text}), cannot specify 64-byte hexadecimal strings`;
      return this.#refuse(500, '', cause, `normalizing image: ${cause}`);
    }
    return this.#refuse(
      404,
      `No such image: ${text}`,
      'image not known',
      `failed to find image ${text}: image not known`,
    );
  }

  #resolve(text: string): { readonly image: ModelImage; readonly name?: string } | undefined {
    const id = text.replace(/^sha256:/, '');
    const whole = this.images.get(id);
    if (whole !== undefined) return { image: whole };
    const named = this.imageNamed(text);
    if (named !== undefined) return { image: named, name: full(text) };
    const found = /^[0-9a-f]{4,64}$/.test(id)
      ? [...this.images.values()].filter((image) => image.id.startsWith(id))
      : [];
    return found.length === 1 && found[0] !== undefined ? { image: found[0] } : undefined;
  }

  #shown(name: string): string {
    return this.isPodman ? name : familiar(name);
  }

  /** Takes names away, and digests of repositories that have no tag any more. */
  #untagName(image: ModelImage, name: string): readonly { readonly Untagged: string }[] {
    const isTag = image.names.delete(name);
    image.digests.delete(name);
    const taken = [name];
    if (isTag && ![...image.names].some((other) => repositoryOf(other) === repositoryOf(name))) {
      for (const digest of image.digests) {
        if (repositoryOf(digest) !== repositoryOf(name)) continue;
        image.digests.delete(digest);
        taken.push(digest);
      }
    }
    return taken.map((gone) => ({ Untagged: this.#shown(gone) }));
  }

  #referencesOf({ names, digests }: ModelImage): readonly string[] {
    const named = new Set([...names].map(repositoryOf));
    return [...names, ...[...digests].filter((digest) => !named.has(repositoryOf(digest)))];
  }

  #drop(image: ModelImage, noprune: boolean): readonly { readonly Deleted: string }[] {
    const deleted = { Deleted: this.isPodman ? image.id : `sha256:${image.id}` };
    const hadChildren = this.#childrenOf(image.id).length > 0;
    this.images.delete(image.id);
    const parent = image.parent === undefined ? undefined : this.images.get(image.parent);
    const isLoose =
      parent !== undefined &&
      this.#referencesOf(parent).length === 0 &&
      this.#childrenOf(parent.id).length === 0 &&
      this.usersOf(parent.id).length === 0;
    const prunes = isLoose && (!noprune || this.kind === 'podman 4') && this.kind !== 'docker 28 containerd';
    return [
      // Podman keeps quiet about an image whose layers are still needed.
      ...(this.isPodman && hadChildren ? [] : [deleted]),
      ...(prunes && parent !== undefined ? this.#drop(parent, noprune) : []),
    ];
  }

  #deleteImage(text: string, query: URLSearchParams, request: ModelRequest): ModelAnswer {
    const force = /^(?:1|true)$/i.test(query.get('force') ?? '');
    const noprune = /^(?:1|true)$/i.test(query.get('noprune') ?? '');
    const found = this.#resolve(text);
    if (force && (this.isPodman || found?.name === undefined)) this.#violation(request, 0);
    if (found === undefined) return this.#missing(text);
    return this.isPodman
      ? this.#podmanDelete(found.image, found.name, force, noprune, text)
      : this.#dockerDelete(found.image, found.name, force, noprune, text);
  }

  #dockerDelete(
    image: ModelImage,
    name: string | undefined,
    force: boolean,
    noprune: boolean,
    text: string,
  ): ModelAnswer {
    const users = this.usersOf(image.id);
    const references = this.#referencesOf(image);
    const runs = users.some(isActive);
    const isContainerd = this.kind === 'docker 28 containerd';
    const children = this.#childrenOf(image.id);
    const conflict = (why: string): ModelAnswer =>
      this.#refuse(409, `conflict: unable to delete ${text} ${why}`, '', '');
    if (name !== undefined) {
      const others = references.filter((reference) => reference !== name);
      if (others.length === 0 && users.length > 0 && !force)
        return conflict('(must be forced) - container is using it');
      const untagged = this.#untagName(image, name);
      const stays =
        this.#referencesOf(image).length > 0 || runs || children.length > 0 || (isContainerd && users.length > 0);
      // It says so, and keeps the image without a name.
      const isClaim = isContainerd && stays && this.#referencesOf(image).length === 0 && users.length === 0;
      const claimed = isClaim ? [{ Deleted: `sha256:${image.id}` }] : [];
      return { status: 200, body: [...untagged, ...(stays ? claimed : this.#drop(image, noprune))] };
    }
    if (runs) return conflict('(cannot be forced) - image is being used by running container');
    if (children.length > 0 && !isContainerd) return conflict('(cannot be forced) - image has dependent child images');
    if (!force && references.length > 1)
      return conflict('(must be forced) - image is referenced in multiple repositories');
    if (!force && users.length > 0) return conflict('(must be forced) - image is being used by stopped container');
    const untagged = references.flatMap((reference) => this.#untagName(image, reference));
    return { status: 200, body: [...untagged, ...this.#drop(image, noprune)] };
  }

  #podmanDelete(
    image: ModelImage,
    name: string | undefined,
    force: boolean,
    noprune: boolean,
    text: string,
  ): ModelAnswer {
    const references = this.#referencesOf(image);
    const users = this.usersOf(image.id);
    if (name !== undefined && references.length > 1) return { status: 200, body: this.#untagName(image, name) };
    if (references.length > 1 && !force) {
      const cause = `unable to delete image "${image.id}" by ID with more than one tag ([${references.join(' ')}]): please force removal`;
      return this.#refuse(500, '', cause, cause);
    }
    if (users.length > 0 && !force) {
      return this.#refuse(
        409,
        '',
        'image is in use by a container',
        `image ${text} is in use: image used by ${users[0]?.id ?? ''}: image is in use by a container: consider listing external containers and force-removing image`,
      );
    }
    // With force, containers go: all of them, from 5.6 on only those that do not run, whatever comes of the rest.
    for (const user of users) if (this.kind === 'podman 4' || !isActive(user)) this.containers.delete(user.id);
    if (users.some((user) => this.containers.has(user.id))) {
      return this.#refuse(
        409,
        '',
        'container state improper',
        `image ${text} is in an invalid state: container state improper`,
      );
    }
    const untagged = references.flatMap((reference) => this.#untagName(image, reference));
    return { status: 200, body: [...this.#drop(image, noprune), ...untagged] };
  }

  #deleteContainer(text: string, query: URLSearchParams, request: ModelRequest): ModelAnswer {
    if (query.get('force') !== null && !/^(?:0|false)$/i.test(query.get('force') ?? '')) this.#violation(request, 0);
    const container = this.container(text);
    if (container === undefined || container.state === 'storage') {
      return this.#refuse(
        404,
        `No such container: ${text}`,
        'no such container',
        `no container with name or ID "${text}" found: no such container`,
      );
    }
    if (isActive(container)) {
      const message = `cannot remove container ${container.id} as it is running - running or paused containers cannot be removed without force: container state improper`;
      return this.#refuse(
        this.isPodman ? 500 : 409,
        `You cannot remove a running container ${container.id}. Stop the container before attempting removal or force remove`,
        'container state improper',
        message,
      );
    }
    this.containers.delete(container.id);
    return { status: this.isPodman ? 200 : 204, ...(this.isPodman ? { body: [{ Id: container.id }] } : {}) };
  }

  #stop(text: string): ModelAnswer {
    const container = this.container(text);
    if (container === undefined || container.state === 'storage') {
      return this.#refuse(
        404,
        `No such container: ${text}`,
        'no such container',
        `no container with name or ID "${text}" found: no such container`,
      );
    }
    if (!isActive(container)) return { status: 304 };
    if (this.isPodman && container.state === 'paused') {
      const cause = 'container state improper';
      return this.#refuse(
        500,
        '',
        cause,
        `can only stop created or running containers. ${container.id} is in state paused: ${cause}`,
      );
    }
    container.state = 'exited';
    return { status: 204 };
  }

  #untag(text: string, query: URLSearchParams, request: ModelRequest): ModelAnswer {
    const repo = query.get('repo') ?? '';
    const tag = query.get('tag') ?? '';
    // Without them, all names would go.
    if (repo === '' || tag === '') return this.#violation(request, 500);
    const image = this.#resolve(text)?.image;
    if (image === undefined) return this.#missing(text);
    const name = full(`${repo}:${tag}`);
    if (!image.names.has(name)) return this.#refuse(500, '', 'tag not known', `${name}: tag not known`);
    this.#untagName(image, name);
    return { status: 201 };
  }

  // ---- what an engine tells

  #version(): unknown {
    const [Version, ApiVersion] = VERSIONS[this.kind];
    const Components = [{ Name: this.isPodman ? 'Podman Engine' : 'Engine', Version }];
    return { Version, ApiVersion, MinAPIVersion: '1.24', Os: 'linux', Arch: 'amd64', Components };
  }

  #info(): unknown {
    const status = this.kind === 'docker 28 containerd' ? [['driver-type', 'io.containerd.snapshotter.v1']] : null;
    return {
      ID: 'model',
      Driver: 'vfs',
      DriverStatus: status,
      OSType: 'linux',
      Architecture: 'x86_64',
      SecurityOptions: [],
    };
  }

  #listImages(): readonly unknown[] {
    return [...this.images.values()].map((image) => ({
      Id: `sha256:${image.id}`,
      ParentId: image.parent === undefined ? '' : this.isPodman ? image.parent : `sha256:${image.parent}`,
      RepoTags: this.#listed([...image.names], '<none>:<none>'),
      RepoDigests: this.#listed([...image.digests], '<none>@<none>'),
      Created: 0,
      Size: 1_234_567,
      VirtualSize: 1_234_567,
      SharedSize: -1,
      Containers: -1,
      Labels: Object.keys(image.labels).length === 0 ? null : image.labels,
    }));
  }

  #listed(names: readonly string[], none: string): readonly string[] | null {
    if (names.length > 0) return names.map((name) => this.#shown(name));
    return this.kind === 'docker 20' ? [none] : this.kind === 'podman 4' ? null : [];
  }

  #listContainers(libpod: boolean): readonly unknown[] {
    return [...this.containers.values()]
      .filter(({ state }) => libpod || state !== 'storage')
      .map(({ id, name, image, state, mounts, pod }) => ({
        Id: id,
        Names: [libpod ? name : `/${name}`],
        Image: [...(this.images.get(image)?.names ?? [])].map((it) => this.#shown(it))[0] ?? `sha256:${image}`,
        ImageID: libpod ? image : `sha256:${image}`,
        State: state,
        Status: '',
        Created: 0,
        Labels: {},
        ...(libpod
          ? { Mounts: [], Pod: pod ?? '' }
          : { Mounts: mounts.map((it) => ({ Type: 'image', Name: it, Source: this.isPodman ? it : '/data' })) }),
      }));
  }

  #inspect(text: string): ModelAnswer {
    const image = this.#resolve(text)?.image;
    if (image === undefined) return this.#missing(text);
    return {
      status: 200,
      body: {
        Id: `sha256:${image.id}`,
        RepoTags: [...image.names].map((name) => this.#shown(name)),
        RepoDigests: [...image.digests].map((name) => this.#shown(name)),
        Parent: image.parent === undefined ? '' : `sha256:${image.parent}`,
        Created: '1970-01-01T00:00:00Z',
        Size: 1_234_567,
        Os: 'linux',
        Architecture: 'amd64',
        Config: { Labels: image.labels },
        RootFS: { Type: 'layers', Layers: [`sha256:${hex(image.id)}`] },
      },
    };
  }

  #inspectContainer(text: string): ModelAnswer {
    const container = this.container(text);
    if (container === undefined)
      return this.#refuse(404, `No such container: ${text}`, 'no such container', 'no such container');
    const { id, name, image, state } = container;
    return {
      status: 200,
      body: {
        Id: id,
        Name: `/${name}`,
        Image: `sha256:${image}`,
        State: { Status: state, Running: isActive(container), Paused: state === 'paused' },
      },
    };
  }

  /** Answers on a unix socket. @returns what ends that */
  async serve(socket: string): Promise<() => Promise<void>> {
    const [version, api] = VERSIONS[this.kind];
    const headers: Record<string, string> = this.isPodman
      ? { 'Api-Version': api, Server: `Libpod/${version} (linux)`, 'Libpod-Api-Version': version }
      : { 'Api-Version': api, Server: `Docker/${version} (linux)` };
    const server: Server = createServer((request, response) => {
      request.resume();
      request.on('end', () => {
        const url = new URL(request.url ?? '/', 'http://engine');
        const path = url.pathname.replace(/^\/v\d[\d.]*(?=\/)/, '');
        const { status, body } = this.handle({ method: request.method ?? 'GET', path, query: url.searchParams });
        const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
        response.writeHead(status, { ...headers, 'Content-Type': 'application/json' });
        response.end(status === 304 || status === 204 ? undefined : text);
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(socket, resolve);
    });
    return () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
  }
}
