import { promises } from 'node:fs';
import { basename, join } from 'node:path';
import { fromSystemError } from '../base/error.js';
import type { Digest } from '../oci/digest.js';
import { isAbsent } from './file.js';
import type { Store } from './store.js';

/** A name in the quarantine that nothing has yet. */
const freePath = async (directory: string, name: string): Promise<string> => {
  for (let count = 0; ; count++) {
    const path = join(directory, count === 0 ? name : `${name}.${count}`);
    const isFree = await promises.lstat(path).then(
      () => false,
      () => true,
    );
    if (isFree) return path;
  }
};

/** Puts a file that is not what it should be where nothing reads it. @throws {ToolError} system errors */
export const setAside = async (store: Store, path: string, digest?: Digest): Promise<string | undefined> => {
  try {
    await promises.mkdir(store.paths.quarantine, { recursive: true });
    const target = await freePath(store.paths.quarantine, digest?.replace(':', '-') ?? basename(path));
    await promises.rename(path, target);
    return target;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw fromSystemError(error, 'cannot be put aside', path);
  }
};

/** A copy of a file for the quarantine; the file itself stays until something replaces it. @throws {ToolError} system errors */
export const copyAside = async (store: Store, path: string): Promise<void> => {
  try {
    await promises.mkdir(store.paths.quarantine, { recursive: true });
    await promises.copyFile(path, await freePath(store.paths.quarantine, basename(path)));
  } catch (error) {
    if (!isAbsent(error)) throw fromSystemError(error, 'cannot be put aside', path);
  }
};
