import { ToolError, invariant } from '../base/error.js';
import { compareBytes } from '../base/order.js';
import { END_OF_TAR, encodeTarHeader, paddingAfter, tarHeaderLength } from '../codec/tar-header.js';
import { blobMissing } from '../content/blob.js';
import { walk } from '../content/graph.js';
import { algorithmOf } from '../oci/digest.js';
import { DOCKER_MANIFEST_FILE } from '../oci/docker-save.js';
import { BLOBS_DIRECTORY, INDEX_FILE, LAYOUT_FILE, blobPath } from '../oci/image-layout.js';
import { indexDocument, layoutDocument } from './canonical-index.js';
import { dockerManifestDocument } from './docker-manifest.js';
import { MAX_MTIME } from './profile.js';
const memory = (path, bytes) => ({
    path,
    content: { from: 'memory', bytes },
    size: bytes.length,
});
const directory = (path) => ({ path, content: { from: 'nothing' }, size: 0 });
const DOCUMENT_KINDS = new Set([
    'index',
    'manifest',
    'artifact-manifest',
    'config',
]);
const byDigest = (a, b) => compareBytes(a.descriptor.digest, b.descriptor.digest);
/** CA-ORDER: directories, documents, then everything else. */
const blobEntries = (nodes) => {
    if (nodes.length === 0)
        return [];
    const algorithms = [...new Set(nodes.map((node) => algorithmOf(node.descriptor.digest)))].toSorted(compareBytes);
    const documents = nodes.filter((node) => DOCUMENT_KINDS.has(node.kind)).toSorted(byDigest);
    const others = nodes.filter((node) => !DOCUMENT_KINDS.has(node.kind)).toSorted(byDigest);
    return [
        directory(`${BLOBS_DIRECTORY}/`),
        ...algorithms.map((algorithm) => directory(`${BLOBS_DIRECTORY}/${algorithm}/`)),
        ...[...documents, ...others].map(({ descriptor }) => ({
            path: blobPath(descriptor.digest),
            content: { from: 'blob', descriptor },
            size: descriptor.size,
        })),
    ];
};
const tarEntry = (entry, mtime) => ({
    path: entry.path,
    type: entry.content.from === 'nothing' ? 'directory' : 'file',
    size: entry.size,
    mtime,
});
/** The header block (or blocks) of an entry. */
export const headerOf = (plan, entry) => encodeTarHeader(tarEntry(entry, plan.settings.mtime));
/**
 * The canonical archive of a graph. Pure: the same graph gives the same plan, whatever order its roots stand in.
 * @throws {ToolError} BLOB_MISSING unless sparse archives are allowed; REFERENCE_INVALID, NAME_CONFLICT; ARCHIVE_EMPTY
 */
export const planArchive = (graph, profile, settings, options) => {
    invariant(Number.isInteger(settings.mtime) && settings.mtime >= 0 && settings.mtime <= MAX_MTIME, 'an mtime that no header can hold');
    if (graph.roots.length === 0)
        throw new ToolError('ARCHIVE_EMPTY', 'there is no image to write');
    const nodes = walk(graph);
    const missing = nodes.find((node) => node.presence === 'missing');
    if (missing !== undefined && !options.allowSparse) {
        throw blobMissing(missing.descriptor, 'choose what is there with --platform, or write an incomplete archive with --allow-sparse');
    }
    const drafts = [
        memory(LAYOUT_FILE, layoutDocument()),
        memory(INDEX_FILE, indexDocument(graph)),
        ...(profile.dockerManifest ? [memory(DOCKER_MANIFEST_FILE, dockerManifestDocument(graph, settings.dockerPlatform))] : []),
        ...blobEntries(nodes.filter((node) => node.presence === 'present')),
    ];
    let at = 0;
    const entries = drafts.map((draft) => {
        const headerOffset = at;
        const offset = headerOffset + tarHeaderLength(tarEntry(draft, settings.mtime));
        at = offset + draft.size + paddingAfter(draft.size);
        return { ...draft, headerOffset, offset };
    });
    const absent = nodes.flatMap(({ descriptor, presence }) => presence === 'present' ? [] : [{ digest: descriptor.digest, reason: presence }]);
    return {
        profile,
        settings,
        entries,
        size: at + END_OF_TAR.length,
        absent: absent.toSorted((a, b) => compareBytes(a.digest, b.digest)),
    };
};
