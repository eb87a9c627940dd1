import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gunzipSync } from 'node:zlib';

/**
 * The canonical archive once more, written from `docs/canonical-archive.md` alone and sharing no line with `src`: if
 * both give the same bytes, the document says what the program does. It holds everything in memory, verifies little,
 * and cannot read zstd, bzip2 and xz. Comments name the rules.
 */

// --- CA-SOURCE-1: files by path --------------------------------------------------------------------------------------

type Files = ReadonlyMap<string, Buffer>;

const cleanPath = (path: string): string => path.replace(/^(\.?\/)+/, '').replace(/\/+$/, '');

const field = (block: Buffer, start: number, length: number): string => {
  const bytes = block.subarray(start, start + length);
  const end = bytes.indexOf(0);
  return bytes.subarray(0, end < 0 ? length : end).toString('utf8');
};

const filesOfTar = (packed: Buffer): Files => {
  const tar = packed[0] === 0x1f && packed[1] === 0x8b ? gunzipSync(packed) : packed;
  const files = new Map<string, Buffer>();
  const links = new Map<string, string>();
  let path: string | undefined;
  for (let at = 0; at < tar.length && tar[at] !== 0;) {
    const block = tar.subarray(at, at + 512);
    const size = Number.parseInt(field(block, 124, 12).trim() || '0', 8);
    const body = tar.subarray(at + 512, at + 512 + size);
    const type = String.fromCharCode(block[156] ?? 0);
    const isUstar = field(block, 257, 6) === 'ustar';
    const prefix = isUstar ? field(block, 345, 155) : '';
    const name = cleanPath(path ?? (prefix === '' ? field(block, 0, 100) : `${prefix}/${field(block, 0, 100)}`));
    if (type === 'x') path = /\d+ path=([^\n]*)\n/.exec(body.toString('utf8'))?.[1];
    else if (type === 'L') path = body.toString('utf8').replace(/\0+$/, '');
    else path = undefined;
    if (type === '0' || type === '\0') files.set(name, body);
    if (type === '1') links.set(name, cleanPath(field(block, 157, 100)));
    if (type === '2') {
      const parts = [...name.split('/').slice(0, -1), ...field(block, 157, 100).split('/')];
      const found: string[] = [];
      for (const part of parts) {
        if (part === '..') found.pop();
        else if (part !== '.') found.push(part);
      }
      links.set(name, found.join('/'));
    }
    at += 512 + Math.ceil(size / 512) * 512;
  }
  for (const name of links.keys()) {
    let target = name;
    for (let hop = links.get(target); hop !== undefined; hop = links.get(target)) target = hop;
    const bytes = files.get(target);
    if (bytes !== undefined) files.set(name, bytes);
  }
  return files;
};

const filesOf = (path: string): Files => {
  if (!statSync(path).isDirectory()) return filesOfTar(readFileSync(path));
  const files = new Map<string, Buffer>();
  for (const name of readdirSync(path, { recursive: true, encoding: 'utf8' })) {
    const full = join(path, name);
    if (statSync(full).isFile()) files.set(relative(path, full).replaceAll('\\', '/'), readFileSync(full));
  }
  return files;
};

// --- the documents of others -----------------------------------------------------------------------------------------

interface Platform {
  os?: string;
  architecture?: string;
  variant?: string;
  'os.version'?: string;
  'os.features'?: string[];
}

interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
  annotations?: Record<string, string>;
  platform?: Platform;
  artifactType?: string;
  urls?: string[];
  data?: string;
}

interface Manifest {
  mediaType?: string;
  manifests?: Descriptor[];
  config?: Descriptor;
  layers?: Descriptor[];
  blobs?: Descriptor[] | null;
  subject?: Descriptor;
  annotations?: Record<string, string>;
}

interface Config extends Platform {
  rootfs?: { type?: string; diff_ids?: string[] | null };
}

interface Item {
  config: string;
  repoTags: readonly string[];
  layers: readonly string[];
}

const parse = <T>(bytes: Uint8Array): T => JSON.parse(Buffer.from(bytes).toString('utf8')) as T;

const sha256 = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** By digest, in byte order. */
const inOrder = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

const blobPath = (digest: string): string => `blobs/${digest.replace(':', '/')}`;

// --- CA-JSON-1 -------------------------------------------------------------------------------------------------------

type Json = string | number | readonly Json[] | { readonly [key: string]: Json };

