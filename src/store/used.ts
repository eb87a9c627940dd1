import { promises } from 'node:fs';
import { join } from 'node:path';
import { fromSystemError } from '../base/error.js';
import { type Digest, tryParseDigest } from '../oci/digest.js';
import { isAbsent, namesIn } from './file.js';
import { type StorePaths, usedFile } from './path.js';
import type { Store } from './store.js';

/** Leaves a mark that images were read, for rules about disuse. A store that cannot be written gets none. */
export const markUsed = async (store: Store, digests: Iterable<Digest>): Promise<void> => {
  const now = new Date(store.now());
  for (const digest of digests) {
    const path = usedFile(store.paths, digest);
    try {
      await promises.writeFile(path, '');
      await promises.utimes(path, now, now);
    } catch {
      // A mark that is missing means: keep.
      return;
    }
  }
};

/** When images were read last, in milliseconds since 1970; those that were never read are absent. */
export const lastUsed = async (paths: StorePaths): Promise<ReadonlyMap<Digest, number>> => {
  const used = new Map<Digest, number>();
  for (const name of await namesIn(paths.used)) {
    const digest = tryParseDigest(name.replace('-', ':'));
    if (digest === undefined) continue;
    try {
      used.set(digest, (await promises.stat(join(paths.used, name))).mtimeMs);
    } catch (error) {
      if (!isAbsent(error)) throw fromSystemError(error, 'cannot be looked at', join(paths.used, name));
    }
  }
  return used;
};
