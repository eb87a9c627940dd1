import { type ContentGraph, type GraphRoot, nodeOf } from '../content/graph.js';
import type { Digest } from '../oci/digest.js';
import type { EngineInfo, EngineKind, EngineStore } from '../transport/engine/engine.js';

/** What an image ID of an engine is the digest of. */
export type IDMeaning = 'config' | 'manifest' | 'index';

/** An image as an engine has it after a load. @see schemas/report-parts.schema.json */
export interface ArrivedImage {
  /** Fully qualified, sorted. */
  readonly names: readonly string[];
  /** By which the engine knows it. */
  readonly id: Digest;
  readonly idIs: IDMeaning;
  /** Of the manifest or index that was sent. */
  readonly digest: Digest;
}

/** Which engine took the images, and what it calls them. */
export interface EngineReceipt {
  readonly kind: EngineKind;
  readonly version: string;
  readonly endpoint: string;
  readonly store: EngineStore;
  readonly images: readonly ArrivedImage[];
}

export const arrivalOf = (
  info: EngineInfo,
  graph: ContentGraph,
  root: GraphRoot,
  id: Digest,
  names: readonly string[],
): ArrivedImage => {
  const isIndex = nodeOf(graph, root.descriptor.digest).kind === 'index';
  const idIs = info.traits.imageIDIsManifest ? (isIndex ? 'index' : 'manifest') : 'config';
  return { names, id, idIs, digest: root.descriptor.digest };
};
