import { invariant } from '../base/error.js';
import { withMemory } from '../content/blob.js';
import { synthesizeManifest } from '../content/synthesis.js';
import { digestFromHex } from '../oci/digest.js';
import { compressionOf, convertLayers, imagesFor, layerKey, layersOf, } from './convert.js';
import { leftAsItIs, withFiles } from './decompress.js';
import { replaceManifests } from './replace.js';
const nameable = (compression) => compression === 'gzip' || compression === 'zstd' ? compression : 'none';
/**
 * `--layers gzip`: uncompressed layers compressed by a pinned codec, compressed ones as they are. Only images that
 * have an uncompressed layer get a new manifest.
 * @throws {ToolError} DIGEST_MISMATCH, BLOB_MISSING
 */
export const compressLayers = async (graph, blobs, options) => {
    const { convertible, others } = imagesFor(graph);
    const compressions = new Map();
    const pending = new Map();
    for (const layer of convertible.flatMap(layersOf)) {
        const key = layerKey(layer);
        if (compressions.has(key))
            continue;
        const compression = await compressionOf(blobs, layer.descriptor);
        compressions.set(key, compression);
        if (compression === 'none')
            pending.set(key, { layer, transform: { codec: options.codec, innerAlgorithm: 'sha256' } });
    }
    const converted = await convertLayers(pending, blobs, options);
    const files = new Map();
    const compressedLayer = (layer) => {
        const done = converted.get(layerKey(layer));
        if (done === undefined) {
            return { descriptor: layer.descriptor, compression: nameable(compressions.get(layerKey(layer)) ?? 'none') };
        }
        invariant(done.result.inner !== undefined, 'a layer that was not compressed');
        const digest = digestFromHex('sha256', done.result.inner.hex);
        files.set(digest, done.file);
        return { descriptor: { digest, size: done.result.inner.size }, compression: options.compression };
    };
    const changed = convertible.filter((parts) => layersOf(parts).some((layer) => pending.has(layerKey(layer))));
    const replacements = new Map(changed.map((parts) => {
        const annotations = options.keepAnnotations ? parts.node.manifest?.value.annotations : undefined;
        const layers = layersOf(parts).map(compressedLayer);
        return [parts.node.descriptor.digest, synthesizeManifest(parts.config.descriptor, layers, annotations)];
    }));
    const replaced = replaceManifests(graph, replacements, { ...options, reason: `layers compressed by ${options.codec}` });
    return {
        ...replaced,
        graph: { ...replaced.graph, notes: [...replaced.graph.notes, ...others.map(leftAsItIs)] },
        blobs: withMemory(replaced.documents, withFiles(files, blobs)),
    };
};
