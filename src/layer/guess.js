import { digestFromHex } from '../oci/digest.js';
import { codecOrder } from './codec-search.js';
import { compressionOf, convertLayers, imagesFor, layerKey, layersOf } from './convert.js';
import { manifestStyles } from './manifest-style.js';
/** The image's layers as one codec compresses them; those that are compressed already stay. */
const compressedBy = async (parts, codec, blobs, options) => {
    const works = new Map();
    for (const layer of layersOf(parts)) {
        if ((await compressionOf(blobs, layer.descriptor)) !== 'none')
            continue;
        works.set(layerKey(layer), { layer, transform: { codec, innerAlgorithm: 'sha256' } });
    }
    const made = await convertLayers(works, blobs, options);
    for (const { file } of made.values())
        await file.discard();
    return layersOf(parts).map((layer) => {
        const inner = made.get(layerKey(layer))?.result.inner;
        return inner === undefined
            ? { digest: layer.descriptor.digest, size: layer.descriptor.size }
            : { digest: digestFromHex('sha256', inner.hex), size: inner.size };
    });
};
/**
 * Manifests for which only the digest is known, as a lock or a pinned reference gives it: every codec and every
 * producer's way of writing are tried until one hashes to the digest.
 * @param pinned by image ID, or `any` where the image is not known
 * @returns a target for each image for which one was found
 */
export const guessTargets = async (graph, blobs, pinned, options) => {
    const targets = [];
    for (const parts of imagesFor(graph).convertible) {
        const wanted = new Set([...(pinned.get(parts.config.descriptor.digest) ?? []), ...(pinned.get('any') ?? [])]);
        if (wanted.size === 0)
            continue;
        for (const codec of codecOrder([])) {
            const layers = await compressedBy(parts, codec, blobs, options);
            const manifest = manifestStyles(parts.config.descriptor, layers).find(({ descriptor }) => wanted.has(descriptor.digest));
            if (manifest === undefined)
                continue;
            targets.push({ manifest, codecs: new Map(layers.map(({ digest }) => [digest, codec])) });
            break;
        }
    }
    return targets;
};
