import { ToolError } from '../base/error.js';
import { digestOf } from '../oci/digest.js';
import { layerCompressionOf } from '../oci/media-type.js';
import { formatPlatform, matchesPlatform } from '../oci/platform.js';
const EMPTY_DIGEST = digestOf(new Uint8Array(0));
const configOf = (nodes, node) => {
    const manifest = node?.manifest?.value;
    return manifest?.kind === 'manifest' ? nodes.get(manifest.config.digest)?.config?.value : undefined;
};
const checkLayer = (layer, diffID) => {
    if (layer.size > 0 || diffID === EMPTY_DIGEST || layerCompressionOf(layer.mediaType) === undefined)
        return;
    throw new ToolError('LAYER_EMPTY', 'the layer has no bytes', {
        subject: layer.digest,
        expected: `content of diffID ${diffID}`,
        found: '0 bytes',
    });
};
/**
 * Holds the manifest of every image against its config, wherever the two come from.
 * @throws {ToolError} LAYER_COUNT_MISMATCH, LAYER_EMPTY
 */
export const checkLayerLists = (nodes) => {
    for (const node of nodes.values()) {
        const manifest = node.manifest?.value;
        const config = configOf(nodes, node);
        if (manifest?.kind !== 'manifest' || config === undefined)
            continue;
        const { diffIDs } = config;
        if (diffIDs.length !== manifest.layers.length) {
            throw new ToolError('LAYER_COUNT_MISMATCH', 'manifest and config disagree about the number of layers', {
                subject: node.descriptor.digest,
                expected: `${diffIDs.length} layers, as the config ${manifest.config.digest} says`,
                found: `${manifest.layers.length}`,
            });
        }
        for (const [index, layer] of manifest.layers.entries())
            checkLayer(layer, diffIDs[index]);
    }
};
/** Configs whose history tells of another number of layers than there are. */
export const historyNotes = (nodes) => [...nodes.values()].flatMap((node) => {
    const config = node.config?.value;
    if (config === undefined || config.history.length === 0)
        return [];
    const steps = config.history.filter((entry) => !entry.emptyLayer).length;
    if (steps === config.diffIDs.length)
        return [];
    return [
        {
            code: 'HISTORY_COUNT_MISMATCH',
            severity: 'warning',
            message: "the config's history does not match the number of layers",
            subject: node.descriptor.digest,
            expected: `${config.diffIDs.length} steps that make a layer`,
            found: `${steps}`,
        },
    ];
});
/** Entries of indexes that promise another platform than the image's config. */
export const platformNotes = (nodes) => [...nodes.values()].flatMap((node) => {
    const manifest = node.manifest?.value;
    if (manifest?.kind !== 'index')
        return [];
    return manifest.manifests.flatMap(({ digest, platform }) => {
        const config = configOf(nodes, nodes.get(digest));
        if (config === undefined || platform === undefined)
            return [];
        // A descriptor may say less than the config (no variant), never something else.
        const { variant: _variant, ...plain } = config.platform;
        if (matchesPlatform(platform, config.platform) || matchesPlatform(platform, plain))
            return [];
        return [
            {
                code: 'PLATFORM_MISMATCH',
                severity: 'warning',
                message: "the descriptor's platform differs from the config's",
                subject: digest,
                expected: formatPlatform(config.platform),
                found: formatPlatform(platform),
            },
        ];
    });
});
/** Referrers whose subject is not here. */
export const subjectNotes = (nodes) => [...nodes.values()].flatMap((node) => {
    const subject = node.manifest?.value.subject;
    if (subject === undefined || nodes.has(subject.digest))
        return [];
    return [
        {
            code: 'SUBJECT_MISSING',
            severity: 'warning',
            message: 'the referrer refers to an image that is not here',
            subject: node.descriptor.digest,
            found: subject.digest,
        },
    ];
});
