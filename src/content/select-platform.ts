import { ToolError } from '../base/error.js';
import { ANNOTATION } from '../oci/annotation.js';
import type { Descriptor } from '../oci/descriptor.js';
import type { Digest } from '../oci/digest.js';
import { type Platform, formatPlatform, matchesPlatform } from '../oci/platform.js';
import {
  type ContentGraph,
  type GraphNode,
  type GraphRoot,
  imageParts,
  nodeOf,
  reachable,
  successors,
} from './graph.js';
import { nameText } from './name.js';

/** The platform of an entry of an index: what the descriptor says, else what the image's config says. */
export const platformOf = (graph: ContentGraph, descriptor: Descriptor): Platform | undefined => {
  if (descriptor.platform !== undefined) return descriptor.platform;
  const parts = imageParts(graph, nodeOf(graph, descriptor.digest));
  return parts?.config.value.platform;
};

/** Whether a platform says anything: signatures and attestations have configs that do not. */
export const isRealPlatform = (platform: Platform | undefined): platform is Platform =>
  platform !== undefined && platform.os !== '' && platform.os !== 'unknown';

/** The digest of the entry that an attestation of BuildKit describes. */
export const attestedBy = (descriptor: Descriptor): string | undefined =>
  descriptor.annotations.has(ANNOTATION.referenceType)
    ? descriptor.annotations.get(ANNOTATION.referenceDigest)
    : undefined;

class PlatformSelection {
  readonly kept = new Set<Digest>();
  readonly offered = new Set<string>();
  private readonly searched = new Map<Digest, boolean>();
  private readonly graph: ContentGraph;
  private readonly wanted: readonly Platform[];

  constructor(graph: ContentGraph, wanted: readonly Platform[]) {
    this.graph = graph;
    this.wanted = wanted;
  }

  private wants(descriptor: Descriptor): boolean {
    const platform = platformOf(this.graph, descriptor);
    if (!isRealPlatform(platform)) return false;
    this.offered.add(formatPlatform(platform));
    return this.wanted.some((candidate) => matchesPlatform(candidate, platform));
  }

  /** True if something below the index is kept. An index that is met again is not searched again. */
  private keepFromIndex(index: Digest): boolean {
    const known = this.searched.get(index);
    if (known !== undefined) return known;
    const children = successors(this.graph, index);
    const direct = new Set<string>(children.filter((child) => this.keep(child)).map((child) => child.digest));
    for (const child of children) if (direct.has(attestedBy(child) ?? '')) this.keepWhole(child.digest);
    if (direct.size > 0) this.kept.add(index);
    this.searched.set(index, direct.size > 0);
    return direct.size > 0;
  }

  private keepWhole(digest: Digest): void {
    for (const reached of reachable(this.graph, [digest])) this.kept.add(reached);
  }

  private keep(descriptor: Descriptor): boolean {
    const node = nodeOf(this.graph, descriptor.digest);
    // Depth is bounded by the limit on nested indexes, which the graph has passed.
    if (node.kind === 'index') return this.keepFromIndex(descriptor.digest);
    if (!this.wants(descriptor)) return false;
    this.keepWhole(descriptor.digest);
    return true;
  }

  keepRoot(root: GraphRoot): boolean {
    if (this.keep(root.descriptor)) return true;
    // What holds no image has no platform and stays.
    const holdsImage = this.offered.size > 0;
    if (!holdsImage) this.keepWhole(root.descriptor.digest);
    return !holdsImage;
  }
}

const omitted = (node: GraphNode): GraphNode => ({ descriptor: node.descriptor, kind: node.kind, presence: 'omitted' });

/**
 * The images of some platforms. Indexes stay byte-exact; what belongs to other platforms only is marked `omitted`.
 * Attestations stay with the image they describe.
 * @throws {ToolError} PLATFORM_NOT_FOUND for a root that offers none of the platforms
 */
export const selectPlatforms = (graph: ContentGraph, wanted: readonly Platform[]): ContentGraph => {
  if (wanted.length === 0) return graph;
  const kept = new Set<Digest>();
  for (const root of graph.roots) {
    const selection = new PlatformSelection(graph, wanted);
    if (!selection.keepRoot(root)) {
      throw new ToolError('PLATFORM_NOT_FOUND', 'the image is not for this platform', {
        subject: root.names[0] === undefined ? root.descriptor.digest : nameText(root.names[0]),
        expected: wanted.map(formatPlatform).join(' or '),
        found: [...selection.offered].join(', ') || 'no platform',
      });
    }
    for (const digest of selection.kept) kept.add(digest);
  }
  const nodes = new Map([...graph.nodes].map(([digest, node]) => [digest, kept.has(digest) ? node : omitted(node)]));
  const selected = { ...graph, nodes };
  const inside = new Set(
    reachable(
      selected,
      graph.roots.map((root) => root.descriptor.digest),
    ),
  );
  return { ...selected, nodes: new Map([...nodes].filter(([digest]) => inside.has(digest))) };
};
