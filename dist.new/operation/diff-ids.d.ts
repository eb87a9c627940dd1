import type { Note } from '../base/event.js';
import { type SourceJob } from '../codec/bulk-source.js';
import type { BlobReader } from '../content/blob.js';
import { type ContentGraph } from '../content/graph.js';
import type { Descriptor } from '../oci/descriptor.js';
import { type Digest } from '../oci/digest.js';
import type { OperationContext } from './context.js';
/** A layer, and what a config says of its uncompressed bytes. */
export interface DiffIDCheck {
    readonly layer: Descriptor;
    readonly diffID: Digest;
}
/** Every layer of the graph's images with each diffID that a config gives it; layers that are no file systems too. */
export declare const diffIDChecks: (graph: ContentGraph) => readonly DiffIDCheck[];
/** The job that checks digest and diffID in one pass, and whether the bytes are of the promised compression. */
export declare const diffIDJob: (check: DiffIDCheck, blobs: BlobReader) => Promise<{
    readonly job: SourceJob;
    readonly mismatch?: Note;
}>;
/**
 * Decompresses every layer and holds it against its diffID.
 * @throws {ToolError} DIFFID_MISMATCH, DIGEST_MISMATCH, and what decompression throws
 */
export declare const checkDiffIDs: (graph: ContentGraph, blobs: BlobReader, context: OperationContext) => Promise<void>;
//# sourceMappingURL=diff-ids.d.ts.map