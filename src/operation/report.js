import { imageParts, nodeOf } from '../content/graph.js';
import { nameText } from '../content/name.js';
import { formatPlatform } from '../oci/platform.js';
export const imageEntry = (graph, root) => {
    const parts = imageParts(graph, nodeOf(graph, root.descriptor.digest));
    return {
        names: root.names.map(nameText),
        digest: root.descriptor.digest,
        mediaType: root.descriptor.mediaType,
        ...(parts === undefined
            ? {}
            : { imageID: parts.config.descriptor.digest, platform: formatPlatform(parts.config.value.platform) }),
    };
};
export const imageEntries = (graph) => graph.roots.map((root) => imageEntry(graph, root));
