import type { Cursor } from './decode.js';
import { type Digest } from './digest.js';
import { type Platform } from './platform.js';
/**
 * A typed, sized, verified-by-digest link to a blob.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md#properties
 */
export interface Descriptor {
    readonly mediaType: string;
    readonly digest: Digest;
    /** Bytes. */
    readonly size: number;
    readonly annotations: ReadonlyMap<string, string>;
    readonly platform?: Platform;
    readonly artifactType?: string;
    /** Where the blob can be downloaded. Never fetched unless the user asks. */
    readonly urls?: readonly string[];
    /** The blob itself, embedded. */
    readonly data?: Uint8Array;
}
export declare const decodeMediaType: (cursor: Cursor) => string;
export declare const decodeDigest: (cursor: Cursor) => Digest;
export declare const decodeAnnotations: (cursor: Cursor) => ReadonlyMap<string, string>;
/** @throws {ToolError} SCHEMA_INVALID, DIGEST_INVALID, SIZE_INVALID, DATA_MISMATCH */
export declare const decodeDescriptor: (cursor: Cursor) => Descriptor;
/** A descriptor with nothing but what identifies the blob. */
export declare const plainDescriptor: (mediaType: string, digest: Digest, size: number) => Descriptor;
//# sourceMappingURL=descriptor.d.ts.map