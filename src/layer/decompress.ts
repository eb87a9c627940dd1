import { invariant } from '../base/error.js';
import type { Note } from '../base/event.js';
import type { ScratchFile } from '../base/scratch.js';
import { codecNotes } from '../codec/codec-notes.js';
import { type BlobReader, withMemory } from '../content/blob.js';
import type { Document } from '../content/document.js';
import type { ContentGraph, ImageParts } from '../content/graph.js';
import { type SynthesisLayer, synthesizeManifest } from '../content/synthesis.js';
import type { Digest } from '../oci/digest.js';
import type { Manifest } from '../oci/manifest.js';
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
import { type ReplacementReport, replaceManifests } from './replace.js';

export interface RewriteOptions extends ConvertOptions {
  /** Annotations of replaced manifests stay. */
  readonly keepAnnotations: boolean;
}

export interface RewrittenGraph extends ReplacementReport {
  readonly graph: ContentGraph;
  readonly blobs: BlobReader;
}

/** An image that cannot be rewritten stays as it is, and is said to. */
export const leftAsItIs = (parts: ImageParts): Note => ({
  code: 'NOT_CHECKED',
  severity: 'info',
  message: 'left as it is: not an image whose layers are all here and can be read',
  subject: parts.node.descriptor.digest,
});

/** New blobs before the old ones. */
export const withFiles = (files: ReadonlyMap<Digest, ScratchFile>, rest: BlobReader): BlobReader => ({
  open: async (descriptor) => files.get(descriptor.digest)?.open() ?? rest.open(descriptor),
});

/**
 * `--layers none`: every layer uncompressed under its diffID, every image manifest made anew by the one rule, so that
 * what Docker, Podman and registries give of one image becomes the same.
 * @throws {ToolError} DIGEST_MISMATCH, DIFFID_MISMATCH, BLOB_MISSING, and what decompression throws
 */
export const decompressLayers = async (
  graph: ContentGraph,
  blobs: BlobReader,
  options: RewriteOptions,
): Promise<RewrittenGraph> => {
  const { convertible, others } = imagesFor(graph);
  const pending = new Map<string, LayerWork>();
  for (const layer of convertible.flatMap(layersOf)) {
    // A layer that lies under its diffID is uncompressed already.
    if (layer.descriptor.digest === layer.diffID || pending.has(layerKey(layer))) continue;
    pending.set(layerKey(layer), await decompression(layer, blobs));
  }
  const converted = await convertLayers(pending, blobs, options);
  const oddities = [...pending].flatMap(([key, { layer }]) =>
    codecNotes(layer.descriptor.digest, converted.get(key)?.result),
  );
  const files = new Map<Digest, ScratchFile>();
  const plainLayer = (layer: ImageLayer): SynthesisLayer => {
    const { diffID, descriptor } = layer;
    if (descriptor.digest === diffID) return { descriptor, compression: 'none' };
    const plain = converted.get(layerKey(layer));
    invariant(plain?.result.inner !== undefined, 'a layer that was not decompressed');
    files.set(diffID, plain.file);
    return { descriptor: { digest: diffID, size: plain.result.inner.size }, compression: 'none' };
  };
  const replacements = new Map<Digest, Document<Manifest>>(
    convertible.map((parts) => {
      const annotations = options.keepAnnotations ? parts.node.manifest?.value.annotations : undefined;
      const layers = layersOf(parts).map(plainLayer);
      return [parts.node.descriptor.digest, synthesizeManifest(parts.config.descriptor, layers, annotations)];
    }),
  );
  const replaced = replaceManifests(graph, replacements, { ...options, reason: 'layers decompressed' });
  return {
    ...replaced,
    graph: { ...replaced.graph, notes: [...replaced.graph.notes, ...oddities, ...others.map(leftAsItIs)] },
    blobs: withMemory(replaced.documents, withFiles(files, blobs)),
  };
};
