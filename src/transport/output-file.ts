import { randomBytes } from 'node:crypto';
import { lstat, open, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { ByteStream } from '../base/bytes.js';
import { ToolError, fromSystemError } from '../base/error.js';
import { besideTarget } from './beside.js';
import { syncDirectory } from './sync-directory.js';
import { writeFully } from './write-fully.js';

/** A file that is written beside its target and takes its place when complete. */
export interface OutputFile {
  readonly fd: number;
  truncate(size: number): Promise<void>;
  write(bytes: Uint8Array, position: number): Promise<void>;
  /**
   * Puts the file in place. `durable` waits until the disk has it, so that not even a power cut can lose it; without
   * that, the system writes it in its own time, as for any program's output.
   */
  commit(options: { readonly durable: boolean }): Promise<void>;
  /** Removes it; the target stays as it was. Does nothing after {@link OutputFile.commit}. */
  discard(): Promise<void>;
}

/** A link is written through, as the user's shell would do, and stays a link. */
const resolveTarget = async (path: string): Promise<string> => {
  const linked = await lstat(path).then(
    (found) => found.isSymbolicLink(),
    () => false,
  );
  if (!linked) return path;
  return realpath(path).catch(async (error: unknown) => {
    // A link to nothing yet: what it points to is made.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return resolve(dirname(path), await readlink(path));
  });
};

/**
 * Begins a file. The umask decides its mode, as for any file the user makes.
 * @throws {ToolError} FILE_NOT_FOUND, PERMISSION_DENIED, NO_SPACE, IO; DESTINATION_UNFIT for a directory
 */
export const createOutputFile = async (path: string): Promise<OutputFile> => {
  const fail = (error: unknown): never => {
    throw fromSystemError(error, 'cannot be written', path);
  };
  const target = await resolveTarget(path).catch(fail);
  const existing = await stat(target).catch(() => undefined);
  if (existing?.isDirectory() === true) {
    throw new ToolError('DESTINATION_UNFIT', 'the output is a directory', {
      subject: path,
      expected: 'a file',
      found: 'a directory',
    });
  }
  const temporary = besideTarget(target, randomBytes(6).toString('hex'), 'partial');
  const handle = await open(temporary, 'wx', 0o666).catch(fail);
  let state: 'open' | 'done' = 'open';
  return {
    fd: handle.fd,
    truncate: (size) => handle.truncate(size).catch(fail),
    write: (bytes, position) => writeFully(handle, bytes, position).catch(fail),
    commit: async ({ durable }) => {
      try {
        if (durable) await handle.sync();
        await handle.close();
        await rename(temporary, target);
        state = 'done';
        if (durable) await syncDirectory(dirname(target));
      } catch (error) {
        fail(error);
      }
    },
    discard: async () => {
      if (state === 'done') return;
      state = 'done';
      await handle.close().catch(() => {});
      await rm(temporary, { force: true });
    },
  };
};

/** True for something that exists and is neither a regular file nor a link to one: `/dev/null`, a FIFO. */
export const isSpecialFile = async (path: string): Promise<boolean> => {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && !found.isFile() && !found.isDirectory();
};

/** Writes a stream into a device or FIFO, in order. @throws {ToolError} PIPE_CLOSED, NO_SPACE, IO */
export const writeSpecialFile = async (path: string, stream: ByteStream): Promise<void> => {
  const fail = (error: unknown): never => {
    throw fromSystemError(error, 'cannot be written', path);
  };
  const handle = await open(path, 'w').catch(fail);
  try {
    for await (const chunk of stream) await writeFully(handle, chunk, null).catch(fail);
  } finally {
    await handle.close().catch(fail);
  }
};

/** A small file as a whole. @throws as {@link createOutputFile} */
export const writeOutputFile = async (path: string, bytes: Uint8Array): Promise<void> => {
  const file = await createOutputFile(path);
  try {
    await file.write(bytes, 0);
    await file.commit({ durable: false });
  } finally {
    await file.discard();
  }
};
