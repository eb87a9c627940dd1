import { SNIFF_LENGTH, sniffCompression } from '../codec/compression.js';
import { nodeOf, walk } from '../content/graph.js';
import { layerCompressionOf } from '../oci/media-type.js';
const FITTING = {
    none: 'none',
    gzip: 'gzip',
    zstd: 'zstd',
    bzip2: 'other',
    xz: 'other',
};
/** Layers that are here and whose media type promises a compression, each promise once. */
const promisedLayers = (graph) => {
    const layers = new Map();
    for (const node of walk(graph)) {
        const manifest = node.manifest?.value;
        for (const layer of manifest?.kind === 'manifest' ? manifest.layers : []) {
            const promised = layerCompressionOf(layer.mediaType);
            if (promised === undefined || promised === 'other' || layer.size === 0)
                continue;
            if (nodeOf(graph, layer.digest).presence === 'present')
                layers.set(`${layer.digest} ${layer.mediaType}`, layer);
        }
    }
    return [...layers.values()];
};
/** Layers whose first bytes are not of the compression that their media type promises. Nothing else is read of them. */
export const layerMediaTypeNotes = async (graph, blobs, severity) => {
    const notes = [];
    for (const layer of promisedLayers(graph)) {
        const source = await blobs.open(layer);
        if (source === undefined)
            continue;
        const compression = sniffCompression(await source.readAt(0, SNIFF_LENGTH).finally(() => source.close()));
        if (FITTING[compression] === layerCompressionOf(layer.mediaType))
            continue;
        notes.push({
            code: 'MEDIATYPE_MISMATCH',
            severity,
            message: "the layer's bytes are not of the compression that its media type says",
            subject: layer.digest,
            expected: layer.mediaType,
            found: compression === 'none' ? 'no compression' : compression,
        });
    }
    return notes;
};
