import { parseJson } from '../../src/base/json-parse.js';
import { ToolError } from '../../src/base/error.js';
import { loadValidator } from '../../src/base/schema.js';
import { DEFAULT_LIMITS } from '../../src/base/limits.js';
import { parseConfig } from '../../src/content/document.js';
import { parseDirectoryVersion } from '../../src/format/directory.js';
import { Cursor } from '../../src/oci/decode.js';
import { decodeDescriptor, plainDescriptor } from '../../src/oci/descriptor.js';
import { digestOf } from '../../src/oci/digest.js';
import { decodeDockerSaveManifest, isDockerSaveManifest } from '../../src/oci/docker-save.js';
import { checkLayoutVersion } from '../../src/oci/image-layout.js';
import { decodeArtifactManifest, decodeImageIndex, decodeImageManifest } from '../../src/oci/manifest.js';
import { MEDIA_TYPE } from '../../src/oci/media-type.js';
import { dockerBase, hybridBase, layoutBase } from '../faults/bases.js';
import { fuzzTests } from './fuzz.js';

const documents = [...layoutBase(), ...dockerBase(), ...hybridBase()]
  .map(({ bytes }) => bytes)
  .filter((bytes) => bytes[0] === 0x7b || bytes[0] === 0x5b);

const FULL = {
  schemaVersion: 2,
  mediaType: MEDIA_TYPE.index,
  artifactType: 'application/x',
  manifests: [
    {
      mediaType: MEDIA_TYPE.manifest,
      digest: `sha256:${'a'.repeat(64)}`,
      size: 3,
      urls: ['https://example.com'],
      data: 'YWJj',
      annotations: { 'org.opencontainers.image.ref.name': 'x' },
      artifactType: 'application/y',
      platform: { os: 'windows', architecture: 'arm', variant: 'v7', 'os.version': '10.0', 'os.features': ['win32k'] },
    },
  ],
  subject: { mediaType: MEDIA_TYPE.manifest, digest: `sha512:${'b'.repeat(128)}`, size: 0 },
  annotations: { a: 'b' },
};

const descriptor = (mediaType: string, input: Uint8Array) => plainDescriptor(mediaType, digestOf(input), input.length);

/** Whether the reader takes the document; anything but a refusal is thrown on. */
const takes = (read: () => unknown): boolean => {
  try {
    read();
    return true;
  } catch (error) {
    if (error instanceof ToolError && error.class === 'input') return false;
    throw error;
  }
};

fuzzTests({
  name: 'documents',
  seeds: [...documents, Buffer.from(JSON.stringify(FULL)), Buffer.from('Directory Transport Version: 1.1\n')],
  words: [
    ...Object.values(MEDIA_TYPE),
    '"mediaType":',
    '"digest":',
    '"size":',
    '"platform":',
    '"annotations":',
    '"urls":',
    '"data":',
    '"layers":',
    '"config":',
    '"manifests":',
    '"subject":',
    '"rootfs":',
    '"diff_ids":',
    '"history":',
    '"Config":',
    '"RepoTags":',
    '"Layers":',
    '"layers":',
    'null',
    '{}',
    '[]',
    '""',
    '-1',
    '1.0',
    'sha256:',
    'sha512:',
    'md5:',
    '../',
    '/',
    '"variant":',
    '"os.features":',
    '"created":"2024-01-01T00:00:00Z"',
    '"empty_layer":true',
  ],
  run: async (input) => {
    parseDirectoryVersion(input);
    const value = parseJson(input, { subject: 'x', depth: DEFAULT_LIMITS.jsonDepth });
    isDockerSaveManifest(value);
    const index = takes(() => decodeImageIndex(value, descriptor(MEDIA_TYPE.index, input), 'x'));
    const taken = [
      index,
      takes(() => decodeImageManifest(value, descriptor(MEDIA_TYPE.manifest, input), 'x')),
      takes(() => decodeArtifactManifest(value, descriptor(MEDIA_TYPE.artifactManifest, input), 'x')),
      takes(() => decodeDescriptor(new Cursor(value, 'x'))),
      takes(() => parseConfig(input, 'x', DEFAULT_LIMITS)),
      takes(() => checkLayoutVersion(value, 'x')),
      takes(() => decodeDockerSaveManifest(value, 'x')),
    ];
    // The schemas, too, answer and do not fail.
    (await loadValidator('oci-image-index'))(value);
    (await loadValidator('oci-image-manifest'))(value);
    (await loadValidator('oci-image-config'))(value);
    return taken.includes(true);
  },
});
