import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/base/limits.js';
import { nameText } from '../../../src/content/name.js';
import { openOciLayout } from '../../../src/format/oci-layout.js';
import { ANNOTATION } from '../../../src/oci/annotation.js';
import {
  MemoryPlace,
  type OddEntry,
  contentOf,
  descriptorWith,
  failureOf,
  fakeDigest,
  memoryTree,
} from '../../support/memory-place.js';

const place = new MemoryPlace();
const [a, b] = [place.image({ layers: ['a'] }), place.image({ layers: ['b'] })];
const open = (files: Readonly<Record<string, string | Uint8Array | OddEntry>>, limits = DEFAULT_LIMITS) =>
  openOciLayout(memoryTree(files), { limits, threads: 1 });
const named = (annotations: Readonly<Record<string, string>>) => descriptorWith(a.descriptor, { annotations });

describe('an OCI layout', () => {
  it('lists its images as index.json has them, with their names', async () => {
    const entries = [
      named({ [ANNOTATION.refName]: '1.0' }),
      b.descriptor,
      named({ [ANNOTATION.imageName]: 'docker.io/library/a:1', [ANNOTATION.refName]: '1' }),
      named({ [ANNOTATION.refName]: 'app:1' }),
    ];
    const { roots, kind, name } = await open(place.layoutFiles(entries));
    expect([kind, name]).toEqual(['oci-layout', 'tree']);
    expect(roots.map(({ descriptor, name: found }) => [descriptor.digest, found && nameText(found)])).toEqual([
      [a.descriptor.digest, '1.0'],
      [b.descriptor.digest, undefined],
      [a.descriptor.digest, 'docker.io/library/a:1'],
      [a.descriptor.digest, 'docker.io/library/app:1'],
    ]);
    expect(roots[0]?.descriptor).toEqual(entries[0]);
  });

  it('has its blobs at the paths that their digests give, and lists them', async () => {
    const source = await open({
      ...place.layoutFiles([a.descriptor]),
      'blobs/sha256/not-a-digest': '',
      'blobs/sha256': { type: 'directory' },
    });
    expect(await contentOf(await source.blobs.open(a.config))).toBe(place.text(a.config));
    expect(await source.blobs.open(descriptorWith(a.config, { digest: fakeDigest('0') }))).toBeUndefined();
    expect(source.stored?.toSorted()).toEqual([...place.contents.keys()].toSorted());
  });

  it('tells what was odd about the tree', async () => {
    const tree = memoryTree(place.layoutFiles([a.descriptor]), [
      { code: 'TAR_NO_TRAILER', subject: 'tree', found: 'nothing' },
    ]);
    const { notes } = await openOciLayout(tree, { limits: DEFAULT_LIMITS, threads: 1 });
    expect(notes).toMatchObject([{ code: 'TAR_NO_TRAILER', severity: 'warning', subject: 'tree', found: 'nothing' }]);
  });

  const files = place.layoutFiles([a.descriptor]);
  const { 'oci-layout': _version, ...unmarked } = files;
  const { 'index.json': _index, ...unlisted } = files;

  it.for<
    [line: string, files: Readonly<Record<string, string | Uint8Array | OddEntry>>, code: string, details: object]
  >([
    ['no oci-layout', unmarked, 'LAYOUT_MISSING', {}],
    ['an oci-layout that is no JSON', { ...files, 'oci-layout': 'x' }, 'JSON_SYNTAX', { subject: 'tree: oci-layout' }],
    [
      'an oci-layout without a version',
      { ...files, 'oci-layout': '{}' },
      'SCHEMA_INVALID',
      { pointer: '/imageLayoutVersion' },
    ],
    ['another version', { ...files, 'oci-layout': '{"imageLayoutVersion":"3.0.0"}' }, 'LAYOUT_VERSION', {}],
    ['no index.json', unlisted, 'LAYOUT_INVALID', { subject: 'tree: index.json', found: 'nothing' }],
    [
      'an index.json that is a directory',
      { ...files, 'index.json': { type: 'directory' } },
      'LAYOUT_INVALID',
      { found: 'directory' },
    ],
    ['an index.json that is an array', { ...files, 'index.json': '[]' }, 'SCHEMA_INVALID', { pointer: '' }],
    [
      'an index.json that is a manifest',
      { ...files, 'index.json': place.text(a.descriptor) },
      'MEDIATYPE_CONFLICT',
      {},
    ],
    [
      'an index.json with a short digest',
      { ...files, 'index.json': '{"schemaVersion":2,"manifests":[{"mediaType":"a/b","digest":"sha256:0","size":1}]}' },
      'DIGEST_INVALID',
      { pointer: '/manifests/0/digest' },
    ],
    ['an index.json with a key twice', { ...files, 'index.json': '{"a":1,"a":2}' }, 'JSON_DUPLICATE_KEY', {}],
  ])('is refused for %s', async ([, tree, code, details]) => {
    expect(await failureOf(() => open(tree))).toMatchObject({ code, details });
  });

  it('has an index.json of limited size', async () => {
    const limits = { ...DEFAULT_LIMITS, topDocument: 100 };
    expect(await failureOf(() => open(files, limits))).toMatchObject({
      code: 'LIMIT_METADATA',
      details: { subject: 'tree: index.json' },
    });
  });
});

