import { canonicalJson } from '../base/json-canonical.js';
import { ANNOTATION } from '../oci/annotation.js';
import { plainDescriptor } from '../oci/descriptor.js';
import { digestOf } from '../oci/digest.js';
import { MEDIA_TYPE, layerMediaType } from '../oci/media-type.js';
const annotationsOf = (annotations) => annotations.size === 0 ? {} : { annotations: Object.fromEntries(annotations) };
const json = (descriptor) => ({
    mediaType: descriptor.mediaType,
    digest: descriptor.digest,
    size: descriptor.size,
});
/**
 * The one rule for a manifest where the source has none, or where its layers are replaced: an OCI image manifest of
 * config and layers alone, RFC 8785, so that every tool's archive of one image leads to the same digest.
 */
export const synthesizeManifest = (config, layers, annotations = new Map()) => {
    const configDescriptor = plainDescriptor(MEDIA_TYPE.config, config.digest, config.size);
    const layerDescriptors = layers.map((layer) => plainDescriptor(layerMediaType(layer.compression), layer.descriptor.digest, layer.descriptor.size));
    const raw = canonicalJson({
        schemaVersion: 2,
        mediaType: MEDIA_TYPE.manifest,
        config: json(configDescriptor),
        layers: layerDescriptors.map(json),
        ...annotationsOf(annotations),
    });
    return {
        descriptor: plainDescriptor(MEDIA_TYPE.manifest, digestOf(raw), raw.length),
        raw,
        value: {
            kind: 'manifest',
            mediaType: MEDIA_TYPE.manifest,
            config: configDescriptor,
            layers: layerDescriptors,
            annotations,
        },
    };
};
/**
 * The index above replaced manifests: the same children in the same order with what identifies them, their platform,
 * and the two annotations by which an attestation names its image.
 */
export const synthesizeIndex = (manifests, annotations = new Map()) => {
    const raw = canonicalJson({
        schemaVersion: 2,
        mediaType: MEDIA_TYPE.index,
        manifests: manifests.map((child) => ({
            ...json(child),
            ...annotationsOf(child.annotations),
            ...(child.artifactType === undefined ? {} : { artifactType: child.artifactType }),
            ...(child.platform === undefined ? {} : { platform: platformJson(child.platform) }),
        })),
        ...annotationsOf(annotations),
    });
    return {
        descriptor: plainDescriptor(MEDIA_TYPE.index, digestOf(raw), raw.length),
        raw,
        value: { kind: 'index', mediaType: MEDIA_TYPE.index, manifests, annotations },
    };
};
const platformJson = (platform) => ({
    os: platform.os,
    architecture: platform.architecture,
    ...(platform.variant === undefined ? {} : { variant: platform.variant }),
    ...(platform.osVersion === undefined ? {} : { 'os.version': platform.osVersion }),
    ...(platform.osFeatures === undefined ? {} : { 'os.features': [...platform.osFeatures] }),
});
/** Of a child's annotations, those that bind an attestation to its image. */
export const REFERENCE_ANNOTATIONS = [ANNOTATION.referenceType, ANNOTATION.referenceDigest];
