import type { Note } from '../base/event.js';
import type { Scratch } from '../base/scratch.js';
import type { BulkOptions } from '../codec/bulk.js';
import type { BlobReader } from '../content/blob.js';
import type { ContentGraph } from '../content/graph.js';
import { mergeGraphs } from '../content/merge.js';
import { type Rename, dropReferrers, renameImages } from '../content/select.js';
import { selectPlatforms } from '../content/select-platform.js';
import { decompressLayers } from '../layer/decompress.js';
import type { DigestChange, DroppedPart } from '../layer/replace.js';
import type { Platform } from '../oci/platform.js';
import { checkDiffIDs } from './diff-ids.js';
import { layerMediaTypeNotes } from './layer-media-types.js';
import type { OperationContext } from './context.js';
import type { OpenedImages } from './open.js';

/** What is to happen to layers on the way. */
export type LayerMode = 'keep' | 'none';

/** Choices that `save`, `load` and `copy` share. */
export interface TransferOptions {
  /** Empty: all. */
  readonly platforms: readonly Platform[];
  readonly names: readonly Rename[];
  readonly dropReferrers: boolean;
  readonly allowSparse: boolean;
  readonly layers: LayerMode;
  readonly keepAnnotations: boolean;
  /** Check the diffIDs of compressed layers too, which costs decompressing them. */
  readonly deep: boolean;
}

export const DEFAULT_TRANSFER: TransferOptions = {
  platforms: [],
  names: [],
  dropReferrers: false,
  allowSparse: false,
  layers: 'keep',
  keepAnnotations: false,
  deep: false,
};

/** Images ready to be planned and written. */
export interface PreparedImages {
  readonly graph: ContentGraph;
  readonly blobs: BlobReader;
  readonly changes: readonly DigestChange[];
  readonly dropped: readonly DroppedPart[];
}

export const bulkOptions = (context: OperationContext): BulkOptions => ({
  threads: context.threads,
  limits: context.limits,
  ...(context.signal === undefined ? {} : { signal: context.signal }),
  onBytes: (done) => context.observer({ type: 'bytes', done }),
});

/**
 * The images of several places as one graph: merged, chosen by platform, renamed, their layers as asked.
 * @throws {ToolError} PLATFORM_NOT_FOUND, REFERENCE_INVALID, REFERENCE_AMBIGUOUS, REFERENCE_NOT_FOUND, SIZE_MISMATCH,
 * and what `decompressLayers` and the diffID check throw
 */
export const prepareImages = async (
  opened: readonly OpenedImages[],
  options: TransferOptions,
  scratch: Scratch,
  context: OperationContext,
): Promise<PreparedImages> => {
  const merged = mergeGraphs(opened);
  const dropped: DroppedPart[] = [];
  let graph = selectPlatforms(merged.graph, options.platforms);
  if (options.dropReferrers) {
    const without = dropReferrers(graph);
    graph = without.graph;
    dropped.push(...without.dropped.map((subject) => ({ subject, reason: 'referrers were not wanted' })));
  }
  graph = renameImages(graph, options.names);
  graph = { ...graph, notes: [...graph.notes, ...(await layerMediaTypeNotes(graph, merged.blobs, 'warning'))] };
  if (options.deep) await checkDiffIDs(graph, merged.blobs, context);
  if (options.layers === 'keep') return { graph, blobs: merged.blobs, changes: [], dropped };
  context.observer({ type: 'phase', name: 'decompress layers' });
  const plain = await decompressLayers(graph, merged.blobs, {
    ...bulkOptions(context),
    scratch,
    keepAnnotations: options.keepAnnotations,
  });
  context.observer({ type: 'phase-end', name: 'decompress layers' });
  return { graph: plain.graph, blobs: plain.blobs, changes: plain.changes, dropped: [...dropped, ...plain.dropped] };
};

/** Notes to the observer as they are; a report carries them too. */
export const tellNotes = (notes: readonly Note[], context: OperationContext): void => {
  for (const note of notes) context.observer({ type: 'note', note });
};
