import { describe, expect, it } from 'vitest';
import { ToolError } from '../../../src/base/error.js';
import { utf8 } from '../../../src/base/bytes.js';
import { parseJson } from '../../../src/base/json-parse.js';
import { Cursor } from '../../../src/oci/decode.js';
import { decodeDescriptor, plainDescriptor } from '../../../src/oci/descriptor.js';
import { parseDigest } from '../../../src/oci/digest.js';
import { decodeDockerSaveManifest, isDockerSaveManifest } from '../../../src/oci/docker-save.js';
import { decodeImageConfig } from '../../../src/oci/image-config.js';
import { checkLayoutVersion, digestOfBlobPath } from '../../../src/oci/image-layout.js';
import { decodeImageManifest } from '../../../src/oci/manifest.js';
import { MEDIA_TYPE } from '../../../src/oci/media-type.js';
import { normalizePlatform, parsePlatform } from '../../../src/oci/platform.js';
import { parseReference } from '../../../src/oci/reference.js';
import { failureOf } from '../../support/memory-place.js';

/** What documents say, member for member: what is absent there is absent here, and not `undefined`. */

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;
const document = (value: unknown) => parseJson(utf8(JSON.stringify(value)), { subject: 'doc', depth: 64 });

describe('a descriptor', () => {
  const least = { mediaType: 'a/b', digest: DIGEST, size: 0 };
  const decode = (value: unknown) => decodeDescriptor(new Cursor(document(value), 'doc'));

  it('of the least members, an empty blob', () => {
    expect(Object.keys(decode(least)).toSorted()).toEqual(['annotations', 'digest', 'mediaType', 'size']);
    expect(decode(least)).toMatchObject({ ...least, annotations: new Map() });
  });

  it('with an empty artifact type has none', () => {
    expect(decode({ ...least, artifactType: '' })).not.toHaveProperty('artifactType');
  });

  it('with all members', () => {
    const all = {
      ...least,
      artifactType: 'c/d',
      urls: ['https://example.com'],
      platform: { os: 'linux', architecture: 'amd64' },
    };
    expect(decode({ ...all, size: 3, data: 'YWJj' })).toMatchObject({ ...all, size: 3, data: utf8('abc') });
    expect(Object.keys(decode(all).platform ?? {}).toSorted()).toEqual(['architecture', 'os']);
  });
});

describe('an image manifest', () => {
  const least = { schemaVersion: 2, config: { mediaType: 'a/b', digest: DIGEST, size: 1 }, layers: [] };
  const decode = (value: unknown) =>
    decodeImageManifest(document(value), plainDescriptor(MEDIA_TYPE.manifest, parseDigest(DIGEST), 1), 'doc');

  it('of the least members has no others', () => {
    const value = decode(least);
    for (const key of ['mediaType', 'artifactType', 'subject']) expect(value).not.toHaveProperty(key);
    expect(decode({ ...least, artifactType: '' })).not.toHaveProperty('artifactType');
  });

  it('with all members', () => {
    const all = { mediaType: MEDIA_TYPE.manifest, artifactType: 'c/d' };
    expect(decode({ ...least, ...all, subject: least.config })).toMatchObject({
      ...all,
      subject: { digest: DIGEST },
    });
  });

  it('that is an index, too, names the members that say so', async () => {
    const { code, details } = await failureOf(() => decode({ ...least, manifests: [] }));
    expect(code).toBe('MANIFEST_AMBIGUOUS');
    expect(details.found?.split(', ')).toEqual(expect.arrayContaining(['manifests', 'config', 'layers']));
  });
});

describe('an image config', () => {
  const rootfs = { type: 'layers', diff_ids: [DIGEST] };

  it('with all members', () => {
    const entry = { created: 'c', created_by: 'b', author: 'a', comment: 'd', empty_layer: true };
    const config = {
      os: 'linux',
      architecture: 'arm',
      variant: 'v7',
      'os.version': '10',
      created: '2024-02-29T00:00:00Z',
      author: 'somebody',
      rootfs,
      history: [entry],
      config: { Labels: { key: 'value' } },
    };
    expect(decodeImageConfig(document(config), 'doc')).toStrictEqual({
      platform: { os: 'linux', architecture: 'arm', variant: 'v7', osVersion: '10' },
      created: '2024-02-29T00:00:00Z',
      author: 'somebody',
      diffIDs: [DIGEST],
      history: [{ emptyLayer: true, created: 'c', createdBy: 'b', author: 'a', comment: 'd' }],
      labels: new Map([['key', 'value']]),
    });
  });

  it.for([
    ['absent', {}],
    ['empty', { variant: '', 'os.version': '' }],
  ] as const)('with members %s', ([, more]) => {
    expect(decodeImageConfig(document({ rootfs: { type: 'layers' }, history: [{}], ...more }), 'doc')).toStrictEqual({
      platform: { os: '', architecture: '' },
      diffIDs: [],
      history: [{ emptyLayer: false }],
      labels: new Map(),
    });
  });
});