describe('a hybrid', () => {
  const path = ({ digest }: { readonly digest: string }) => `blobs/${digest.replace(':', '/')}`;
  const item = (image: typeof a, ...RepoTags: readonly string[]) => ({
    Config: path(image.config),
    RepoTags,
    Layers: image.layers.map(path),
  });
  const hybrid = (entries: Parameters<MemoryPlace['layoutFiles']>[0], ...items: readonly unknown[]) => ({
    ...place.layoutFiles(entries),
    'manifest.json': JSON.stringify(items),
  });
  const rootsOf = async (tree: Readonly<Record<string, string | Uint8Array>>) =>
    (await open(tree)).roots.map(({ descriptor, name }) => [descriptor.digest, name && nameText(name)]);

  it('that says the same twice is read once', async () => {
    const entry = named({ [ANNOTATION.imageName]: 'docker.io/library/a:1', [ANNOTATION.refName]: '1' });
    expect(await rootsOf(hybrid([entry], item(a, 'a:1')))).toEqual([[a.descriptor.digest, 'docker.io/library/a:1']]);
  });

  it('may have its tags in manifest.json alone', async () => {
    expect(await rootsOf(hybrid([a.descriptor, b.descriptor], item(a, 'a:1', 'a:2'), item(b)))).toEqual([
      [a.descriptor.digest, undefined],
      [b.descriptor.digest, undefined],
      [a.descriptor.digest, 'docker.io/library/a:1'],
      [a.descriptor.digest, 'docker.io/library/a:2'],
    ]);
  });

  it('says with the full name what the bare tag says', async () => {
    const tagged = [named({ [ANNOTATION.refName]: '1' }), named({ [ANNOTATION.refName]: 'other' })];
    expect(await rootsOf(hybrid(tagged, item(a, 'a:1')))).toEqual([
      [a.descriptor.digest, 'other'],
      [a.descriptor.digest, 'docker.io/library/a:1'],
    ]);
  });

  it('may have an image of an index in manifest.json', async () => {
    const index = place.index([a.descriptor, b.descriptor]);
    expect(await rootsOf(hybrid([index], item(b, 'multi:1')))).toEqual([
      [index.digest, undefined],
      [index.digest, 'docker.io/library/multi:1'],
    ]);
  });

  it('may have an untagged image in manifest.json alone', async () => {
    const source = await open(hybrid([a.descriptor], item(a), item(b)));
    expect(source.roots.length).toBe(2);
    const orphan = source.roots[1]?.descriptor;
    expect(orphan && (await contentOf(await source.blobs.open(orphan)))).toContain(b.config.digest);
  });

  it.for<[line: string, entries: readonly (typeof a.descriptor)[], items: readonly unknown[]]>([
    ['a tagged image that index.json does not have', [a.descriptor], [item(a), item(b, 'b:1')]],
    [
      'a name that means another image',
      [named({ [ANNOTATION.imageName]: 'docker.io/library/x:1' }), b.descriptor],
      [item(b, 'x:1')],
    ],
    ['a config at another place', [a.descriptor], [{ ...item(a, 'a:1'), Config: 'config.json' }]],
  ])('is refused for %s', async ([, entries, items]) => {
    const tree = { ...hybrid(entries, ...items), 'config.json': place.text(a.config) };
    expect(await failureOf(() => open(tree))).toMatchObject({
      code: 'ARCHIVE_CONFLICT',
      details: { subject: 'tree: manifest.json' },
    });
  });

  it('tells a key in another case', async () => {
    const { notes } = await open(hybrid([a.descriptor], { config: path(a.config), Layers: a.layers.map(path) }));
    expect(notes).toMatchObject([{ code: 'JSON_KEY_CASE', pointer: '/0/config', found: 'config' }]);
  });
});