const jcsText = (value: Json): string => {
  if (typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item: Json) => jcsText(item)).join(',')}]`;
  // The default order of sort() is that of UTF-16 code units.
  const members = Object.entries(value);
  const keys = members.map(([key]) => key).sort();
  const byKey = new Map<string, Json>(members);
  return `{${keys.map((key) => `${JSON.stringify(key)}:${jcsText(byKey.get(key) ?? '')}`).join(',')}}`;
};

const jcs = (value: Json): Buffer => Buffer.from(jcsText(value), 'utf8');

// --- 1 The graph -----------------------------------------------------------------------------------------------------

const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const OCI_CONFIG = 'application/vnd.oci.image.config.v1+json';
const OCI_LAYER = 'application/vnd.oci.image.layer.v1.tar';

type Kind = 'index' | 'manifest' | 'artifact' | 'config' | 'layer' | 'blob';

const LAYER_TYPES = [
  OCI_LAYER,
  'application/vnd.oci.image.layer.nondistributable.v1.tar',
  'application/vnd.docker.image.rootfs.diff.tar',
  'application/vnd.docker.image.rootfs.foreign.diff.tar',
];
const KINDS: Readonly<Record<string, Kind>> = {
  [OCI_INDEX]: 'index',
  'application/vnd.docker.distribution.manifest.list.v2+json': 'index',
  [OCI_MANIFEST]: 'manifest',
  'application/vnd.docker.distribution.manifest.v2+json': 'manifest',
  'application/vnd.oci.artifact.manifest.v1+json': 'artifact',
  [OCI_CONFIG]: 'config',
  'application/vnd.docker.container.image.v1+json': 'config',
};

/** CA-GRAPH-2 */
const kindOf = (mediaType: string): Kind =>
  KINDS[mediaType] ?? (LAYER_TYPES.some((type) => mediaType.startsWith(type)) ? 'layer' : 'blob');

const isReadableLayer = (mediaType: string): boolean =>
  LAYER_TYPES.some(
    (type) =>
      ['', '+gzip', '.gzip', '+zstd', '.zstd'].includes(mediaType.slice(type.length)) && mediaType.startsWith(type),
  );

interface Name {
  readonly text: string;
  readonly isReference: boolean;
  readonly tag?: string;
  readonly hasDigest: boolean;
}

interface Root {
  readonly descriptor: Descriptor;
  readonly names: readonly Name[];
}

/** Roots, and the blobs that are there. */
class Graph {
  readonly roots: readonly Root[];
  readonly blobs: ReadonlyMap<string, Buffer>;

  constructor(roots: readonly Root[], blobs: ReadonlyMap<string, Buffer>) {
    this.roots = roots;
    this.blobs = blobs;
  }

  manifest({ mediaType, digest }: Descriptor): Manifest | undefined {
    const bytes = this.blobs.get(digest);
    return bytes === undefined || !['index', 'manifest', 'artifact'].includes(kindOf(mediaType))
      ? undefined
      : parse(bytes);
  }

  /** CA-GRAPH-4 */
  children(descriptor: Descriptor): readonly Descriptor[] {
    const manifest = this.manifest(descriptor);
    const kind = kindOf(descriptor.mediaType);
    if (kind === 'index') return manifest?.manifests ?? [];
    if (kind === 'artifact') return manifest?.blobs ?? [];
    return manifest?.config === undefined ? [] : [manifest.config, ...(manifest.layers ?? [])];
  }

  preorder(from: readonly Descriptor[], seen = new Map<string, Descriptor>()): ReadonlyMap<string, Descriptor> {
    for (const descriptor of from) {
      if (seen.has(descriptor.digest)) continue;
      seen.set(descriptor.digest, descriptor);
      this.preorder(this.children(descriptor), seen);
    }
    return seen;
  }

  /** CA-GRAPH-5: the config of an image. */
  config(descriptor: Descriptor): Config | undefined {
    const config = kindOf(descriptor.mediaType) === 'manifest' ? this.manifest(descriptor)?.config : undefined;
    const bytes =
      config === undefined || kindOf(config.mediaType) !== 'config' ? undefined : this.blobs.get(config.digest);
    if (bytes === undefined) return undefined;
    try {
      const value = parse<Config>(bytes);
      return value.rootfs?.type === 'layers' ? value : undefined;
    } catch {
      return undefined;
    }
  }

  subject(descriptor: Descriptor): string | undefined {
    return this.manifest(descriptor)?.subject?.digest;
  }
}

// --- 2 Names ---------------------------------------------------------------------------------------------------------

const DIGEST = /^[a-z0-9]+([+._-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$/;

/** CA-NAME-1 */
const reference = (text: string): Name | undefined => {
  const at = text.indexOf('@');
  const digest = at < 0 ? undefined : text.slice(at + 1);
  if (digest !== undefined && !DIGEST.test(digest)) return undefined;
  const rest = at < 0 ? text : text.slice(0, at);
  const hasTag = rest.lastIndexOf(':') > rest.lastIndexOf('/');
  const bare = hasTag ? rest.slice(0, rest.lastIndexOf(':')) : rest;
  const given = hasTag ? rest.slice(rest.lastIndexOf(':') + 1) : undefined;
  const slash = bare.indexOf('/');
  const first = slash < 0 ? '' : bare.slice(0, slash);
  const hasDomain = slash >= 0 && (/[.:A-Z]/.test(first) || first === 'localhost');
  const domain = !hasDomain || first === 'index.docker.io' ? 'docker.io' : first;
  const rawPath = hasDomain ? bare.slice(slash + 1) : bare;
  const path = domain === 'docker.io' && !rawPath.includes('/') ? `library/${rawPath}` : rawPath;
  const label = '[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?';
  const isValid =
    new RegExp(`^(${label}(\\.${label})*|\\[[a-fA-F0-9:]+\\])(:[0-9]+)?$`).test(domain) &&
    path.split('/').every((part) => /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*$/.test(part)) &&
    (given === undefined || /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/.test(given)) &&
    domain.length + 1 + path.length <= 255 &&
    !/^[0-9a-f]{64}$/.test(bare);
  if (!isValid) return undefined;
  const tag = given ?? (digest === undefined ? 'latest' : undefined);
  const full = `${domain}/${path}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
  return { text: full, isReference: true, hasDigest: digest !== undefined, ...(tag === undefined ? {} : { tag }) };
};

