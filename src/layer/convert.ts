import type { ByteSource } from '../base/bytes.js';
import { invariant } from '../base/error.js';
import type { Scratch, ScratchFile } from '../base/scratch.js';
import type { BulkOptions, BulkResult } from '../codec/bulk.js';
import { type SourceJob, runSources } from '../codec/bulk-source.js';
import { type Compression, SNIFF_LENGTH, sniffCompression } from '../codec/compression.js';
import { type BlobReader, blobMissing } from '../content/blob.js';
import { type ContentGraph, type ImageParts, imageParts, nodeOf, walk } from '../content/graph.js';
import type { Descriptor } from '../oci/descriptor.js';
import { type Digest, encodedOf, hashAlgorithmOf } from '../oci/digest.js';
import { layerCompressionOf } from '../oci/media-type.js';

export interface ConvertOptions extends BulkOptions {
  readonly scratch: Scratch;
}

/** One layer of an image, and what the image's config says of its uncompressed bytes. */
export interface ImageLayer {
  readonly descriptor: Descriptor;
  readonly diffID: Digest;
}

/** What is to be made of one layer's bytes; the rest of the job is the same for all. */
export type LayerTransform = Pick<SourceJob, 'compression' | 'codec' | 'innerAlgorithm' | 'expectedInner' | 'atMost'>;

export interface LayerWork {
  readonly layer: ImageLayer;
  readonly transform: LayerTransform;
}

/** The layer's bytes after the transformation. */
export interface ConvertedLayer {
  readonly result: BulkResult;
  readonly file: ScratchFile;
}

/** Layers that are one piece of work: the same bytes, to become the same. */
export const layerKey = (layer: ImageLayer): string => `${layer.descriptor.digest} ${layer.diffID}`;

export const layersOf = (parts: ImageParts): readonly ImageLayer[] =>
  parts.layers.map((descriptor, index) => {
    const diffID = parts.config.value.diffIDs[index];
    invariant(diffID !== undefined, 'more layers than diffIDs');
    return { descriptor, diffID };
  });

/** Every image of a graph; `convertible` are those all of whose layers are file systems that are here and can be read. */
export const imagesFor = (
  graph: ContentGraph,
): { readonly convertible: readonly ImageParts[]; readonly others: readonly ImageParts[] } => {
  const images = walk(graph).flatMap((node) => imageParts(graph, node) ?? []);
  const isConvertible = (parts: ImageParts): boolean =>
    parts.layers.every((layer) => {
      const compression = layerCompressionOf(layer.mediaType);
      return compression !== undefined && compression !== 'other' && nodeOf(graph, layer.digest).presence === 'present';
    });
  return {
    convertible: images.filter(isConvertible),
    others: images.filter((parts) => !isConvertible(parts)),
  };
};

/** @throws {ToolError} BLOB_MISSING */
const openLayer = async (blobs: BlobReader, descriptor: Descriptor): Promise<ByteSource> => {
  const source = await blobs.open(descriptor);
  if (source === undefined) throw blobMissing(descriptor);
  return source;
};

/** How a layer's bytes are compressed, by their content. @throws {ToolError} BLOB_MISSING */
export const compressionOf = async (blobs: BlobReader, descriptor: Descriptor): Promise<Compression> => {
  const source = await openLayer(blobs, descriptor);
  try {
    return sniffCompression(await source.readAt(0, SNIFF_LENGTH));
  } finally {
    await source.close();
  }
};

/** What makes a layer uncompressed, held against its diffID. @throws {ToolError} BLOB_MISSING */
export const decompression = async (layer: ImageLayer, blobs: BlobReader): Promise<LayerWork> => ({
  layer,
  transform: {
    compression: await compressionOf(blobs, layer.descriptor),
    innerAlgorithm: hashAlgorithmOf(layer.diffID),
    expectedInner: encodedOf(layer.diffID),
  },
});

/** Layers opened at a time. */
const BATCH = 64;

const convertBatch = async (
  works: readonly LayerWork[],
  blobs: BlobReader,
  options: ConvertOptions,
): Promise<readonly ConvertedLayer[]> => {
  const sources: ByteSource[] = [];
  const files: ScratchFile[] = [];
  try {
    const jobs: SourceJob[] = [];
    for (const { layer, transform } of works) {
      const { digest } = layer.descriptor;
      const source = await openLayer(blobs, layer.descriptor);
      sources.push(source);
      const file = await options.scratch.create();
      files.push(file);
      jobs.push({
        ...transform,
        subject: digest,
        source,
        algorithm: hashAlgorithmOf(digest),
        expected: encodedOf(digest),
        target: { fd: file.fd, offset: 0, content: 'inner' },
      });
    }
    const results = await runSources(jobs, options);
    return results.flatMap((result, index) => {
      const file = files[index];
      return file === undefined ? [] : [{ result, file }];
    });
  } finally {
    for (const file of files) await file.seal();
    for (const source of sources) await source.close();
  }
};

/**
 * Transforms layers into scratch files, each distinct layer once, on all threads. What is read is verified by its
 * digest, what is made is hashed.
 * @param transforms by {@link layerKey}
 * @throws {ToolError} DIGEST_MISMATCH, DIFFID_MISMATCH, BLOB_MISSING, and what decompression throws
 */
export const convertLayers = async (
  transforms: ReadonlyMap<string, LayerWork>,
  blobs: BlobReader,
  options: ConvertOptions,
): Promise<ReadonlyMap<string, ConvertedLayer>> => {
  const converted = new Map<string, ConvertedLayer>();
  const queue = [...transforms];
  for (let at = 0; at < queue.length; at += BATCH) {
    const batch = queue.slice(at, at + BATCH);
    const done = await convertBatch(
      batch.map(([, work]) => work),
      blobs,
      options,
    );
    for (const [index, [key]] of batch.entries()) {
      const layer = done[index];
      if (layer !== undefined) converted.set(key, layer);
    }
  }
  return converted;
};
