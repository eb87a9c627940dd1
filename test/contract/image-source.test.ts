import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FileTree } from '../../src/base/file-tree.js';
import { DEFAULT_LIMITS } from '../../src/base/limits.js';
import { openTarTree } from '../../src/codec/tar-index.js';
import { verifiedBlobs } from '../../src/content/blob.js';
import { type ContentGraph, walk } from '../../src/content/graph.js';
import type { ImageSource, SourceKind } from '../../src/content/image.js';
import { loadGraph } from '../../src/content/load-graph.js';
import { openImages } from '../../src/format/detect.js';
import { planArchive } from '../../src/format/plan.js';
import { DEFAULT_SETTINGS, PROFILES } from '../../src/format/profile.js';
import { openDirectoryTree } from '../../src/transport/directory.js';
import { openFileSource } from '../../src/transport/file.js';
import { ANNOTATION } from '../../src/oci/annotation.js';
import { MemoryPlace, descriptorWith, digestBy, fakeDigest, reference } from '../support/memory-place.js';
import { tarOfRecord } from '../support/images-on-disk.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ingot-contract-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

type Files = Readonly<Record<string, string | Uint8Array>>;

// The one image: its manifest is in the form that every place leads to, with or without one of its own.
const place = new MemoryPlace();
const layers = ['base', 'app '.repeat(20_000), 'base'];
const draft = place.image({ layers });
const config = place.text(draft.config);
const manifestText = JSON.stringify({
  config: { digest: draft.config.digest, mediaType: draft.config.mediaType, size: draft.config.size },
  layers: draft.layers.map(({ digest, mediaType, size }) => ({ digest, mediaType, size })),
  mediaType: draft.descriptor.mediaType,
  schemaVersion: 2,
});
place.remove(draft.descriptor);
const manifest = place.add(manifestText, draft.descriptor.mediaType);
const NAME = 'docker.io/library/app:1';
const entry = descriptorWith(manifest, { annotations: { [ANNOTATION.imageName]: NAME, [ANNOTATION.refName]: '1' } });

const hexOf = (text: string): string => digestBy(text).slice(7);
const layout = place.layoutFiles([entry]);
const item = (configPath: string, paths: readonly string[]) =>
  JSON.stringify([{ Config: configPath, RepoTags: ['app:1'], Layers: paths }]);
const blob = (text: string): string => `blobs/sha256/${hexOf(text)}`;
const hybrid: Files = { ...layout, 'manifest.json': item(blob(config), layers.map(blob)) };
const docker: Files = {
  ...Object.fromEntries(layers.map((layer, index) => [`${index}/layer.tar`, layer])),
  [`${hexOf(config)}.json`]: config,
  'manifest.json': item(`${hexOf(config)}.json`, ['0/layer.tar', '1/layer.tar', '2/layer.tar']),
};
const skopeo: Files = {
  version: 'Directory Transport Version: 1.1\n',
  'manifest.json': manifestText,
  [hexOf(config)]: config,
  ...Object.fromEntries(layers.map((layer) => [hexOf(layer), layer])),
};

const inFolder = async (name: string, files: Files): Promise<FileTree> => {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name, path)), { recursive: true });
    writeFileSync(join(folder, name, path), content);
  }
  return openDirectoryTree(join(folder, name), DEFAULT_LIMITS);
};
const inTar = async (name: string, files: Files): Promise<FileTree> => {
  writeFileSync(join(folder, name), tarOfRecord(files));
  return openTarTree(await openFileSource(join(folder, name)), { limits: DEFAULT_LIMITS });
};
/** As another program writes it, directories and `./` included. */
const byTar = async (name: string, files: Files): Promise<FileTree> => {
  await inFolder(`${name}.d`, files);
  execFileSync('tar', ['-C', join(folder, `${name}.d`), '-cf', join(folder, name), '.']);
  return openTarTree(await openFileSource(join(folder, name)), { limits: DEFAULT_LIMITS });
};

/** What decides the bytes of an archive. */
const planned = (graph: ContentGraph): readonly unknown[] =>
  planArchive(graph, PROFILES['hybrid-1'], DEFAULT_SETTINGS, { allowSparse: false }).entries.map(
    ({ path, size, offset, content }) => [
      path,
      size,
      offset,
      content.from === 'memory' ? Buffer.from(content.bytes).toString() : content.from,
    ],
  );

interface PlaceCase {
  readonly kind: SourceKind;
  readonly open: () => Promise<FileTree>;
  /** False where the place has no names. */
  readonly isNamed: boolean;
}

