import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/base/limits.js';
import { verifiedBlobs } from '../../../src/content/blob.js';
import { type ContentGraph, walk } from '../../../src/content/graph.js';
import { compressLayers } from '../../../src/layer/compress.js';
import { decompressLayers } from '../../../src/layer/decompress.js';
import type { Descriptor } from '../../../src/oci/descriptor.js';
import { MEDIA_TYPE } from '../../../src/oci/media-type.js';
import { scratchDirectory } from '../../../src/transport/scratch.js';
import {
  MemoryPlace,
  contentOf,
  descriptorWith,
  digestBy,
  failureOf,
  fakeDigest,
  label,
} from '../../support/memory-place.js';

const scratch = scratchDirectory();
afterAll(() => scratch.remove());

const OPTIONS = { scratch, threads: 1, limits: DEFAULT_LIMITS, keepAnnotations: false };

const gzipped = (
  place: MemoryPlace,
  text: string,
  level = 6,
): { readonly descriptor: Descriptor; readonly diffID: string } => ({
  descriptor: place.add(gzipSync(text, { level }), MEDIA_TYPE.layerGzip),
  diffID: digestBy(text),
});
const plain = (place: MemoryPlace, text: string) => ({
  descriptor: place.add(text, MEDIA_TYPE.layer),
  diffID: digestBy(text),
});

/** The manifest that follows from config and layers alone. */
const manifestText = (
  config: Descriptor,
  layers: readonly (readonly [content: string | Uint8Array, type: string])[],
  annotations?: object,
): string =>
  JSON.stringify({
    ...(annotations === undefined ? {} : { annotations }),
    config: { digest: config.digest, mediaType: MEDIA_TYPE.config, size: config.size },
    layers: layers.map(([content, mediaType]) => ({ digest: digestBy(content), mediaType, size: content.length })),
    mediaType: MEDIA_TYPE.manifest,
    schemaVersion: 2,
  });

const decompressed = async (place: MemoryPlace, graph: ContentGraph, keepAnnotations = false) =>
  decompressLayers(graph, place.reader(), { ...OPTIONS, keepAnnotations });