const labelled = (text: string): Name => ({ text, isReference: false, hasDigest: false });

const REF_NAME = 'org.opencontainers.image.ref.name';
const IMAGE_NAME = 'io.containerd.image.name';

/** CA-NAME-2 */
const nameOfAnnotations = (annotations: Readonly<Record<string, string>>): Name | undefined => {
  const [full, short] = [annotations[IMAGE_NAME], annotations[REF_NAME]].map((text) =>
    text === undefined || text === '' || /^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/.test(text) ? undefined : text,
  );
  const named = full === undefined ? undefined : reference(full);
  if (named !== undefined) return named;
  const text = short ?? full;
  if (text === undefined) return undefined;
  return (/[/:@]/.test(text) ? reference(text) : undefined) ?? labelled(text);
};

/** CA-NAME-3 */
const nameOfRepoTag = (text: string): Name => {
  const name = reference(text);
  if (name === undefined) throw new Error('CA-NAME-3: refused');
  return name;
};

/** CA-NAME-6 */
const refName = (name: Name): string => name.tag ?? name.text;

// --- 3 Reading sources -----------------------------------------------------------------------------------------------

/** CA-SELECT-1, the union */
const union = (roots: readonly Root[]): readonly Root[] => {
  const found = new Map<string, Root>();
  for (const { descriptor, names } of roots) {
    const known = found.get(descriptor.digest);
    const all = new Map([...(known?.names ?? []), ...names].map((name) => [name.text, name]));
    found.set(descriptor.digest, { descriptor: known?.descriptor ?? descriptor, names: [...all.values()] });
  }
  return [...found.values()];
};

/** CA-SELECT-1, the unnamed ones that lie in others */
const withoutContained = (graph: Graph): Graph =>
  new Graph(
    graph.roots.filter(
      ({ descriptor, names }) =>
        names.length > 0 ||
        !graph.roots.some(
          (other) =>
            other.descriptor.digest !== descriptor.digest && graph.preorder([other.descriptor]).has(descriptor.digest),
        ),
    ),
    graph.blobs,
  );

/** CA-SYNTH-1, CA-SYNTH-4 */
const synthesize = (
  config: Descriptor,
  layers: readonly { digest: string; size: number; suffix: string }[],
  annotations: Readonly<Record<string, string>> = {},
): Buffer =>
  jcs({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: { mediaType: OCI_CONFIG, digest: config.digest, size: config.size },
    layers: layers.map(({ digest, size, suffix }) => ({ mediaType: `${OCI_LAYER}${suffix}`, digest, size })),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  });

/** CA-LAYERS-3, as far as it is needed here */
const suffixOf = (bytes: Buffer): string =>
  bytes.subarray(0, 3).equals(Buffer.from([0x1f, 0x8b, 8]))
    ? '+gzip'
    : bytes.subarray(0, 4).equals(Buffer.from([0x28, 0xb5, 0x2f, 0xfd]))
      ? '+zstd'
      : '';

