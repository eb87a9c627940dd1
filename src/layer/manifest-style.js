import { utf8 } from '../base/bytes.js';
import { plainDescriptor } from '../oci/descriptor.js';
import { digestOf } from '../oci/digest.js';
import { MEDIA_TYPE } from '../oci/media-type.js';
const docker = {
    manifestType: MEDIA_TYPE.dockerManifest,
    configType: MEDIA_TYPE.dockerConfig,
    layerType: MEDIA_TYPE.dockerLayerGzip,
    namesItself: true,
};
const oci = {
    manifestType: MEDIA_TYPE.manifest,
    configType: MEDIA_TYPE.config,
    layerType: MEDIA_TYPE.layerGzip,
    namesItself: true,
};
/** By how often they are met: docker push; BuildKit; containers/image and Go's own marshalling; others. */
const STYLES = [
    { ...docker, order: ['mediaType', 'size', 'digest'], indent: 3 },
    { ...oci, order: ['mediaType', 'digest', 'size'], indent: 2 },
    { ...oci, order: ['mediaType', 'digest', 'size'], indent: 0 },
    { ...docker, order: ['mediaType', 'size', 'digest'], indent: 0 },
    { ...docker, order: ['mediaType', 'digest', 'size'], indent: 2 },
    { ...docker, order: ['mediaType', 'digest', 'size'], indent: 0 },
    { ...oci, order: ['mediaType', 'digest', 'size'], indent: 3 },
    { ...oci, order: ['mediaType', 'size', 'digest'], indent: 0 },
    { ...oci, order: ['mediaType', 'digest', 'size'], indent: 0, namesItself: false },
];
const write = (style, config, layers) => {
    const descriptor = (mediaType, { digest, size }) => {
        const fields = { mediaType, digest, size };
        return Object.fromEntries(style.order.map((key) => [key, fields[key]]));
    };
    const value = {
        schemaVersion: 2,
        ...(style.namesItself ? { mediaType: style.manifestType } : {}),
        config: descriptor(style.configType, config),
        layers: layers.map((layer) => descriptor(style.layerType, layer)),
    };
    // Producers write insertion order; this is their form, not ours, and it is believed only by its digest.
    const raw = utf8(JSON.stringify(value, undefined, style.indent));
    return {
        descriptor: plainDescriptor(style.manifestType, digestOf(raw), raw.length),
        raw,
        value: {
            kind: 'manifest',
            ...(style.namesItself ? { mediaType: style.manifestType } : {}),
            config: plainDescriptor(style.configType, config.digest, config.size),
            layers: layers.map((layer) => plainDescriptor(style.layerType, layer.digest, layer.size)),
            annotations: new Map(),
        },
    };
};
/** The manifests that known producers would have written for a config and compressed layers. */
export const manifestStyles = (config, layers) => STYLES.map((style) => write(style, config, layers));
