import { compareBytes } from '../base/order.js';
import { childrenOf, mergeRoots, nodeOf, reachable, subjectOf, } from '../content/graph.js';
import { REFERENCE_ANNOTATIONS, synthesizeIndex } from '../content/synthesis.js';
import { ANNOTATION } from '../oci/annotation.js';
import { roleOf } from '../oci/media-type.js';
const annotationDrops = (subject, annotations) => [...annotations.keys()].toSorted(compareBytes).map((key) => ({ subject, reason: `annotation ${key} of a manifest that was made anew` }));
class Replacer {
    made = new Map();
    dropped = [];
    unchanged = new Set();
    graph;
    replacements;
    options;
    constructor(graph, replacements, options) {
        this.graph = graph;
        this.replacements = replacements;
        this.options = options;
    }
    /** The document that stands for a digest now; depth is bounded by the graph's limit on nested indexes. */
    current(digest) {
        const known = this.made.get(digest);
        if (known !== undefined || this.unchanged.has(digest))
            return known;
        const node = nodeOf(this.graph, digest);
        const old = node.manifest;
        const replacement = this.replacements.get(digest);
        const document = replacement ?? (old?.value.kind === 'index' ? this.index(node, old.value.manifests, old.value.annotations) : undefined);
        if (document === undefined) {
            this.unchanged.add(digest);
            return undefined;
        }
        this.made.set(digest, document);
        if (replacement !== undefined && old !== undefined && !this.options.keepAnnotations) {
            this.dropped.push(...annotationDrops(digest, old.value.annotations));
        }
        return document;
    }
    index(node, children, annotations) {
        const digest = node.descriptor.digest;
        const next = children.map((child) => this.current(child.digest)?.descriptor);
        if (next.every((descriptor, index) => descriptor === undefined || descriptor.digest === children[index]?.digest))
            return undefined;
        const renamed = new Map(children.map((child, index) => [child.digest, next[index]?.digest ?? child.digest]));
        const descriptors = children.map((child, index) => {
            const kept = this.options.keepAnnotations
                ? [...child.annotations]
                : [...child.annotations].filter(([key]) => REFERENCE_ANNOTATIONS.includes(key));
            if (!this.options.keepAnnotations) {
                const lost = new Map([...child.annotations].filter(([key]) => !REFERENCE_ANNOTATIONS.includes(key)));
                this.dropped.push(...annotationDrops(child.digest, lost));
            }
            const mapped = kept.map(([key, value]) => [
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
        if (!this.options.keepAnnotations)
            this.dropped.push(...annotationDrops(digest, annotations));
        return synthesizeIndex(descriptors, this.options.keepAnnotations ? annotations : undefined);
    }
    roots() {
        const lostSubjects = (root) => {
            const subject = subjectOf(nodeOf(this.graph, root.descriptor.digest));
            return root.names.length === 0 && subject !== undefined && this.isGone(subject.digest);
        };
        // All roots are mapped before any referrer is judged.
        const mapped = this.graph.roots.map((root) => ({
            root,
            descriptor: this.current(root.descriptor.digest)?.descriptor ?? root.descriptor,
        }));
        return mergeRoots(mapped.flatMap(({ root, descriptor }) => {
            if (!lostSubjects(root))
                return [{ descriptor, names: root.names }];
            this.dropped.push({ subject: root.descriptor.digest, reason: 'refers to a digest that changed' });
            return [];
        }));
    }
    /** True if a digest was replaced by another one. */
    isGone(digest) {
        const now = this.made.get(digest);
        return now !== undefined && now.descriptor.digest !== digest;
    }
}
/**
 * The graph with some manifests replaced: the indexes above them are made anew, names follow, referrers of what is
 * gone are dropped and listed.
 */
export const replaceManifests = (graph, replacements, options) => {
    const replacer = new Replacer(graph, replacements, options);
    const roots = replacer.roots();
    const nodes = new Map(graph.nodes);
    const documents = new Map();
    for (const document of replacer.made.values()) {
        documents.set(document.descriptor.digest, document.raw);
        nodes.set(document.descriptor.digest, {
            descriptor: document.descriptor,
            kind: document.value.kind,
            presence: 'present',
            manifest: document,
        });
        for (const child of childrenOf(document.value)) {
            if (nodes.has(child.digest))
                continue;
            const role = roleOf(child.mediaType);
            nodes.set(child.digest, { descriptor: child, kind: role === 'schema1' ? 'blob' : role, presence: 'present' });
        }
    }
    const next = { ...graph, roots, nodes };
    const inside = new Set(reachable(next, roots.map((root) => root.descriptor.digest)));
    return {
        graph: { ...next, nodes: new Map([...nodes].filter(([digest]) => inside.has(digest))) },
        documents,
        changes: [...replacer.made]
            .filter(([from, document]) => from !== document.descriptor.digest)
            .map(([from, document]) => ({ from, to: document.descriptor.digest, reason: options.reason }))
            .toSorted((a, b) => compareBytes(a.from, b.from)),
        dropped: replacer.dropped,
    };
};
