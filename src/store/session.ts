import { promises } from 'node:fs';
import { fromSystemError } from '../base/error.js';
import type { Digest } from '../oci/digest.js';
import { type Lease, dropLease, newLeaseId, saveLease } from './lease.js';
import { type Lock, acquireLock } from './lock.js';
import { sessionDirectory, sessionLock } from './path.js';
import { type Store, withLock } from './store.js';

/** A process at work on content: its own directory, which it keeps locked, and a lease on what it needs. */
export interface Session {
  readonly id: string;
  /** For files in the making. */
  readonly directory: string;
  /** Gives up lease and directory. Once is enough; again does nothing. */
  close(): Promise<void>;
}

export interface SessionContent {
  readonly digests: readonly Digest[];
  readonly roots: readonly Digest[];
}

const beginLocked = async (
  store: Store,
  content: SessionContent,
): Promise<{ readonly id: string; readonly lock: Lock }> => {
  const id = newLeaseId();
  const directory = sessionDirectory(store.paths, id);
  try {
    // Not with `recursive`, which takes a file system that cannot be written for a parent that is missing.
    await promises.mkdir(directory, { mode: 0o700 });
  } catch (error) {
    throw fromSystemError(error, 'cannot be made', directory);
  }
  const lock = await acquireLock({
    path: sessionLock(store.paths, id),
    mode: 'exclusive',
    kind: store.config.lock,
    wait: 0,
    purpose: store.purpose,
  });
  const now = store.now();
  const lease: Lease = {
    id,
    kind: 'process',
    owner: `${store.actor} (process ${process.pid})`,
    purpose: store.purpose,
    created: now,
    expires: now + store.config.lease * 1000,
    ...content,
  };
  try {
    await saveLease(store, lease);
  } catch (error) {
    await lock.release();
    await promises.rm(directory, { recursive: true, force: true }).catch(() => {});
    throw error;
  }
  store.step('lease-written');
  return { id, lock };
};

/** As {@link openSession}, for callers that hold the store already. */
export const openSessionLocked = async (store: Store, content: SessionContent): Promise<Session> => {
  const { id, lock } = await beginLocked(store, content);
  const directory = sessionDirectory(store.paths, id);
  const end = async (): Promise<void> => {
    try {
      await dropLease(store, id);
    } finally {
      await lock.release();
    }
    // Only now, since not every system lets go of a file that is open. What cannot be removed is left to the collector.
    await promises.rm(directory, { recursive: true, force: true }).catch(() => {});
  };
  let ended: Promise<void> | undefined;
  return { id, directory, close: () => (ended ??= end()) };
};

/**
 * Begins work on content. From here on no collector takes what the content names, whether it is there or still to
 * come: the lease is written while no collector runs, and every later one sees it.
 * @throws {ToolError} STORE_LOCKED, STORE_LOCK_UNAVAILABLE, NO_SPACE, PERMISSION_DENIED and other system errors
 */
export const openSession = (store: Store, content: SessionContent): Promise<Session> =>
  withLock(store, 'shared', (held) => openSessionLocked(held, content));
