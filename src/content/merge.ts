import { ToolError } from '../base/error.js';
import type { Digest } from '../oci/digest.js';
import { type BlobReader, firstOf } from './blob.js';
import { checkLayerLists } from './image-checks.js';
import {
  TELLING,
  type ContentGraph,
  type GraphNode,
  type Presence,
  mergeRoots,
  withoutContainedRoots,
} from './graph.js';

const RANK: Readonly<Record<Presence, number>> = { present: 3, omitted: 2, foreign: 1, missing: 0 };

const better = (a: GraphNode, b: GraphNode): GraphNode => {
  if (a.descriptor.size !== b.descriptor.size) {
    throw new ToolError('SIZE_MISMATCH', 'two sources give one digest different sizes', {
      subject: a.descriptor.digest,
      expected: `${a.descriptor.size} bytes`,
      found: `${b.descriptor.size} bytes`,
    });
  }
  if (a.presence !== b.presence) return RANK[b.presence] > RANK[a.presence] ? b : a;
  return TELLING[b.kind] > TELLING[a.kind] ? b : a;
};

/**
 * The images of several sources together: shared blobs once, what one source lacks taken from another. The order of
 * the sources decides nothing but the order of the roots.
 * @throws {ToolError} SIZE_MISMATCH, MEDIATYPE_CONFLICT, LAYER_COUNT_MISMATCH, LAYER_EMPTY
 */
export const mergeGraphs = (
  parts: readonly { readonly graph: ContentGraph; readonly blobs: BlobReader }[],
): { readonly graph: ContentGraph; readonly blobs: BlobReader } => {
  const nodes = new Map<Digest, GraphNode>();
  for (const { graph } of parts) {
    for (const [digest, node] of graph.nodes) {
      const known = nodes.get(digest);
      nodes.set(digest, known === undefined ? node : better(known, node));
    }
  }
  // A config from one source may now meet a manifest from another.
  checkLayerLists(nodes);
  const graph = withoutContainedRoots({
    roots: mergeRoots(parts.flatMap((part) => part.graph.roots)),
    nodes,
    notes: parts.flatMap((part) => part.graph.notes),
  });
  return { graph, blobs: firstOf(parts.map((part) => part.blobs)) };
};
