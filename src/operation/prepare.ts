import type { Scratch } from '../base/scratch.js';
import type { BlobReader } from '../content/blob.js';
import type { ContentGraph } from '../content/graph.js';
import { mergeGraphs } from '../content/merge.js';
import { type Rename, dropReferrers, renameImages } from '../content/select.js';
import { selectPlatforms } from '../content/select-platform.js';
import { DEFAULT_PINNED_CODEC } from '../codec/pinned/codec.js';
import type { ConvertOptions } from '../layer/convert.js';
import type { RewriteOptions } from '../layer/decompress.js';
import type { RecipeImage } from '../layer/recipe.js';
import type { DigestChange, DroppedPart } from '../layer/replace.js';
import type { RestoreTarget } from '../layer/restore.js';
import type { Platform } from '../oci/platform.js';
import { layerMediaTypeNotes } from './layer-media-types.js';
import { bulkOptions } from './bulk-options.js';
import type { OperationContext } from './context.js';
import type { OpenedImages } from './open.js';
import type { RestoreSources } from './restore-source.js';

/** What is to happen to layers on the way. */
export type LayerMode = 'keep' | 'none' | 'gzip' | 'restore';

/** Choices that `save`, `load` and `copy` share. */
export interface TransferOptions {
  /** Empty: all. */
  readonly platforms: readonly Platform[];
  readonly names: readonly Rename[];
  readonly dropReferrers: boolean;
  readonly allowSparse: boolean;
  readonly layers: LayerMode;
  /** Id of the pinned codec of `gzip`. */
  readonly codec: string;
  /** For `restore`: manifests, recipes, locks, or locations that hold the manifests. */
  readonly manifestFrom: readonly string[];
  /** For `restore`: a lock that must record every recipe in `manifestFrom`. */
  readonly recipeLock?: string;
  /** For `restore`: keep what cannot be restored instead of failing. */
  readonly bestEffort: boolean;
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
  codec: DEFAULT_PINNED_CODEC,
  manifestFrom: [],
  bestEffort: false,
  keepAnnotations: false,
  deep: false,
};

/** Images ready to be planned and written. */
export interface PreparedImages {
  readonly graph: ContentGraph;
  readonly blobs: BlobReader;
  readonly changes: readonly DigestChange[];
  readonly dropped: readonly DroppedPart[];
  /** How restored images are made; empty where nothing was restored. */
  readonly recipe: readonly RecipeImage[];
}

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
  // Decompressing them anyway is check enough.
  if (options.deep && options.layers !== 'none') {
    const { checkDiffIDs } = await import('./diff-ids.js');
    const notes = await checkDiffIDs(graph, merged.blobs, context);
    graph = { ...graph, notes: [...graph.notes, ...notes] };
  }
  const phase = PHASES[options.layers];
  if (phase !== undefined) context.observer({ type: 'phase', name: phase });
  const changed = await changeLayers(graph, merged.blobs, options, { ...bulkOptions(context), scratch }, context);
  if (phase !== undefined) context.observer({ type: 'phase-end', name: phase });
  return { ...changed, dropped: [...dropped, ...changed.dropped] };
};

const PHASES: Readonly<Record<LayerMode, string | undefined>> = {
  keep: undefined,
  none: 'decompress layers',
  gzip: 'compress layers',
  restore: 'restore layers',
};

/** Guesses start from uncompressed layers, whatever compressed them last. */
const guessFromPlain = async (
  graph: ContentGraph,
  blobs: BlobReader,
  pinned: RestoreSources['pinned'],
  options: RewriteOptions,
): Promise<readonly RestoreTarget[]> => {
  const { decompressLayers } = await import('../layer/decompress.js');
  const { guessTargets } = await import('../layer/guess.js');
  const plain = await decompressLayers(graph, blobs, options);
  return guessTargets(plain.graph, plain.blobs, pinned, options);
};

// Loaded when needed: most archives keep their layers, and should not wait for code that changes them.
const changeLayers = async (
  graph: ContentGraph,
  blobs: BlobReader,
  options: TransferOptions,
  convert: ConvertOptions,
  context: OperationContext,
): Promise<PreparedImages> => {
  const rewrite = { ...convert, keepAnnotations: options.keepAnnotations };
  switch (options.layers) {
    case 'keep':
      return { graph, blobs, changes: [], dropped: [], recipe: [] };
    case 'none': {
      const { decompressLayers } = await import('../layer/decompress.js');
      return { ...(await decompressLayers(graph, blobs, rewrite)), recipe: [] };
    }
    case 'gzip': {
      const { compressLayers } = await import('../layer/compress.js');
      return { ...(await compressLayers(graph, blobs, { ...rewrite, codec: options.codec })), recipe: [] };
    }
    case 'restore': {
      const { loadRestoreSources } = await import('./restore-source.js');
      const { restoreLayers } = await import('../layer/restore.js');
      const { readLock } = await import('./lock.js');
      const signed = options.recipeLock === undefined ? undefined : await readLock(options.recipeLock, context.limits);
      const sources = await loadRestoreSources(options.manifestFrom, context, signed);
      const guessed = sources.pinned.size === 0 ? [] : await guessFromPlain(graph, blobs, sources.pinned, rewrite);
      const targets = [...sources.targets, ...guessed];
      return restoreLayers(graph, blobs, { ...rewrite, targets, bestEffort: options.bestEffort });
    }
  }
};
