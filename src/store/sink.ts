import { blobMissing, verifiedBlobs } from '../content/blob.js';
import type { BlobReader } from '../content/blob.js';
import { type ContentGraph, type GraphNode, nodeOf, reachable, subjectOf, walk } from '../content/graph.js';
import { type CommitRoot, type NameRules, type Receipt, commit } from './commit.js';
import type { IngestOptions } from './ingest.js';
import type { Store } from './store.js';

export interface SinkOptions {
  readonly operation: string;
  /** The location that the images come from. */
  readonly source: string;
  /** Images may be stored without blobs that are not to be had. */
  readonly allowSparse: boolean;
  readonly rules?: NameRules;
  readonly ingest?: IngestOptions;
}

const isGiven = ({ presence }: GraphNode): boolean => presence === 'present';

const commitRoots = (graph: ContentGraph): readonly CommitRoot[] =>
  graph.roots.map(({ descriptor, names }) => {
    const parts = reachable(graph, [descriptor.digest]).map((digest) => nodeOf(graph, digest));
    return {
      descriptor,
      names,
      isReferrer: subjectOf(nodeOf(graph, descriptor.digest)) !== undefined,
      isSparse: !parts.every((node) => isGiven(node) || node.presence === 'foreign'),
    };
  });

/**
 * The images of a graph into a store, with their names; blobs that are there already are not copied.
 * @throws {ToolError} BLOB_MISSING unless sparse images are allowed, and as `commit`
 */
export const writeToStore = async (
  store: Store,
  graph: ContentGraph,
  blobs: BlobReader,
  options: SinkOptions,
): Promise<Receipt> => {
  const nodes = walk(graph);
  const missing = nodes.find(({ presence }) => presence === 'missing');
  if (missing !== undefined && !options.allowSparse) {
    throw blobMissing(
      missing.descriptor,
      'choose what is there with --platform, or store an incomplete image with --allow-sparse',
    );
  }
  return commit(store, {
    roots: commitRoots(graph),
    // Parents stand before children in a walk; content comes the other way round.
    content: nodes
      .filter(isGiven)
      .map(({ descriptor }) => descriptor)
      .toReversed(),
    blobs: verifiedBlobs(blobs),
    operation: options.operation,
    source: options.source,
    ...(options.rules === undefined ? {} : { rules: options.rules }),
    ...(options.ingest === undefined ? {} : { ingest: options.ingest }),
  });
};
