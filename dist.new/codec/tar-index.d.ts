import { type ByteSource } from '../base/bytes.js';
import type { FileTree } from '../base/file-tree.js';
import type { Limits } from '../base/limits.js';
export interface TarTreeOptions {
    readonly limits: Limits;
    readonly signal?: AbortSignal;
    /** Bytes to read ahead at most, 256 KiB by default; no result depends on it. */
    readonly readAhead?: number;
}
/**
 * A tar as a tree of named files, from its headers alone. Dialects: v7, ustar, PAX, GNU, star, Solaris; sparse members
 * read as the files that they stand for. Where readers are known to disagree, the archive is refused. Of a name that
 * comes again with the same content, the first counts. Contents stay where they are: {@link FileTree.open} gives a
 * part of the source, with its place in the file unless the member is sparse. Closing the tree closes the source.
 * @throws {ToolError} any TAR or LIMIT code, ARCHIVE_UNSAFE_NAME, ARCHIVE_DUPLICATE
 * @see https://pubs.opengroup.org/onlinepubs/9699919799.2018edition/utilities/pax.html#tag_20_92_13
 * @see https://www.gnu.org/software/tar/manual/html_node/Standard.html
 */
export declare const openTarTree: (source: ByteSource, options: TarTreeOptions) => Promise<FileTree>;
//# sourceMappingURL=tar-index.d.ts.map