const itemsOf = (bytes: Buffer): readonly Item[] =>
  parse<readonly Record<string, unknown>[]>(bytes).map((item) => {
    const fields = new Map(Object.entries(item).map(([key, value]) => [key.toLowerCase(), value]));
    return {
      config: cleanPath(fields.get('config') as string),
      repoTags: (fields.get('repotags') ?? []) as readonly string[],
      layers: ((fields.get('layers') ?? []) as readonly string[]).map(cleanPath),
    };
  });

/** CA-SOURCE-5 */
const readDockerItem = (item: Item, files: Files, blobs: Map<string, Buffer>): Root => {
  const raw = files.get(item.config) ?? Buffer.alloc(0);
  const diffIDs = parse<Config>(raw).rootfs?.diff_ids ?? [];
  const layers = item.layers.map((path, index) => {
    const bytes = files.get(path) ?? Buffer.alloc(0);
    const suffix = suffixOf(bytes);
    const digest = suffix === '' ? (diffIDs[index] ?? '') : sha256(bytes);
    blobs.set(digest, bytes);
    return { digest, size: bytes.length, suffix };
  });
  blobs.set(sha256(raw), raw);
  const manifest = synthesize({ mediaType: OCI_CONFIG, digest: sha256(raw), size: raw.length }, layers);
  blobs.set(sha256(manifest), manifest);
  return {
    descriptor: { mediaType: OCI_MANIFEST, digest: sha256(manifest), size: manifest.length },
    names: item.repoTags.map(nameOfRepoTag),
  };
};

/** CA-SOURCE-3 and CA-SOURCE-4 */
const readLayout = (files: Files): Graph => {
  const blobs = new Map<string, Buffer>();
  for (const [path, bytes] of files) {
    const match = /^blobs\/([^/]+)\/([^/]+)$/.exec(path);
    if (match !== null) blobs.set(`${match[1] ?? ''}:${match[2] ?? ''}`, bytes);
  }
  const entries = parse<Manifest>(files.get('index.json') ?? Buffer.alloc(0)).manifests ?? [];
  const listed = entries.map((descriptor): Root => {
    const name = nameOfAnnotations(descriptor.annotations ?? {});
    return { descriptor, names: name === undefined ? [] : [name] };
  });
  for (const { digest, data } of entries)
    if (data !== undefined && !blobs.has(digest)) blobs.set(digest, Buffer.from(data, 'base64'));
  let { roots } = withoutContained(new Graph(union(listed), blobs));
  const docker = files.get('manifest.json');
  const before = new Graph(roots, blobs);
  for (const item of docker === undefined ? [] : itemsOf(docker)) {
    const owners = before.roots.filter(({ descriptor }) =>
      [...before.preorder([descriptor]).values()].some((inner) => {
        const config = kindOf(inner.mediaType) === 'manifest' ? before.manifest(inner)?.config : undefined;
        return config !== undefined && blobPath(config.digest) === item.config;
      }),
    );
    const [owner] = owners.toSorted((a, b) => inOrder(a.descriptor.digest, b.descriptor.digest));
    if (owner === undefined) {
      if (item.repoTags.length > 0) throw new Error('CA-SOURCE-4: refused');
      roots = [...roots, readDockerItem(item, files, blobs)];
      continue;
    }
    for (const name of item.repoTags.map(nameOfRepoTag)) {
      if (owners.some(({ names }) => names.some(({ text }) => text === name.text))) continue;
      if (before.roots.some(({ names }) => names.some(({ text }) => text === name.text)))
        throw new Error('CA-SOURCE-4: refused');
      roots = roots.map((root) =>
        root.descriptor.digest === owner.descriptor.digest
          ? { ...root, names: [...root.names.filter((old) => old.isReference || old.text !== refName(name)), name] }
          : root,
      );
    }
  }
  return withoutContained(new Graph(union(roots), blobs));
};

/** CA-SOURCE-6 */
const readSkopeoDirectory = (files: Files): Graph => {
  const raw = files.get('manifest.json') ?? Buffer.alloc(0);
  const value = parse<Manifest>(raw);
  const mediaType = value.mediaType ?? (value.manifests === undefined ? OCI_MANIFEST : OCI_INDEX);
  const blobs = new Map<string, Buffer>([[sha256(raw), raw]]);
  for (const [path, bytes] of files) {
    const hex = /^([0-9a-f]{64})(\.manifest\.json)?$/.exec(path)?.[1];
    if (hex !== undefined) blobs.set(`sha256:${hex}`, bytes);
  }
  return new Graph([{ descriptor: { mediaType, digest: sha256(raw), size: raw.length }, names: [] }], blobs);
};

