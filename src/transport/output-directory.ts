import { randomBytes } from 'node:crypto';
import { type FileHandle, lstat, mkdir, open, opendir, readFile, realpath, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { ByteSource } from '../base/bytes.js';
import { ToolError, fromSystemError } from '../base/error.js';
import { openFileSource } from './file.js';
import { besideTarget } from './beside.js';
import { syncDirectory } from './sync-directory.js';
import { writeFully } from './write-fully.js';

/** One file of a directory, written aside and put in place when complete. */
export interface OutputPart {
  readonly fd: number;
  truncate(size: number): Promise<void>;
  write(bytes: Uint8Array, position: number): Promise<void>;
  /** Makes it durable and visible under its name, replacing what was there. */
  commit(): Promise<void>;
  discard(): Promise<void>;
}

/** A directory that receives files. Nothing incomplete is ever visible under a final name. */
export interface OutputDirectory {
  readonly root: string;
  /** Bytes of a file that is there; undefined for none. */
  sizeOf(path: string): Promise<number | undefined>;
  /** A file that is there, as a source. */
  open(path: string): Promise<ByteSource>;
  create(path: string): Promise<OutputPart>;
  /** Removes the private part of the directory; call it whatever happened. */
  close(): Promise<void>;
}

const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );

/** How the private part of a directory begins. */
const STAGING = '.ingot-';

const isEmpty = async (path: string, isOurs: (name: string) => boolean): Promise<boolean> => {
  for await (const { name } of await opendir(path)) if (!isOurs(name)) return false;
  return true;
};

const outputDirectory = (root: string): OutputDirectory => {
  const staging = join(root, `${STAGING}${randomBytes(8).toString('hex')}`);
  let count = 0;
  const at = (path: string): string => join(root, ...path.split('/'));
  const create = async (path: string): Promise<OutputPart> => {
    const fail = (error: unknown): never => {
      throw fromSystemError(error, 'cannot be written', at(path));
    };
    await mkdir(staging, { recursive: true, mode: 0o700 }).catch(fail);
    const temporary = join(staging, String(count++));
    const handle: FileHandle = await open(temporary, 'wx', 0o644).catch(fail);
    let closed = false;
    return {
      fd: handle.fd,
      truncate: (size) => handle.truncate(size).catch(fail),
      write: (bytes, position) => writeFully(handle, bytes, position).catch(fail),
      commit: async () => {
        try {
          await handle.sync();
          closed = true;
          await handle.close();
          await mkdir(dirname(at(path)), { recursive: true });
          await rename(temporary, at(path));
          await syncDirectory(dirname(at(path)));
        } catch (error) {
          fail(error);
        }
      },
      discard: async () => {
        if (!closed) await handle.close().catch(() => {});
        closed = true;
        await rm(temporary, { force: true });
      },
    };
  };
  return {
    root,
    sizeOf: async (path) => {
      const found = await lstat(at(path)).catch(() => undefined);
      return found?.isFile() === true ? found.size : undefined;
    },
    open: (path) => openFileSource(at(path), `${root}: ${path}`, { noFollow: true, notRegular: 'BLOB_NOT_REGULAR' }),
    create,
    close: () => rm(staging, { recursive: true, force: true }),
  };
};

/**
 * True for a directory that holds anything but the names that are given and what a killed process has left.
 * @throws {ToolError} DESTINATION_UNFIT if the path is no directory
 */
export const holdsFiles = async (path: string, ...but: readonly string[]): Promise<boolean> => {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return false;
  if (found.isSymbolicLink() || found.isDirectory()) {
    const isOurs = (name: string): boolean => name.startsWith(STAGING) || but.includes(name);
    return !(await isEmpty(path, isOurs).catch((error: unknown) => {
      throw fromSystemError(error, 'cannot be read', path);
    }));
  }
  throw new ToolError('DESTINATION_UNFIT', 'the destination is not a directory', {
    subject: path,
    expected: 'a directory, or nothing',
    found: 'a file',
  });
};

/**
 * A directory to add files to, made if it is not there.
 * @throws {ToolError} PERMISSION_DENIED, NO_SPACE, IO
 */
export const extendDirectory = async (path: string): Promise<OutputDirectory> => {
  const created = !(await exists(path));
  await mkdir(path, { recursive: true }).catch((error: unknown) => {
    throw fromSystemError(error, 'cannot be made', path);
  });
  const output = outputDirectory(path);
  return {
    ...output,
    close: async () => {
      await output.close();
      // A directory that was made for nothing goes again; one that holds anything stays.
      if (created) await rmdir(path).catch(() => {});
    },
  };
};

/** A directory that is built beside its target and takes its place as a whole. */
export interface ReplacementDirectory extends OutputDirectory {
  commit(): Promise<void>;
}

/** @throws {ToolError} PERMISSION_DENIED, NO_SPACE, IO */
export const replaceDirectory = async (path: string): Promise<ReplacementDirectory> => {
  // A link stays a link: what it points to is replaced.
  const target = await realpath(path).catch(() => resolve(path));
  const token = randomBytes(6).toString('hex');
  const beside = (suffix: string): string => besideTarget(target, token, suffix);
  const fresh = beside('partial');
  const fail = (error: unknown): never => {
    throw fromSystemError(error, 'cannot be written', path);
  };
  await mkdir(dirname(target), { recursive: true }).catch(fail);
  await mkdir(fresh).catch(fail);
  const output = outputDirectory(fresh);
  return {
    ...output,
    close: async () => {
      await rm(fresh, { recursive: true, force: true });
    },
    commit: async () => {
      try {
        await output.close();
        if (!(await exists(target))) {
          await rename(fresh, target);
        } else {
          const old = beside('old');
          await rename(target, old);
          await rename(fresh, target).catch(async (error: unknown) => {
            await rename(old, target);
            throw error;
          });
          await rm(old, { recursive: true, force: true });
        }
        await syncDirectory(dirname(target));
      } catch (error) {
        fail(error);
      }
    },
  };
};

/** A small file of a directory, or undefined. */
export const readSmallFile = async (directory: string, name: string): Promise<Uint8Array | undefined> =>
  readFile(join(directory, name)).then(
    (bytes) => new Uint8Array(bytes),
    () => undefined,
  );
