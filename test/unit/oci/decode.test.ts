import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/base/bytes.js';
import type { ErrorCode } from '../../../src/base/error-code.js';
import { JsonNumber, type JsonValue } from '../../../src/base/json.js';
import { parseJson } from '../../../src/base/json-parse.js';
import { valueAt } from '../../../src/base/json-pointer.js';
import { ANNOTATION } from '../../../src/oci/annotation.js';
import { Cursor } from '../../../src/oci/decode.js';
import { decodeDescriptor, plainDescriptor } from '../../../src/oci/descriptor.js';
import { parseDigest } from '../../../src/oci/digest.js';
import { decodeDockerSaveManifest, isDockerSaveManifest } from '../../../src/oci/docker-save.js';
import { decodeImageConfig } from '../../../src/oci/image-config.js';
import { blobPath, checkLayoutVersion, digestOfBlobPath } from '../../../src/oci/image-layout.js';
import { decodeArtifactManifest, decodeImageIndex, decodeImageManifest } from '../../../src/oci/manifest.js';
import { MEDIA_TYPE } from '../../../src/oci/media-type.js';
import { failureOf } from '../../support/memory-place.js';
import { changed, placesOf } from '../schemas/schema-cases.js';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;
const parse = (text: string): JsonValue => parseJson(utf8(text), { subject: 'doc', depth: 64 });
const document = (value: unknown): JsonValue => parse(JSON.stringify(value));
const descriptorOf = (mediaType: string) => plainDescriptor(mediaType, parseDigest(DIGEST), 1);

const DESCRIPTOR = {
  mediaType: 'application/octet-stream',
  digest: DIGEST,
  size: 3,
  annotations: { key: 'value' },
  platform: {
    os: 'linux',
    architecture: 'arm',
    variant: 'v7',
    'os.version': '1',
    'os.features': ['a'],
    features: ['b'],
  },
  artifactType: 'a/b',
  urls: ['https://example.com/blob'],
  data: 'YWJj',
};

interface Decoding {
  readonly full: unknown;
  readonly decode: (value: JsonValue) => unknown;
  /** Members that may be null, where Go writes it for an empty value. */
  readonly nullable: readonly string[];
  /** Members that must be there, with the place and the code that their absence has. */
  readonly required: readonly (readonly [member: string, pointer: string, code: ErrorCode])[];
  /** Places that may hold anything. */
  readonly untyped?: readonly string[];
  /** Places whose errors have other codes than SCHEMA_INVALID. */
  readonly codes?: Readonly<Record<string, ErrorCode>>;
}

const below = (prefix: string, required: readonly string[]): Decoding['required'] =>
  required.map((member) => [
    `${prefix}${member}`,
    `${prefix}${member}`,
    member === '/size' ? 'SIZE_INVALID' : 'SCHEMA_INVALID',
  ]);

