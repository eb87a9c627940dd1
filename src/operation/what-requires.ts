import { ToolError } from '../base/error.js';
import { type ContentGraph, type GraphRoot, imageParts, imagesOf, reachable } from '../content/graph.js';
import { type Digest, tryParseKnownDigest } from '../oci/digest.js';
import type { OperationContext } from './context.js';
import { openLocation } from './open.js';
import { type ImageEntry, imageEntry } from './report.js';

/** An image of the store that needs what was asked about. */
export interface Requirer extends ImageEntry {
  /**
   * `same`: the image itself, or another with exactly its layers; `built-on`: it begins with all of its layers;
   * `shares`: it has some of them; `contains`: of a blob, it is made of it.
   */
  readonly how: 'same' | 'built-on' | 'shares' | 'contains';
  /** Layers that both have, by diffID; 0 for a blob that is no layer. */
  readonly layers: number;
}

/** @see schemas/tree-whatrequires-report.schema.json */
export interface WhatRequiresReport {
  readonly location: string;
  /** The digest that was asked about, where it is no image. */
  readonly blob?: Digest;
  /** The images that were asked about. */
  readonly images: readonly ImageEntry[];
  /** Sorted as the store is. */
  readonly requiredBy: readonly Requirer[];
}

/** DiffIDs, base first, of every image that a root contains: layers are the same whether compressed or not. */
const stacksOf = (graph: ContentGraph, root: GraphRoot): readonly (readonly Digest[])[] =>
  imagesOf(graph, root.descriptor.digest).flatMap((node) => {
    const parts = imageParts(graph, node);
    return parts === undefined || parts.config.value.platform.os === 'unknown' ? [] : [parts.config.value.diffIDs];
  });

const compare = (asked: readonly Digest[], other: readonly Digest[]): Pick<Requirer, 'how' | 'layers'> | undefined => {
  const known = new Set(asked);
  const layers = new Set(other.filter((digest) => known.has(digest))).size;
  if (layers === 0) return undefined;
  const begins = asked.every((digest, index) => other[index] === digest);
  return { how: begins ? (other.length === asked.length ? 'same' : 'built-on') : 'shares', layers };
};

const RANK = ['same', 'built-on', 'shares'];

/** The closest relation of any image inside a root to any that was asked about. */
const closest = (
  asked: readonly (readonly Digest[])[],
  stacks: readonly (readonly Digest[])[],
): Pick<Requirer, 'how' | 'layers'> | undefined =>
  asked
    .flatMap((stack) => stacks.flatMap((other) => compare(stack, other) ?? []))
    .toSorted((a, b) => RANK.indexOf(a.how) - RANK.indexOf(b.how) || b.layers - a.layers)[0];

const requirersOf = (store: ContentGraph, asked: readonly (readonly Digest[])[]): readonly Requirer[] =>
  store.roots.flatMap((root) => {
    const relation = closest(asked, stacksOf(store, root));
    return relation === undefined ? [] : [{ ...imageEntry(store, root), ...relation }];
  });

/** Digests of layers as stored, and their diffIDs. */
const layerDigests = (graph: ContentGraph, root: GraphRoot): ReadonlySet<Digest> =>
  new Set(
    imagesOf(graph, root.descriptor.digest).flatMap((node) => {
      const parts = imageParts(graph, node);
      return parts === undefined ? [] : [...parts.layers.map(({ digest }) => digest), ...parts.config.value.diffIDs];
    }),
  );

const containersOf = (store: ContentGraph, blob: Digest): readonly Requirer[] =>
  store.roots.flatMap((root) => {
    const isPart = reachable(store, [root.descriptor.digest]).includes(blob);
    const isLayer = layerDigests(store, root).has(blob);
    if (!isPart && !isLayer) return [];
    return [{ ...imageEntry(store, root), how: 'contains' as const, layers: isLayer ? 1 : 0 }];
  });

const withStoreGraph = async <T>(context: OperationContext, use: (graph: ContentGraph) => Promise<T>): Promise<T> => {
  const { whole, close } = await openLocation('store:', context);
  try {
    return await use(whole);
  } finally {
    await close();
  }
};

/** A digest alone that is no image of the store: a layer, a diffID, a config, a manifest inside an index. */
const blobOf = (location: string, store: ContentGraph): Digest | undefined => {
  const digest = tryParseKnownDigest(location.replace(/^store:/, '').replace(/^@/, ''));
  const isImage = (root: GraphRoot): boolean =>
    root.descriptor.digest === digest || imageEntry(store, root).imageID === digest;
  return digest === undefined || store.roots.some(isImage) ? undefined : digest;
};

/**
 * `tree --whatrequires`: which images of the store have layers of an image, wherever that lies, or a blob of the store.
 * @throws {ToolError} REFERENCE_NOT_FOUND for a digest that nothing in the store has; as `openLocation`
 */
export const whatRequires = async (location: string, context: OperationContext): Promise<WhatRequiresReport> =>
  withStoreGraph(context, async (store) => {
    const blob = blobOf(location, store);
    if (blob !== undefined) {
      const requiredBy = containersOf(store, blob);
      if (requiredBy.length > 0) return { location, blob, images: [], requiredBy };
      throw new ToolError('REFERENCE_NOT_FOUND', 'no image of the store is made of this', { subject: blob });
    }
    const { graph, close } = await openLocation(location, context);
    try {
      const images = graph.roots.map((root) => imageEntry(graph, root));
      const asked = graph.roots.flatMap((root) => stacksOf(graph, root));
      return { location, images, requiredBy: requirersOf(store, asked) };
    } finally {
      await close();
    }
  });
