import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/base/bytes.js';
import { DEFAULT_LIMITS } from '../../../src/base/limits.js';
import { loadGraph } from '../../../src/content/load-graph.js';
import { openDirectoryFormat, parseDirectoryVersion } from '../../../src/format/directory.js';
import { planDirectory } from '../../../src/format/directory-plan.js';
import { MEDIA_TYPE } from '../../../src/oci/media-type.js';
import {
  MemoryPlace,
  type MemoryRoot,
  type OddEntry,
  descriptorWith,
  digestBy,
  failureOf,
  memoryTree,
} from '../../support/memory-place.js';

const VERSION = 'Directory Transport Version: 1.1\n';
const open = (files: Readonly<Record<string, string | Uint8Array | OddEntry>>, limits = DEFAULT_LIMITS) =>
  openDirectoryFormat(memoryTree(files), { limits, threads: 1 });

const place = new MemoryPlace();
const image = place.image({ layers: ['one', 'two'] });
const files = (manifest: string): Record<string, string | Uint8Array> => ({
  version: VERSION,
  'manifest.json': manifest,
  ...Object.fromEntries([...place.contents].map(([digest, bytes]) => [digest.slice(7), bytes])),
});

describe("a directory of skopeo's", () => {
  it('is one image without a name', async () => {
    const source = await open(files(place.text(image.descriptor)));
    expect(source.roots).toEqual([{ descriptor: image.descriptor }]);
    const { graph } = await loadGraph(source, DEFAULT_LIMITS);
    expect([...graph.nodes.values()].map(({ presence }) => presence)).toEqual([
      'present',
      'present',
      'present',
      'present',
    ]);
  });

  it('may be an index with its manifests beside it', async () => {
    const index = place.index([image.descriptor]);
    const manifest = `${image.descriptor.digest.slice(7)}.manifest.json`;
    const { [image.descriptor.digest.slice(7)]: bytes, ...rest } = files(place.text(index));
    const { graph } = await loadGraph(await open({ ...rest, [manifest]: bytes ?? '' }), DEFAULT_LIMITS);
    expect(graph.roots[0]?.descriptor).toEqual(index);
    expect(graph.nodes.get(image.descriptor.digest)?.presence).toBe('present');
  });

  it('may have blobs of sha512', async () => {
    const digest = digestBy('one', 'sha512');
    const layer = descriptorWith(place.add('one', MEDIA_TYPE.layer), { digest });
    const other = place.image({ layers: [{ descriptor: layer, diffID: digest }] });
    const tree = {
      ...files(place.text(other.descriptor)),
      version: VERSION.replace('1.1', '1.2'),
      [`sha512-${digest.slice(7)}`]: 'one',
    };
    const { graph } = await loadGraph(await open(tree), DEFAULT_LIMITS);
    expect(graph.nodes.get(digest)?.presence).toBe('present');
  });

  it.for<[line: string, manifest: object, mediaType: string]>([
    ['what it says', { schemaVersion: 2, mediaType: MEDIA_TYPE.dockerManifest }, MEDIA_TYPE.dockerManifest],
    ['a manifest if it does not say', { schemaVersion: 2 }, MEDIA_TYPE.manifest],
    ['a manifest if it says nothing', { schemaVersion: 2, mediaType: '' }, MEDIA_TYPE.manifest],
    ['an index by its manifests', { schemaVersion: 2, manifests: [] }, MEDIA_TYPE.index],
    ['schema 1 by its version', { schemaVersion: 1 }, MEDIA_TYPE.dockerSchema1],
  ])('is of the media type of %s', async ([, manifest, mediaType]) => {
    const { roots } = await open(files(JSON.stringify(manifest)));
    expect(roots[0]?.descriptor.mediaType).toBe(mediaType);
  });

  const { version: _version, ...unversioned } = files('{}');
  const { 'manifest.json': _manifest, ...empty } = files('{}');
  it.for<[line: string, files: Readonly<Record<string, string | Uint8Array | OddEntry>>, code: string]>([
    ['no version', unversioned, 'LAYOUT_VERSION'],
    ['another version', { ...files('{}'), version: 'Directory Transport Version: 2.0\n' }, 'LAYOUT_VERSION'],
    ['a long version', { ...files('{}'), version: 'x'.repeat(300) }, 'LIMIT_METADATA'],
    ['no manifest', empty, 'LAYOUT_INVALID'],
    ['a manifest that is no JSON', files('x'), 'JSON_SYNTAX'],
    ['a manifest that is a list', files('[]'), 'SCHEMA_INVALID'],
  ])('is refused for %s', async ([, tree, code]) => {
    expect((await failureOf(() => open(tree))).code).toBe(code);
  });

  it.for<[text: string, known: boolean]>([
    ['Directory Transport Version: 1.1\n', true],
    ['Directory Transport Version: 1.0', true],
    ['Directory Transport Version: 1.23\n', true],
    ['Directory Transport Version: 1.1\n\n', false],
    ['Directory Transport Version: 1.\n', false],
    ['x\nDirectory Transport Version: 1.1\n', false],
    ['', false],
  ])('of %j: %s', ([text, known]) => {
    expect(parseDirectoryVersion(utf8(text))).toBe(known);
  });
});

describe('the plan of a directory', () => {
  const plan = async (...roots: readonly MemoryRoot[]) =>
    planDirectory(await place.graph(...roots), { allowSparse: false });
  const hex = ({ digest }: { readonly digest: string }) => digest.slice(7);

  it('has the version, the manifest, and blobs by their hex', async () => {
    expect((await plan(image.descriptor)).map(({ path, size }) => [path, size])).toEqual([
      ['version', 33],
      ['manifest.json', image.descriptor.size],
      [hex(image.config), image.config.size],
      ...image.layers.map((layer) => [hex(layer), layer.size]),
    ]);
  });

  it('has the manifests below an index under their own names', async () => {
    const index = place.index([image.descriptor]);
    expect((await plan(index)).map(({ path }) => path)).toEqual([
      'version',
      'manifest.json',
      `${hex(image.descriptor)}.manifest.json`,
      hex(image.config),
      ...image.layers.map(hex),
    ]);
  });

  it('says version 1.2 where there is sha512', async () => {
    const digest = digestBy('one', 'sha512');
    place.contents.set(digest, utf8('one'));
    const layer = descriptorWith(place.add('one', MEDIA_TYPE.layer), { digest });
    const files512 = await plan(place.image({ layers: [{ descriptor: layer, diffID: digest }] }).descriptor);
    expect(files512.map(({ path }) => path)).toContain(`sha512-${digest.slice(7)}`);
    expect(files512[0]?.content).toEqual({ from: 'memory', bytes: utf8('Directory Transport Version: 1.2\n') });
  });

  it('holds one image, whole unless sparse is allowed', async () => {
    expect((await failureOf(() => plan())).code).toBe('ARCHIVE_EMPTY');
    const other = place.image({ layers: ['other'] });
    expect(await failureOf(() => plan(image.descriptor, other.descriptor))).toMatchObject({
      code: 'DESTINATION_UNFIT',
      details: { found: '2' },
    });
    const sparse = new MemoryPlace();
    const part = sparse.image({ layers: ['one', 'two'] });
    sparse.remove(...part.layers.slice(1));
    const graph = await sparse.graph(part.descriptor);
    expect((await failureOf(() => planDirectory(graph, { allowSparse: false }))).code).toBe('BLOB_MISSING');
    expect(planDirectory(graph, { allowSparse: true }).length).toBe(4);
  });
});
