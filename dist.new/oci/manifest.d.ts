import { type Descriptor } from './descriptor.js';
import type { JsonValue } from '../base/json-parse.js';
/**
 * One image, or one artifact in the form of an image.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md#image-manifest-property-descriptions
 */
export interface ImageManifest {
    readonly kind: 'manifest';
    readonly mediaType?: string;
    readonly artifactType?: string;
    readonly config: Descriptor;
    /** Base first; the same layer may come more than once. */
    readonly layers: readonly Descriptor[];
    readonly subject?: Descriptor;
    readonly annotations: ReadonlyMap<string, string>;
}
/** Several images, indexes or artifacts under one name. @see https://github.com/opencontainers/image-spec/blob/v1.1.1/image-index.md */
export interface ImageIndex {
    readonly kind: 'index';
    readonly mediaType?: string;
    readonly artifactType?: string;
    readonly manifests: readonly Descriptor[];
    readonly subject?: Descriptor;
    readonly annotations: ReadonlyMap<string, string>;
}
/**
 * The artifact manifest of the image specification's release candidates; registries and layouts still hold some.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.0-rc2/artifact.md
 */
export interface ArtifactManifest {
    readonly kind: 'artifact-manifest';
    readonly mediaType?: string;
    readonly artifactType?: string;
    readonly blobs: readonly Descriptor[];
    readonly subject?: Descriptor;
    readonly annotations: ReadonlyMap<string, string>;
}
export type Manifest = ImageManifest | ImageIndex | ArtifactManifest;
/**
 * @throws {ToolError} SCHEMA_INVALID, SCHEMA1_UNSUPPORTED, MANIFEST_AMBIGUOUS, MEDIATYPE_CONFLICT, DIGEST_INVALID,
 * SIZE_INVALID, DATA_MISMATCH
 */
export declare const decodeImageManifest: (value: JsonValue, descriptor: Descriptor, subject: string) => ImageManifest;
/** @throws as {@link decodeImageManifest} */
export declare const decodeImageIndex: (value: JsonValue, descriptor: Descriptor, subject: string) => ImageIndex;
/** @throws as {@link decodeImageManifest} */
export declare const decodeArtifactManifest: (value: JsonValue, descriptor: Descriptor, subject: string) => ArtifactManifest;
//# sourceMappingURL=manifest.d.ts.map