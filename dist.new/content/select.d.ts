import { type Digest } from '../oci/digest.js';
import { type ContentGraph, type GraphRoot } from './graph.js';
/** Which image of a place is meant: by a name or tag, by a digest or image ID, by its number from 0. */
export type ImageSelector = {
    readonly by: 'name';
    readonly text: string;
} | {
    readonly by: 'digest';
    readonly digest: Digest;
} | {
    readonly by: 'position';
    readonly position: number;
};
export declare const selectorText: (selector: ImageSelector) => string;
/** `@N`, `@DIGEST`, a digest, else a name. */
export declare const parseSelector: (text: string) => ImageSelector;
/**
 * The one root that is meant, with the names by which it is meant.
 * @throws {ToolError} REFERENCE_NOT_FOUND, REFERENCE_AMBIGUOUS
 */
export declare const findRoot: (graph: ContentGraph, selector: ImageSelector) => GraphRoot;
/** The selected images with their referrers; everything when no selector is given. @throws as {@link findRoot} */
export declare const selectImages: (graph: ContentGraph, selectors: readonly ImageSelector[]) => ContentGraph;
/** Without unnamed roots that refer to another image. */
export declare const dropReferrers: (graph: ContentGraph) => {
    readonly graph: ContentGraph;
    readonly dropped: readonly Digest[];
};
/** A new name for an image; without `from`, for the only image of the place. */
export interface Rename {
    readonly from?: string;
    readonly to: string;
}
/**
 * Images under new names. A name that `from` is replaced; a digest, image ID or number adds the name.
 * @throws {ToolError} REFERENCE_INVALID, and as {@link findRoot}
 */
export declare const renameImages: (graph: ContentGraph, renames: readonly Rename[]) => ContentGraph;
/** Every image manifest of the graph, for lists. */
export declare const allImages: (graph: ContentGraph) => readonly Digest[];
//# sourceMappingURL=select.d.ts.map