describe("docker's manifest.json", () => {
  it.for([
    ['./a//b/./c.json', 'a/b/c.json'],
    ['a.json', 'a.json'],
    ['a/', 'a'],
  ] as const)('calls the file %s %s', ([text, path]) => {
    expect(decodeDockerSaveManifest(document([{ Config: text, Layers: [text] }]), 'doc')).toEqual([
      { config: path, repoTags: [], layers: [path] },
    ]);
  });

  it.for(['/a', 'a/../b', '..', '../a'])('refuses the path %s', async (text) => {
    expect(await failureOf(() => decodeDockerSaveManifest(document([{ Config: text }]), 'doc'))).toMatchObject({
      code: 'ARCHIVE_UNSAFE_NAME',
      details: { pointer: '/0/Config' },
    });
  });

  it.for(['', '.', './/'])('refuses "%s", which names no file', async (text) => {
    expect(await failureOf(() => decodeDockerSaveManifest(document([{ Config: text }]), 'doc'))).toMatchObject({
      code: 'SCHEMA_INVALID',
    });
  });

  it('tells of keys in another case, and of no others', async () => {
    const told: string[] = [];
    const read = (item: unknown) =>
      decodeDockerSaveManifest(document([item]), 'doc', (found, pointer) => told.push(`${found} ${pointer}`));
    read({ Config: 'c', RepoTags: null, Layers: [] });
    expect(told).toEqual([]);
    read({ config: 'c', Layers: [] });
    expect(told).toEqual(['config /0/config']);
    const { details } = await failureOf(() => read({ config: 'c', Config: 'd' }));
    expect(details.found).toMatch(/"config".*"Config"|"Config".*"config"/);
  });

  it.for<[text: string, is: boolean]>([
    ['[{"Config":"c","Other":1}]', true],
    ['[{"Layers":[],"Other":1}]', true],
    ['[{"LAYERS":[]}]', true],
    ['[{"Other":1}]', false],
    ['[7]', false],
    ['["config"]', false],
  ])('%s: %s', ([text, is]) => {
    expect(isDockerSaveManifest(parseJson(utf8(text), { subject: 'doc', depth: 9 }))).toBe(is);
  });
});

describe('names', () => {
  it('of blobs end where the digest does', () => {
    const path = `blobs/sha256/${DIGEST.slice(7)}`;
    expect(digestOfBlobPath(path)).toBe(DIGEST);
    for (const other of [`${path}/x`, `x/${path}`, `${path}/`]) expect(digestOfBlobPath(other)).toBeUndefined();
  });

  it('of layout versions have numbers of any length', () => {
    expect(() => checkLayoutVersion(document({ imageLayoutVersion: '1.10.12' }), 'doc')).not.toThrow(ToolError);
  });

  it('of platforms have no member for what they leave out', () => {
    expect(parsePlatform('linux/s390x')).toStrictEqual({ os: 'linux', architecture: 's390x' });
    expect(normalizePlatform({ os: 'linux', architecture: 'armel', variant: '' })).toStrictEqual({
      os: 'linux',
      architecture: 'arm',
      variant: 'v6',
    });
  });

  it.for(['linux/s390x/v8', 'linux/s390x/v1', 'linux/amd64/v8', 'linux/arm64/v1'])(
    '%s keeps a variant that is a default elsewhere',
    (text) => {
      expect(parsePlatform(text)).toHaveProperty('variant', text.split('/')[2]);
    },
  );

  it.for(['linux', 'windows', 'darwin'])('%s is no platform', async (text) => {
    expect(await failureOf(() => parsePlatform(text))).toMatchObject({
      code: 'USAGE',
      details: { expected: `${text}/ARCHITECTURE` },
    });
  });

  it('of images have no member for what they leave out', () => {
    expect(parseReference('a:1')).toStrictEqual({ domain: 'docker.io', path: 'library/a', tag: '1' });
    expect(parseReference(`a@${DIGEST}`)).toStrictEqual({ domain: 'docker.io', path: 'library/a', digest: DIGEST });
  });
});
