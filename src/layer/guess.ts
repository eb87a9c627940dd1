import type { BlobReader } from '../content/blob.js';
import type { ContentGraph, ImageParts } from '../content/graph.js';
import { type Digest, digestFromHex } from '../oci/digest.js';
import { codecOrder } from './codec-search.js';
import {
  type ConvertOptions,
  type LayerWork,
  compressionOf,
  convertLayers,
  imagesFor,
  layerKey,
  layersOf,
} from './convert.js';
import { manifestStyles } from './manifest-style.js';
import type { RestoreTarget } from './restore.js';

interface Compressed {
  readonly digest: Digest;
  readonly size: number;
  readonly codec: string;
}

/** The image's layers as one codec compresses them; those that are compressed already stay. */
const compressedBy = async (
  parts: ImageParts,
  codec: string,
  blobs: BlobReader,
  options: ConvertOptions,
): Promise<readonly Compressed[]> => {
  const works = new Map<string, LayerWork>();
  for (const layer of layersOf(parts)) {
    if ((await compressionOf(blobs, layer.descriptor)) !== 'none') continue;
    works.set(layerKey(layer), { layer, transform: { codec, innerAlgorithm: 'sha256' } });
  }
  const made = await convertLayers(works, blobs, options);
  for (const { file } of made.values()) await file.discard();
  return layersOf(parts).map((layer) => {
    const inner = made.get(layerKey(layer))?.result.inner;
    return inner === undefined
      ? { digest: layer.descriptor.digest, size: layer.descriptor.size, codec }
      : { digest: digestFromHex('sha256', inner.hex), size: inner.size, codec };
  });
};

/** All layers by the codec; then those that others have put on a base, or whose base others have made. */
function* mixtures(
  layers: readonly Compressed[],
  earlier: readonly (readonly Compressed[])[],
): Iterable<readonly Compressed[]> {
  yield layers;
  for (const others of earlier) {
    for (let base = 1; base < layers.length; base += 1) {
      yield [...others.slice(0, base), ...layers.slice(base)];
      yield [...layers.slice(0, base), ...others.slice(base)];
    }
  }
}

const guessTarget = async (
  parts: ImageParts,
  blobs: BlobReader,
  wanted: ReadonlySet<Digest>,
  options: ConvertOptions,
): Promise<RestoreTarget | undefined> => {
  const earlier: (readonly Compressed[])[] = [];
  for (const codec of codecOrder([])) {
    const made = await compressedBy(parts, codec, blobs, options);
    for (const layers of mixtures(made, earlier)) {
      const manifest = manifestStyles(parts.config.descriptor, layers).find(({ descriptor }) =>
        wanted.has(descriptor.digest),
      );
      if (manifest !== undefined)
        return { manifest, codecs: new Map(layers.map((layer) => [layer.digest, layer.codec])) };
    }
    earlier.push(made);
  }
  return undefined;
};

/**
 * Manifests for which only the digest is known, as a lock or a pinned reference gives it: every codec and every
 * producer's way of writing are tried, for all layers and for a base with other layers upon it, until one hashes to the
 * digest.
 * @param pinned by image ID, or `any` where the image is not known
 * @returns a target for each image for which one was found
 */
export const guessTargets = async (
  graph: ContentGraph,
  blobs: BlobReader,
  pinned: ReadonlyMap<Digest | 'any', ReadonlySet<Digest>>,
  options: ConvertOptions,
): Promise<readonly RestoreTarget[]> => {
  const targets: RestoreTarget[] = [];
  for (const parts of imagesFor(graph).convertible) {
    const wanted = new Set([...(pinned.get(parts.config.descriptor.digest) ?? []), ...(pinned.get('any') ?? [])]);
    if (wanted.size === 0) continue;
    const target = await guessTarget(parts, blobs, wanted, options);
    if (target !== undefined) targets.push(target);
  }
  return targets;
};