const DECODINGS: readonly (readonly [name: string, Decoding])[] = [
  [
    'a descriptor',
    {
      full: DESCRIPTOR,
      decode: (value) => decodeDescriptor(new Cursor(value, 'doc')),
      nullable: [],
      required: below('', ['/mediaType', '/digest', '/size', '/platform/os', '/platform/architecture']),
      codes: { '/size': 'SIZE_INVALID' },
    },
  ],
  [
    'an image manifest',
    {
      full: {
        schemaVersion: 2,
        mediaType: MEDIA_TYPE.manifest,
        artifactType: 'a/b',
        config: { mediaType: 'a/b', digest: DIGEST, size: 1 },
        layers: [{ mediaType: 'a/b', digest: DIGEST, size: 1 }],
        subject: { mediaType: 'a/b', digest: DIGEST, size: 1 },
        annotations: { key: 'value' },
      },
      decode: (value) => decodeImageManifest(value, descriptorOf(MEDIA_TYPE.manifest), 'doc'),
      nullable: [],
      required: [
        ...below('', ['/schemaVersion', '/config', '/layers']),
        ...below('/config', ['/mediaType', '/digest', '/size']),
        ...below('/layers/0', ['/mediaType', '/digest', '/size']),
        ...below('/subject', ['/mediaType', '/digest', '/size']),
      ],
      codes: { '/config/size': 'SIZE_INVALID', '/layers/0/size': 'SIZE_INVALID', '/subject/size': 'SIZE_INVALID' },
    },
  ],
  [
    'an image index',
    {
      full: {
        schemaVersion: 2,
        mediaType: MEDIA_TYPE.index,
        artifactType: 'a/b',
        manifests: [{ mediaType: 'a/b', digest: DIGEST, size: 1, platform: { os: 'linux', architecture: 'amd64' } }],
        subject: { mediaType: 'a/b', digest: DIGEST, size: 1 },
        annotations: { key: 'value' },
      },
      decode: (value) => decodeImageIndex(value, descriptorOf(MEDIA_TYPE.index), 'doc'),
      nullable: [],
      required: [
        ...below('', ['/schemaVersion', '/manifests']),
        ...below('/manifests/0', ['/mediaType', '/digest', '/size', '/platform/os', '/platform/architecture']),
        ...below('/subject', ['/mediaType', '/digest', '/size']),
      ],
      codes: { '/manifests/0/size': 'SIZE_INVALID', '/subject/size': 'SIZE_INVALID' },
    },
  ],
  [
    'an artifact manifest',
    {
      full: {
        mediaType: MEDIA_TYPE.artifactManifest,
        artifactType: 'a/b',
        blobs: [{ mediaType: 'a/b', digest: DIGEST, size: 1 }],
        subject: { mediaType: 'a/b', digest: DIGEST, size: 1 },
        annotations: { key: 'value' },
      },
      decode: (value) => decodeArtifactManifest(value, descriptorOf(MEDIA_TYPE.artifactManifest), 'doc'),
      nullable: ['/blobs'],
      required: [
        ...below('/blobs/0', ['/mediaType', '/digest', '/size']),
        ...below('/subject', ['/mediaType', '/digest', '/size']),
      ],
      codes: { '/blobs/0/size': 'SIZE_INVALID', '/subject/size': 'SIZE_INVALID' },
    },
  ],
  [
    'an image config',
    {
      full: {
        os: 'linux',
        architecture: 'amd64',
        variant: 'v2',
        'os.version': '1',
        created: '2024-02-29T00:00:00Z',
        author: 'somebody',
        rootfs: { type: 'layers', diff_ids: [DIGEST] },
        history: [{ created: 'x', created_by: 'x', author: 'x', comment: 'x', empty_layer: true }],
        config: { Labels: { key: 'value' } },
      },
      decode: (value) => decodeImageConfig(value, 'doc'),
      nullable: [
        '/os',
        '/architecture',
        '/variant',
        '/os.version',
        '/created',
        '/author',
        '/rootfs/diff_ids',
        '/history',
        '/history/0/created',
        '/history/0/created_by',
        '/history/0/author',
        '/history/0/comment',
        '/history/0/empty_layer',
        '/config',
        '/config/Labels',
      ],
      required: [
        ['/rootfs', '/rootfs', 'CONFIG_INVALID'],
        ['/rootfs/type', '/rootfs/type', 'CONFIG_INVALID'],
      ],
      codes: { '': 'CONFIG_INVALID', '/rootfs': 'CONFIG_INVALID', '/rootfs/type': 'CONFIG_INVALID' },
    },
  ],
  [
    "docker's manifest.json",
    {
      full: [{ Config: 'c', RepoTags: ['a:1'], Layers: ['l'], Parent: 'x', LayerSources: {} }],
      decode: (value) => decodeDockerSaveManifest(value, 'doc'),
      nullable: ['/0/RepoTags', '/0/Layers'],
      required: [['/0/Config', '/0/Config', 'SCHEMA_INVALID']],
      untyped: ['/0/Parent', '/0/LayerSources'],
    },
  ],
  [
    'the file oci-layout',
    {
      full: { imageLayoutVersion: '1.0.0' },
      decode: (value) => checkLayoutVersion(value, 'doc'),
      nullable: [],
      required: [['/imageLayoutVersion', '/imageLayoutVersion', 'SCHEMA_INVALID']],
    },
  ],
];

const kindOf = (value: JsonValue | undefined): string =>
  value === null
    ? 'null'
    : value instanceof JsonNumber
      ? 'other number'
      : Array.isArray(value)
        ? 'array'
        : typeof value;

const OF_EVERY_TYPE = ['null', 'true', '7', '7.0', '"\\u0001"', '[]', '{}'].map(parse);

