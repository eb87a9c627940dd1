import { type ContentGraph } from '../content/graph.js';
import type { EntryContent } from './plan.js';
/** A file of a directory that is to be written. */
export interface FilePlan {
    readonly path: string;
    readonly content: EntryContent;
    /** Bytes. */
    readonly size: number;
}
/**
 * The files of skopeo's `dir:` transport for one image or index.
 * @throws {ToolError} DESTINATION_UNFIT for several images, BLOB_MISSING unless sparse content is allowed
 */
export declare const planDirectory: (graph: ContentGraph, options: {
    readonly allowSparse: boolean;
}) => readonly FilePlan[];
//# sourceMappingURL=directory-plan.d.ts.map