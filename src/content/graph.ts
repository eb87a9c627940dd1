import type { Note } from '../base/event.js';
import { ToolError } from '../base/error.js';
import type { Descriptor } from '../oci/descriptor.js';
import type { Digest } from '../oci/digest.js';
import type { ImageConfig } from '../oci/image-config.js';
import type { Manifest } from '../oci/manifest.js';
import type { Document } from './document.js';
import { type ImageName, compareNames, nameText } from './name.js';

/** What a blob is to the images of a graph. `blob` is everything that is copied without being understood. */
export type NodeKind = 'index' | 'manifest' | 'artifact-manifest' | 'config' | 'layer' | 'blob';

/** Where descriptors of one digest promise different things, the one that says most counts. */
export const TELLING: Readonly<Record<NodeKind, number>> = {
  index: 3,
  manifest: 3,
  'artifact-manifest': 3,
  config: 2,
  layer: 1,
  blob: 0,
};

/** Whether the bytes are at hand. `foreign`: not there, and allowed to be, because it is to be had at a URL. */
export type Presence = 'present' | 'missing' | 'foreign' | 'omitted';

/** One blob of a graph. Two descriptors with one digest are one node. */
export interface GraphNode {
  /** As first met; the digest and size are the same in all. */
  readonly descriptor: Descriptor;
  readonly kind: NodeKind;
  readonly presence: Presence;
  /** For manifests and indexes that are present. */
  readonly manifest?: Document<Manifest>;
  /** For image configs that are present. */
  readonly config?: Document<ImageConfig>;
}

/** An image, index or artifact that the place lists. */
export interface GraphRoot {
  readonly descriptor: Descriptor;
  /** Sorted, without repetition; empty for an unnamed root. */
  readonly names: readonly ImageName[];
}

/** Images and all that they are made of. Immutable; layers are known by descriptor only. */
export interface ContentGraph {
  /** Distinct by digest, in the order of the place. */
  readonly roots: readonly GraphRoot[];
  readonly nodes: ReadonlyMap<Digest, GraphNode>;
  readonly notes: readonly Note[];
}

/** @throws {ToolError} DEFECT if the digest is not of this graph */
export const nodeOf = (graph: ContentGraph, digest: Digest): GraphNode => {
  const node = graph.nodes.get(digest);
  if (node === undefined) throw new ToolError('DEFECT', 'a digest that is not of the graph', { subject: digest });
  return node;
};

export const mediaTypeConflict = (known: Descriptor, other: Descriptor): ToolError =>
  new ToolError('MEDIATYPE_CONFLICT', 'two descriptors give one digest different media types', {
    subject: other.digest,
    expected: known.mediaType,
    found: other.mediaType,
  });

/** What a manifest is made of, in its own order. The subject is not among it: a referrer does not contain its subject. */
export const childrenOf = (manifest: Manifest): readonly Descriptor[] => {
  switch (manifest.kind) {
    case 'index':
      return manifest.manifests;
    case 'manifest':
      return [manifest.config, ...manifest.layers];
    case 'artifact-manifest':
      return manifest.blobs;
  }
};

/** Children of a node in their stored order, repetitions included; none for what is not at hand. */
export const successors = (graph: ContentGraph, digest: Digest): readonly Descriptor[] => {
  const manifest = nodeOf(graph, digest).manifest;
  return manifest === undefined ? [] : childrenOf(manifest.value);
};

/** All that can be reached from the digests, parents before children, each once. */
export const reachable = (graph: ContentGraph, from: Iterable<Digest>): readonly Digest[] => {
  const seen = new Set<Digest>();
  const stack = [...from].toReversed();
  for (let digest = stack.pop(); digest !== undefined; digest = stack.pop()) {
    if (seen.has(digest)) continue;
    seen.add(digest);
    for (const child of successors(graph, digest).toReversed()) stack.push(child.digest);
  }
  return [...seen];
};

/** Every node once, in one order: roots as they stand, parents before children. */
export const walk = (graph: ContentGraph): readonly GraphNode[] =>
  reachable(
    graph,
    graph.roots.map((root) => root.descriptor.digest),
  ).map((digest) => nodeOf(graph, digest));

/** For each node, the manifests and indexes that contain it. */
export const parentsIn = (graph: ContentGraph): ReadonlyMap<Digest, ReadonlySet<Digest>> => {
  const parents = new Map<Digest, Set<Digest>>();
  for (const { descriptor } of walk(graph)) {
    for (const child of successors(graph, descriptor.digest)) {
      const known = parents.get(child.digest) ?? new Set<Digest>();
      parents.set(child.digest, known.add(descriptor.digest));
    }
  }
  return parents;
};

/** The manifest that a manifest refers to by its `subject`. */
export const subjectOf = (node: GraphNode): Descriptor | undefined => node.manifest?.value.subject;

/** The image manifests of a root, in the order of its indexes, nested ones included; repeated ones once. */
export const imagesOf = (graph: ContentGraph, root: Digest): readonly GraphNode[] =>
  reachable(graph, [root])
    .map((digest) => nodeOf(graph, digest))
    .filter((node) => node.kind === 'manifest');

export interface ImageParts {
  readonly node: GraphNode;
  readonly config: Document<ImageConfig>;
  readonly layers: readonly Descriptor[];
}

/** A manifest as an image with a config that describes one; undefined for artifacts and for what is not at hand. */
export const imageParts = (graph: ContentGraph, node: GraphNode): ImageParts | undefined => {
  const manifest = node.manifest?.value;
  if (manifest?.kind !== 'manifest') return undefined;
  const config = nodeOf(graph, manifest.config.digest).config;
  return config === undefined ? undefined : { node, config, layers: manifest.layers };
};

/**
 * One root for each digest, its names together.
 * @throws {ToolError} MEDIATYPE_CONFLICT
 */
export const mergeRoots = (
  entries: readonly { readonly descriptor: Descriptor; readonly names: readonly ImageName[] }[],
): readonly GraphRoot[] => {
  const byDigest = new Map<Digest, { descriptor: Descriptor; names: Map<string, ImageName> }>();
  for (const { descriptor, names } of entries) {
    const root = byDigest.get(descriptor.digest) ?? { descriptor, names: new Map<string, ImageName>() };
    if (root.descriptor.mediaType !== descriptor.mediaType) throw mediaTypeConflict(root.descriptor, descriptor);
    for (const name of names) root.names.set(`${name.kind} ${nameText(name)}`, name);
    byDigest.set(descriptor.digest, root);
  }
  return [...byDigest.values()].map(({ descriptor, names }) => ({
    descriptor,
    names: [...names.values()].toSorted(compareNames),
  }));
};

/** Drops unnamed roots that lie inside another root: they are there through it. */
export const withoutContainedRoots = (graph: ContentGraph): ContentGraph => {
  const contained = new Set<Digest>();
  for (const node of walk(graph)) {
    for (const child of successors(graph, node.descriptor.digest)) contained.add(child.digest);
  }
  return {
    ...graph,
    roots: graph.roots.filter((root) => root.names.length > 0 || !contained.has(root.descriptor.digest)),
  };
};

/** Total of the nodes' sizes in bytes. */
export const totalSize = (nodes: Iterable<GraphNode>): number => {
  let total = 0;
  for (const node of nodes) total += node.descriptor.size;
  return total;
};
