import { createHash } from 'node:crypto';

import { type ArchiveFile, archiveFile } from './archive-builder.js';
import { rawMember, rawTar } from './raw-tar.js';

/** Images made from nothing, each part open to one change; what depends on the changed part follows. */

/** A JSON object in the making. */
export type Json = Readonly<Record<string, unknown>>;

export type Change<T> = (value: T) => T;

const same = <T>(value: T): T => value;

export const MEDIA = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar',
  layerGzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
  layerZstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
  foreignLayer: 'application/vnd.oci.image.layer.nondistributable.v1.tar',
} as const;

export const REF_NAME = 'org.opencontainers.image.ref.name';
const IMAGE_NAME = 'io.containerd.image.name';

export const hexOf = (bytes: Uint8Array, algorithm = 'sha256'): string =>
  createHash(algorithm).update(bytes).digest('hex');

export const digestOf = (bytes: Uint8Array, algorithm = 'sha256'): string => `${algorithm}:${hexOf(bytes, algorithm)}`;

export const jsonBytes = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

export const blobPath = (digest: string): string => `blobs/${digest.replace(':', '/')}`;

/** A layer's tar of some text files. */
export const layerTar = (files: Readonly<Record<string, string>>): Uint8Array =>
  rawTar(Object.entries(files).map(([name, body]) => rawMember({ name }, body)));

export interface LayerRecipe {
  readonly plain: Uint8Array;
  /** The bytes as stored; plain unless given. */
  readonly stored?: Uint8Array;
  /** By default that of a plain layer. */
  readonly mediaType?: string;
}

export interface ImageRecipe {
  readonly layers: readonly LayerRecipe[];
  readonly architecture?: string;
  readonly config?: Change<Json>;
  readonly configBytes?: Change<Uint8Array>;
  readonly configDescriptor?: Change<Json>;
  readonly layerDescriptors?: Change<readonly Json[]>;
  readonly manifest?: Change<Json>;
  readonly manifestBytes?: Change<Uint8Array>;
  readonly descriptor?: Change<Json>;
  /** Of the manifest's digest. */
  readonly algorithm?: string;
}

export interface BuiltLayer {
  readonly plain: Uint8Array;
  readonly stored: Uint8Array;
  readonly mediaType: string;
}

/** A document with all the blobs that it leads to, itself included, by path in a layout. */
export interface Built {
  /** As an index lists it. */
  readonly descriptor: Json;
  readonly blobs: ReadonlyMap<string, Uint8Array>;
}

export interface BuiltImage extends Built {
  readonly config: Uint8Array;
  readonly manifest: Uint8Array;
  readonly layers: readonly BuiltLayer[];
}

const descriptorOf = (mediaType: string, bytes: Uint8Array, algorithm?: string): Json => ({
  mediaType,
  digest: digestOf(bytes, algorithm),
  size: bytes.length,
});

const blobEntry = (bytes: Uint8Array, algorithm?: string): readonly [string, Uint8Array] => [
  blobPath(digestOf(bytes, algorithm)),
  bytes,
];

const configOf = (recipe: ImageRecipe): Json => ({
  created: '2024-01-01T00:00:00Z',
  architecture: recipe.architecture ?? 'amd64',
  os: 'linux',
  config: { Env: ['A=b'], Labels: { name: 'test' } },
  rootfs: { type: 'layers', diff_ids: recipe.layers.map(({ plain }) => digestOf(plain)) },
  history: recipe.layers.map((_, index) => ({ created: '2024-01-01T00:00:00Z', created_by: `step ${index}` })),
});

export const buildImage = (recipe: ImageRecipe): BuiltImage => {
  const config = (recipe.configBytes ?? same)(jsonBytes((recipe.config ?? same)(configOf(recipe))));
  const layers = recipe.layers.map(({ plain, stored = plain, mediaType = MEDIA.layer }) => ({
    plain,
    stored,
    mediaType,
  }));
  const layerDescriptors = layers.map(({ stored, mediaType }) => descriptorOf(mediaType, stored));
  const value = (recipe.manifest ?? same)({
    schemaVersion: 2,
    mediaType: MEDIA.manifest,
    config: (recipe.configDescriptor ?? same)(descriptorOf(MEDIA.config, config)),
    layers: (recipe.layerDescriptors ?? same)(layerDescriptors),
  });
  const manifest = (recipe.manifestBytes ?? same)(jsonBytes(value));
  return {
    config,
    manifest,
    layers,
    descriptor: (recipe.descriptor ?? same)(descriptorOf(MEDIA.manifest, manifest, recipe.algorithm)),
    blobs: new Map([
      blobEntry(manifest, recipe.algorithm),
      blobEntry(config),
      ...layers.map(({ stored }) => blobEntry(stored)),
    ]),
  };
};

/** An index over images or other indexes. */
export const buildIndex = (children: readonly Built[], change: Change<Json> = same): Built => {
  const value = { schemaVersion: 2, mediaType: MEDIA.index, manifests: children.map(({ descriptor }) => descriptor) };
  const bytes = jsonBytes(change(value));
  return {
    descriptor: descriptorOf(MEDIA.index, bytes),
    blobs: new Map([blobEntry(bytes), ...children.flatMap(({ blobs }) => [...blobs])]),
  };
};

