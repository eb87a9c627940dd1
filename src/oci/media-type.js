/**
 * Media types of images, and what they say about a blob.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/media-types.md
 * @see https://github.com/distribution/distribution/blob/v2.8.3/docs/spec/manifest-v2-2.md#media-types
 */
export const MEDIA_TYPE = {
    index: 'application/vnd.oci.image.index.v1+json',
    manifest: 'application/vnd.oci.image.manifest.v1+json',
    config: 'application/vnd.oci.image.config.v1+json',
    layer: 'application/vnd.oci.image.layer.v1.tar',
    layerGzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
    layerZstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
    artifactManifest: 'application/vnd.oci.artifact.manifest.v1+json',
    empty: 'application/vnd.oci.empty.v1+json',
    dockerManifestList: 'application/vnd.docker.distribution.manifest.list.v2+json',
    dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
    dockerConfig: 'application/vnd.docker.container.image.v1+json',
    dockerLayerGzip: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
    dockerLayer: 'application/vnd.docker.image.rootfs.diff.tar',
    dockerSchema1: 'application/vnd.docker.distribution.manifest.v1+json',
    dockerSchema1Signed: 'application/vnd.docker.distribution.manifest.v1+prettyjws',
};
const LAYER_PREFIXES = [
    'application/vnd.oci.image.layer.v1.tar',
    'application/vnd.oci.image.layer.nondistributable.v1.tar',
    'application/vnd.docker.image.rootfs.diff.tar',
    'application/vnd.docker.image.rootfs.foreign.diff.tar',
];
const SUFFIXES = new Map([
    ['', 'none'],
    ['+gzip', 'gzip'],
    ['.gzip', 'gzip'],
    ['+zstd', 'zstd'],
    ['.zstd', 'zstd'],
]);
/** What a layer's media type says about its compression; undefined for what is no layer of a filesystem. */
export const layerCompressionOf = (mediaType) => {
    const prefix = LAYER_PREFIXES.find((candidate) => mediaType.startsWith(candidate));
    if (prefix === undefined)
        return undefined;
    return SUFFIXES.get(mediaType.slice(prefix.length)) ?? 'other';
};
const ROLES = new Map([
    [MEDIA_TYPE.index, 'index'],
    [MEDIA_TYPE.dockerManifestList, 'index'],
    [MEDIA_TYPE.manifest, 'manifest'],
    [MEDIA_TYPE.dockerManifest, 'manifest'],
    [MEDIA_TYPE.artifactManifest, 'artifact-manifest'],
    [MEDIA_TYPE.config, 'config'],
    [MEDIA_TYPE.dockerConfig, 'config'],
    [MEDIA_TYPE.dockerSchema1, 'schema1'],
    [MEDIA_TYPE.dockerSchema1Signed, 'schema1'],
]);
/** What a descriptor's media type promises about the blob. Unknown types are plain blobs. */
export const roleOf = (mediaType) => ROLES.get(mediaType) ?? (layerCompressionOf(mediaType) === undefined ? 'blob' : 'layer');
/** Layers that registries may refuse to carry and archives leave out. */
export const isForeignLayer = (mediaType) => mediaType.includes('.nondistributable.') || mediaType.includes('.foreign.');
/** The media type of a layer in a manifest that Ingot writes. */
export const layerMediaType = (compression) => ({ none: MEDIA_TYPE.layer, gzip: MEDIA_TYPE.layerGzip, zstd: MEDIA_TYPE.layerZstd })[compression];
