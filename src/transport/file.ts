import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { ByteSource, ByteStream } from '../base/bytes.js';
import { ToolError, fromSystemError } from '../base/error.js';
import { CHUNK_SIZE } from '../base/limits.js';

const fileChanged = (name: string, expected: number, found: number): ToolError =>
  new ToolError('FILE_CHANGED', 'the file became shorter while it was read', {
    subject: name,
    expected: `${expected} bytes`,
    found: `${found}`,
    hint: 'let nothing write to the file while it is in use',
  });

/** Kinds of files that are no regular files, for messages. */
const kindOf = (mode: number): string => {
  switch (mode & constants.S_IFMT) {
    case constants.S_IFDIR:
      return 'a directory';
    case constants.S_IFIFO:
      return 'a FIFO';
    case constants.S_IFSOCK:
      return 'a socket';
    case constants.S_IFCHR:
    case constants.S_IFBLK:
      return 'a device';
    default:
      return 'something else';
  }
};

/** A source on an open regular file, which it closes. */
export const handleSource = (handle: FileHandle, size: number, name: string): ByteSource => ({
  size,
  name,
  file: { fd: handle.fd, offset: 0, length: size },
  async *read(range, signal): ByteStream {
    const start = Math.min(range?.offset ?? 0, size);
    const end = range?.length === undefined ? size : Math.min(size, start + range.length);
    const buffer = new Uint8Array(Math.min(CHUNK_SIZE, Math.max(end - start, 1)));
    for (let at = start; at < end;) {
      signal?.throwIfAborted();
      const { bytesRead } = await handle
        .read(buffer, 0, Math.min(buffer.length, end - at), at)
        .catch((error: unknown) => {
          throw fromSystemError(error, 'reading failed', name);
        });
      if (bytesRead === 0) throw fileChanged(name, end, at);
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  },
  readAt: async (offset, length) => {
    const wanted = Math.max(0, Math.min(length, size - offset));
    const buffer = new Uint8Array(wanted);
    let filled = 0;
    while (filled < wanted) {
      const { bytesRead } = await handle
        .read(buffer, filled, wanted - filled, offset + filled)
        .catch((error: unknown) => {
          throw fromSystemError(error, 'reading failed', name);
        });
      if (bytesRead === 0) throw fileChanged(name, size, offset + filled);
      filled += bytesRead;
    }
    return buffer;
  },
  close: async () => {
    await handle.close();
  },
});

export interface OpenFileOptions {
  /** Refuse to follow a link at the last component. */
  readonly noFollow?: boolean;
  /** Code for what is no regular file. */
  readonly notRegular?: 'ARCHIVE_NOT_REGULAR' | 'BLOB_NOT_REGULAR';
}

/**
 * A regular file as a source. Never blocks on a FIFO or device.
 * @throws {ToolError} FILE_NOT_FOUND, PERMISSION_DENIED, TOO_MANY_FILES, IO; ARCHIVE_NOT_REGULAR or BLOB_NOT_REGULAR
 */
export const openFileSource = async (
  path: string,
  name: string = path,
  options: OpenFileOptions = {},
): Promise<ByteSource> => {
  const notRegular = options.notRegular ?? 'ARCHIVE_NOT_REGULAR';
  // Windows has neither flag; there, neither FIFOs nor unprivileged links are a concern.
  const flags =
    constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (options.noFollow === true ? (constants.O_NOFOLLOW ?? 0) : 0);
  let handle: FileHandle;
  try {
    handle = await open(path, flags);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ELOOP') {
      throw new ToolError(notRegular, 'not a regular file', {
        subject: name,
        expected: 'a regular file',
        found: 'a symbolic link',
        cause: error,
      });
    }
    if ((error as NodeJS.ErrnoException).code === 'ENXIO') {
      throw new ToolError(notRegular, 'not a regular file', {
        subject: name,
        expected: 'a regular file',
        found: 'a socket',
        cause: error,
      });
    }
    throw fromSystemError(error, 'cannot be opened', name);
  }
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) {
      throw new ToolError(notRegular, 'not a regular file', {
        subject: name,
        expected: 'a regular file',
        found: kindOf(stat.mode),
      });
    }
    return handleSource(handle, stat.size, name);
  } catch (error) {
    await handle.close();
    throw fromSystemError(error, 'cannot be read', name);
  }
};
