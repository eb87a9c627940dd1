import { SHA256, SHA512, describeSchema } from './schema-cases.js';

const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
const CONFIG = 'application/vnd.docker.container.image.v1+json';
const LAYER = 'application/vnd.docker.image.rootfs.diff.tar.gzip';
const FOREIGN = 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip';
const descriptor = (mediaType: string): string => `{"mediaType":"${mediaType}","size":7,"digest":"${SHA256}"}`;
const identity = (pointer: string): string[] => ['mediaType', 'digest', 'size'].map((name) => `${pointer}/${name}`);

describeSchema({
  name: 'docker-manifest-v2s2',
  full: {
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: { mediaType: CONFIG, size: 7, digest: SHA256 },
    layers: [{ mediaType: FOREIGN, size: 7, digest: SHA256, urls: ['https://example.com/layer'] }],
  },
  required: ['/schemaVersion', '/mediaType', '/config', '/layers', ...identity('/config'), ...identity('/layers/0')],
  extensible: true,
  valid: [
    [
      'an image',
      `{"schemaVersion":2,"mediaType":"${MANIFEST}","config":${descriptor(CONFIG)},"layers":[${descriptor(LAYER)},${descriptor(LAYER)}]}`,
    ],
    [
      'an image without layers',
      `{"schemaVersion":2,"mediaType":"${MANIFEST}","config":${descriptor(CONFIG)},"layers":[]}`,
    ],
    [
      'an artifact',
      `{"schemaVersion":2,"mediaType":"${MANIFEST}","config":${descriptor('application/vnd.docker.plugin.v1+json')},"layers":[]}`,
    ],
  ],
  invalid: [
    ['schema version 1', '/schemaVersion', '1'],
    ['a schema version as text', '/schemaVersion', '"2"'],
    ['the media type of OCI', '/mediaType', '"application/vnd.oci.image.manifest.v1+json"'],
    ['the media type of schema 1', '/mediaType', '"application/vnd.docker.distribution.manifest.v1+json"'],
    ['the media type of a list', '/mediaType', JSON.stringify(LIST)],
    ['a config that is a digest', '/config', JSON.stringify(SHA256)],
    ['a config in upper case', '/config/digest', JSON.stringify(`sha256:${'F'.repeat(64)}`), 'DIGEST_INVALID'],
    ['a config of size 1.0', '/config/size', '1.0', 'SIZE_INVALID'],
    ['layers of null', '/layers', 'null'],
    ['a layer of size -1', '/layers/0/size', '-1', 'SIZE_INVALID'],
    ['a layer without media type', '/layers/0/mediaType', '""'],
    ['a URL of null', '/layers/0/urls/0', 'null'],
    ['URLs as text', '/layers/0/urls', '"https://example.com/layer"'],
  ],
});

