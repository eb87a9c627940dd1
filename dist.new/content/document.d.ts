import type { Limits } from '../base/limits.js';
import type { Descriptor } from '../oci/descriptor.js';
import { type ImageConfig } from '../oci/image-config.js';
import { type Manifest } from '../oci/manifest.js';
import { type BlobReader } from './blob.js';
/** A JSON blob: what it is called, its bytes, what it says. Only the bytes are ever written. */
export interface Document<T> {
    readonly descriptor: Descriptor;
    readonly raw: Uint8Array;
    readonly value: T;
}
/** Bytes of a document, size and digest verified before anything is parsed. @throws {ToolError} LIMIT_METADATA and as {@link verifiedBlobs} */
export declare const loadRaw: (blobs: BlobReader, descriptor: Descriptor, limits: Limits) => Promise<Uint8Array>;
/**
 * A manifest, index or artifact manifest, by the media type of its descriptor.
 * @throws {ToolError} BLOB_MISSING, SIZE_MISMATCH, DIGEST_MISMATCH, LIMIT_METADATA, JSON_*, SCHEMA_INVALID,
 * SCHEMA1_UNSUPPORTED, MANIFEST_AMBIGUOUS, MEDIATYPE_CONFLICT, DIGEST_INVALID, SIZE_INVALID, DATA_MISMATCH
 */
export declare const loadManifest: (blobs: BlobReader, descriptor: Descriptor, limits: Limits) => Promise<Document<Manifest>>;
/** An image config. @throws as {@link loadManifest}, and CONFIG_INVALID */
export declare const loadConfig: (blobs: BlobReader, descriptor: Descriptor, limits: Limits) => Promise<Document<ImageConfig>>;
/** @throws {ToolError} CONFIG_INVALID also for what is not JSON: an image without a config is no image */
export declare const parseConfig: (raw: Uint8Array, subject: string, limits: Limits) => ImageConfig;
//# sourceMappingURL=document.d.ts.map