import type { Note } from '../base/event.js';
import type { Scratch } from '../base/scratch.js';
import type { BulkOptions } from '../codec/bulk.js';
import type { BlobReader } from '../content/blob.js';
import type { ContentGraph } from '../content/graph.js';
import { type Rename } from '../content/select.js';
import type { DigestChange, DroppedPart } from '../layer/replace.js';
import type { Platform } from '../oci/platform.js';
import type { OperationContext } from './context.js';
import type { OpenedImages } from './open.js';
/** What is to happen to layers on the way. */
export type LayerMode = 'keep' | 'none';
/** Choices that `save`, `load` and `copy` share. */
export interface TransferOptions {
    /** Empty: all. */
    readonly platforms: readonly Platform[];
    readonly names: readonly Rename[];
    readonly dropReferrers: boolean;
    readonly allowSparse: boolean;
    readonly layers: LayerMode;
    readonly keepAnnotations: boolean;
    /** Check the diffIDs of compressed layers too, which costs decompressing them. */
    readonly deep: boolean;
}
export declare const DEFAULT_TRANSFER: TransferOptions;
/** Images ready to be planned and written. */
export interface PreparedImages {
    readonly graph: ContentGraph;
    readonly blobs: BlobReader;
    readonly changes: readonly DigestChange[];
    readonly dropped: readonly DroppedPart[];
}
export declare const bulkOptions: (context: OperationContext) => BulkOptions;
/**
 * The images of several places as one graph: merged, chosen by platform, renamed, their layers as asked.
 * @throws {ToolError} PLATFORM_NOT_FOUND, REFERENCE_INVALID, REFERENCE_AMBIGUOUS, REFERENCE_NOT_FOUND, SIZE_MISMATCH,
 * and what `decompressLayers` and the diffID check throw
 */
export declare const prepareImages: (opened: readonly OpenedImages[], options: TransferOptions, scratch: Scratch, context: OperationContext) => Promise<PreparedImages>;
/** Notes to the observer as they are; a report carries them too. */
export declare const tellNotes: (notes: readonly Note[], context: OperationContext) => void;
//# sourceMappingURL=prepare.d.ts.map