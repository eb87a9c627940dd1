import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { rawMember, rawTar } from '../../support/raw-tar.js';
import { requireProgram, runChecked } from './program.js';

const OCI = 'application/vnd.oci.image';
const DOCKER = 'application/vnd.docker';
const CREATED = '2024-02-29T12:34:56Z';
const TIME = Date.parse(CREATED) / 1000;

/** A layer as a registry holds it. */
export interface BuiltLayer {
  readonly plain: Uint8Array;
  readonly blob: Uint8Array;
  /** Of an OCI manifest. */
  readonly mediaType: string;
}

export interface BuiltImage {
  readonly mediaType: string;
  readonly manifest: Uint8Array;
  /** Of the manifest or index. */
  readonly digest: string;
  /** Of the config, or '' for an index. */
  readonly imageID: string;
  readonly architecture: string;
  /** By digest: config, layers, and manifests of an index. */
  readonly blobs: ReadonlyMap<string, Uint8Array>;
}

export const sha256 = (bytes: Uint8Array | string): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** Bytes that do not compress, the same for a seed each time. */
export const noise = (length: number, seed: number): Uint8Array => {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let at = 0; at < length; at += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[at] = state & 0xff;
  }
  return bytes;
};

/** A layer's tar; a name that ends in `/` is a directory. */
export const layerTar = (files: Readonly<Record<string, string | Uint8Array>>): Uint8Array =>
  rawTar(
    Object.entries(files).map(([name, body]) =>
      name.endsWith('/')
        ? rawMember({ name, type: '5', mode: 0o755, mtime: TIME })
        : rawMember({ name, mtime: TIME, uid: 1000, gid: 1000, mode: 0o640 }, body),
    ),
  );

export const gzipLayer = (plain: Uint8Array): BuiltLayer => ({
  plain,
  blob: gzipSync(plain, { level: 7 }),
  mediaType: `${OCI}.layer.v1.tar+gzip`,
});

export const plainLayer = (plain: Uint8Array): BuiltLayer => ({
  plain,
  blob: plain,
  mediaType: `${OCI}.layer.v1.tar`,
});

export const zstdLayer = async (plain: Uint8Array): Promise<BuiltLayer> => ({
  plain,
  blob: (await runChecked(requireProgram('zstd'), ['-q', '-c'], { input: plain })).stdout,
  mediaType: `${OCI}.layer.v1.tar+zstd`,
});

// Indented and with a newline at the end: whoever parses a config and writes it again changes its digest.
const configBytes = (layers: readonly BuiltLayer[], more: Readonly<Record<string, unknown>>): Uint8Array =>
  Buffer.from(
    `${JSON.stringify(
      {
        created: CREATED,
        author: 'The Peer Tests',
        architecture: 'amd64',
        os: 'linux',
        config: {
          User: '1000:1000',
          Env: ['PATH=/usr/bin:/bin', 'GREETING=<hello> & welcome'],
          Cmd: ['/none'],
          WorkingDir: '/data',
          Labels: { 'registry.example.title': 'Größe & <Gewicht>' },
        },
        rootfs: { type: 'layers', diff_ids: layers.map((layer) => sha256(layer.plain)) },
        history: layers.map((_, at) => ({ created: CREATED, created_by: `COPY layer ${at} /` })),
        ...more,
      },
      undefined,
      2,
    )}\n`,
  );

const blobsOf = (...blobs: readonly Uint8Array[]): Map<string, Uint8Array> =>
  new Map(blobs.map((blob) => [sha256(blob), blob]));

const manifestOf = (
  mediaType: string,
  config: Uint8Array,
  configType: string,
  layers: readonly (readonly [mediaType: string, blob: Uint8Array])[],
): Uint8Array =>
  Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType,
      config: { mediaType: configType, digest: sha256(config), size: config.length },
      layers: layers.map(([type, blob]) => ({ mediaType: type, digest: sha256(blob), size: blob.length })),
    }),
  );

/** An image with an OCI manifest. @param more fields of the config, over the usual ones */
export const ociImage = (
  layers: readonly BuiltLayer[],
  more: Readonly<Record<string, unknown>> & { readonly architecture?: string } = {},
): BuiltImage => {
  const mediaType = `${OCI}.manifest.v1+json`;
  const config = configBytes(layers, more);
  const manifest = manifestOf(
    mediaType,
    config,
    `${OCI}.config.v1+json`,
    layers.map((layer) => [layer.mediaType, layer.blob]),
  );
  return {
    mediaType,
    manifest,
    digest: sha256(manifest),
    imageID: sha256(config),
    architecture: more.architecture ?? 'amd64',
    blobs: blobsOf(config, ...layers.map((layer) => layer.blob)),
  };
};

/** An image as Docker's classic builder pushed it: schema 2, and config fields that OCI does not know. Gzip layers only. */
export const dockerImage = (layers: readonly BuiltLayer[]): BuiltImage => {
  const mediaType = `${DOCKER}.distribution.manifest.v2+json`;
  const container = { Hostname: 'b0a1c2d3e4f5', Domainname: '', Image: '', Cmd: ['/bin/sh', '-c', '#(nop) CMD'] };
  const config = configBytes(layers, {
    container: 'b0a1c2d3e4f5'.padEnd(64, '0'),
    container_config: container,
    docker_version: '20.10.24',
  });
  const manifest = manifestOf(
    mediaType,
    config,
    `${DOCKER}.container.image.v1+json`,
    layers.map((layer) => [`${DOCKER}.image.rootfs.diff.tar.gzip`, layer.blob]),
  );
  return {
    mediaType,
    manifest,
    digest: sha256(manifest),
    imageID: sha256(config),
    architecture: 'amd64',
    blobs: blobsOf(config, ...layers.map((layer) => layer.blob)),
  };
};

/** An OCI index of images, told apart by their architecture. */
export const imageIndex = (images: readonly BuiltImage[]): BuiltImage => {
  const mediaType = `${OCI}.index.v1+json`;
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType,
      manifests: images.map((image) => ({
        mediaType: image.mediaType,
        digest: image.digest,
        size: image.manifest.length,
        platform: { architecture: image.architecture, os: 'linux' },
      })),
    }),
  );
  return {
    mediaType,
    manifest,
    digest: sha256(manifest),
    imageID: '',
    architecture: '',
    blobs: new Map(
      images.flatMap((image): readonly [string, Uint8Array][] => [...image.blobs, [image.digest, image.manifest]]),
    ),
  };
};

/** An OCI layout directory; the keys become `org.opencontainers.image.ref.name`. */
export const writeLayout = async (path: string, images: Readonly<Record<string, BuiltImage>>): Promise<void> => {
  await mkdir(join(path, 'blobs/sha256'), { recursive: true });
  await writeFile(join(path, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  for (const image of Object.values(images)) {
    for (const [digest, bytes] of [...image.blobs, [image.digest, image.manifest] as const]) {
      await writeFile(join(path, 'blobs', ...digest.split(':')), bytes);
    }
  }
  const manifests = Object.entries(images).map(([name, image]) => ({
    mediaType: image.mediaType,
    digest: image.digest,
    size: image.manifest.length,
    annotations: { 'org.opencontainers.image.ref.name': name },
  }));
  await writeFile(
    join(path, 'index.json'),
    JSON.stringify({ schemaVersion: 2, mediaType: `${OCI}.index.v1+json`, manifests }),
  );
};
