import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/base/limits.js';
import { openImages } from '../../../src/format/detect.js';
import type { ReadOptions } from '../../../src/format/read-options.js';
import { MemoryPlace, type OddEntry, failureOf, memoryTree } from '../../support/memory-place.js';

const OPTIONS: ReadOptions = { limits: DEFAULT_LIMITS, threads: 1 };
const place = new MemoryPlace();
const image = place.image();
const layout = place.layoutFiles([image.descriptor]);
const docker = {
  'manifest.json': JSON.stringify([{ Config: 'c.json', RepoTags: ['a:1'], Layers: ['l.tar'] }]),
  'c.json': place.text(image.config),
  'l.tar': 'layer',
};
const skopeo = {
  version: 'Directory Transport Version: 1.1\n',
  'manifest.json': place.text(image.descriptor),
  [image.config.digest.slice(7)]: place.text(image.config),
};

describe('the format of a tree', () => {
  it.for<[line: string, files: Record<string, string | Uint8Array>, kind: string]>([
    ['an OCI layout', layout, 'oci-layout'],
    ['a docker-archive', docker, 'docker-archive'],
    ['a directory of skopeo', skopeo, 'directory'],
    ['a hybrid is a layout', { ...docker, ...layout, 'manifest.json': '[]' }, 'oci-layout'],
    ['a layout with some other manifest.json', { ...layout, 'manifest.json': '{"name":"x"}' }, 'oci-layout'],
    ['a layout with a version file', { ...layout, version: 'x' }, 'oci-layout'],
    ['a docker-archive with v1 files', { ...docker, repositories: '{}' }, 'docker-archive'],
    ['a docker-archive with an index.json and no blobs', { ...docker, 'index.json': '{}' }, 'docker-archive'],
  ])('%s', async ([, files, kind]) => {
    const tree = memoryTree(files);
    const source = await openImages(tree, OPTIONS);
    expect(source.kind).toBe(kind);
    expect(source.roots.length).toBeGreaterThan(0);
    await source.close();
    expect(tree.closed()).toBe(1);
  });

  it.for<[line: string, files: Record<string, string | Uint8Array | OddEntry>, code: string]>([
    ['nothing at all', {}, 'ARCHIVE_EMPTY'],
    ['other files', { 'etc/passwd': 'x', a: '', b: '', c: '', d: '', e: '' }, 'ARCHIVE_UNKNOWN_FORMAT'],
    ['a layout without oci-layout', { 'index.json': '{}', 'blobs/sha256/x': '' }, 'LAYOUT_MISSING'],
    ['an index.json alone', { 'index.json': '{}' }, 'ARCHIVE_UNKNOWN_FORMAT'],
    ['v1 of Docker', { repositories: '{}', 'abc/layer.tar': '' }, 'ARCHIVE_LEGACY_V1'],
    ['a manifest.json of a browser extension', { 'manifest.json': '{"manifest_version":3}' }, 'ARCHIVE_UNKNOWN_FORMAT'],
    ['a manifest.json of other things', { 'manifest.json': '[{"name":"x"}]' }, 'ARCHIVE_UNKNOWN_FORMAT'],
    ['a manifest.json that is a number', { 'manifest.json': '1.5' }, 'ARCHIVE_UNKNOWN_FORMAT'],
    ['a manifest.json of null', { 'manifest.json': 'null' }, 'SCHEMA_INVALID'],
    ['a manifest.json that is text', { 'manifest.json': '"x"' }, 'SCHEMA_INVALID'],
    ['a manifest.json of an empty object', { 'manifest.json': '{}' }, 'SCHEMA_INVALID'],
    ['a manifest.json of no images', { 'manifest.json': '[]' }, 'ARCHIVE_EMPTY'],
    ['a manifest.json that is cut', { 'manifest.json': '[{"Config"' }, 'JSON_SYNTAX'],
    ['a manifest.json that is a directory', { 'manifest.json': { type: 'directory' } }, 'ARCHIVE_NOT_REGULAR'],
    [
      'an unknown version of a directory',
      { ...skopeo, version: 'Directory Transport Version: 2.0\n' },
      'LAYOUT_VERSION',
    ],
    ['an unknown version of a layout', { ...layout, 'oci-layout': '{"imageLayoutVersion":"2.0.0"}' }, 'LAYOUT_VERSION'],
  ])('is not %s', async ([, files, code]) => {
    expect((await failureOf(() => openImages(memoryTree(files), OPTIONS))).code).toBe(code);
  });
});
