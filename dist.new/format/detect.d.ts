import type { FileTree } from '../base/file-tree.js';
import type { Limits } from '../base/limits.js';
import type { ImageSource } from '../content/image.js';
export interface ReadOptions {
    readonly limits: Limits;
    /** Threads that may read layers at once; 1 uses none but the caller's. */
    readonly threads: number;
    readonly signal?: AbortSignal;
}
/**
 * The images of a tree, its format told by its content. An OCI layout counts before docker's `manifest.json`.
 * @throws {ToolError} ARCHIVE_UNKNOWN_FORMAT, ARCHIVE_EMPTY, ARCHIVE_LEGACY_V1, LAYOUT_MISSING, and as the formats
 */
export declare const openImages: (tree: FileTree, options: ReadOptions) => Promise<ImageSource>;
//# sourceMappingURL=detect.d.ts.map