const PLACES: readonly (readonly [line: string, PlaceCase])[] = [
  ['a layout in a tar', { kind: 'oci-layout', open: () => inTar('layout.tar', layout), isNamed: true }],
  ['a layout in a tar of GNU tar', { kind: 'oci-layout', open: () => byTar('gnu.tar', layout), isNamed: true }],
  ['a layout in a directory', { kind: 'oci-layout', open: () => inFolder('layout', layout), isNamed: true }],
  ['a hybrid', { kind: 'oci-layout', open: () => inTar('hybrid.tar', hybrid), isNamed: true }],
  [
    'a hybrid, its files the other way round',
    {
      kind: 'oci-layout',
      open: () => inTar('reversed.tar', Object.fromEntries(Object.entries(hybrid).toReversed())),
      isNamed: true,
    },
  ],
  ['a docker-archive', { kind: 'docker-archive', open: () => inTar('docker.tar', docker), isNamed: true }],
  [
    'a docker-archive in a directory',
    { kind: 'docker-archive', open: () => inFolder('docker', docker), isNamed: true },
  ],
  ["a directory of skopeo's", { kind: 'directory', open: () => inFolder('skopeo', skopeo), isNamed: false }],
  ["skopeo's files in a tar", { kind: 'directory', open: () => inTar('skopeo.tar', skopeo), isNamed: false }],
];

describe.for(PLACES)('%s', ([, { kind, open, isNamed }]) => {
  const within = async (use: (source: ImageSource) => Promise<void>): Promise<void> => {
    const source = await openImages(await open(), { limits: DEFAULT_LIMITS, threads: 1 });
    try {
      await use(source);
    } finally {
      await source.close();
    }
  };

  it('lists the image, with its name where it has one', () =>
    within(async (source) => {
      expect([source.kind, source.notes]).toEqual([kind, []]);
      expect(source.roots.map(({ descriptor, name }) => [descriptor.digest, descriptor.size, name])).toEqual([
        [manifest.digest, manifest.size, isNamed ? reference('app:1') : undefined],
      ]);
    }));

  it('leads to the same graph and the same archive', () =>
    within(async (source) => {
      const { graph } = await loadGraph(source, DEFAULT_LIMITS);
      const named: ContentGraph = {
        ...graph,
        roots: graph.roots.map((root) => ({ ...root, names: [reference('app:1')] })),
      };
      expect(walk(graph).map(({ descriptor, kind: role, presence }) => [descriptor.digest, role, presence])).toEqual([
        [manifest.digest, 'manifest', 'present'],
        [digestBy(config), 'config', 'present'],
        [digestBy('base'), 'layer', 'present'],
        [digestBy(layers[1] ?? ''), 'layer', 'present'],
      ]);
      expect(planned(named)).toEqual(planned(await place.graph([manifest, reference('app:1')])));
    }));

  it('gives every blob, verified, any number of times, and no other', () =>
    within(async (source) => {
      const blobs = verifiedBlobs(source.blobs);
      const { graph } = await loadGraph(source, DEFAULT_LIMITS);
      for (const { descriptor } of [...walk(graph), ...walk(graph)]) {
        const chunks: Buffer[] = [];
        for await (const chunk of blobs.read(descriptor)) chunks.push(Buffer.from(chunk));
        expect(Buffer.concat(chunks).toString()).toBe(place.text(descriptor));
      }
      expect(await source.blobs.open(descriptorWith(manifest, { digest: fakeDigest('0') }))).toBeUndefined();
    }));

  it('says where a layer lies in its file', () =>
    within(async (source) => {
      const layer = draft.layers[1] ?? draft.config;
      const extent = await verifiedBlobs(source.blobs).extent(layer);
      expect(extent?.file.length).toBe(layer.size);
      await extent?.release();
    }));
});

it('compressed layers of a docker-archive are those of the layout that has them', async () => {
  const zipped = layers.map((layer) => gzipSync(layer));
  const archive = await inTar('zipped.tar', {
    ...docker,
    ...Object.fromEntries(zipped.map((layer, index) => [`${index}/layer.tar`, layer])),
  });
  const source = await openImages(archive, { limits: DEFAULT_LIMITS, threads: 1 });
  const { graph } = await loadGraph(source, DEFAULT_LIMITS);
  expect(
    walk(graph)
      .slice(2)
      .map(({ descriptor }) => descriptor.digest),
  ).toEqual([...new Set(zipped.map((layer) => digestBy(layer)))]);
  await source.close();
});