/** CA-SOURCE-2 */
const readSource = (path: string): Graph => {
  const files = filesOf(path);
  if (files.has('oci-layout')) return readLayout(files);
  if (files.has('version')) return readSkopeoDirectory(files);
  const blobs = new Map<string, Buffer>();
  const items = itemsOf(files.get('manifest.json') ?? Buffer.alloc(0));
  return new Graph(union(items.map((item) => readDockerItem(item, files, blobs))), blobs);
};

// --- 4 What is selected ----------------------------------------------------------------------------------------------

/** CA-PLATFORM-2 */
const spell = (platform: Platform): string => {
  const alias: Readonly<Record<string, string>> = {
    x86_64: 'amd64',
    'x86-64': 'amd64',
    aarch64: 'arm64',
    i386: '386',
    armhf: 'arm',
    armel: 'arm',
  };
  const given = platform.architecture ?? '';
  const architecture = alias[given] ?? given;
  let variant = platform.variant ?? '';
  if (variant === '' && given === 'armel') variant = 'v6';
  if (/^\d/.test(variant)) variant = `v${variant}`;
  if ((architecture === 'arm64' && variant === 'v8') || (architecture === 'amd64' && variant === 'v1')) variant = '';
  if (architecture === 'arm' && variant === '') variant = 'v7';
  return `${platform.os ?? ''}/${architecture}/${variant}`;
};

const platformOf = (graph: Graph, descriptor: Descriptor): Platform | undefined => {
  const platform = descriptor.platform ?? graph.config(descriptor);
  return ['', 'unknown'].includes(platform?.os ?? '') ? undefined : platform;
};

const attested = ({ annotations }: Descriptor): string | undefined =>
  annotations?.['vnd.docker.reference.type'] === undefined ? undefined : annotations['vnd.docker.reference.digest'];

/** CA-PLATFORM-1: digests that are kept. */
const keptFor = (graph: Graph, wanted: readonly string[]): ReadonlySet<string> => {
  const kept = new Set<string>();
  const keepAll = (descriptor: Descriptor): boolean => {
    for (const digest of graph.preorder([descriptor]).keys()) kept.add(digest);
    return true;
  };
  let judged = 0;
  const keep = (descriptor: Descriptor): boolean => {
    if (kindOf(descriptor.mediaType) === 'index') {
      const children = graph.children(descriptor);
      const chosen = children.filter(keep).map(({ digest }) => digest);
      for (const child of children) if (chosen.includes(attested(child) ?? '')) keepAll(child);
      if (chosen.length > 0) kept.add(descriptor.digest);
      return chosen.length > 0;
    }
    const platform = platformOf(graph, descriptor);
    if (platform !== undefined) judged += 1;
    return platform !== undefined && wanted.includes(spell(platform)) && keepAll(descriptor);
  };
  for (const { descriptor } of graph.roots) {
    judged = 0;
    if (keep(descriptor)) continue;
    if (judged > 0) throw new Error('CA-PLATFORM-1: refused');
    keepAll(descriptor);
  }
  return kept;
};

const isReferrer = (graph: Graph, { descriptor, names }: Root): boolean =>
  names.length === 0 && graph.subject(descriptor) !== undefined;

/** CA-SELECT-4, by name */
const choose = (graph: Graph, text: string): Graph => {
  const chosen: Root[] = graph.roots
    .map((root) => ({ ...root, names: root.names.filter((name) => name.text === text) }))
    .filter(({ names }) => names.length > 0);
  for (let grown = true; grown;) {
    const inside = graph.preorder(chosen.map(({ descriptor }) => descriptor));
    const more = graph.roots.filter(
      (root) => !inside.has(root.descriptor.digest) && inside.has(graph.subject(root.descriptor) ?? ''),
    );
    chosen.push(...more);
    grown = more.length > 0;
  }
  return new Graph(chosen, graph.blobs);
};

// --- 5 Layers --------------------------------------------------------------------------------------------------------

const isLoadable = (graph: Graph, manifest: Manifest): boolean =>
  (manifest.layers ?? []).every(({ mediaType, digest }) => isReadableLayer(mediaType) && graph.blobs.has(digest));

const mapOf = (annotations: Readonly<Record<string, string>> | undefined): Readonly<Record<string, string>> =>
  annotations ?? {};

