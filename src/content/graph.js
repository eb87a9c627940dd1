import { ToolError } from '../base/error.js';
import { compareNames, nameText } from './name.js';
/** Where descriptors of one digest promise different things, the one that says most counts. */
export const TELLING = {
    index: 3,
    manifest: 3,
    'artifact-manifest': 3,
    config: 2,
    layer: 1,
    blob: 0,
};
/** @throws {ToolError} DEFECT if the digest is not of this graph */
export const nodeOf = (graph, digest) => {
    const node = graph.nodes.get(digest);
    if (node === undefined)
        throw new ToolError('DEFECT', 'a digest that is not of the graph', { subject: digest });
    return node;
};
export const mediaTypeConflict = (known, other) => new ToolError('MEDIATYPE_CONFLICT', 'two descriptors give one digest different media types', {
    subject: other.digest,
    expected: known.mediaType,
    found: other.mediaType,
});
/** What a manifest is made of, in its own order. The subject is not among it: a referrer does not contain its subject. */
export const childrenOf = (manifest) => {
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
export const successors = (graph, digest) => {
    const manifest = nodeOf(graph, digest).manifest;
    return manifest === undefined ? [] : childrenOf(manifest.value);
};
/** All that can be reached from the digests, parents before children, each once. */
export const reachable = (graph, from) => {
    const seen = new Set();
    const stack = [...from].toReversed();
    for (let digest = stack.pop(); digest !== undefined; digest = stack.pop()) {
        if (seen.has(digest))
            continue;
        seen.add(digest);
        for (const child of successors(graph, digest).toReversed())
            stack.push(child.digest);
    }
    return [...seen];
};
/** Every node once, in one order: roots as they stand, parents before children. */
export const walk = (graph) => reachable(graph, graph.roots.map((root) => root.descriptor.digest)).map((digest) => nodeOf(graph, digest));
/** The manifest that a manifest refers to by its `subject`. */
export const subjectOf = (node) => node.manifest?.value.subject;
/** The image manifests of a root, in the order of its indexes, nested ones included; repeated ones once. */
export const imagesOf = (graph, root) => reachable(graph, [root])
    .map((digest) => nodeOf(graph, digest))
    .filter((node) => node.kind === 'manifest');
/** A manifest as an image with a config that describes one; undefined for artifacts and for what is not at hand. */
export const imageParts = (graph, node) => {
    const manifest = node.manifest?.value;
    if (manifest?.kind !== 'manifest')
        return undefined;
    const config = nodeOf(graph, manifest.config.digest).config;
    return config === undefined ? undefined : { node, config, layers: manifest.layers };
};
/**
 * One root for each digest, its names together.
 * @throws {ToolError} MEDIATYPE_CONFLICT
 */
export const mergeRoots = (entries) => {
    const byDigest = new Map();
    for (const { descriptor, names } of entries) {
        const root = byDigest.get(descriptor.digest) ?? { descriptor, names: new Map() };
        if (root.descriptor.mediaType !== descriptor.mediaType)
            throw mediaTypeConflict(root.descriptor, descriptor);
        for (const name of names)
            root.names.set(`${name.kind} ${nameText(name)}`, name);
        byDigest.set(descriptor.digest, root);
    }
    return [...byDigest.values()].map(({ descriptor, names }) => ({
        descriptor,
        names: [...names.values()].toSorted(compareNames),
    }));
};
/** Drops unnamed roots that lie inside another root: they are there through it. */
export const withoutContainedRoots = (graph) => {
    const contained = new Set();
    for (const node of walk(graph)) {
        for (const child of successors(graph, node.descriptor.digest))
            contained.add(child.digest);
    }
    return {
        ...graph,
        roots: graph.roots.filter((root) => root.names.length > 0 || !contained.has(root.descriptor.digest)),
    };
};
/** Total of the nodes' sizes in bytes. */
export const totalSize = (nodes) => {
    let total = 0;
    for (const node of nodes)
        total += node.descriptor.size;
    return total;
};
