import { createHash } from 'node:crypto';
import { type ByteSource, memorySource, readAll, utf8 } from '../../src/base/bytes.js';
import { ToolError } from '../../src/base/error.js';
import type { EntryType, FileTree, TreeEntry, TreeNote } from '../../src/base/file-tree.js';
import { DEFAULT_LIMITS } from '../../src/base/limits.js';
import type { BlobReader } from '../../src/content/blob.js';
import type { ContentGraph } from '../../src/content/graph.js';
import type { ImageSource } from '../../src/content/image.js';
import { loadGraph } from '../../src/content/load-graph.js';
import type { ImageName } from '../../src/content/name.js';
import { type Descriptor, plainDescriptor } from '../../src/oci/descriptor.js';
import { type Digest, parseDigest } from '../../src/oci/digest.js';
import { MEDIA_TYPE } from '../../src/oci/media-type.js';
import { type Platform } from '../../src/oci/platform.js';
import { parseReference } from '../../src/oci/reference.js';

/** Images in memory, put together blob by blob: small, and able to be wrong in any way. */

const bytesOf = (content: string | Uint8Array): Uint8Array => (typeof content === 'string' ? utf8(content) : content);

/** A digest computed by Node, beside the code under test. */
export const digestBy = (content: string | Uint8Array, algorithm: 'sha256' | 'sha512' = 'sha256'): Digest =>
  parseDigest(`${algorithm}:${createHash(algorithm).update(bytesOf(content)).digest('hex')}`);

/** A digest that nothing has, told apart by one digit. */
export const fakeDigest = (digit: string): Digest => parseDigest(`sha256:${digit.repeat(64)}`);

export const reference = (text: string): ImageName => ({ kind: 'reference', reference: parseReference(text) });
export const label = (text: string): ImageName => ({ kind: 'label', text });

const platformJson = (platform: Platform): Record<string, unknown> => ({
  architecture: platform.architecture,
  os: platform.os,
  ...(platform.variant === undefined ? {} : { variant: platform.variant }),
});

/** A descriptor as it stands in a document. */
export const descriptorJson = (descriptor: Descriptor): Record<string, unknown> => ({
  mediaType: descriptor.mediaType,
  digest: descriptor.digest,
  size: descriptor.size,
  ...(descriptor.annotations.size === 0 ? {} : { annotations: Object.fromEntries(descriptor.annotations) }),
  ...(descriptor.platform === undefined ? {} : { platform: platformJson(descriptor.platform) }),
  ...(descriptor.artifactType === undefined ? {} : { artifactType: descriptor.artifactType }),
  ...(descriptor.urls === undefined ? {} : { urls: descriptor.urls }),
  ...(descriptor.data === undefined ? {} : { data: Buffer.from(descriptor.data).toString('base64') }),
});

type DescriptorParts = Partial<Omit<Descriptor, 'annotations'>> & {
  readonly annotations?: Readonly<Record<string, string>>;
};

/** The descriptor with some of its parts replaced. */
export const descriptorWith = (descriptor: Descriptor, { annotations, ...parts }: DescriptorParts): Descriptor => ({
  ...descriptor,
  ...parts,
  annotations: annotations === undefined ? descriptor.annotations : new Map(Object.entries(annotations)),
});

export interface MemoryImage {
  readonly descriptor: Descriptor;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

interface ImageOptions {
  /** Contents of uncompressed layers, or layers that are added already with their diffIDs. */
  readonly layers?: readonly (string | Uint8Array | { readonly descriptor: Descriptor; readonly diffID: string })[];
  readonly platform?: Platform;
  /** Members that replace those of the config. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Members that replace those of the manifest. */
  readonly manifest?: Readonly<Record<string, unknown>>;
  readonly docker?: boolean;
}

/** A root, alone or with its names. */
export type MemoryRoot = Descriptor | readonly [Descriptor, ...ImageName[]];

export class MemoryPlace {
  readonly contents = new Map<Digest, Uint8Array>();

  add(content: string | Uint8Array, mediaType = 'application/octet-stream'): Descriptor {
    const bytes = bytesOf(content);
    const digest = digestBy(bytes);
    this.contents.set(digest, bytes);
    return plainDescriptor(mediaType, digest, bytes.length);
  }

  document(value: unknown, mediaType: string): Descriptor {
    return this.add(JSON.stringify(value), mediaType);
  }

  image(options: ImageOptions = {}): MemoryImage {
    const docker = options.docker === true;
    const layers = (options.layers ?? ['layer']).map((layer) => {
      if (typeof layer === 'object' && 'descriptor' in layer) return layer;
      const descriptor = this.add(layer, docker ? MEDIA_TYPE.dockerLayer : MEDIA_TYPE.layer);
      return { descriptor, diffID: descriptor.digest };
    });
    const config = this.document(
      {
        ...platformJson(options.platform ?? { os: 'linux', architecture: 'amd64' }),
        rootfs: { type: 'layers', diff_ids: layers.map(({ diffID }) => diffID) },
        ...options.config,
      },
      docker ? MEDIA_TYPE.dockerConfig : MEDIA_TYPE.config,
    );
    const mediaType = docker ? MEDIA_TYPE.dockerManifest : MEDIA_TYPE.manifest;
    const descriptor = this.document(
      {
        schemaVersion: 2,
        mediaType,
        config: descriptorJson(config),
        layers: layers.map((layer) => descriptorJson(layer.descriptor)),
        ...options.manifest,
      },
      mediaType,
    );
    return { descriptor, config, layers: layers.map((layer) => layer.descriptor) };
  }

