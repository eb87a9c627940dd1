import type { FileTree } from '../base/file-tree.js';
import type { BlobReader } from '../content/blob.js';
import type { ImageSource } from '../content/image.js';
import type { ReadOptions } from './detect.js';
/** The blobs of a layout, at the paths that their digests give. */
export declare const layoutBlobs: (tree: FileTree) => BlobReader;
/**
 * An OCI image layout, in a tar or in a directory; with docker's `manifest.json` beside it, a hybrid.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md
 * @throws {ToolError} LAYOUT_VERSION, LAYOUT_INVALID, ARCHIVE_CONFLICT, JSON_*, SCHEMA_INVALID, DIGEST_INVALID,
 * SIZE_INVALID
 */
export declare const openOciLayout: (tree: FileTree, options: ReadOptions) => Promise<ImageSource>;
//# sourceMappingURL=oci-layout.d.ts.map