import type { BlobReader } from '../content/blob.js';
import type { ScratchFile } from '../base/scratch.js';
import type { ContentGraph, ImageParts } from '../content/graph.js';
import { plainDescriptor } from '../oci/descriptor.js';
import type { Digest } from '../oci/digest.js';
import { layerMediaType } from '../oci/media-type.js';
import { type SearchResult, type SearchTask, searchCodecs } from './codec-search.js';
import {
  type ConvertOptions,
  type ImageLayer,
  type LayerWork,
  convertLayers,
  decompression,
  imagesFor,
  layerKey,
  layersOf,
} from './convert.js';
import { withFiles } from './decompress.js';
import type { Recipe, RecipeImage } from './recipe.js';

export interface RecipeSearch {
  readonly recipe: Recipe;
  /** What was tried for each compressed layer, in the order of the images. */
  readonly results: readonly SearchResult[];
}

/** Codecs worth trying first for a compressed layer. */
export type CodecHints = (layer: ImageLayer) => readonly string[];

const imageOf = (parts: ImageParts, found: ReadonlyMap<string, SearchResult>): readonly RecipeImage[] => {
  const manifest = parts.node.manifest;
  if (manifest?.value.kind !== 'manifest') return [];
  const layers = layersOf(parts).map((layer) => {
    const codec = found.get(layerKey(layer))?.hit?.codec;
    const { digest, size } = layer.descriptor;
    return { diffID: layer.diffID, digest, size, ...(codec === undefined ? {} : { codec }) };
  });
  return [{ imageID: parts.config.descriptor.digest, manifest: { ...manifest, value: manifest.value }, layers }];
};

/**
 * From images that still have their compressed layers, the recipe that makes them again from uncompressed ones: each
 * layer is decompressed and compressed by one codec after the other until one gives its digest.
 * @throws {ToolError} DIGEST_MISMATCH, DIFFID_MISMATCH, BLOB_MISSING, and what decompression throws
 */
export const makeRecipe = async (
  graph: ContentGraph,
  blobs: BlobReader,
  hints: CodecHints,
  options: ConvertOptions,
): Promise<RecipeSearch> => {
  const { convertible } = imagesFor(graph);
  const compressed = new Map<string, ImageLayer>();
  for (const layer of convertible.flatMap(layersOf)) {
    if (layer.descriptor.digest !== layer.diffID) compressed.set(layerKey(layer), layer);
  }
  const works = new Map<string, LayerWork>();
  for (const [key, layer] of compressed) works.set(key, await decompression(layer, blobs));
  const plain = await convertLayers(works, blobs, options);
  const files = new Map<Digest, ScratchFile>();
  const tasks = [...compressed].flatMap(([key, layer]): readonly SearchTask[] => {
    const made = plain.get(key);
    if (made?.result.inner === undefined) return [];
    files.set(layer.diffID, made.file);
    const descriptor = plainDescriptor(layerMediaType('none'), layer.diffID, made.result.inner.size);
    const plainLayer = { descriptor, diffID: layer.diffID };
    return [{ layer: plainLayer, target: layer.descriptor, first: hints(layer), original: layer.descriptor }];
  });
  const results = await searchCodecs(tasks, withFiles(files, blobs), options);
  for (const { hit } of results) await hit?.file.discard();
  const found = new Map(
    [...compressed.keys()].flatMap((key, index): [string, SearchResult][] => {
      const result = results[index];
      return result === undefined ? [] : [[key, result]];
    }),
  );
  return { recipe: { images: convertible.flatMap((parts) => imageOf(parts, found)) }, results };
};
