import { ToolError } from '../base/error.js';
import { ANNOTATION } from '../oci/annotation.js';
import { formatPlatform, matchesPlatform } from '../oci/platform.js';
import { imageParts, nodeOf, reachable, successors } from './graph.js';
import { nameText } from './name.js';
/** The platform of an entry of an index: what the descriptor says, else what the image's config says. */
export const platformOf = (graph, descriptor) => {
    if (descriptor.platform !== undefined)
        return descriptor.platform;
    const parts = imageParts(graph, nodeOf(graph, descriptor.digest));
    return parts?.config.value.platform;
};
/** The digest of the entry that an attestation of BuildKit describes. */
export const attestedBy = (descriptor) => descriptor.annotations.has(ANNOTATION.referenceType) ? descriptor.annotations.get(ANNOTATION.referenceDigest) : undefined;
class PlatformSelection {
    kept = new Set();
    offered = new Set();
    searched = new Map();
    graph;
    wanted;
    constructor(graph, wanted) {
        this.graph = graph;
        this.wanted = wanted;
    }
    wants(descriptor) {
        const platform = platformOf(this.graph, descriptor);
        if (platform === undefined)
            return false;
        this.offered.add(formatPlatform(platform));
        return this.wanted.some((candidate) => matchesPlatform(candidate, platform));
    }
    /** True if something below the index is kept. An index that is met again is not searched again. */
    keepFromIndex(index) {
        const known = this.searched.get(index);
        if (known !== undefined)
            return known;
        const children = successors(this.graph, index);
        const direct = new Set(children.filter((child) => this.keep(child)).map((child) => child.digest));
        for (const child of children)
            if (direct.has(attestedBy(child) ?? ''))
                this.keepWhole(child.digest);
        if (direct.size > 0)
            this.kept.add(index);
        this.searched.set(index, direct.size > 0);
        return direct.size > 0;
    }
    keepWhole(digest) {
        for (const reached of reachable(this.graph, [digest]))
            this.kept.add(reached);
    }
    keep(descriptor) {
        const node = nodeOf(this.graph, descriptor.digest);
        // Depth is bounded by the limit on nested indexes, which the graph has passed.
        if (node.kind === 'index')
            return this.keepFromIndex(descriptor.digest);
        if (!this.wants(descriptor))
            return false;
        this.keepWhole(descriptor.digest);
        return true;
    }
    keepRoot(root) {
        const node = nodeOf(this.graph, root.descriptor.digest);
        if (node.kind === 'index')
            return this.keepFromIndex(root.descriptor.digest);
        // What is no image has no platform and stays.
        if (platformOf(this.graph, root.descriptor) === undefined) {
            this.keepWhole(root.descriptor.digest);
            return true;
        }
        return this.keep(root.descriptor);
    }
}
const omitted = (node) => ({ descriptor: node.descriptor, kind: node.kind, presence: 'omitted' });
/**
 * The images of some platforms. Indexes stay byte-exact; what belongs to other platforms only is marked `omitted`.
 * Attestations stay with the image they describe.
 * @throws {ToolError} PLATFORM_NOT_FOUND for a root that offers none of the platforms
 */
export const selectPlatforms = (graph, wanted) => {
    if (wanted.length === 0)
        return graph;
    const kept = new Set();
    for (const root of graph.roots) {
        const selection = new PlatformSelection(graph, wanted);
        if (!selection.keepRoot(root)) {
            throw new ToolError('PLATFORM_NOT_FOUND', 'the image is not for this platform', {
                subject: root.names[0] === undefined ? root.descriptor.digest : nameText(root.names[0]),
                expected: wanted.map(formatPlatform).join(' or '),
                found: [...selection.offered].join(', ') || 'no platform',
            });
        }
        for (const digest of selection.kept)
            kept.add(digest);
    }
    const nodes = new Map([...graph.nodes].map(([digest, node]) => [digest, kept.has(digest) ? node : omitted(node)]));
    const selected = { ...graph, nodes };
    const inside = new Set(reachable(selected, graph.roots.map((root) => root.descriptor.digest)));
    return { ...selected, nodes: new Map([...nodes].filter(([digest]) => inside.has(digest))) };
};