describe('decompressed layers', () => {
  it('lie under their diffIDs, verified, below a manifest of the one rule', async () => {
    const place = new MemoryPlace();
    const image = place.image({
      layers: [gzipped(place, 'one'), plain(place, 'two'), gzipped(place, 'one')],
      docker: true,
    });
    const { graph, blobs, changes, dropped } = await decompressed(
      place,
      await place.graph([image.descriptor, label('x')]),
    );
    const text = manifestText(
      image.config,
      ['one', 'two', 'one'].map((layer) => [layer, MEDIA_TYPE.layer] as const),
    );
    expect(graph.roots.map(({ descriptor, names }) => [descriptor.digest, names])).toEqual([
      [digestBy(text), [label('x')]],
    ]);
    expect(changes).toMatchObject([{ from: image.descriptor.digest, to: digestBy(text) }]);
    expect(dropped).toEqual([]);
    const contents = [];
    for (const { descriptor } of walk(graph)) {
      let content = '';
      for await (const chunk of verifiedBlobs(blobs).read(descriptor)) content += Buffer.from(chunk).toString();
      contents.push(content);
    }
    expect(contents).toEqual([text, place.text(image.config), 'one', 'two']);
  });

  it('of one image, however it was compressed, lead to one digest', async () => {
    const digests = new Set<string>();
    const compressions = [
      (place: MemoryPlace) => gzipped(place, 'layer', 1),
      (place: MemoryPlace) => gzipped(place, 'layer', 9),
      (place: MemoryPlace) => plain(place, 'layer'),
      (place: MemoryPlace) => ({ descriptor: place.add(ZSTD, MEDIA_TYPE.layerZstd), diffID: digestBy('layer') }),
    ];
    for (const compress of compressions) {
      const place = new MemoryPlace();
      const { graph } = await decompressed(
        place,
        await place.graph(place.image({ layers: [compress(place)] }).descriptor),
      );
      digests.add(graph.roots[0]?.descriptor.digest ?? '');
    }
    expect(digests.size).toBe(1);
  });

  it('drop annotations, or keep them', async () => {
    const place = new MemoryPlace();
    const annotations = { a: '1', b: '2' };
    const image = place.image({ layers: [gzipped(place, 'one')], manifest: { annotations } });
    const loaded = await place.graph(image.descriptor);
    const without = await decompressed(place, loaded);
    expect(without.dropped.map(({ subject }) => subject)).toEqual([image.descriptor.digest, image.descriptor.digest]);
    const kept = await decompressed(place, loaded, true);
    expect(kept.dropped).toEqual([]);
    expect(kept.graph.roots[0]?.descriptor.digest).toBe(
      digestBy(manifestText(image.config, [['one', MEDIA_TYPE.layer]], annotations)),
    );
  });

  it.for<[line: string, layer: (place: MemoryPlace) => { readonly descriptor: Descriptor; readonly diffID: string }]>([
    [
      'a layer that is encrypted',
      (place) => ({ descriptor: place.add('x', `${MEDIA_TYPE.layerGzip}+encrypted`), diffID: digestBy('x') }),
    ],
    [
      'a layer that is no file system',
      (place) => ({ descriptor: place.add('x', 'application/vnd.in-toto+json'), diffID: digestBy('x') }),
    ],
    [
      'a layer that is elsewhere',
      (place) => {
        const descriptor = descriptorWith(place.add('x', MEDIA_TYPE.layerGzip), { urls: ['https://x'] });
        place.remove(descriptor);
        return { descriptor, diffID: digestBy('x') };
      },
    ],
  ])('are not those of an image with %s, which stays and is told', async ([, layer]) => {
    const place = new MemoryPlace();
    const [odd, image] = [
      place.image({ layers: [layer(place), gzipped(place, 'one')] }),
      place.image({ layers: [gzipped(place, 'one')] }),
    ];
    const { graph } = await decompressed(place, await place.graph(odd.descriptor, image.descriptor, place.artifact()));
    expect(graph.roots[0]?.descriptor.digest).toBe(odd.descriptor.digest);
    expect(graph.roots[1]?.descriptor.digest).not.toBe(image.descriptor.digest);
    const notes = graph.notes.filter(({ code }) => code === 'NOT_CHECKED');
    expect(notes).toMatchObject([{ severity: 'info', subject: odd.descriptor.digest }]);
  });

  it.for<
    [
      line: string,
      layer: (place: MemoryPlace) => { readonly descriptor: Descriptor; readonly diffID: string },
      code: string,
    ]
  >([
    ['another diffID', (place) => ({ ...gzipped(place, 'one'), diffID: fakeDigest('0') }), 'DIFFID_MISMATCH'],
    [
      'another diffID of a plain layer',
      (place) => ({ ...plain(place, 'one'), diffID: fakeDigest('0') }),
      'DIFFID_MISMATCH',
    ],
    [
      'another digest',
      (place) => {
        const { descriptor, diffID } = gzipped(place, 'one');
        const other = gzipSync('one');
        other[9] = 7;
        place.contents.set(descriptor.digest, other);
        return { descriptor, diffID };
      },
      'DIGEST_MISMATCH',
    ],
    [
      'bytes that are cut',
      (place) => ({
        descriptor: place.add(gzipSync('one').subarray(0, 20), MEDIA_TYPE.layerGzip),
        diffID: digestBy('one'),
      }),
      'GZIP_CORRUPT',
    ],
  ])('are refused with %s', async ([, layer, code]) => {
    const place = new MemoryPlace();
    const graph = await place.graph(place.image({ layers: [layer(place)] }).descriptor);
    expect((await failureOf(() => decompressed(place, graph))).code).toBe(code);
  });

  it('are made once for two images that share them', async () => {
    const place = new MemoryPlace();
    const images = ['a', 'b'].map((name) => place.image({ layers: [gzipped(place, 'base'), gzipped(place, name)] }));
    let created = 0;
    const counting = { create: () => (created++, scratch.create()) };
    const graph = await place.graph(...images.map(({ descriptor }) => descriptor));
    const result = await decompressLayers(graph, place.reader(), { ...OPTIONS, scratch: counting });
    expect(created).toBe(3);
    expect(await contentOf(await result.blobs.open(descriptorWith(place.add('base'), {})))).toBe('base');
  });
});

// What `printf layer | zstd` writes.
const ZSTD = Buffer.from('KLUv/QRYKQAAbGF5ZXK29kKC', 'base64');

describe('compressed layers', () => {
  const options = { ...OPTIONS, codec: 'go-flate-1.26/6', compression: 'gzip' } as const;

  it('replace plain ones alone', async () => {
    const place = new MemoryPlace();
    const mixed = place.image({ layers: [plain(place, 'one'), gzipped(place, 'two')] });
    const done = place.image({ layers: [gzipped(place, 'two')] });
    const loaded = await place.graph(mixed.descriptor, done.descriptor);
    const { graph, blobs, changes } = await compressLayers(loaded, place.reader(), options);
    expect(graph.roots[1]?.descriptor.digest).toBe(done.descriptor.digest);
    expect(changes.map(({ from }) => from)).toEqual([mixed.descriptor.digest]);
    const manifest = graph.nodes.get(graph.roots[0]?.descriptor.digest ?? fakeDigest('0'))?.manifest?.value;
    if (manifest?.kind !== 'manifest') throw new Error('no manifest');
    const [first, second] = manifest.layers;
    expect([first?.mediaType, second?.digest]).toEqual([MEDIA_TYPE.layerGzip, mixed.layers[1]?.digest]);
    const source = first && (await blobs.open(first));
    const bytes = await source?.readAt(0, source.size);
    expect(digestBy(bytes ?? '')).toBe(first?.digest);
    await source?.close();
  });

  it('come back when they are decompressed', async () => {
    const place = new MemoryPlace();
    const { descriptor } = place.image({ layers: [plain(place, 'one'), plain(place, 'two')] });
    const before = await decompressed(place, await place.graph(descriptor));
    const packed = await compressLayers(before.graph, before.blobs, options);
    const after = await decompressLayers(packed.graph, packed.blobs, OPTIONS);
    expect(after.graph.roots).toEqual(before.graph.roots);
  });
});
