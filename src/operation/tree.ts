import {
  type ContentGraph,
  type NodeKind,
  nodeOf,
  parentsIn,
  subjectOf,
  successors,
  totalSize,
  walk,
} from '../content/graph.js';
import { nameText } from '../content/name.js';
import { platformOf } from '../content/select-platform.js';
import type { Descriptor } from '../oci/descriptor.js';
import type { Digest } from '../oci/digest.js';
import { formatPlatform } from '../oci/platform.js';
import type { OperationContext } from './context.js';
import { openLocation } from './open.js';

export interface TreeNode {
  readonly digest: Digest;
  readonly mediaType: string;
  /** Bytes as stored. */
  readonly size: number;
  readonly kind: NodeKind;
  readonly names?: readonly string[];
  readonly platform?: string;
  /** The digest that a referrer refers to. */
  readonly subject?: Digest;
  /** True where something else contains it too. */
  readonly shared?: boolean;
  /** True for what is not there. */
  readonly missing?: boolean;
  /** Only at the first place of a node in the tree. */
  readonly children?: readonly TreeNode[];
}

/** @see schemas/tree-report.schema.json */
export interface TreeReport {
  readonly location: string;
  readonly roots: readonly TreeNode[];
  /** Distinct blobs that are there. */
  readonly blobs: number;
  /** Their bytes. */
  readonly bytes: number;
}

/** The graph as a tree, shared parts expanded once. */
export const treeOf = (graph: ContentGraph): readonly TreeNode[] => {
  const parents = parentsIn(graph);
  const expanded = new Set<Digest>();
  // Depth is bounded by the limit on nested indexes.
  const treeNode = (descriptor: Descriptor, names: readonly string[]): TreeNode => {
    const node = nodeOf(graph, descriptor.digest);
    const platform = node.kind === 'manifest' ? platformOf(graph, descriptor) : undefined;
    const subject = subjectOf(node);
    const first = !expanded.has(descriptor.digest);
    expanded.add(descriptor.digest);
    const children = first ? successors(graph, descriptor.digest).map((child) => treeNode(child, [])) : [];
    return {
      digest: descriptor.digest,
      mediaType: descriptor.mediaType,
      size: descriptor.size,
      kind: node.kind,
      ...(names.length === 0 ? {} : { names }),
      ...(platform === undefined ? {} : { platform: formatPlatform(platform) }),
      ...(subject === undefined ? {} : { subject: subject.digest }),
      ...((parents.get(descriptor.digest)?.size ?? 0) > 1 ? { shared: true } : {}),
      ...(node.presence === 'present' ? {} : { missing: true }),
      ...(children.length === 0 ? {} : { children }),
    };
  };
  return graph.roots.map((root) => treeNode(root.descriptor, root.names.map(nameText)));
};

/** `tree`: how the images of a location are made of blobs, and what they share. @throws as `openLocation` */
export const tree = async (location: string, context: OperationContext): Promise<TreeReport> => {
  const { graph, close } = await openLocation(location, context);
  try {
    const present = walk(graph).filter((node) => node.presence === 'present');
    return { location, roots: treeOf(graph), blobs: present.length, bytes: totalSize(present) };
  } finally {
    await close();
  }
};
