import { compareBytes } from '../base/order.js';
import type { Document } from '../content/document.js';
import {
  type ContentGraph,
  type GraphNode,
  type GraphRoot,
  childrenOf,
  mergeRoots,
  nodeOf,
  reachable,
  subjectOf,
  withoutContainedRoots,
} from '../content/graph.js';
import { REFERENCE_ANNOTATIONS, synthesizeIndex } from '../content/synthesis.js';
import { ANNOTATION } from '../oci/annotation.js';
import type { Descriptor } from '../oci/descriptor.js';
import type { Digest } from '../oci/digest.js';
import type { Manifest } from '../oci/manifest.js';
import { roleOf } from '../oci/media-type.js';

/** A digest that is another one now. */
export interface DigestChange {
  readonly from: Digest;
  readonly to: Digest;
  readonly reason: string;
}

/** Something that the result does not have any more. */
export interface DroppedPart {
  readonly subject: Digest;
  readonly reason: string;
}

export interface ReplacementReport {
  readonly changes: readonly DigestChange[];
  readonly dropped: readonly DroppedPart[];
}

export interface ReplacedGraph extends ReplacementReport {
  readonly graph: ContentGraph;
  /** Bytes of the documents made here. */
  readonly documents: ReadonlyMap<Digest, Uint8Array>;
}

export interface ReplaceOptions {
  readonly keepAnnotations: boolean;
  /** Why the manifests were replaced, for the report. */
  readonly reason: string;
}

type Annotations = ReadonlyMap<string, string>;

const annotationDrops = (subject: Digest, annotations: Annotations): readonly DroppedPart[] =>
  [...annotations.keys()]
    .toSorted(compareBytes)
    .map((key) => ({ subject, reason: `annotation ${key} of a manifest that was made anew` }));

class Replacer {
  readonly made = new Map<Digest, Document<Manifest>>();
  readonly dropped: DroppedPart[] = [];
  private readonly unchanged = new Set<Digest>();
  private readonly graph: ContentGraph;
  private readonly replacements: ReadonlyMap<Digest, Document<Manifest>>;
  private readonly options: ReplaceOptions;

  constructor(graph: ContentGraph, replacements: ReadonlyMap<Digest, Document<Manifest>>, options: ReplaceOptions) {
    this.graph = graph;
    this.replacements = replacements;
    this.options = options;
  }

  /** The document that stands for a digest now; depth is bounded by the graph's limit on nested indexes. */
  private current(digest: Digest): Document<Manifest> | undefined {
    const known = this.made.get(digest);
    if (known !== undefined || this.unchanged.has(digest)) return known;
    const node = nodeOf(this.graph, digest);
    const old = node.manifest;
    const replacement = this.replacements.get(digest);
    const document =
      replacement ?? (old?.value.kind === 'index' ? this.index(old.value.manifests, old.value.annotations) : undefined);
    if (document === undefined) {
      this.unchanged.add(digest);
      return undefined;
    }
    this.made.set(digest, document);
    if (old !== undefined && document !== old) this.dropped.push(...this.losses(digest, old.value, document.value));
    return document;
  }

  /** What a manifest said and its replacement does not. */
  private losses(subject: Digest, old: Manifest, now: Manifest): readonly DroppedPart[] {
    const annotations = new Map([...old.annotations].filter(([key, value]) => now.annotations.get(key) !== value));
    return [
      ...annotationDrops(subject, annotations),
      ...(old.subject === undefined || now.subject?.digest === old.subject.digest
        ? []
        : [{ subject, reason: `subject ${old.subject.digest} of a manifest that was made anew` }]),
      ...(old.artifactType === undefined || now.artifactType === old.artifactType
        ? []
        : [{ subject, reason: `artifactType ${old.artifactType} of a manifest that was made anew` }]),
    ];
  }

