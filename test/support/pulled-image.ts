import { pinnedCodec } from '../../src/codec/pinned/codec.js';
import { concatBytes } from '../../src/base/bytes.js';
import type { Descriptor } from '../../src/oci/descriptor.js';
import { type Digest } from '../../src/oci/digest.js';
import { MEDIA_TYPE } from '../../src/oci/media-type.js';
import { type MemoryImage, type MemoryPlace, digestBy } from './memory-place.js';

/**
 * Images as a registry has them, beside what `docker save` leaves of them. Manifests are written here line by line, as
 * their producers write them, so that they do not come from the code under test.
 */

/** A blob as a manifest names it. */
interface Named {
  readonly digest: string;
  readonly size: number;
}

type ManifestWriter = (config: Named, layers: readonly Named[]) => string;

const DOCKER = 'application/vnd.docker';
const OCI = 'application/vnd.oci.image';

/** `docker push`: size before digest, three spaces a level. */
const dockerPush: ManifestWriter = (config, layers) => {
  const body = ({ size, digest }: Named, type: string, pad: string): string[] => [
    `${pad}   "mediaType": "${DOCKER}.${type}",`,
    `${pad}   "size": ${size},`,
    `${pad}   "digest": "${digest}"`,
  ];
  return [
    '{',
    '   "schemaVersion": 2,',
    `   "mediaType": "${DOCKER}.distribution.manifest.v2+json",`,
    '   "config": {',
    ...body(config, 'container.image.v1+json', '   '),
    '   },',
    ...(layers.length === 0
      ? ['   "layers": []']
      : [
          '   "layers": [',
          ...layers.flatMap((layer, at) => [
            '      {',
            ...body(layer, 'image.rootfs.diff.tar.gzip', '      '),
            at === layers.length - 1 ? '      }' : '      },',
          ]),
          '   ]',
        ]),
    '}',
  ].join('\n');
};

/** BuildKit: digest before size, two spaces a level. */
const buildKit: ManifestWriter = (config, layers) => {
  const body = ({ size, digest }: Named, type: string, pad: string): string[] => [
    `${pad}  "mediaType": "${OCI}.${type}",`,
    `${pad}  "digest": "${digest}",`,
    `${pad}  "size": ${size}`,
  ];
  return [
    '{',
    '  "schemaVersion": 2,',
    `  "mediaType": "${OCI}.manifest.v1+json",`,
    '  "config": {',
    ...body(config, 'config.v1+json', '  '),
    '  },',
    ...(layers.length === 0
      ? ['  "layers": []']
      : [
          '  "layers": [',
          ...layers.flatMap((layer, at) => [
            '    {',
            ...body(layer, 'layer.v1.tar+gzip', '    '),
            at === layers.length - 1 ? '    }' : '    },',
          ]),
          '  ]',
        ]),
    '}',
  ].join('\n');
};

const compactOci: ManifestWriter = (config, layers) =>
  `{"schemaVersion":2,"mediaType":"${OCI}.manifest.v1+json",` +
  `"config":{"mediaType":"${OCI}.config.v1+json","digest":"${config.digest}","size":${config.size}},` +
  `"layers":[${layers
    .map(({ digest, size }) => `{"mediaType":"${OCI}.layer.v1.tar+gzip","digest":"${digest}","size":${size}}`)
    .join(',')}]}`;

const compactDocker: ManifestWriter = (config, layers) =>
  `{"schemaVersion":2,"mediaType":"${DOCKER}.distribution.manifest.v2+json",` +
  `"config":{"mediaType":"${DOCKER}.container.image.v1+json","size":${config.size},"digest":"${config.digest}"},` +
  `"layers":[${layers
    .map(
      ({ digest, size }) => `{"mediaType":"${DOCKER}.image.rootfs.diff.tar.gzip","size":${size},"digest":"${digest}"}`,
    )
    .join(',')}]}`;

/** Written before manifests of OCI named their own type. */
const compactUntyped: ManifestWriter = (config, layers) =>
  compactOci(config, layers).replace(`"mediaType":"${OCI}.manifest.v1+json",`, '');

export const MANIFEST_WRITERS = { dockerPush, buildKit, compactOci, compactDocker, compactUntyped } as const;

export type ManifestStyleName = keyof typeof MANIFEST_WRITERS;

/** Bytes through a pinned codec. */
export const compressedBy = async (codec: string, plain: Uint8Array): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  const once = async function* (): AsyncIterable<Uint8Array> {
    yield plain;
  };
  for await (const chunk of pinnedCodec(codec).compress(once())) chunks.push(chunk.slice());
  return concatBytes(chunks);
};

/** Text that most codecs compress differently; the same for a seed each time. */
export const layerText = (seed: number, lines = 400): string => {
  let state = seed * 2_654_435_761 + 1;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
  return Array.from(
    { length: lines },
    (_, at) =>
      `usr/lib/${'abcdefgh'.slice(next(8))}-${next(97)}/file-${at} mode 0${next(512).toString(8)} size ${next(65_536)}\n`,
  ).join('');
};

export interface PulledLayer {
  readonly text: string;
  /** Id of the codec that the registry's blob was made by; without one the layer is stored uncompressed. */
  readonly codec?: string;
}

export interface PulledImage {
  /** In the place: config, uncompressed layers, and the manifest that is made where there is none. */
  readonly saved: MemoryImage;
  /** What the registry has. */
  readonly manifest: Uint8Array;
  readonly digest: Digest;
  readonly mediaType: string;
  readonly blobs: readonly { readonly descriptor: Descriptor; readonly bytes: Uint8Array; readonly diffID: Digest }[];
}

/** Puts what `docker save` has of an image into the place, and tells what the registry has. */
export const pulledImage = async (
  place: MemoryPlace,
  layers: readonly PulledLayer[],
  style: ManifestStyleName = 'dockerPush',
  config: Readonly<Record<string, unknown>> = {},
): Promise<PulledImage> => {
  const saved = place.image({ layers: layers.map(({ text }) => text), config });
  const blobs = await Promise.all(
    layers.map(async ({ text, codec }) => {
      const plain = Buffer.from(text);
      const bytes = codec === undefined ? plain : await compressedBy(codec, plain);
      const descriptor: Descriptor = {
        mediaType: codec === undefined ? MEDIA_TYPE.layer : MEDIA_TYPE.layerGzip,
        digest: digestBy(bytes),
        size: bytes.length,
        annotations: new Map(),
      };
      return { descriptor, bytes, diffID: digestBy(plain) };
    }),
  );
  const text = MANIFEST_WRITERS[style](
    saved.config,
    blobs.map(({ descriptor }) => descriptor),
  );
  const manifest = Buffer.from(text);
  return {
    saved,
    manifest,
    digest: digestBy(manifest),
    mediaType: style.includes('ocker') ? MEDIA_TYPE.dockerManifest : MEDIA_TYPE.manifest,
    blobs,
  };
};
