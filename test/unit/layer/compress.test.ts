import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { type ByteSource, type ByteStream, readAll, streamOf } from '../../../src/base/bytes.js';
import { DEFAULT_LIMITS } from '../../../src/base/limits.js';
import { decompress, sniffCompression } from '../../../src/codec/compression.js';
import { PINNED_CODEC_IDS } from '../../../src/codec/pinned/codec.js';
import { type BlobReader, verifiedBlobs } from '../../../src/content/blob.js';
import { type ContentGraph, walk } from '../../../src/content/graph.js';
import { type CompressOptions, compressLayers } from '../../../src/layer/compress.js';
import type { Descriptor } from '../../../src/oci/descriptor.js';
import type { Digest } from '../../../src/oci/digest.js';
import { MEDIA_TYPE } from '../../../src/oci/media-type.js';
import { scratchDirectory } from '../../../src/transport/scratch.js';
import { MemoryPlace, descriptorWith, digestBy, failureOf, fakeDigest, label } from '../../support/memory-place.js';
import { compressedBy, layerText } from '../../support/pulled-image.js';

const scratch = scratchDirectory();
afterAll(() => scratch.remove());

const GO = 'go-flate-1.26/6';
const OPTIONS: CompressOptions = {
  scratch,
  threads: 1,
  limits: DEFAULT_LIMITS,
  keepAnnotations: false,
  codec: GO,
};

const blobsOf = async ({
  graph,
  blobs,
}: {
  readonly graph: ContentGraph;
  readonly blobs: BlobReader;
}): Promise<ReadonlyMap<Digest, Buffer>> => {
  const found = new Map<Digest, Buffer>();
  for (const { descriptor } of walk(graph)) {
    const stream = verifiedBlobs(blobs).read(descriptor);
    found.set(descriptor.digest, Buffer.from(await readAll(stream, 1 << 24, { code: 'DEFECT', subject: 'test' })));
  }
  return found;
};

/** The same bytes, in chunks of another size. */
const inChunks = (blobs: BlobReader, size: number): BlobReader => ({
  open: async (descriptor) => {
    const source = await blobs.open(descriptor);
    if (source === undefined) return undefined;
    const read: ByteSource['read'] = async function* (range, signal): ByteStream {
      for await (const chunk of source.read(range, signal)) {
        for (let at = 0; at < chunk.length; at += size) yield chunk.subarray(at, at + size);
      }
    };
    return {
      ...source,
      name: source.name,
      size: source.size,
      readAt: (...args) => source.readAt(...args),
      close: () => source.close(),
      read,
    };
  },
});

const plainText = async (bytes: Uint8Array | undefined): Promise<string> => {
  const stored = bytes ?? new Uint8Array(0);
  const chunks: Uint8Array[] = [];
  const options = { subject: 'layer', limits: DEFAULT_LIMITS };
  for await (const chunk of decompress(streamOf(stored), sniffCompression(stored), options)) chunks.push(chunk.slice());
  return Buffer.concat(chunks).toString();
};

const [ONE, TWO] = [layerText(1), layerText(2)];

describe('uncompressed layers', () => {
  it.for(PINNED_CODEC_IDS)('are compressed by %s, under a manifest made anew', async (codec) => {
    const place = new MemoryPlace();
    const image = place.image({ layers: [ONE, TWO, ONE] });
    const result = await compressLayers(await place.graph([image.descriptor, label('x')]), place.reader(), {
      ...OPTIONS,
      codec,
    });
    const blobs = await blobsOf(result);
    const [root] = result.graph.roots;
    const [one, two] = [await compressedBy(codec, Buffer.from(ONE)), await compressedBy(codec, Buffer.from(TWO))];
    expect(JSON.parse(String(blobs.get(root?.descriptor.digest ?? fakeDigest('0'))))).toEqual({
      schemaVersion: 2,
      mediaType: MEDIA_TYPE.manifest,
      config: { mediaType: MEDIA_TYPE.config, digest: image.config.digest, size: image.config.size },
      layers: [one, two, one].map((bytes) => ({
        mediaType: codec.startsWith('zstd') ? MEDIA_TYPE.layerZstd : MEDIA_TYPE.layerGzip,
        digest: digestBy(bytes),
        size: bytes.length,
      })),
    });
    expect(await plainText(blobs.get(digestBy(one)))).toBe(ONE);
    expect(root?.names).toEqual([label('x')]);
    expect(result.changes).toMatchObject([{ from: image.descriptor.digest, to: root?.descriptor.digest }]);
    expect(result.changes[0]?.reason).toContain(codec);
    expect(blobs.size).toBe(4);
  });

  it.for([1, 511, 4096, 65_535])('become the same in chunks of %i bytes', async (size) => {
    const place = new MemoryPlace();
    const graph = await place.graph(place.image({ layers: [layerText(7, 1500)] }).descriptor);
    const whole = await compressLayers(graph, place.reader(), OPTIONS);
    const cut = await compressLayers(graph, inChunks(place.reader(), size), OPTIONS);
    expect(cut.graph.roots).toEqual(whole.graph.roots);
  });

  it.for([1, 2, 3])('become the same on %i threads', async (threads) => {
    const place = new MemoryPlace();
    const graph = await place.graph(place.image({ layers: [ONE, TWO, layerText(3), layerText(4)] }).descriptor);
    const alone = await compressLayers(graph, place.reader(), OPTIONS);
    const result = await compressLayers(graph, place.reader(), { ...OPTIONS, threads });
    expect(result.graph.roots).toEqual(alone.graph.roots);
    expect((await blobsOf(result)).size).toBe(6);
  });

  it('of an empty and of a repeated layer are made once', async () => {
    const place = new MemoryPlace();
    const empty = '\0'.repeat(1024);
    const graph = await place.graph(place.image({ layers: [empty, ONE, empty, '', ONE] }).descriptor);
    let made = 0;
    const counting = { create: () => ((made += 1), scratch.create()) };
    const result = await compressLayers(graph, place.reader(), { ...OPTIONS, scratch: counting });
    expect(made).toBe(3);
    expect((await blobsOf(result)).size).toBe(5);
  });
});

