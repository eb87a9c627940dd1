import { randomBytes } from 'node:crypto';
import { mkdir, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ByteSource, ByteStream } from '../base/bytes.js';
import { fromSystemError } from '../base/error.js';
import type { Scratch, ScratchFile } from '../base/scratch.js';
import { openFileSource } from './file.js';
import { writeFully } from './write-fully.js';

/** A private directory that goes with its owner. */
export interface ScratchDirectory extends Scratch {
  /** Bytes of a stream in a file of their own, as a source. */
  spool(stream: ByteStream, name: string): Promise<ByteSource>;
  /** Removes everything. Sources opened before stay readable until closed where the system allows it. */
  remove(): Promise<void>;
}

/**
 * A directory that only this user can read, made when first used, below `$TMPDIR` unless told.
 * @throws {ToolError} NO_SPACE, PERMISSION_DENIED, IO
 */
export const scratchDirectory = (parent: string = tmpdir()): ScratchDirectory => {
  const root = join(parent, `.ingot-${randomBytes(8).toString('hex')}`);
  let made: Promise<unknown> | undefined;
  let count = 0;
  const fail = (error: unknown): never => {
    throw fromSystemError(error, 'the temporary directory cannot be used', parent);
  };
  const create = async (): Promise<
    ScratchFile & { readonly path: string; write(chunk: Uint8Array): Promise<void> }
  > => {
    made ??= mkdir(root, { mode: 0o700 });
    await made.catch(fail);
    const path = join(root, String(count++));
    const handle = await open(path, 'wx+', 0o600).catch(fail);
    return {
      path,
      fd: handle.fd,
      write: (chunk) => writeFully(handle, chunk, null).catch(fail),
      seal: () => handle.close().catch(fail),
      discard: async () => {
        await handle.close().catch(fail);
        await rm(path, { force: true });
      },
      open: () => openFileSource(path),
    };
  };
  return {
    create,
    spool: async (stream, name) => {
      const file = await create();
      try {
        for await (const chunk of stream) await file.write(chunk);
      } finally {
        await file.seal();
      }
      return openFileSource(file.path, name);
    },
    remove: async () => {
      if (made !== undefined) await rm(root, { recursive: true, force: true });
    },
  };
};
