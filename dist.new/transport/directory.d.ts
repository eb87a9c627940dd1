import type { FileTree } from '../base/file-tree.js';
import type { Limits } from '../base/limits.js';
/**
 * A directory as a tree. Links and special files inside are entries but cannot be opened: what a layout refers to
 * must be a file of its own.
 * @throws {ToolError} FILE_NOT_FOUND, PERMISSION_DENIED, LIMIT_MEMBERS, IO
 */
export declare const openDirectoryTree: (root: string, limits: Limits) => Promise<FileTree>;
//# sourceMappingURL=directory.d.ts.map