describe.for(DECODINGS)('%s', ([, { full, decode, nullable, required, untyped = [], codes = {} }]) => {
  const whole = document(full);

  it('is taken with every member', () => {
    expect(() => decode(whole)).not.toThrow();
  });

  it('is refused for null and the wrong type at every place, by code and pointer', async () => {
    const wrongs = placesOf(whole)
      .filter((pointer) => !untyped.includes(pointer))
      .flatMap((pointer) => OF_EVERY_TYPE.map((value) => ({ pointer, value, kind: kindOf(value) })))
      .filter(
        ({ pointer, kind }) =>
          kind !== kindOf(valueAt(whole, pointer)) && !(kind === 'null' && nullable.includes(pointer)),
      );
    const answers = [];
    for (const { pointer, value, kind } of wrongs) {
      const { code, details } = await failureOf(() => decode(changed(whole, pointer, value)));
      answers.push({ pointer, kind, code, at: details.pointer, subject: details.subject });
    }
    expect(answers.length).toBeGreaterThan(4);
    expect(answers).toEqual(
      wrongs.map(({ pointer, kind }) => ({
        pointer,
        kind,
        code: codes[pointer] ?? 'SCHEMA_INVALID',
        at: pointer,
        subject: 'doc',
      })),
    );
  });

  it('takes null where Go writes it for nothing', () => {
    for (const pointer of nullable) expect(() => decode(changed(whole, pointer, null))).not.toThrow();
  });

  it('is refused without what it requires, and without nothing else', async () => {
    const members = placesOf(whole).filter((pointer) => /\/[^/]*[A-Za-z][^/]*$/.test(pointer));
    const answers = [];
    for (const pointer of members) {
      const without = changed(whole, pointer, undefined);
      if (!required.some(([member]) => member === pointer)) {
        decode(without);
        continue;
      }
      const { code, details } = await failureOf(() => decode(without));
      answers.push([pointer, details.pointer, code]);
    }
    expect(answers).toHaveLength(required.length);
    expect(answers).toEqual(expect.arrayContaining(required.map((line) => [...line])));
  });
});

describe('a descriptor', () => {
  it.for<[line: string, pointer: string, text: string, code: ErrorCode]>([
    ['a negative size', '/size', '-1', 'SIZE_INVALID'],
    ['a size beyond 2^53', '/size', '9007199254740992', 'SIZE_INVALID'],
    ['a size with a fraction', '/size', '1.0', 'SIZE_INVALID'],
    ['a size as text', '/size', '"3"', 'SIZE_INVALID'],
    ['a short digest', '/digest', '"sha256:00"', 'DIGEST_INVALID'],
    ['a digest in upper case', '/digest', `"${DIGEST.toUpperCase()}"`, 'DIGEST_INVALID'],
    ['a media type without a slash', '/mediaType', '"text"', 'SCHEMA_INVALID'],
    ['a media type with a space', '/mediaType', '"text /plain"', 'SCHEMA_INVALID'],
    ['an empty media type', '/mediaType', '""', 'SCHEMA_INVALID'],
    ['data that are no base64', '/data', '"YW*j"', 'SCHEMA_INVALID'],
    ['data of a length that base64 does not have', '/data', '"YWJ"', 'SCHEMA_INVALID'],
    ['data of another size', '/data', '"YWI="', 'DATA_MISMATCH'],
    ['an annotation that is no text', '/annotations/key', '7', 'SCHEMA_INVALID'],
    ['a URL that is no text', '/urls/0', '7', 'SCHEMA_INVALID'],
  ])('is refused for %s', async ([, pointer, text, code]) => {
    const wrong = changed(document(DESCRIPTOR), pointer, parse(text));
    expect(await failureOf(() => decodeDescriptor(new Cursor(wrong, 'doc', '/at')))).toMatchObject({
      code,
      details: { subject: 'doc', pointer: `/at${pointer}` },
    });
  });

  it('is read with all that decides something', () => {
    expect(decodeDescriptor(new Cursor(document(DESCRIPTOR), 'doc'))).toEqual({
      mediaType: 'application/octet-stream',
      digest: DIGEST,
      size: 3,
      annotations: new Map([['key', 'value']]),
      platform: { os: 'linux', architecture: 'arm', variant: 'v7', osVersion: '1', osFeatures: ['a'] },
      artifactType: 'a/b',
      urls: ['https://example.com/blob'],
      data: utf8('abc'),
    });
  });

  it('takes parameters of a media type, the largest size, and an empty artifact type as none', () => {
    const value = document({ mediaType: 'a/b; charset=utf-8', digest: DIGEST, size: 2 ** 53 - 1, artifactType: '' });
    expect(decodeDescriptor(new Cursor(value, 'doc'))).toEqual({
      mediaType: 'a/b; charset=utf-8',
      digest: DIGEST,
      size: 2 ** 53 - 1,
      annotations: new Map(),
    });
  });

  it('has keys like all others where JavaScript has its own', () => {
    const text = `{"mediaType":"a/b","digest":"${DIGEST}","size":1,"annotations":{"__proto__":"p","constructor":"c"}}`;
    expect([...decodeDescriptor(new Cursor(parse(text), 'doc')).annotations]).toEqual([
      ['__proto__', 'p'],
      ['constructor', 'c'],
    ]);
  });
});