  /** An artifact with an empty config, by default one blob. */
  artifact(subject?: Descriptor, blob = 'blob', more: Readonly<Record<string, unknown>> = {}): Descriptor {
    return this.document(
      {
        schemaVersion: 2,
        mediaType: MEDIA_TYPE.manifest,
        artifactType: 'application/vnd.example',
        config: descriptorJson(this.add('{}', MEDIA_TYPE.empty)),
        layers: [descriptorJson(this.add(blob, 'text/plain'))],
        ...(subject === undefined ? {} : { subject: descriptorJson(subject) }),
        ...more,
      },
      MEDIA_TYPE.manifest,
    );
  }

  index(children: readonly Descriptor[], more: Readonly<Record<string, unknown>> = {}): Descriptor {
    return this.document(
      { schemaVersion: 2, mediaType: MEDIA_TYPE.index, manifests: children.map(descriptorJson), ...more },
      MEDIA_TYPE.index,
    );
  }

  text(descriptor: Descriptor): string {
    return Buffer.from(this.contents.get(descriptor.digest) ?? []).toString();
  }

  remove(...descriptors: readonly Descriptor[]): void {
    for (const { digest } of descriptors) this.contents.delete(digest);
  }

  reader(): BlobReader {
    return {
      open: async ({ digest }) => {
        const bytes = this.contents.get(digest);
        return bytes === undefined ? undefined : memorySource(bytes, digest);
      },
    };
  }

  source(roots: readonly MemoryRoot[]): ImageSource {
    return {
      name: 'memory',
      kind: 'oci-layout',
      roots: roots.flatMap((root) => {
        if ('digest' in root) return [{ descriptor: root }];
        const [descriptor, ...names] = root;
        return names.map((name) => ({ descriptor, name }));
      }),
      blobs: this.reader(),
      notes: [],
      close: async () => {},
    };
  }

  async graph(...roots: readonly MemoryRoot[]): Promise<ContentGraph> {
    return (await loadGraph(this.source(roots), DEFAULT_LIMITS)).graph;
  }

  /** The files of an image layout; `index.json` lists the descriptors as they are. */
  layoutFiles(roots: readonly Descriptor[]): Record<string, string | Uint8Array> {
    return {
      'oci-layout': '{"imageLayoutVersion":"1.0.0"}',
      'index.json': JSON.stringify({ schemaVersion: 2, manifests: roots.map(descriptorJson) }),
      ...Object.fromEntries([...this.contents].map(([digest, bytes]) => [`blobs/${digest.replace(':', '/')}`, bytes])),
    };
  }
}

/** Another entry than a file with this content. */
export interface OddEntry {
  readonly type: EntryType;
  readonly linkTarget?: string;
}

/** A tree in memory, in the order of the record. Links lead to other paths of it. */
export const memoryTree = (
  files: Readonly<Record<string, string | Uint8Array | OddEntry>>,
  notes: readonly TreeNote[] = [],
): FileTree & { readonly closed: () => number } => {
  let closed = 0;
  const entryOf = (path: string): TreeEntry | undefined => {
    const found = Object.hasOwn(files, path) ? files[path] : undefined;
    if (found === undefined) return undefined;
    if (typeof found === 'string' || found instanceof Uint8Array) {
      return { path, type: 'file', size: bytesOf(found).length };
    }
    return { path, size: 0, ...found };
  };
  const open = async (path: string): Promise<ByteSource | undefined> => {
    const found = Object.hasOwn(files, path) ? files[path] : undefined;
    if (found === undefined) return undefined;
    if (typeof found === 'string' || found instanceof Uint8Array) return memorySource(bytesOf(found), path);
    if (found.linkTarget !== undefined) return open(found.linkTarget);
    throw new ToolError('ARCHIVE_NOT_REGULAR', 'not a file', { subject: path });
  };
  return {
    name: 'tree',
    entries: () => Object.keys(files).flatMap((path) => entryOf(path) ?? []),
    entry: entryOf,
    open,
    notes,
    close: async () => {
      closed++;
    },
    closed: () => closed,
  };
};

/** The error of an action that must fail. */
export const failureOf = async (action: () => unknown): Promise<ToolError> => {
  try {
    await action();
  } catch (error) {
    if (error instanceof ToolError) return error;
    throw error;
  }
  throw new Error('nothing failed');
};

/** Everything of a source. */
export const contentOf = async (source: ByteSource | undefined): Promise<string> => {
  if (source === undefined) throw new Error('no source');
  try {
    const bytes = await readAll(source.read(), 1 << 26, { code: 'DEFECT', subject: 'test' });
    return Buffer.from(bytes).toString();
  } finally {
    await source.close();
  }
};
