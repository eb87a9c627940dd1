import type { TreeEntry } from '../base/file-tree.js';
/**
 * The entry that is no link behind an entry.
 * @param table entries by path
 * @param hops links that may be followed
 * @throws {ToolError} LINK_UNRESOLVED, LINK_LOOP, ARCHIVE_UNSAFE_NAME
 */
export declare const followLinks: <E extends TreeEntry>(table: ReadonlyMap<string, E>, entry: E, hops: number) => E;
//# sourceMappingURL=tar-link.d.ts.map