describe('manifests', () => {
  const manifest = { schemaVersion: 2, config: { mediaType: 'a/b', digest: DIGEST, size: 1 }, layers: [] };
  const index = { schemaVersion: 2, manifests: [] };
  const asManifest = (value: unknown) => decodeImageManifest(document(value), descriptorOf(MEDIA_TYPE.manifest), 'doc');
  const asIndex = (value: unknown) => decodeImageIndex(document(value), descriptorOf(MEDIA_TYPE.index), 'doc');

  it.for<[line: string, decode: () => unknown, code: ErrorCode, pointer: string | undefined]>([
    ['schema 1', () => asManifest({ ...manifest, schemaVersion: 1 }), 'SCHEMA1_UNSUPPORTED', '/schemaVersion'],
    ['an index of schema 1', () => asIndex({ ...index, schemaVersion: 1 }), 'SCHEMA1_UNSUPPORTED', '/schemaVersion'],
    ['schema 3', () => asManifest({ ...manifest, schemaVersion: 3 }), 'SCHEMA_INVALID', '/schemaVersion'],
    [
      'another media type',
      () => asManifest({ ...manifest, mediaType: MEDIA_TYPE.dockerManifest }),
      'MEDIATYPE_CONFLICT',
      '/mediaType',
    ],
    [
      'an index as manifest',
      () => asManifest({ ...index, mediaType: MEDIA_TYPE.index }),
      'MEDIATYPE_CONFLICT',
      '/mediaType',
    ],
    ['a manifest with manifests', () => asManifest({ ...manifest, manifests: [] }), 'MANIFEST_AMBIGUOUS', undefined],
    ['an index with layers', () => asIndex({ ...index, layers: [] }), 'MANIFEST_AMBIGUOUS', undefined],
    ['an index with a config', () => asIndex({ ...index, config: {} }), 'MANIFEST_AMBIGUOUS', undefined],
  ])('are refused for %s', async ([, decode, code, pointer]) => {
    const error = await failureOf(decode);
    expect([error.code, error.details.pointer]).toEqual([code, pointer]);
  });

  it('without a media type are what their descriptor says', () => {
    expect(asManifest(manifest)).toEqual({
      kind: 'manifest',
      annotations: new Map(),
      config: descriptorOf('a/b'),
      layers: [],
    });
    expect(asIndex(index)).toEqual({ kind: 'index', annotations: new Map(), manifests: [] });
  });

  it('of artifacts may have no blobs', () => {
    const decode = (value: unknown) =>
      decodeArtifactManifest(document(value), descriptorOf(MEDIA_TYPE.artifactManifest), 'doc');
    expect(decode({})).toEqual({ kind: 'artifact-manifest', annotations: new Map(), blobs: [] });
    expect(decode({ blobs: null, artifactType: '' })).toEqual(decode({}));
  });
});

describe('an image config', () => {
  it('is read with the empty values of Docker', () => {
    const config = {
      os: 'linux',
      architecture: 'arm64',
      variant: '',
      'os.version': '',
      author: '',
      rootfs: { type: 'layers', diff_ids: null },
      history: null,
      config: null,
    };
    expect(decodeImageConfig(document(config), 'doc')).toEqual({
      platform: { os: 'linux', architecture: 'arm64' },
      author: '',
      diffIDs: [],
      history: [],
      labels: new Map(),
    });
  });

  it.for<[line: string, rootfs: unknown, code: ErrorCode, pointer: string]>([
    ['without a root file system', undefined, 'CONFIG_INVALID', '/rootfs'],
    ['of another type', { type: 'layers+base', diff_ids: [] }, 'CONFIG_INVALID', '/rootfs/type'],
    ['with a diffID that is none', { type: 'layers', diff_ids: [DIGEST, 'x'] }, 'DIGEST_INVALID', '/rootfs/diff_ids/1'],
  ])('is refused %s', async ([, rootfs, code, pointer]) => {
    expect(await failureOf(() => decodeImageConfig(document({ rootfs }), 'doc'))).toMatchObject({
      code,
      details: { pointer },
    });
  });

  it('keeps history in order', () => {
    const history = [{ created_by: 'one', empty_layer: true }, { comment: 'two', empty_layer: null }, {}];
    const config = decodeImageConfig(document({ rootfs: { type: 'layers' }, history }), 'doc');
    expect(config.history).toEqual([
      { createdBy: 'one', emptyLayer: true },
      { comment: 'two', emptyLayer: false },
      { emptyLayer: false },
    ]);
    expect(config.platform).toEqual({ os: '', architecture: '' });
  });
});