  private index(children: readonly Descriptor[], annotations: Annotations): Document<Manifest> | undefined {
    const next = children.map((child) => this.current(child.digest)?.descriptor);
    if (next.every((descriptor, index) => descriptor === undefined || descriptor.digest === children[index]?.digest))
      return undefined;
    const renamed = new Map(
      children.map((child, index): [string, string] => [child.digest, next[index]?.digest ?? child.digest]),
    );
    const descriptors = children.map((child, index): Descriptor => {
      const kept = this.options.keepAnnotations
        ? [...child.annotations]
        : [...child.annotations].filter(([key]) => REFERENCE_ANNOTATIONS.includes(key));
      if (!this.options.keepAnnotations) {
        const lost = new Map([...child.annotations].filter(([key]) => !REFERENCE_ANNOTATIONS.includes(key)));
        this.dropped.push(...annotationDrops(child.digest, lost));
      }
      const mapped = kept.map(([key, value]): [string, string] => [
        key,
        key === ANNOTATION.referenceDigest ? (renamed.get(value) ?? value) : value,
      ]);
      const { mediaType, digest: childDigest, size } = next[index] ?? child;
      return {
        mediaType,
        digest: childDigest,
        size,
        annotations: new Map(mapped),
        ...(child.platform === undefined ? {} : { platform: child.platform }),
        ...(child.artifactType === undefined ? {} : { artifactType: child.artifactType }),
      };
    });
    return synthesizeIndex(descriptors, this.options.keepAnnotations ? annotations : undefined);
  }

  roots(): readonly GraphRoot[] {
    // All roots are mapped before any referrer is judged.
    const mapped = this.graph.roots.map((root) => ({
      root,
      descriptor: this.current(root.descriptor.digest)?.descriptor ?? root.descriptor,
    }));
    const lost = this.lostReferrers();
    for (const subject of lost) this.dropped.push({ subject, reason: 'refers to a digest that is gone' });
    return mergeRoots(
      mapped.flatMap(({ root, descriptor }) =>
        lost.has(root.descriptor.digest) ? [] : [{ descriptor, names: root.names }],
      ),
    );
  }

  /** Unnamed roots that refer to what was replaced, those that refer to them, and so on. */
  private lostReferrers(): ReadonlySet<Digest> {
    const lost = new Set<Digest>();
    for (let grown = true; grown;) {
      grown = false;
      for (const root of this.graph.roots) {
        const { digest } = root.descriptor;
        const subject = subjectOf(nodeOf(this.graph, digest))?.digest;
        if (root.names.length > 0 || subject === undefined || lost.has(digest)) continue;
        if (!this.isGone(subject) && !lost.has(subject)) continue;
        lost.add(digest);
        grown = true;
      }
    }
    return lost;
  }

  /** True if a digest was replaced by another one. */
  private isGone(digest: Digest): boolean {
    const now = this.made.get(digest);
    return now !== undefined && now.descriptor.digest !== digest;
  }
}

/**
 * The graph with some manifests replaced: the indexes above them are made anew, names follow, referrers of what is
 * gone are dropped and listed.
 */
export const replaceManifests = (
  graph: ContentGraph,
  replacements: ReadonlyMap<Digest, Document<Manifest>>,
  options: ReplaceOptions,
): ReplacedGraph => {
  const replacer = new Replacer(graph, replacements, options);
  const roots = replacer.roots();
  const nodes = new Map<Digest, GraphNode>(graph.nodes);
  const documents = new Map<Digest, Uint8Array>();
  for (const document of replacer.made.values()) {
    documents.set(document.descriptor.digest, document.raw);
    nodes.set(document.descriptor.digest, {
      descriptor: document.descriptor,
      kind: document.value.kind,
      presence: 'present',
      manifest: document,
    });
    for (const child of childrenOf(document.value)) {
      if (nodes.has(child.digest)) continue;
      const role = roleOf(child.mediaType);
      nodes.set(child.digest, { descriptor: child, kind: role === 'schema1' ? 'blob' : role, presence: 'present' });
    }
  }
  const next: ContentGraph = { ...graph, roots, nodes };
  const inside = new Set(
    reachable(
      next,
      roots.map((root) => root.descriptor.digest),
    ),
  );
  return {
    // A replacement may stand inside an index now and by itself as well.
    graph: withoutContainedRoots({ ...next, nodes: new Map([...nodes].filter(([digest]) => inside.has(digest))) }),
    documents,
    changes: [...replacer.made]
      .filter(([from, document]) => from !== document.descriptor.digest)
      .map(([from, document]) => ({ from, to: document.descriptor.digest, reason: options.reason }))
      .toSorted((a, b) => compareBytes(a.from, b.from)),
    dropped: replacer.dropped,
  };
};
