import type { Note } from '../base/event.js';
import type { Descriptor } from '../oci/descriptor.js';
import type { Digest } from '../oci/digest.js';
import type { ImageConfig } from '../oci/image-config.js';
import type { Manifest } from '../oci/manifest.js';
import type { Document } from './document.js';
import { type ImageName } from './name.js';
/** What a blob is to the images of a graph. `blob` is everything that is copied without being understood. */
export type NodeKind = 'index' | 'manifest' | 'artifact-manifest' | 'config' | 'layer' | 'blob';
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
export declare const nodeOf: (graph: ContentGraph, digest: Digest) => GraphNode;
/** What a manifest is made of, in its own order. The subject is not among it: a referrer does not contain its subject. */
export declare const childrenOf: (manifest: Manifest) => readonly Descriptor[];
/** Children of a node in their stored order, repetitions included; none for what is not at hand. */
export declare const successors: (graph: ContentGraph, digest: Digest) => readonly Descriptor[];
/** All that can be reached from the digests, parents before children, each once. */
export declare const reachable: (graph: ContentGraph, from: Iterable<Digest>) => readonly Digest[];
/** Every node once, in one order: roots as they stand, parents before children. */
export declare const walk: (graph: ContentGraph) => readonly GraphNode[];
/** The manifest that a manifest refers to by its `subject`. */
export declare const subjectOf: (node: GraphNode) => Descriptor | undefined;
/** The image manifests of a root, in the order of its indexes, nested ones included; repeated ones once. */
export declare const imagesOf: (graph: ContentGraph, root: Digest) => readonly GraphNode[];
export interface ImageParts {
    readonly node: GraphNode;
    readonly config: Document<ImageConfig>;
    readonly layers: readonly Descriptor[];
}
/** A manifest as an image with a config that describes one; undefined for artifacts and for what is not at hand. */
export declare const imageParts: (graph: ContentGraph, node: GraphNode) => ImageParts | undefined;
/** One root for each digest, its names together; an unnamed entry that another root contains is no root. */
export declare const mergeRoots: (entries: readonly {
    readonly descriptor: Descriptor;
    readonly names: readonly ImageName[];
}[]) => readonly GraphRoot[];
/** Drops unnamed roots that lie inside another root: they are there through it. */
export declare const withoutContainedRoots: (graph: ContentGraph) => ContentGraph;
/** Total of the nodes' sizes in bytes. */
export declare const totalSize: (nodes: Iterable<GraphNode>) => number;
//# sourceMappingURL=graph.d.ts.map