/** CA-LAYERS-2 and CA-SYNTH-1 to 4 */
const plain = (graph: Graph, keepAnnotations: boolean): Graph => {
  const blobs = new Map(graph.blobs);
  const made = new Map<string, Descriptor>();
  const put = (mediaType: string, bytes: Buffer): Descriptor => {
    const descriptor = { mediaType, digest: sha256(bytes), size: bytes.length };
    blobs.set(descriptor.digest, bytes);
    return descriptor;
  };
  const remake = (descriptor: Descriptor): Descriptor => {
    const known = made.get(descriptor.digest);
    if (known !== undefined) return known;
    const manifest = graph.manifest(descriptor);
    let result = descriptor;
    const config = graph.config(descriptor);
    if (config !== undefined && manifest?.config !== undefined && isLoadable(graph, manifest)) {
      const layers = (manifest.layers ?? []).map(({ digest }, index) => {
        const diffID = config.rootfs?.diff_ids?.[index] ?? '';
        const bytes = graph.blobs.get(digest) ?? Buffer.alloc(0);
        if (digest !== diffID && suffixOf(bytes) === '+zstd')
          throw new Error('zstd is beyond the second implementation');
        const inner = digest !== diffID && suffixOf(bytes) === '+gzip' ? gunzipSync(bytes) : bytes;
        blobs.set(diffID, inner);
        return { digest: diffID, size: inner.length, suffix: '' };
      });
      result = put(OCI_MANIFEST, synthesize(manifest.config, layers, keepAnnotations ? manifest.annotations : {}));
    } else if (kindOf(descriptor.mediaType) === 'index') {
      const children = manifest?.manifests ?? [];
      const next = children.map(remake);
      const renamed = new Map(children.map((child, index) => [child.digest, next[index]?.digest ?? child.digest]));
      if (next.some(({ digest }, index) => digest !== children[index]?.digest)) {
        result = put(
          OCI_INDEX,
          jcs({
            schemaVersion: 2,
            mediaType: OCI_INDEX,
            manifests: children.map((child, index): Json => {
              const annotations = Object.fromEntries(
                Object.entries(mapOf(child.annotations))
                  .filter(
                    ([key]) =>
                      keepAnnotations || ['vnd.docker.reference.type', 'vnd.docker.reference.digest'].includes(key),
                  )
                  .map(([key, value]) => [
                    key,
                    key === 'vnd.docker.reference.digest' ? (renamed.get(value) ?? value) : value,
                  ]),
              );
              const { mediaType, digest, size } = next[index] ?? child;
              const platform = Object.fromEntries(
                Object.entries(child.platform ?? {}).filter(([key]) =>
                  ['os', 'architecture', 'variant', 'os.version', 'os.features'].includes(key),
                ),
              ) as Json;
              return {
                mediaType,
                digest,
                size,
                ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
                ...(child.artifactType === undefined || child.artifactType === ''
                  ? {}
                  : { artifactType: child.artifactType }),
                ...(child.platform === undefined ? {} : { platform }),
              };
            }),
            ...(keepAnnotations && manifest?.annotations !== undefined ? { annotations: manifest.annotations } : {}),
          }),
        );
      }
    }
    made.set(descriptor.digest, result);
    return result;
  };
  const next = graph.roots.map((root) => ({ root, descriptor: remake(root.descriptor) }));
  const isGone = (digest: string | undefined): boolean =>
    digest !== undefined && made.has(digest) && made.get(digest)?.digest !== digest;
  const dropped = new Set<string>();
  for (let before = -1; before !== dropped.size;) {
    before = dropped.size;
    for (const root of graph.roots.filter((each) => isReferrer(graph, each))) {
      const subject = graph.subject(root.descriptor);
      if (isGone(subject) || dropped.has(subject ?? '')) dropped.add(root.descriptor.digest);
    }
  }
  const roots = next
    .filter(({ root }) => !dropped.has(root.descriptor.digest))
    .map(({ root, descriptor }) => ({ descriptor, names: root.names }));
  return withoutContained(new Graph(union(roots), blobs));
};

// --- 6 Documents -----------------------------------------------------------------------------------------------------