const gzipped = (place: MemoryPlace, text: string): { readonly descriptor: Descriptor; readonly diffID: string } => ({
  descriptor: place.add(gzipSync(text), MEDIA_TYPE.layerGzip),
  diffID: digestBy(text),
});

describe('an image', () => {
  it.for<
    [
      line: string,
      layers: (
        place: MemoryPlace,
      ) => readonly (string | { readonly descriptor: Descriptor; readonly diffID: string })[],
    ]
  >([
    ['all of whose layers are compressed', (place) => [gzipped(place, ONE), gzipped(place, TWO)]],
    ['without layers', () => []],
    [
      'with a layer that no media type can name',
      (place) => [ONE, { descriptor: place.add(Buffer.from('BZh91AY&SY'), MEDIA_TYPE.layer), diffID: digestBy('x') }],
    ],
    [
      'with a layer that is no file system',
      (place) => [ONE, { descriptor: place.add('{}', 'application/vnd.in-toto+json'), diffID: digestBy('{}') }],
    ],
  ])('%s stays as it is, byte for byte', async ([, layers]) => {
    const place = new MemoryPlace();
    const image = place.image({ layers: layers(place), manifest: { annotations: { kept: 'yes' } } });
    const result = await compressLayers(await place.graph(image.descriptor), place.reader(), OPTIONS);
    expect(result.graph.roots.map(({ descriptor }) => descriptor)).toEqual([image.descriptor]);
    expect([result.changes, result.dropped]).toEqual([[], []]);
  });

  it('that is mixed keeps its compressed layers, and one beside it everything', async () => {
    const place = new MemoryPlace();
    const mixed = place.image({ layers: [gzipped(place, ONE), TWO] });
    const done = place.image({ layers: [gzipped(place, ONE)], manifest: { annotations: { kept: 'yes' } } });
    const result = await compressLayers(await place.graph(mixed.descriptor, done.descriptor), place.reader(), OPTIONS);
    expect(result.changes.map(({ from }) => from)).toEqual([mixed.descriptor.digest]);
    expect(result.graph.roots[1]?.descriptor).toEqual(done.descriptor);
    expect((await blobsOf(result)).has(mixed.layers[0]?.digest ?? fakeDigest('0'))).toBe(true);
    expect(result.dropped).toEqual([]);
  });

  it('loses the annotations of its manifest, or keeps them', async () => {
    const place = new MemoryPlace();
    const image = place.image({ layers: [ONE], manifest: { annotations: { a: '1' } } });
    const graph = await place.graph(image.descriptor);
    const without = await compressLayers(graph, place.reader(), OPTIONS);
    expect(without.dropped.map(({ subject }) => subject)).toEqual([image.descriptor.digest]);
    const kept = await compressLayers(graph, place.reader(), { ...OPTIONS, keepAnnotations: true });
    expect(kept.dropped).toEqual([]);
    expect(kept.graph.roots[0]?.descriptor.digest).not.toBe(without.graph.roots[0]?.descriptor.digest);
  });

  it('in an index takes the index with it', async () => {
    const place = new MemoryPlace();
    const image = place.image({ layers: [ONE] });
    const entry = descriptorWith(image.descriptor, { platform: { os: 'linux', architecture: 'arm64' } });
    const index = place.index([entry]);
    const result = await compressLayers(await place.graph(index), place.reader(), OPTIONS);
    expect(result.changes.map(({ from }) => from)).toEqual([image.descriptor.digest, index.digest].toSorted());
  });
});

describe('compression stops', () => {
  it('at a codec that nobody has', async () => {
    const place = new MemoryPlace();
    const graph = await place.graph(place.image({ layers: [ONE] }).descriptor);
    const { code, details } = await failureOf(() =>
      compressLayers(graph, place.reader(), { ...OPTIONS, codec: 'zlib-9.0/6' }),
    );
    expect([code, details.subject]).toEqual(['CODEC_UNKNOWN', 'zlib-9.0/6']);
  });

  it('at a layer that is not what its digest says', async () => {
    const place = new MemoryPlace();
    const image = place.image({ layers: [ONE] });
    const graph = await place.graph(image.descriptor);
    const [layer] = image.layers;
    place.contents.set(layer?.digest ?? fakeDigest('0'), Buffer.from(TWO));
    const { code, details } = await failureOf(() => compressLayers(graph, place.reader(), OPTIONS));
    expect([code, details.subject]).toEqual(['DIGEST_MISMATCH', layer?.digest]);
  });
});
