import { blobMissing } from '../../content/blob.js';
import { type ContentGraph, type GraphNode, nodeOf, reachable, subjectOf, successors } from '../../content/graph.js';
import type { Descriptor } from '../../oci/descriptor.js';
import type { Digest } from '../../oci/digest.js';

/** An image and the tags that it gets in a repository; none for one that is to be had by its digest alone. */
export interface PushRoot {
  readonly digest: Digest;
  readonly tags: readonly string[];
}

/** What goes into one repository, in this order. */
export interface PushPlan {
  /** Configs, layers and whatever else is no manifest. */
  readonly blobs: readonly Descriptor[];
  /** Manifests, each after those that it lists; what refers to an image comes after the image. */
  readonly manifests: readonly GraphNode[];
  /** Last. */
  readonly tags: readonly { readonly tag: string; readonly digest: Digest }[];
}

const isManifest = (node: GraphNode): boolean =>
  node.kind === 'index' || node.kind === 'manifest' || node.kind === 'artifact-manifest';

/** Every node below the roots once, children before parents. */
const childrenFirst = (graph: ContentGraph, roots: readonly Digest[]): readonly GraphNode[] => {
  const done = new Set<Digest>();
  const order: GraphNode[] = [];
  // Depth is bounded by the limit on nested indexes, which the graph has passed.
  const visit = (digest: Digest): void => {
    if (done.has(digest)) return;
    done.add(digest);
    for (const child of successors(graph, digest)) visit(child.digest);
    order.push(nodeOf(graph, digest));
  };
  for (const digest of roots) visit(digest);
  return order;
};

/** Subjects before what refers to them, so that a registry can link the two as they come. */
const subjectsFirst = (graph: ContentGraph, roots: readonly Digest[]): readonly Digest[] => {
  const left = new Set(roots);
  const order: Digest[] = [];
  const place = (digest: Digest): void => {
    if (!left.delete(digest)) return;
    const subject = subjectOf(nodeOf(graph, digest))?.digest;
    for (const root of subject === undefined ? [] : left) {
      if (subject !== undefined && reachable(graph, [root]).includes(subject)) place(root);
    }
    order.push(digest);
  };
  for (const digest of roots) place(digest);
  return order;
};

/**
 * What a repository must get for some images of a graph. Pure, and the same for every order of the roots' tags.
 * @throws {ToolError} BLOB_MISSING unless images may be incomplete
 */
export const planPush = (
  graph: ContentGraph,
  roots: readonly PushRoot[],
  options: { readonly allowSparse: boolean },
): PushPlan => {
  const nodes = childrenFirst(
    graph,
    subjectsFirst(
      graph,
      roots.map(({ digest }) => digest),
    ),
  );
  const missing = nodes.find(({ presence }) => presence === 'missing');
  if (missing !== undefined && !options.allowSparse)
    throw blobMissing(missing.descriptor, 'choose what is there with --platform, or give --allow-sparse');
  const present = nodes.filter(({ presence }) => presence === 'present');
  return {
    blobs: present.filter((node) => !isManifest(node)).map(({ descriptor }) => descriptor),
    manifests: present.filter(isManifest),
    tags: roots.flatMap(({ digest, tags }) => tags.map((tag) => ({ tag, digest }))),
  };
};