/** CA-INDEX-1 to 3 */
const indexJson = (graph: Graph): Buffer => {
  const byDigest = (a: Root, b: Root): number => inOrder(a.descriptor.digest, b.descriptor.digest);
  const named = graph.roots
    .flatMap(({ descriptor, names }) => names.map((name) => ({ descriptor, name })))
    .sort((a, b) => inOrder(a.name.text, b.name.text) || inOrder(a.descriptor.digest, b.descriptor.digest));
  const unnamed = graph.roots.filter(({ names }) => names.length === 0).sort(byDigest);
  const entry = ({ mediaType, digest, size }: Descriptor): Record<string, Json> => ({ mediaType, digest, size });
  return jcs({
    schemaVersion: 2,
    mediaType: OCI_INDEX,
    manifests: [
      ...named.map(({ descriptor, name }) => ({
        ...entry(descriptor),
        annotations: { [REF_NAME]: refName(name), ...(name.isReference ? { [IMAGE_NAME]: name.text } : {}) },
      })),
      ...unnamed.filter((root) => !isReferrer(graph, root)).map(({ descriptor }) => entry(descriptor)),
      ...unnamed.filter((root) => isReferrer(graph, root)).map(({ descriptor }) => entry(descriptor)),
    ],
  });
};

/** CA-MANIFEST-1 to 4 */
/** CA-MANIFEST-2 */
const offered = (
  graph: Graph,
  from: Descriptor,
  dockerPlatform: string,
): { fitting?: Descriptor; first?: Descriptor } => {
  if (kindOf(from.mediaType) === 'index') {
    const offers = graph
      .children(from)
      .filter((child) => attested(child) === undefined)
      .map((child) => offered(graph, child, dockerPlatform));
    const fitting = offers.find((offer) => offer.fitting !== undefined)?.fitting;
    const first = offers.find((offer) => offer.first !== undefined)?.first;
    return { ...(fitting === undefined ? {} : { fitting }), ...(first === undefined ? {} : { first }) };
  }
  const config = graph.config(from);
  const manifest = config === undefined ? undefined : graph.manifest(from);
  if (manifest === undefined || !isLoadable(graph, manifest)) return {};
  const fits = spell(platformOf(graph, from) ?? config ?? {}) === dockerPlatform;
  return { first: from, ...(fits ? { fitting: from } : {}) };
};

/** CA-MANIFEST-1 to 4 */
const manifestJson = (graph: Graph, dockerPlatform: string): Buffer => {
  const items = new Map<string, { manifest: Manifest; tags: Set<string> }>();
  for (const { descriptor: root, names } of graph.roots) {
    const { fitting, first } = offered(graph, root, dockerPlatform);
    const chosen = fitting ?? first;
    const manifest = chosen === undefined ? undefined : graph.manifest(chosen);
    if (chosen === undefined || manifest === undefined) continue;
    const item = items.get(chosen.digest) ?? { manifest, tags: new Set<string>() };
    for (const name of names)
      if (name.isReference && name.tag !== undefined && !name.hasDigest) item.tags.add(name.text);
    items.set(chosen.digest, item);
  }
  const rows = [...items].map(([digest, { manifest, tags }]) => ({
    digest,
    config: manifest.config?.digest ?? '',
    tags: [...tags].sort(inOrder),
    layers: (manifest.layers ?? []).map((layer) => layer.digest),
  }));
  rows.sort(
    (a, b) => inOrder(a.tags[0] ?? '', b.tags[0] ?? '') || inOrder(a.config, b.config) || inOrder(a.digest, b.digest),
  );
  return jcs(
    rows.map(({ config, tags, layers }) => ({
      Config: blobPath(config),
      RepoTags: tags,
      Layers: layers.map(blobPath),
    })),
  );
};

// --- 7 and 8: the archive --------------------------------------------------------------------------------------------

/** CA-HEADER-2 and 4 */
const block = (type: '0' | '5' | 'x', name: Buffer, size: number, mtime: number): Buffer => {
  const bytes = Buffer.alloc(512);
  name.copy(bytes, 0, 0, 100);
  bytes.write(`${type === '5' ? '0000755' : '0000644'}\0${'0000000\0'.repeat(2)}`, 100);
  bytes.write(`${size.toString(8).padStart(11, '0')}\0${mtime.toString(8).padStart(11, '0')}\0`, 124);
  bytes.write(' '.repeat(8), 148);
  bytes.write(type, 156);
  bytes.write('ustar\u000000', 257);
  if (type !== 'x') bytes.write('0000000\0'.repeat(2), 329);
  let sum = 0;
  for (const byte of bytes) sum += byte;
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return bytes;
};

/** CA-PAX-2 */
const record = (key: string, value: string): Buffer => {
  const rest = Buffer.from(` ${key}=${value}\n`);
  let digits = 1;
  while (String(rest.length + digits).length > digits) digits += 1;
  return Buffer.concat([Buffer.from(String(rest.length + digits)), rest]);
};

const padded = (bytes: Buffer): Buffer[] => [bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];

