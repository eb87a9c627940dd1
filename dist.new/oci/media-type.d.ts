/**
 * Media types of images, and what they say about a blob.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/media-types.md
 * @see https://github.com/distribution/distribution/blob/v2.8.3/docs/spec/manifest-v2-2.md#media-types
 */
export declare const MEDIA_TYPE: {
    readonly index: 'application/vnd.oci.image.index.v1+json';
    readonly manifest: 'application/vnd.oci.image.manifest.v1+json';
    readonly config: 'application/vnd.oci.image.config.v1+json';
    readonly layer: 'application/vnd.oci.image.layer.v1.tar';
    readonly layerGzip: 'application/vnd.oci.image.layer.v1.tar+gzip';
    readonly layerZstd: 'application/vnd.oci.image.layer.v1.tar+zstd';
    readonly artifactManifest: 'application/vnd.oci.artifact.manifest.v1+json';
    readonly empty: 'application/vnd.oci.empty.v1+json';
    readonly dockerManifestList: 'application/vnd.docker.distribution.manifest.list.v2+json';
    readonly dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json';
    readonly dockerConfig: 'application/vnd.docker.container.image.v1+json';
    readonly dockerLayerGzip: 'application/vnd.docker.image.rootfs.diff.tar.gzip';
    readonly dockerLayer: 'application/vnd.docker.image.rootfs.diff.tar';
    readonly dockerSchema1: 'application/vnd.docker.distribution.manifest.v1+json';
    readonly dockerSchema1Signed: 'application/vnd.docker.distribution.manifest.v1+prettyjws';
};
/** Compressions that a layer's media type can promise; `other` for suffixes such as `+encrypted`. */
export type LayerCompression = 'none' | 'gzip' | 'zstd' | 'other';
export type BlobRole = 'index' | 'manifest' | 'artifact-manifest' | 'config' | 'layer' | 'schema1' | 'blob';
/** What a layer's media type says about its compression; undefined for what is no layer of a filesystem. */
export declare const layerCompressionOf: (mediaType: string) => LayerCompression | undefined;
/** What a descriptor's media type promises about the blob. Unknown types are plain blobs. */
export declare const roleOf: (mediaType: string) => BlobRole;
/** Layers that registries may refuse to carry and archives leave out. */
export declare const isForeignLayer: (mediaType: string) => boolean;
/** The media type of a layer in a manifest that Ingot writes. */
export declare const layerMediaType: (compression: 'none' | 'gzip' | 'zstd') => string;
//# sourceMappingURL=media-type.d.ts.map