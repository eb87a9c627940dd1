import { invariant } from '../base/error.js';
import { runSources } from '../codec/bulk-source.js';
import { SNIFF_LENGTH, sniffCompression } from '../codec/compression.js';
import { blobMissing, withMemory } from '../content/blob.js';
import { imageParts, nodeOf, walk } from '../content/graph.js';
import { synthesizeManifest } from '../content/synthesis.js';
import { encodedOf, hashAlgorithmOf } from '../oci/digest.js';
import { layerCompressionOf } from '../oci/media-type.js';
import { replaceManifests } from './replace.js';
const keyOf = (work) => `${work.descriptor.digest} ${work.diffID}`;
/** An image all of whose layers are file systems that are here and can be read; others stay as they are. */
const isConvertible = (graph, parts) => parts.layers.every((layer) => {
    const compression = layerCompressionOf(layer.mediaType);
    return compression !== undefined && compression !== 'other' && nodeOf(graph, layer.digest).presence === 'present';
});
const layersOf = (parts) => parts.layers.map((descriptor, index) => {
    const diffID = parts.config.value.diffIDs[index];
    invariant(diffID !== undefined, 'more layers than diffIDs');
    return { descriptor, diffID };
});
const openBlob = async (blobs, descriptor) => {
    const source = await blobs.open(descriptor);
    if (source === undefined)
        throw blobMissing(descriptor);
    return source;
};
/** Layers opened at a time. */
const BATCH = 64;
const decompressBatch = async (works, blobs, options) => {
    const sources = [];
    const files = [];
    try {
        for (const work of works)
            sources.push(await openBlob(blobs, work.descriptor));
        for (const _ of works)
            files.push(await options.scratch.create());
        const jobs = await Promise.all(works.map(async ({ descriptor, diffID }, index) => {
            const source = sources[index];
            const file = files[index];
            invariant(source !== undefined && file !== undefined, 'a layer without source or target');
            const compression = sniffCompression(await source.readAt(0, SNIFF_LENGTH));
            return {
                subject: descriptor.digest,
                source,
                algorithm: hashAlgorithmOf(descriptor.digest),
                expected: encodedOf(descriptor.digest),
                compression,
                innerAlgorithm: hashAlgorithmOf(diffID),
                expectedInner: encodedOf(diffID),
                target: { fd: file.fd, offset: 0, content: 'inner' },
            };
        }));
        const results = await runSources(jobs, options);
        return results.map((result, index) => ({ size: result.inner?.size ?? 0, file: files[index] }));
    }
    finally {
        for (const file of files)
            await file.seal();
        for (const source of sources)
            await source.close();
    }
};
/** Layers that lie uncompressed under their diffID need no work; all others are decompressed once, and verified twice. */
const plainLayers = async (works, blobs, options) => {
    const plain = new Map();
    const pending = new Map();
    for (const work of works) {
        if (work.descriptor.digest === work.diffID)
            plain.set(keyOf(work), { size: work.descriptor.size, file: undefined });
        else
            pending.set(keyOf(work), work);
    }
    const queue = [...pending.values()];
    for (let at = 0; at < queue.length; at += BATCH) {
        const batch = queue.slice(at, at + BATCH);
        const done = await decompressBatch(batch, blobs, options);
        for (const [index, work] of batch.entries()) {
            const layer = done[index];
            if (layer !== undefined)
                plain.set(keyOf(work), layer);
        }
    }
    return plain;
};
const skipped = (node) => ({
    code: 'NOT_CHECKED',
    severity: 'info',
    message: 'left as it is: not an image whose layers can all be decompressed here',
    subject: node.descriptor.digest,
});
/**
 * `--layers none`: every layer uncompressed under its diffID, every image manifest made anew by the one rule, so that
 * what Docker, Podman and registries give of one image becomes the same.
 * @throws {ToolError} DIGEST_MISMATCH, DIFFID_MISMATCH, BLOB_MISSING, and what decompression throws
 */
export const decompressLayers = async (graph, blobs, options) => {
    const images = walk(graph).flatMap((node) => imageParts(graph, node) ?? []);
    const convertible = images.filter((parts) => isConvertible(graph, parts));
    const plain = await plainLayers(convertible.flatMap(layersOf), blobs, options);
    const files = new Map();
    const replacements = new Map();
    for (const parts of convertible) {
        const layers = layersOf(parts).map((work) => {
            const layer = plain.get(keyOf(work));
            invariant(layer !== undefined, 'a layer that was not decompressed');
            if (layer.file !== undefined)
                files.set(work.diffID, layer.file);
            return { descriptor: { digest: work.diffID, size: layer.size }, compression: 'none' };
        });
        const annotations = options.keepAnnotations ? parts.node.manifest?.value.annotations : undefined;
        replacements.set(parts.node.descriptor.digest, synthesizeManifest(parts.config.descriptor, layers, annotations));
    }
    const replaced = replaceManifests(graph, replacements, {
        keepAnnotations: options.keepAnnotations,
        reason: 'layers decompressed',
    });
    const notes = images.filter((parts) => !convertible.includes(parts)).map((parts) => skipped(parts.node));
    return {
        ...replaced,
        graph: { ...replaced.graph, notes: [...replaced.graph.notes, ...notes] },
        blobs: withMemory(replaced.documents, {
            open: async (descriptor) => {
                const file = files.get(descriptor.digest);
                return file === undefined ? blobs.open(descriptor) : file.open();
            },
        }),
    };
};
//# sourceMappingURL=decompress.js.map