describeSchema({
  name: 'docker-manifest-list',
  full: {
    schemaVersion: 2,
    mediaType: LIST,
    manifests: [
      {
        mediaType: MANIFEST,
        size: 7,
        digest: SHA512,
        platform: {
          architecture: 'arm',
          os: 'linux',
          'os.version': '1',
          'os.features': ['a'],
          variant: 'v7',
          features: ['sse4'],
        },
      },
    ],
  },
  required: [
    '/schemaVersion',
    '/mediaType',
    '/manifests',
    ...identity('/manifests/0'),
    '/manifests/0/platform',
    '/manifests/0/platform/architecture',
    '/manifests/0/platform/os',
  ],
  extensible: true,
  valid: [
    ['an empty list', `{"schemaVersion":2,"mediaType":"${LIST}","manifests":[]}`],
    [
      'one platform',
      `{"schemaVersion":2,"mediaType":"${LIST}","manifests":[{"mediaType":"${MANIFEST}","size":7,"digest":"${SHA256}","platform":{"architecture":"amd64","os":"linux"}}]}`,
    ],
    [
      'an unknown platform',
      `{"schemaVersion":2,"mediaType":"${LIST}","manifests":[{"mediaType":"a/b","size":0,"digest":"${SHA256}","platform":{"architecture":"unknown","os":"unknown"}}]}`,
    ],
  ],
  invalid: [
    ['schema version 1', '/schemaVersion', '1'],
    ['the media type of OCI', '/mediaType', '"application/vnd.oci.image.index.v1+json"'],
    ['the media type of a manifest', '/mediaType', JSON.stringify(MANIFEST)],
    ['manifests of null', '/manifests', 'null'],
    ['a manifest of null', '/manifests/0', 'null'],
    ['a platform of null', '/manifests/0/platform', 'null'],
    ['a platform as text', '/manifests/0/platform', '"linux/arm/v7"'],
    ['an architecture of null', '/manifests/0/platform/architecture', 'null'],
    ['features as text', '/manifests/0/platform/features', '"sse4"'],
    ['a short digest', '/manifests/0/digest', '"sha512:0"', 'DIGEST_INVALID'],
    ['a size as text', '/manifests/0/size', '"7"', 'SIZE_INVALID'],
    ['a media type without slash', '/manifests/0/mediaType', '"manifest"'],
  ],
});

const HEX = SHA256.slice(7);

describeSchema({
  name: 'docker-save-manifest',
  full: [
    {
      Config: `${HEX}.json`,
      RepoTags: ['t:1'],
      Layers: ['l1/layer.tar', 'l2/layer.tar'],
      Parent: SHA256,
      LayerSources: { [SHA256]: { mediaType: LAYER, size: 7, digest: SHA256 } },
    },
  ],
  required: ['/0/Config', '/0/RepoTags', '/0/Layers', ...identity(`/0/LayerSources/${SHA256}`)],
  nullable: ['/0/RepoTags', '/0/Layers'],
  open: ['/0/LayerSources'],
  extensible: true,
  valid: [
    ['no image', '[]'],
    ['an image without name, as Docker writes it', '[{"Config":"a.json","RepoTags":null,"Layers":["a/layer.tar"]}]'],
    ['an image without name, as Podman writes it', '[{"Config":"a.json","RepoTags":[],"Layers":["a.tar"]}]'],
    ['an image without layers', '[{"Config":"a.json","RepoTags":["a:b"],"Layers":null}]'],
    [
      'one layer twice',
      '[{"Config":"blobs/sha256/a","RepoTags":["docker.io/a/b:c"],"Layers":["blobs/sha256/b","blobs/sha256/b"]}]',
    ],
    [
      'two images',
      '[{"Config":"a","RepoTags":["a:1","a:2"],"Layers":["x"]},{"Config":"b","RepoTags":null,"Layers":["x"]}]',
    ],
  ],
  invalid: [
    ['null', '', 'null'],
    ['an object', '', '{}'],
    ['text', '', '"manifest.json"'],
    ['an image of null', '/0', 'null'],
    ['an image that is a list', '/0', '[]'],
    ['a config of null', '/0/Config', 'null'],
    ['a config without name', '/0/Config', '""'],
    ['a config that is a list', '/0/Config', '["a.json"]'],
    ['names as text', '/0/RepoTags', '"t:1"'],
    ['a name of null', '/0/RepoTags/0', 'null'],
    ['layers as text', '/0/Layers', '"l1/layer.tar"'],
    ['a layer of null', '/0/Layers/1', 'null'],
    ['a layer without name', '/0/Layers/1', '""'],
    ['a parent without algorithm', '/0/Parent', JSON.stringify(HEX), 'DIGEST_INVALID'],
    ['sources of null', '/0/LayerSources', 'null'],
    ['a source without members', `/0/LayerSources/${SHA256}`, 'null'],
    ['a source of size 7.0', `/0/LayerSources/${SHA256}/size`, '7.0', 'SIZE_INVALID'],
  ],
});