/** The same document with a platform in its descriptor. */
export const onPlatform = <T extends Built>(built: T, architecture: string, os = 'linux'): T => ({
  ...built,
  descriptor: { ...built.descriptor, platform: { os, architecture } },
});

/** Something that refers to an image by `subject`. */
export const buildReferrer = (subject: Built, text: string): Built => {
  const blob = Buffer.from(text);
  const empty = Buffer.from('{}');
  const { mediaType, digest, size } = subject.descriptor;
  const bytes = jsonBytes({
    schemaVersion: 2,
    mediaType: MEDIA.manifest,
    artifactType: 'application/vnd.example.signature',
    config: descriptorOf('application/vnd.oci.empty.v1+json', empty),
    layers: [descriptorOf('application/octet-stream', blob)],
    subject: { mediaType, digest, size },
  });
  return {
    descriptor: descriptorOf(MEDIA.manifest, bytes),
    blobs: new Map([blobEntry(bytes), blobEntry(empty), blobEntry(blob)]),
  };
};

/** An entry of a place's list; a name with a slash or colon is a full one. */
export interface Listed {
  readonly built: Built;
  readonly names?: readonly string[];
}

export interface ListedImage extends Listed {
  readonly built: BuiltImage;
}

export interface LayoutChanges {
  readonly layout?: Change<Json>;
  readonly index?: Change<Json>;
  readonly indexBytes?: Change<Uint8Array>;
}

const annotationsOf = (name: string): Json =>
  /[:/]/.test(name) ? { [IMAGE_NAME]: name, [REF_NAME]: name.slice(name.lastIndexOf(':') + 1) } : { [REF_NAME]: name };

const entriesOf = ({ built, names = [] }: Listed): readonly Json[] =>
  names.length === 0
    ? [built.descriptor]
    : names.map((name) => {
        const annotations = built.descriptor['annotations'];
        return { ...built.descriptor, annotations: { ...(annotations as Json | undefined), ...annotationsOf(name) } };
      });

/** The files of an OCI image layout. */
export const layoutFiles = (images: readonly Listed[], changes: LayoutChanges = {}): readonly ArchiveFile[] => {
  const index = { schemaVersion: 2, mediaType: MEDIA.index, manifests: images.flatMap(entriesOf) };
  const blobs = new Map(images.flatMap(({ built }) => [...built.blobs]));
  return [
    archiveFile('oci-layout', jsonBytes((changes.layout ?? same)({ imageLayoutVersion: '1.0.0' }))),
    archiveFile('index.json', (changes.indexBytes ?? same)(jsonBytes((changes.index ?? same)(index)))),
    ...[...blobs].map(([path, bytes]) => archiveFile(path, bytes)),
  ];
};

export interface DockerChanges {
  /** Of `manifest.json`, whose value need not stay a list. */
  readonly manifest?: (items: readonly Json[]) => unknown;
  readonly manifestBytes?: Change<Uint8Array>;
}

export interface DockerNames {
  readonly config: (image: BuiltImage) => string;
  readonly layer: (layer: BuiltLayer) => string;
}

/** As podman and skopeo name the files of a docker-archive. */
export const FLAT_NAMES: DockerNames = {
  config: ({ config }) => `${hexOf(config)}.json`,
  layer: ({ stored }) => `${hexOf(stored)}.tar`,
};

/** As a hybrid archive names them. */
export const BLOB_NAMES: DockerNames = {
  config: ({ config }) => blobPath(digestOf(config)),
  layer: ({ stored }) => blobPath(digestOf(stored)),
};

const itemOf = ({ built, names = [] }: ListedImage, { config, layer }: DockerNames): Json => ({
  Config: config(built),
  RepoTags: [...names],
  Layers: built.layers.map(layer),
});

const dockerManifest = (images: readonly ListedImage[], names: DockerNames, changes: DockerChanges): ArchiveFile => {
  const value = (changes.manifest ?? same)(images.map((image) => itemOf(image, names)));
  return archiveFile('manifest.json', (changes.manifestBytes ?? same)(jsonBytes(value)));
};

/** The files of a docker-archive, `manifest.json` first. */
export const dockerFiles = (
  images: readonly ListedImage[],
  changes: DockerChanges = {},
  names: DockerNames = FLAT_NAMES,
): readonly ArchiveFile[] => {
  const files = new Map(
    images.flatMap(({ built }) => [
      [names.config(built), built.config] as const,
      ...built.layers.map((layer) => [names.layer(layer), layer.stored] as const),
    ]),
  );
  return [dockerManifest(images, names, changes), ...[...files].map(([path, bytes]) => archiveFile(path, bytes))];
};

/** The files of a layout that Docker can load too. */
export const hybridFiles = (
  images: readonly ListedImage[],
  changes: LayoutChanges & DockerChanges = {},
): readonly ArchiveFile[] => {
  const [layout, index, ...blobs] = layoutFiles(images, changes);
  if (layout === undefined || index === undefined) throw new Error('a layout without its documents');
  return [layout, index, dockerManifest(images, BLOB_NAMES, changes), ...blobs];
};
