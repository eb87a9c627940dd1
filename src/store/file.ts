import { randomUUID } from 'node:crypto';
import { type Stats, constants, promises } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ErrorCode } from '../base/error-code.js';
import { ToolError, fromSystemError } from '../base/error.js';

/** Code of a system error, such as `ENOENT`. */
export const systemCode = (error: unknown): string | undefined =>
  error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;

export const isAbsent = (error: unknown): boolean => systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR';

/** The file system or the owner does not let this process write. */
export const isUnwritable = (error: unknown): boolean => ['EROFS', 'EACCES', 'EPERM'].includes(systemCode(error) ?? '');

/** Undefined for nothing. Links are not followed. @throws {ToolError} system errors */
export const statOf = async (path: string): Promise<Stats | undefined> => {
  try {
    return await promises.lstat(path);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw fromSystemError(error, 'cannot be looked at', path);
  }
};

export const tampered = (path: string, found: string): ToolError =>
  new ToolError('STORE_TAMPERED', 'something in the store is not what Ingot puts there', {
    subject: path,
    expected: 'a regular file',
    found,
    hint: 'find out who put it there, and remove it',
  });

export const kindOf = (stat: Stats): string =>
  stat.isSymbolicLink()
    ? 'a symbolic link'
    : stat.isDirectory()
      ? 'a directory'
      : stat.isFile()
        ? 'a file'
        : 'a special file';

/**
 * A small file as a whole, or undefined if it is not there. Never follows a link, never waits for a FIFO.
 * @throws {ToolError} STORE_TAMPERED; the given code beyond the limit; system errors
 */
export const readWhole = async (path: string, limit: number, tooLarge: ErrorCode): Promise<Uint8Array | undefined> => {
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);
  let handle: promises.FileHandle;
  try {
    handle = await promises.open(path, flags);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    if (systemCode(error) === 'ELOOP') throw tampered(path, 'a symbolic link');
    if (systemCode(error) === 'ENXIO') throw tampered(path, 'a special file');
    throw fromSystemError(error, 'cannot be read', path);
  }
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw tampered(path, kindOf(stat));
    if (stat.size > limit) {
      const details = { subject: path, expected: `at most ${limit} bytes`, found: `${stat.size} bytes` };
      throw new ToolError(tooLarge, 'larger than the limit', details);
    }
    return new Uint8Array(await handle.readFile());
  } catch (error) {
    throw fromSystemError(error, 'cannot be read', path);
  } finally {
    await handle.close();
  }
};

/** Windows opens no directories, or syncs none that it opened; some file systems cannot. There the rename has to do. */
const cannotSync = (error: unknown): boolean =>
  ['EINVAL', 'EISDIR', 'EPERM', 'EACCES', 'ENOSYS', 'ENOTSUP'].includes(systemCode(error) ?? '');

/** Makes names in a directory durable, where the system can do it. @throws {ToolError} IO and other system errors */
export const syncDirectory = async (path: string): Promise<void> => {
  let handle: promises.FileHandle;
  try {
    handle = await promises.open(path, constants.O_RDONLY);
  } catch (error) {
    if (cannotSync(error)) return;
    throw fromSystemError(error, 'cannot be made durable', path);
  }
  try {
    await handle.sync();
  } catch (error) {
    if (!cannotSync(error)) throw fromSystemError(error, 'cannot be made durable', path);
  } finally {
    await handle.close();
  }
};

/** Names of files in the making, beside what they become. */
export const TEMPORARY: RegExp = /^\.new-[0-9a-f-]{36}$/;

export interface WriteOptions {
  readonly durable: boolean;
  /** Fail with undefined instead of replacing what is there. */
  readonly keepExisting?: boolean;
  /** Called when the new bytes are on the disk, before they get their name; a false keeps the old ones. */
  readonly beforeRename?: () => Promise<boolean>;
}

/** Whether a hard link was refused because the file system has none, or no more of them. */
export const hasNoLinks = (error: unknown): boolean =>
  ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'ENOSYS'].includes(systemCode(error) ?? '');

/** Gives a file its name unless something has it; false if so. Without hard links, another process may be replaced. */
const placeNew = async (temporary: string, path: string): Promise<boolean> => {
  try {
    await promises.link(temporary, path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    if (!hasNoLinks(error)) throw error;
  }
  const isTaken = await promises.access(path).then(
    () => true,
    () => false,
  );
  if (!isTaken) await promises.rename(temporary, path);
  return !isTaken;
};

/**
 * A small file, whole or as it was before: written aside, synced, renamed, the directory synced.
 * @returns false if it was not put in place because the options say so
 * @throws {ToolError} NO_SPACE, PERMISSION_DENIED, IO and other system errors
 */
export const writeWhole = async (path: string, bytes: Uint8Array, options: WriteOptions): Promise<boolean> => {
  const temporary = join(dirname(path), `.new-${randomUUID()}`);
  try {
    const handle = await promises.open(temporary, 'wx', 0o644);
    try {
      await handle.writeFile(bytes);
      // What a disk takes and does not keep must not become the state of the store.
      const { size } = await handle.stat();
      if (size !== bytes.length) throw new ToolError('IO', 'the disk did not keep what was written', { subject: path });
      if (options.durable) await handle.sync();
    } finally {
      await handle.close();
    }
    if (options.beforeRename !== undefined && !(await options.beforeRename())) {
      await promises.rm(temporary, { force: true });
      return false;
    }
    if (options.keepExisting === true) {
      const placed = await placeNew(temporary, path);
      await promises.rm(temporary, { force: true });
      if (!placed) return false;
    } else {
      await promises.rename(temporary, path);
    }
    if (options.durable) await syncDirectory(dirname(path));
    return true;
  } catch (error) {
    await promises.rm(temporary, { force: true }).catch(() => {});
    throw fromSystemError(error, 'cannot be written', path);
  }
};

/** Names in a directory; none if it is not there. @throws {ToolError} system errors */
export const namesIn = async (path: string): Promise<readonly string[]> => {
  try {
    return await promises.readdir(path);
  } catch (error) {
    if (isAbsent(error)) return [];
    throw fromSystemError(error, 'cannot be listed', path);
  }
};

/** Removes a file; true if it was there. @throws {ToolError} system errors */
export const removeFile = async (path: string): Promise<boolean> => {
  try {
    await promises.unlink(path);
    return true;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw fromSystemError(error, 'cannot be removed', path);
  }
};