/** CA-HEADER-1 and CA-PAX */
const entry = (path: string, content: Buffer | undefined, mtime: number): Buffer[] => {
  const name = Buffer.from(path);
  const type = content === undefined ? '5' : '0';
  const size = content?.length ?? 0;
  const parts: Buffer[] = [];
  if (name.length > 100) {
    const slash = path.lastIndexOf('/');
    const records = record('path', path);
    parts.push(
      block('x', Buffer.from(`${path.slice(0, slash)}/PaxHeaders/${path.slice(slash + 1)}`), records.length, mtime),
    );
    parts.push(...padded(records));
  }
  return [...parts, block(type, name, size, mtime), ...padded(content ?? Buffer.alloc(0))];
};

export interface SecondOptions {
  readonly profile: string;
  readonly layers: 'keep' | 'none';
  readonly platforms: readonly string[];
  readonly dockerPlatform: string;
  readonly mtime: number;
  readonly allowSparse: boolean;
  readonly dropReferrers: boolean;
  readonly keepAnnotations: boolean;
  readonly names: readonly { readonly from?: string; readonly to: string }[];
}

const platformText = (text: string): string => {
  const [os = '', architecture = '', variant] = text.split('/');
  return spell({ os, architecture, ...(variant === undefined ? {} : { variant }) });
};

/** The canonical archive of some sources, each a path and perhaps the full name of one image in it. */
export const secondArchive = (
  sources: readonly { readonly path: string; readonly name?: string }[],
  options: SecondOptions,
): Buffer => {
  const read = sources.map(({ path, name }) =>
    name === undefined ? readSource(path) : choose(readSource(path), name),
  );
  let graph = withoutContained(
    new Graph(union(read.flatMap(({ roots }) => roots)), new Map(read.flatMap(({ blobs }) => [...blobs]))),
  );
  // CA-PLATFORM-1
  let omitted: (digest: string) => boolean = () => false;
  if (options.platforms.length > 0) {
    const kept = keptFor(graph, options.platforms.map(platformText));
    omitted = (digest) => !kept.has(digest);
    graph = new Graph(graph.roots, new Map([...graph.blobs].filter(([digest]) => kept.has(digest))));
  }
  const all = graph;
  if (options.dropReferrers)
    graph = new Graph(
      all.roots.filter((root) => !isReferrer(all, root)),
      all.blobs,
    );
  // CA-SELECT-5
  for (const { from, to } of options.names) {
    const name = reference(to);
    const old = from === undefined ? undefined : reference(from)?.text;
    if (name === undefined) throw new Error('not a name');
    graph = new Graph(
      union(
        graph.roots.map((root) =>
          from === undefined || root.names.some(({ text }) => text === old)
            ? { ...root, names: [...root.names.filter(({ text }) => text !== old), name] }
            : root,
        ),
      ),
      graph.blobs,
    );
  }
  if (options.layers === 'none') graph = plain(graph, options.keepAnnotations);
  // CA-SPARSE-1
  const reached = [...graph.preorder(graph.roots.map(({ descriptor }) => descriptor)).values()];
  for (const { digest, urls } of reached) {
    if (graph.blobs.has(digest) || omitted(digest) || (urls?.length ?? 0) > 0 || options.allowSparse) continue;
    throw new Error(`CA-SPARSE-1: ${digest} is missing`);
  }
  // CA-ORDER-1
  const present = reached.filter(({ digest }) => graph.blobs.has(digest)).sort((a, b) => inOrder(a.digest, b.digest));
  const isDocument = ({ mediaType }: Descriptor): boolean => !['layer', 'blob'].includes(kindOf(mediaType));
  const algorithms = [...new Set(present.map(({ digest }) => digest.split(':')[0] ?? ''))].sort(inOrder);
  const blob = ({ digest }: Descriptor): Buffer[] =>
    entry(blobPath(digest), graph.blobs.get(digest) ?? Buffer.alloc(0), options.mtime);
  return Buffer.concat([
    ...entry('oci-layout', Buffer.from('{"imageLayoutVersion":"1.0.0"}'), options.mtime),
    ...entry('index.json', indexJson(graph), options.mtime),
    ...(options.profile === 'hybrid-1'
      ? entry('manifest.json', manifestJson(graph, platformText(options.dockerPlatform)), options.mtime)
      : []),
    ...(present.length === 0 ? [] : entry('blobs/', undefined, options.mtime)),
    ...algorithms.flatMap((algorithm) => entry(`blobs/${algorithm}/`, undefined, options.mtime)),
    ...present.filter(isDocument).flatMap(blob),
    ...present.filter((descriptor) => !isDocument(descriptor)).flatMap(blob),
    Buffer.alloc(1024),
  ]);
};
