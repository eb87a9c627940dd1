import type { Scratch } from '../base/scratch.js';
import type { BulkOptions } from '../codec/bulk.js';
import { type BlobReader } from '../content/blob.js';
import { type ContentGraph } from '../content/graph.js';
import { type ReplacementReport } from './replace.js';
export interface DecompressOptions extends BulkOptions {
    readonly scratch: Scratch;
    /** Annotations of replaced manifests stay. */
    readonly keepAnnotations: boolean;
}
export interface DecompressedGraph extends ReplacementReport {
    readonly graph: ContentGraph;
    readonly blobs: BlobReader;
}
/**
 * `--layers none`: every layer uncompressed under its diffID, every image manifest made anew by the one rule, so that
 * what Docker, Podman and registries give of one image becomes the same.
 * @throws {ToolError} DIGEST_MISMATCH, DIFFID_MISMATCH, BLOB_MISSING, and what decompression throws
 */
export declare const decompressLayers: (graph: ContentGraph, blobs: BlobReader, options: DecompressOptions) => Promise<DecompressedGraph>;
//# sourceMappingURL=decompress.d.ts.map