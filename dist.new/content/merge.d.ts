import { type BlobReader } from './blob.js';
import { type ContentGraph } from './graph.js';
/**
 * The images of several sources together: shared blobs once, what one source lacks taken from another. The order of
 * the sources decides nothing but the order of the roots.
 * @throws {ToolError} SIZE_MISMATCH
 */
export declare const mergeGraphs: (parts: readonly {
    readonly graph: ContentGraph;
    readonly blobs: BlobReader;
}[]) => {
    readonly graph: ContentGraph;
    readonly blobs: BlobReader;
};
//# sourceMappingURL=merge.d.ts.map