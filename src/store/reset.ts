import { promises } from 'node:fs';
import { ToolError, fromSystemError } from '../base/error.js';
import { writeWhole } from './file.js';
import { emptyIndex, indexBytes } from './index-file.js';
import { listLeases } from './lease.js';
import { emptyRefBook, refBookText } from './refs.js';
import { saveState } from './state.js';
import type { Store } from './store.js';

const remove = async (path: string): Promise<void> => {
  await promises.rm(path, { recursive: true, force: true }).catch((error: unknown) => {
    throw fromSystemError(error, 'cannot be removed', path);
  });
};

/**
 * Empties a store. The index goes first, so that whoever looks meanwhile sees an empty store and not a broken one; the
 * lock and the settings stay. The caller holds the store alone.
 * @throws {ToolError} IMAGE_LEASED; system errors
 */
export const resetStore = async (store: Store): Promise<void> => {
  const { paths } = store;
  const busy = (await listLeases(store)).find(({ isLive }) => isLive);
  if (busy !== undefined) {
    throw new ToolError('IMAGE_LEASED', 'content of the store is in use', {
      subject: busy.lease.id,
      found: busy.lease.owner,
      hint: 'wait for the process, or remove the lease',
    });
  }
  await saveState(paths.refs, refBookText(emptyRefBook()), true);
  await writeWhole(paths.index, indexBytes(emptyIndex()), { durable: true });
  for (const path of [paths.trash, paths.facts, paths.links, paths.journal, paths.journalBefore]) await remove(path);
  const inside = [paths.ingest, paths.leases, paths.used, paths.quarantine];
  for (const path of [paths.blobs, ...inside]) await remove(path);
  for (const path of [`${paths.blobs}/sha256`, ...inside]) {
    await promises.mkdir(path, { recursive: true }).catch((error: unknown) => {
      throw fromSystemError(error, 'cannot be made', path);
    });
  }
};
