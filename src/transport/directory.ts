import type { Dirent } from 'node:fs';
import { lstat, opendir, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ByteSource } from '../base/bytes.js';
import { ToolError, fromSystemError } from '../base/error.js';
import type { EntryType, FileTree, TreeEntry } from '../base/file-tree.js';
import type { Limits } from '../base/limits.js';
import { compareBytes } from '../base/order.js';
import { openFileSource } from './file.js';

const typeOf = (entry: Dirent): { readonly type: EntryType; readonly typeName?: string } => {
  if (entry.isFile()) return { type: 'file' };
  if (entry.isDirectory()) return { type: 'directory' };
  if (entry.isSymbolicLink()) return { type: 'symlink' };
  return { type: 'other', typeName: entry.isFIFO() ? 'a FIFO' : entry.isSocket() ? 'a socket' : 'a device' };
};

const listDirectory = async (path: string): Promise<readonly Dirent[]> => {
  const entries: Dirent[] = [];
  for await (const entry of await opendir(path)) entries.push(entry);
  return entries.toSorted((a, b) => compareBytes(a.name, b.name));
};

/** True for a directory or a link to one. @throws {ToolError} FILE_NOT_FOUND, PERMISSION_DENIED, IO */
export const isDirectory = async (path: string): Promise<boolean> => {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw fromSystemError(error, 'cannot be opened', path);
  }
};

/** Directories of an image layout are never deeper than `blobs/<algorithm>/`. */
const MAX_DEPTH = 4;

const collect = async (root: string, limits: Limits): Promise<ReadonlyMap<string, TreeEntry>> => {
  const entries = new Map<string, TreeEntry>();
  const queue: { path: string; depth: number }[] = [{ path: '', depth: 0 }];
  for (const { path, depth } of queue) {
    for (const entry of await listDirectory(join(root, path))) {
      const child = path === '' ? entry.name : `${path}/${entry.name}`;
      if (entries.size >= limits.members) {
        throw new ToolError('LIMIT_MEMBERS', 'the directory holds too many files', {
          subject: root,
          expected: `at most ${limits.members}`,
        });
      }
      const kind = typeOf(entry);
      const size = kind.type === 'file' ? (await lstat(join(root, child))).size : 0;
      const linkTarget = kind.type === 'symlink' ? await readlink(join(root, child)) : undefined;
      entries.set(child, { path: child, ...kind, size, ...(linkTarget === undefined ? {} : { linkTarget }) });
      if (kind.type === 'directory' && depth < MAX_DEPTH) queue.push({ path: child, depth: depth + 1 });
    }
  }
  return entries;
};

/**
 * A directory as a tree. Links and special files inside are entries but cannot be opened: what a layout refers to
 * must be a file of its own.
 * @throws {ToolError} FILE_NOT_FOUND, PERMISSION_DENIED, LIMIT_MEMBERS, IO
 */
export const openDirectoryTree = async (root: string, limits: Limits): Promise<FileTree> => {
  const entries = await collect(root, limits).catch((error: unknown) => {
    throw fromSystemError(error, 'the directory cannot be read', root);
  });
  const list = [...entries.values()].toSorted((a, b) => compareBytes(a.path, b.path));
  return {
    name: root,
    entries: () => list,
    entry: (path) => entries.get(path),
    open: async (path): Promise<ByteSource | undefined> => {
      const entry = entries.get(path);
      const parents = path
        .split('/')
        .slice(0, -1)
        .map((_, index, parts) => parts.slice(0, index + 1).join('/'));
      const odd = [...parents.map((parent) => entries.get(parent)), entry].find(
        (part) => part !== undefined && part.type !== (part === entry ? 'file' : 'directory'),
      );
      if (odd !== undefined) {
        throw new ToolError('BLOB_NOT_REGULAR', 'not a regular file', {
          subject: `${root}: ${path}`,
          expected: 'a regular file',
          found: odd.typeName ?? odd.type,
        });
      }
      if (entry === undefined) return undefined;
      return openFileSource(join(root, ...path.split('/')), `${root}: ${path}`, {
        noFollow: true,
        notRegular: 'BLOB_NOT_REGULAR',
      });
    },
    notes: [],
    close: async () => {},
  };
};
