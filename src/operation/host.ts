import { readAll } from '../base/bytes.js';
import type { ErrorCode } from '../base/error-code.js';
import { type Environment, storeRoot } from '../store/path.js';
import { openFileSource } from '../transport/file.js';
import { hostThreads, pathExists } from '../transport/host.js';
import { writeOutputFile } from '../transport/output-file.js';
import type { OperationContext } from './context.js';

/** Threads beyond which blobs are seldom enough to keep them busy. */
const USEFUL_THREADS = 4;

/** What a program that has no wishes of its own takes from the machine. */
export const hostDefaults = (
  env: Environment,
): Pick<OperationContext, 'threads' | 'pathExists' | 'store' | 'registry' | 'engine'> => ({
  threads: Math.min(USEFUL_THREADS, hostThreads()),
  pathExists,
  store: { root: storeRoot(env) },
  registry: { environment: env },
  engine: { env },
});

/** A small file as a whole. @throws {ToolError} the given code beyond the limit; FILE_NOT_FOUND and other system errors */
export const readSmall = async (path: string, limit: number, tooLarge: ErrorCode): Promise<Uint8Array> => {
  const source = await openFileSource(path);
  try {
    return await readAll(source.read(), limit, { code: tooLarge, subject: path });
  } finally {
    await source.close();
  }
};

/** A small file, whole or as it was before. @throws {ToolError} system errors; DESTINATION_UNFIT for a directory */
export const writeSmall = (path: string, bytes: Uint8Array): Promise<void> => writeOutputFile(path, bytes);
