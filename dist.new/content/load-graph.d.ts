import type { Limits } from '../base/limits.js';
import { type BlobReader } from './blob.js';
import { type ContentGraph } from './graph.js';
import type { ImageSource } from './image.js';
export interface LoadedGraph {
    readonly graph: ContentGraph;
    /** The source's blobs, those embedded in descriptors included. */
    readonly blobs: BlobReader;
}
/**
 * Reads every document that can be reached from the source's roots, verified, and never a layer. Iterative, each
 * digest once, so neither depth nor fan-out of hostile indexes costs more than the documents themselves.
 * @throws {ToolError} as `loadManifest` and `loadConfig`; INDEX_TOO_DEEP, LIMIT_NODES, LAYER_COUNT_MISMATCH,
 * SIZE_MISMATCH, MEDIATYPE_CONFLICT, DATA_MISMATCH
 */
export declare const loadGraph: (source: ImageSource, limits: Limits) => Promise<LoadedGraph>;
//# sourceMappingURL=load-graph.d.ts.map