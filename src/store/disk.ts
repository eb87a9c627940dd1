import { promises } from 'node:fs';
import { fromSystemError } from '../base/error.js';
import type { StorePaths } from './path.js';

/** Bytes of the file system that the store lies in, and those of it that its user may fill. @throws system errors */
export const diskOf = async ({ root }: StorePaths): Promise<{ readonly size: number; readonly free: number }> => {
  try {
    const { bsize, blocks, bavail } = await promises.statfs(root);
    return { size: bsize * blocks, free: bsize * bavail };
  } catch (error) {
    throw fromSystemError(error, 'the file system cannot be asked', root);
  }
};
