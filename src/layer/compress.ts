import { invariant } from '../base/error.js';
import type { ScratchFile } from '../base/scratch.js';
import type { Compression } from '../codec/compression.js';
import { pinnedCodec } from '../codec/pinned/codec.js';
import { withMemory, type BlobReader } from '../content/blob.js';
import type { Document } from '../content/document.js';
import type { ContentGraph, ImageParts } from '../content/graph.js';
import { type SynthesisLayer, synthesizeManifest } from '../content/synthesis.js';
import { type Digest, digestFromHex } from '../oci/digest.js';
import type { Manifest } from '../oci/manifest.js';
import {
  type ImageLayer,
  type LayerWork,
  compressionOf,
  convertLayers,
  imagesFor,
  layerKey,
  layersOf,
} from './convert.js';
import { type RewriteOptions, type RewrittenGraph, leftAsItIs, withFiles } from './decompress.js';
import { replaceManifests } from './replace.js';

export interface CompressOptions extends RewriteOptions {
  /** Id of a pinned codec. */
  readonly codec: string;
}

/** Whether a media type can say that a layer is compressed so. */
const isNameable = (compression: Compression | undefined): compression is SynthesisLayer['compression'] =>
  compression === 'none' || compression === 'gzip' || compression === 'zstd';

/**
 * `--layers gzip`: uncompressed layers compressed by a pinned codec, compressed ones as they are. Only images that
 * have an uncompressed layer get a new manifest.
 * @throws {ToolError} CODEC_UNKNOWN, DIGEST_MISMATCH, BLOB_MISSING
 */
export const compressLayers = async (
  graph: ContentGraph,
  blobs: BlobReader,
  options: CompressOptions,
): Promise<RewrittenGraph> => {
  const codec = pinnedCodec(options.codec);
  const { convertible, others } = imagesFor(graph);
  const compressions = new Map<string, Compression>();
  const pending = new Map<string, LayerWork>();
  for (const layer of convertible.flatMap(layersOf)) {
    const key = layerKey(layer);
    if (compressions.has(key)) continue;
    const compression = await compressionOf(blobs, layer.descriptor);
    compressions.set(key, compression);
    if (compression === 'none') pending.set(key, { layer, transform: { codec: codec.id, innerAlgorithm: 'sha256' } });
  }
  const converted = await convertLayers(pending, blobs, options);
  const files = new Map<Digest, ScratchFile>();
  const compressedLayer = (layer: ImageLayer): SynthesisLayer => {
    const done = converted.get(layerKey(layer));
    if (done === undefined) {
      const compression = compressions.get(layerKey(layer));
      invariant(isNameable(compression), 'a layer whose compression no media type names');
      return { descriptor: layer.descriptor, compression };
    }
    invariant(done.result.inner !== undefined, 'a layer that was not compressed');
    const digest = digestFromHex('sha256', done.result.inner.hex);
    files.set(digest, done.file);
    return { descriptor: { digest, size: done.result.inner.size }, compression: codec.compression };
  };
  const isSayable = (parts: ImageParts): boolean =>
    layersOf(parts).every((layer) => isNameable(compressions.get(layerKey(layer))));
  const changed = convertible.filter(
    (parts) => isSayable(parts) && layersOf(parts).some((layer) => pending.has(layerKey(layer))),
  );
  const left = [...others, ...convertible.filter((parts) => !isSayable(parts))];
  const replacements = new Map<Digest, Document<Manifest>>(
    changed.map((parts) => {
      const annotations = options.keepAnnotations ? parts.node.manifest?.value.annotations : undefined;
      const layers = layersOf(parts).map(compressedLayer);
      return [parts.node.descriptor.digest, synthesizeManifest(parts.config.descriptor, layers, annotations)];
    }),
  );
  const replaced = replaceManifests(graph, replacements, { ...options, reason: `layers compressed by ${codec.id}` });
  return {
    ...replaced,
    graph: { ...replaced.graph, notes: [...replaced.graph.notes, ...left.map(leftAsItIs)] },
    blobs: withMemory(replaced.documents, withFiles(files, blobs)),
  };
};