describe("docker's manifest.json", () => {
  it('is understood in other cases, and each is told', () => {
    const told: (readonly [string, string])[] = [];
    const value = document([{ config: 'c', LAYERS: ['l'], repoTags: ['a'] }]);
    expect(decodeDockerSaveManifest(value, 'doc', (found, pointer) => told.push([found, pointer]))).toEqual([
      { config: 'c', layers: ['l'], repoTags: ['a'] },
    ]);
    expect(new Map(told)).toEqual(
      new Map([
        ['LAYERS', '/0/LAYERS'],
        ['config', '/0/config'],
        ['repoTags', '/0/repoTags'],
      ]),
    );
  });

  it.for(['Config', 'RepoTags', 'Layers', 'Parent', 'LayerSources'])('with %s in two cases is refused', async (key) => {
    const value = document([{ Config: 'c' }, { Config: 'c', [key]: null, [key.toLowerCase()]: null }]);
    expect(await failureOf(() => decodeDockerSaveManifest(value, 'doc'))).toMatchObject({
      code: 'JSON_AMBIGUOUS_KEY',
      details: { subject: 'doc', pointer: '/1' },
    });
  });

  it.for<[line: string, text: string, is: boolean]>([
    ['an image', '[{"Config":"c","Layers":[]}]', true],
    ['an image in another case', '[{"config":"c"}]', true],
    ['no image', '[]', true],
    ['one that is none', '[{"Config":"c"},{"name":"x"}]', false],
    ['another array', '[1]', false],
    ['null', '[null]', false],
    ['a manifest', '{"schemaVersion":2,"config":{},"layers":[]}', false],
  ])('is told from other files: %s', ([, text, is]) => {
    expect(isDockerSaveManifest(parse(text))).toBe(is);
  });
});

describe('an image layout', () => {
  it.for<[version: string, ok: boolean]>([
    ['1.0.0', true],
    ['1.12.3', true],
    ['2.0.0', false],
    ['1.0', false],
    ['1.0.0\n', false],
    ['v1.0.0', false],
    ['', false],
  ])('of version %j: %s', async ([imageLayoutVersion, ok]) => {
    const check = () => checkLayoutVersion(document({ imageLayoutVersion }), 'doc');
    if (ok) return check();
    expect(await failureOf(check)).toMatchObject({
      code: 'LAYOUT_VERSION',
      details: { pointer: '/imageLayoutVersion' },
    });
    return undefined;
  });

  it.for<[path: string, digest: string | undefined]>([
    [`blobs/sha256/${'a'.repeat(64)}`, `sha256:${'a'.repeat(64)}`],
    [`blobs/sha512/${'a'.repeat(128)}`, `sha512:${'a'.repeat(128)}`],
    [`blobs/sha256/${'a'.repeat(63)}`, undefined],
    [`blobs/sha256/x/${'a'.repeat(64)}`, undefined],
    [`x/blobs/sha256/${'a'.repeat(64)}`, undefined],
    ['blobs/sha256', undefined],
    ['index.json', undefined],
  ])('keeps at %s the digest %s', ([path, digest]) => {
    expect(digestOfBlobPath(path)).toBe(digest);
    if (digest !== undefined) expect(blobPath(parseDigest(digest))).toBe(path);
  });
});

it('annotations have the names of the specifications', () => {
  expect(ANNOTATION).toEqual({
    refName: 'org.opencontainers.image.ref.name',
    imageName: 'io.containerd.image.name',
    referenceType: 'vnd.docker.reference.type',
    referenceDigest: 'vnd.docker.reference.digest',
  });
});
