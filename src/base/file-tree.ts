import type { ByteSource } from './bytes.js';

export type EntryType = 'file' | 'directory' | 'symlink' | 'hardlink' | 'other';

/** One named thing of a tree, as it is stored. */
export interface TreeEntry {
  /** Relative, `/` between components, no `.` or `..`, no trailing slash, never empty. */
  readonly path: string;
  readonly type: EntryType;
  /** Bytes of content; 0 for what has none. */
  readonly size: number;
  /** For links: the target as stored. */
  readonly linkTarget?: string;
  /** For `other`: what it is, for messages ("FIFO", "character device", …). */
  readonly typeName?: string;
}

/** Something that was odd about the tree but does not stop its use. */
export interface TreeNote {
  readonly code:
    | 'TAR_NO_TRAILER'
    | 'TAR_TRAILING_DATA'
    | 'TAR_META_STACKED'
    | 'TAR_TYPE_UNKNOWN'
    | 'TAR_LINK_SIZE'
    | 'ARCHIVE_DUPLICATE';
  readonly subject: string;
  readonly found: string;
}

/**
 * Named files, wherever they lie: a tar, a directory. A tree with escaping names or with one name for two different
 * contents cannot be constructed.
 */
export interface FileTree {
  /** How the tree is named in errors. */
  readonly name: string;
  /** All entries in stored order. */
  entries(): readonly TreeEntry[];
  /** The entry of a name, without following links. */
  entry(path: string): TreeEntry | undefined;
  /**
   * The content of a file, links inside the tree followed.
   * @returns undefined if there is no such name
   * @throws {ToolError} LINK_UNRESOLVED, LINK_LOOP, ARCHIVE_NOT_REGULAR, BLOB_NOT_REGULAR
   */
  open(path: string): Promise<ByteSource | undefined>;
  readonly notes: readonly TreeNote[];
  close(): Promise<void>;
}
