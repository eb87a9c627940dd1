import type { ByteSource, ByteStream, FileExtent } from '../base/bytes.js';
import { ToolError } from '../base/error.js';
import type { Descriptor } from '../oci/descriptor.js';
import { type Digest } from '../oci/digest.js';
/** Blobs at a place, by digest. What it gives is not verified: see {@link verifiedBlobs}. */
export interface BlobReader {
    /** The blob's bytes as they lie there, or undefined if they are not there. The caller closes the source. */
    open(descriptor: Descriptor): Promise<ByteSource | undefined>;
}
/** A blob that lies in an open file. Whoever takes its bytes must hash them against {@link BlobExtent.digest}. */
export interface BlobExtent {
    readonly digest: Digest;
    readonly file: FileExtent;
    release(): Promise<void>;
}
declare const verified: unique symbol;
/**
 * Blobs whose bytes are checked on the way: a stream of it fails as soon as more bytes come than the descriptor
 * says, and ends without an error only if size and digest match. Writers accept nothing else.
 */
export interface VerifiedBlobReader {
    readonly [verified]: true;
    /** @throws {ToolError} BLOB_MISSING, SIZE_MISMATCH, DIGEST_MISMATCH, DIGEST_ALGORITHM_UNSUPPORTED */
    read(descriptor: Descriptor, signal?: AbortSignal): ByteStream;
    /** For bulk copying, which verifies by itself; undefined where the blob is not a run of bytes in a file. */
    extent(descriptor: Descriptor): Promise<BlobExtent | undefined>;
}
export declare const blobMissing: (descriptor: Descriptor, hint?: string) => ToolError;
/** The only way to a {@link VerifiedBlobReader}. */
export declare const verifiedBlobs: (blobs: BlobReader) => VerifiedBlobReader;
/** Blobs in memory before all others: manifests made here, data embedded in descriptors. */
export declare const withMemory: (memory: ReadonlyMap<Digest, Uint8Array>, rest: BlobReader) => BlobReader;
/** The first reader that has a blob gives it. */
export declare const firstOf: (readers: readonly BlobReader[]) => BlobReader;
export {};
//# sourceMappingURL=blob.d.ts.map