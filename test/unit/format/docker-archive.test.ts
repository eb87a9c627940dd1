import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/base/bytes.js';
import { DEFAULT_LIMITS } from '../../../src/base/limits.js';
import { parseJson } from '../../../src/base/json-parse.js';
import { loadGraph } from '../../../src/content/load-graph.js';
import { nameText } from '../../../src/content/name.js';
import { openDockerArchive } from '../../../src/format/docker-archive.js';
import { type OddEntry, contentOf, digestBy, failureOf, memoryTree } from '../../support/memory-place.js';

type Files = Readonly<Record<string, string | Uint8Array | OddEntry>>;

const configOf = (...layers: readonly string[]): string =>
  JSON.stringify({
    os: 'linux',
    architecture: 'amd64',
    rootfs: { type: 'layers', diff_ids: layers.map((layer) => digestBy(layer)) },
  });
const CONFIG = configOf('one', 'two');
const HEX = digestBy(CONFIG).slice(7);
const FILES: Files = { [`${HEX}.json`]: CONFIG, '1/layer.tar': 'one', '2/layer.tar': 'two' };
const ITEM = { Config: `${HEX}.json`, RepoTags: ['a:1'], Layers: ['1/layer.tar', '2/layer.tar'] };

const open = (files: Files, manifest: unknown, limits = DEFAULT_LIMITS) =>
  openDockerArchive(memoryTree(files), parseJson(utf8(JSON.stringify(manifest)), { subject: 'm', depth: 9 }), {
    limits,
    threads: 1,
  });

/** The rule for a manifest that a docker-archive does not have, spelt out. */
const manifestText = (
  config: string,
  layers: readonly (readonly [content: string | Uint8Array, type: string])[],
): string =>
  JSON.stringify({
    config: { digest: digestBy(config), mediaType: 'application/vnd.oci.image.config.v1+json', size: config.length },
    layers: layers.map(([content, type]) => ({
      digest: digestBy(content),
      mediaType: `application/vnd.oci.image.layer.v1.tar${type}`,
      size: content.length,
    })),
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    schemaVersion: 2,
  });
const MANIFEST = manifestText(CONFIG, [
  ['one', ''],
  ['two', ''],
]);

