import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/base/bytes.js';
import { synthesizeIndex, synthesizeManifest } from '../../../src/content/synthesis.js';
import { plainDescriptor } from '../../../src/oci/descriptor.js';
import { decodeImageIndex, decodeImageManifest } from '../../../src/oci/manifest.js';
import { parseJson } from '../../../src/base/json-parse.js';
import { MEDIA_TYPE } from '../../../src/oci/media-type.js';
import { descriptorWith, digestBy, fakeDigest } from '../../support/memory-place.js';

const C = 'c'.repeat(64);
const [A, B, D] = ['a', 'b', 'd'].map((digit) => digit.repeat(64));
const OCI = 'application/vnd.oci.image';

// The bytes are written out here, so that the digests owe nothing to the code under test.
const PLAIN =
  `{"config":{"digest":"sha256:${C}","mediaType":"${OCI}.config.v1+json","size":7},` +
  `"layers":[{"digest":"sha256:${A}","mediaType":"${OCI}.layer.v1.tar","size":1},` +
  `{"digest":"sha256:${B}","mediaType":"${OCI}.layer.v1.tar+gzip","size":2},` +
  `{"digest":"sha256:${D}","mediaType":"${OCI}.layer.v1.tar+zstd","size":3}],` +
  `"mediaType":"${OCI}.manifest.v1+json","schemaVersion":2}`;
const EMPTY =
  `{"config":{"digest":"sha256:${C}","mediaType":"${OCI}.config.v1+json","size":7},` +
  `"layers":[],"mediaType":"${OCI}.manifest.v1+json","schemaVersion":2}`;
const ANNOTATED = `{"annotations":{"A":"1","a":"é","b":"\\n"},${EMPTY.slice(1)}`;
const INDEX =
  `{"manifests":[` +
  `{"annotations":{"vnd.docker.reference.digest":"x"},"digest":"sha256:${A}","mediaType":"${OCI}.manifest.v1+json",` +
  `"platform":{"architecture":"arm","os":"linux","os.features":["z","a"],"os.version":"10","variant":"v7"},"size":1},` +
  `{"artifactType":"a/b","digest":"sha256:${B}","mediaType":"${OCI}.index.v1+json","size":2}],` +
  `"mediaType":"${OCI}.index.v1+json","schemaVersion":2}`;

const config = { digest: fakeDigest('c'), size: 7 };
const layer = (digit: string, size: number, compression: 'none' | 'gzip' | 'zstd') => ({
  descriptor: { digest: fakeDigest(digit), size },
  compression,
});

describe('a synthesised manifest', () => {
  it.for([
    ['of three layers', PLAIN, [layer('a', 1, 'none'), layer('b', 2, 'gzip'), layer('d', 3, 'zstd')], undefined],
    ['of none', EMPTY, [], new Map<string, string>()],
    [
      'with annotations',
      ANNOTATED,
      [],
      new Map([
        ['b', '\n'],
        ['a', 'é'],
        ['A', '1'],
      ]),
    ],
  ] as const)('%s has these bytes', ([, text, layers, annotations]) => {
    const { descriptor, raw, value } = synthesizeManifest(config, layers, annotations);
    expect(Buffer.from(raw).toString()).toBe(text);
    expect(descriptor).toEqual(plainDescriptor(MEDIA_TYPE.manifest, digestBy(text), Buffer.byteLength(text)));
    expect(decodeImageManifest(parseJson(raw, { subject: 'm', depth: 9 }), descriptor, 'm')).toEqual(value);
  });

  it('has the digests that sha256sum gives', () => {
    const layers = [layer('a', 1, 'none'), layer('b', 2, 'gzip'), layer('d', 3, 'zstd')];
    expect(synthesizeManifest(config, layers).descriptor.digest).toBe(
      'sha256:0cbde51cb64a3bffaf2c4813e490dc1195a5c7a6763bf5d1c136b8057816a083',
    );
    expect(synthesizeManifest(config, []).descriptor.digest).toBe(
      'sha256:488ee91732d2737b594788b1074ddbfdf7731d6834d5c67128d651c36193e782',
    );
  });
});

describe('a synthesised index', () => {
  it('has these bytes', () => {
    const children = [
      descriptorWith(plainDescriptor(MEDIA_TYPE.manifest, fakeDigest('a'), 1), {
        platform: { os: 'linux', architecture: 'arm', variant: 'v7', osVersion: '10', osFeatures: ['z', 'a'] },
        annotations: { 'vnd.docker.reference.digest': 'x' },
      }),
      descriptorWith(plainDescriptor(MEDIA_TYPE.index, fakeDigest('b'), 2), { artifactType: 'a/b' }),
    ];
    const { descriptor, raw, value } = synthesizeIndex(children);
    expect(Buffer.from(raw).toString()).toBe(INDEX);
    expect(descriptor).toEqual(plainDescriptor(MEDIA_TYPE.index, digestBy(INDEX), Buffer.byteLength(INDEX)));
    expect(decodeImageIndex(parseJson(raw, { subject: 'i', depth: 9 }), descriptor, 'i')).toEqual(value);
  });

  it('keeps annotations that it is given', () => {
    const { raw } = synthesizeIndex([], new Map([['key', 'value']]));
    expect(
      utf8(`{"annotations":{"key":"value"},"manifests":[],"mediaType":"${OCI}.index.v1+json","schemaVersion":2}`),
    ).toEqual(raw);
  });
});
