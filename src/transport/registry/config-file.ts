import { open } from 'node:fs/promises';
import { readAll } from '../../base/bytes.js';
import { fromSystemError } from '../../base/error.js';
import type { ErrorCode } from '../../base/error-code.js';

const systemCode = (error: unknown): string | undefined =>
  error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;

/** True where there is nothing at a path. */
export const isAbsent = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '');

/**
 * A small file that the user has set up, for several programs as a rule; undefined where there is none.
 * @throws {ToolError} PERMISSION_DENIED, IO; the given code for what is larger than the limit
 */
export const readConfigFile = async (
  path: string,
  limit: number,
  tooLarge: ErrorCode,
): Promise<Uint8Array | undefined> => {
  try {
    const handle = await open(path);
    try {
      return await readAll(handle.createReadStream({ autoClose: false }), limit, { code: tooLarge, subject: path });
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw fromSystemError(error, 'cannot be read', path);
  }
};