describe('a docker-archive', () => {
  it('has an image with the manifest that config and layers lead to', async () => {
    const source = await open(FILES, [ITEM]);
    expect(source.kind).toBe('docker-archive');
    expect(source.roots.map(({ descriptor, name }) => [descriptor.digest, name && nameText(name)])).toEqual([
      [digestBy(MANIFEST), 'docker.io/library/a:1'],
    ]);
    const { graph, blobs } = await loadGraph(source, DEFAULT_LIMITS);
    expect(graph.nodes.size).toBe(4);
    const contents = [];
    for (const { descriptor } of graph.nodes.values()) contents.push(await contentOf(await blobs.open(descriptor)));
    expect(contents).toEqual([MANIFEST, CONFIG, 'one', 'two']);
  });

  it.for<[line: string, files: Files, item: object]>([
    ['v1 directories', FILES, ITEM],
    [
      'flat files',
      { 'c.json': CONFIG, 'x.tar': 'one', 'y.tar': 'two' },
      { Config: 'c.json', Layers: ['x.tar', 'y.tar'] },
    ],
    [
      'names of crane',
      { [`sha256:${HEX}`]: CONFIG, a: 'one', b: 'two' },
      { Config: `sha256:${HEX}`, Layers: ['a', 'b'] },
    ],
    ['paths with ./', FILES, { Config: `./${HEX}.json`, Layers: ['./1/layer.tar', './/2/./layer.tar'] }],
    ['no RepoTags', FILES, { ...ITEM, RepoTags: null }],
    ['empty RepoTags', FILES, { ...ITEM, RepoTags: [] }],
    ['keys in lower case', FILES, { config: ITEM.Config, layers: ITEM.Layers }],
    ['files of v1', { ...FILES, '1/json': '{}', '1/VERSION': '1.0', repositories: '{}' }, ITEM],
  ])('of %s has the same image', async ([, files, item]) => {
    const { roots } = await open(files, [item]);
    expect(roots.map(({ descriptor }) => descriptor.digest)).toEqual([digestBy(MANIFEST)]);
  });

  it('has a root for each name, and each of its images', async () => {
    const files = { ...FILES, 'b.json': configOf('one'), 'c.json': configOf() };
    const { roots } = await open(files, [
      { ...ITEM, RepoTags: ['a:1', 'host.example/b'] },
      { Config: 'b.json', RepoTags: [], Layers: ['1/layer.tar'] },
      { Config: 'c.json', RepoTags: ['Not A Tag'], Layers: null },
    ]);
    expect(roots.map(({ name }) => name && nameText(name))).toEqual([
      'docker.io/library/a:1',
      'host.example/b:latest',
      undefined,
      'Not A Tag',
    ]);
    expect(new Set(roots.map(({ descriptor }) => descriptor.digest)).size).toBe(3);
  });

  it.for<[line: string, files: Files]>([
    ['as a file listed twice', { a: 'one' }],
    ['as a link', { a: 'one', b: { type: 'symlink', linkTarget: 'a' } }],
    ['as a link in front', { b: { type: 'hardlink', linkTarget: 'a' }, a: 'one' }],
    ['as another file', { a: 'one', b: 'one' }],
  ])('may have one layer twice: %s', async ([, files]) => {
    const config = configOf('one', 'one');
    const { roots } = await open({ ...files, 'c.json': config }, [
      { Config: 'c.json', Layers: ['a', 'b' in files ? 'b' : 'a'] },
    ]);
    expect(roots[0]?.descriptor.digest).toBe(
      digestBy(
        manifestText(config, [
          ['one', ''],
          ['one', ''],
        ]),
      ),
    );
  });

  it('keeps compressed layers as they are, once their diffIDs vouch for them', async () => {
    const one = gzipSync('one');
    const source = await open({ ...FILES, '1/layer.tar': one }, [ITEM]);
    const expected = manifestText(CONFIG, [
      [one, '+gzip'],
      ['two', ''],
    ]);
    expect(source.roots[0]?.descriptor.digest).toBe(digestBy(expected));
    const { graph } = await loadGraph(source, DEFAULT_LIMITS);
    expect(graph.nodes.get(digestBy(one))?.presence).toBe('present');
  });

  it('may have a layer of nothing, if the config says so', async () => {
    const config = configOf('');
    const { roots } = await open({ 'c.json': config, empty: '' }, [{ Config: 'c.json', Layers: ['empty'] }]);
    expect(roots[0]?.descriptor.digest).toBe(digestBy(manifestText(config, [['', '']])));
  });

  it.for<[line: string, files: Files, item: object, code: string, details: object]>([
    ['a config that is not there', FILES, { ...ITEM, Config: 'x.json' }, 'BLOB_MISSING', { expected: 'x.json' }],
    ['a layer that is not there', FILES, { ...ITEM, Layers: ['1/layer.tar', 'x'] }, 'BLOB_MISSING', { expected: 'x' }],
    [
      'a config with the name of another',
      { ...FILES, [`${HEX}.json`]: `${CONFIG} ` },
      ITEM,
      'CONFIG_NAME_MISMATCH',
      { expected: `sha256:${HEX}`, found: digestBy(`${CONFIG} `) },
    ],
    ['a config that is no JSON', { ...FILES, 'c.json': 'x' }, { ...ITEM, Config: 'c.json' }, 'CONFIG_INVALID', {}],
    ['a config that is a list', { ...FILES, 'c.json': '[]' }, { ...ITEM, Config: 'c.json' }, 'CONFIG_INVALID', {}],
    ['a layer too few', FILES, { ...ITEM, Layers: ['1/layer.tar'] }, 'LAYER_COUNT_MISMATCH', { found: '1' }],
    [
      'a layer too many',
      FILES,
      { ...ITEM, Layers: [...ITEM.Layers, '1/layer.tar'] },
      'LAYER_COUNT_MISMATCH',
      { found: '3' },
    ],
    ['an empty layer', { ...FILES, '1/layer.tar': '' }, ITEM, 'LAYER_EMPTY', { subject: 'tree: 1/layer.tar' }],
    [
      'one file for two layers',
      FILES,
      { ...ITEM, Layers: ['1/layer.tar', '1/layer.tar'] },
      'DIFFID_MISMATCH',
      { subject: 'tree: 1/layer.tar' },
    ],
    [
      'a compressed layer of another content',
      { ...FILES, '1/layer.tar': gzipSync('other') },
      ITEM,
      'DIFFID_MISMATCH',
      {},
    ],
    [
      'a compressed layer that is cut',
      { ...FILES, '1/layer.tar': gzipSync('one').subarray(0, 20) },
      ITEM,
      'GZIP_CORRUPT',
      {},
    ],
    [
      'a second file of a layer with another content',
      { ...FILES, c: configOf('one', 'one') },
      { Config: 'c', Layers: ['1/layer.tar', '2/layer.tar'] },
      'DIFFID_MISMATCH',
      {},
    ],
    [
      'a path that leaves the archive',
      FILES,
      { ...ITEM, Config: '../c.json' },
      'ARCHIVE_UNSAFE_NAME',
      { pointer: '/0/Config' },
    ],
    [
      'an absolute path',
      FILES,
      { ...ITEM, Layers: ['/1/layer.tar', 'x'] },
      'ARCHIVE_UNSAFE_NAME',
      { pointer: '/0/Layers/0' },
    ],
    ['an empty path', FILES, { ...ITEM, Config: './' }, 'SCHEMA_INVALID', { pointer: '/0/Config' }],
    ['one key in two cases', FILES, { ...ITEM, config: 'x' }, 'JSON_AMBIGUOUS_KEY', { pointer: '/0' }],
  ])('is refused for %s', async ([, files, item, code, details]) => {
    expect(await failureOf(() => open(files, [item]))).toMatchObject({ code, details });
  });

  it('is refused for no images, and for a config over the limit', async () => {
    expect((await failureOf(() => open(FILES, []))).code).toBe('ARCHIVE_EMPTY');
    const limits = { ...DEFAULT_LIMITS, document: CONFIG.length - 1 };
    expect((await failureOf(() => open(FILES, [ITEM], limits))).code).toBe('LIMIT_METADATA');
  });

  it('gives a plain layer that its diffID vouches for, by its path', async () => {
    const source = await open({ ...FILES, '1/layer.tar': 'oNe' }, [ITEM]);
    const { graph } = await loadGraph(source, DEFAULT_LIMITS);
    const node = graph.nodes.get(digestBy('one'));
    expect(node && (await source.blobs.open(node.descriptor))).toMatchObject({
      name: 'tree: 1/layer.tar',
      vouchedBy: 'diffID',
    });
  });
});
