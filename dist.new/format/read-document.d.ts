import { type ByteSource } from '../base/bytes.js';
import type { FileTree } from '../base/file-tree.js';
import { type JsonValue } from '../base/json-parse.js';
import type { Limits } from '../base/limits.js';
export interface TopDocument {
    readonly raw: Uint8Array;
    readonly value: JsonValue;
}
/** A file of the tree, whole; its size is looked at before a byte is read. @throws {ToolError} LIMIT_METADATA */
export declare const readWhole: (source: ByteSource, limit: number, subject: string) => Promise<Uint8Array>;
/**
 * A document that stands at a fixed name in an archive (`index.json`, `manifest.json`, `oci-layout`); undefined where
 * there is no such name.
 * @throws {ToolError} LIMIT_METADATA, JSON_*, LINK_UNRESOLVED, LINK_LOOP, ARCHIVE_NOT_REGULAR
 */
export declare const readTopDocument: (tree: FileTree, path: string, limits: Limits) => Promise<TopDocument | undefined>;
//# sourceMappingURL=read-document.d.ts.map