import type { FileTree } from '../base/file-tree.js';
import type { ImageSource } from '../content/image.js';
import type { ReadOptions } from './detect.js';
/** The files of skopeo's `dir:` transport. @see https://github.com/containers/image/blob/v5.36.2/docs/containers-transports.5.md */
export declare const VERSION_FILE = "version";
export declare const TOP_MANIFEST_FILE = "manifest.json";
export declare const VERSION_TEXT = "Directory Transport Version: 1.1\n";
/** Where blobs of other algorithms than sha256 are present. */
export declare const VERSION_TEXT_ALGORITHMS = "Directory Transport Version: 1.2\n";
/**
 * A directory of skopeo's `dir:` transport: one image without a name, its blobs beside the manifest.
 * @throws {ToolError} LAYOUT_VERSION, LIMIT_METADATA, JSON_*, SCHEMA_INVALID
 */
export declare const openDirectoryFormat: (tree: FileTree, options: ReadOptions) => Promise<ImageSource>;
//# sourceMappingURL=directory.d.ts.map