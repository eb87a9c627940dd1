import { promises } from 'node:fs';
import { join } from 'node:path';
import { fromSystemError } from '../base/error.js';
import type { Digest } from '../oci/digest.js';
import { type OddFile, type StoredBlob, breathe, listBlobs } from './content.js';
import type { StoreState } from './draft.js';
import { TEMPORARY, isAbsent, namesIn, statOf } from './file.js';
import { appendJournal } from './journal.js';
import { type LeaseState, dropLease, isLeaseId, listLeases } from './lease.js';
import { isLocked } from './lock.js';
import { sessionDirectory, sessionLock, usedFile } from './path.js';
import { Reach, type ReachRoot } from './reach.js';
import { type Store, withLock } from './store.js';
import { readState, transactLocked } from './transact.js';
import { restingAt, rootsOf } from './trash.js';

/** Everything that keeps content, by who keeps it. */
export interface Roots {
  readonly index: readonly ReachRoot[];
  readonly pins: readonly ReachRoot[];
  readonly leases: readonly ReachRoot[];
  /** Kept by leases as they are, whether they are there or still to come. */
  readonly flat: readonly Digest[];
  readonly trash: readonly ReachRoot[];
}

const UNKNOWN = '';

export const rootsOfStore = (state: StoreState, leases: readonly LeaseState[], now: number): Roots => {
  const live = leases.filter(({ isLive }) => isLive).map(({ lease }) => lease);
  const owned = (owner: string, digests: readonly Digest[]): readonly ReachRoot[] =>
    digests.map((digest) => ({ digest, mediaType: UNKNOWN, owner }));
  return {
    index: state.index.entries.map(({ digest, mediaType, nameText }) => ({
      digest,
      mediaType,
      owner: nameText === '' ? 'an image without a name' : nameText,
    })),
    pins: [
      ...[...state.refs.refs].flatMap(([name, { pinned, digest }]) =>
        pinned ? owned(`the pin of ${name}`, [digest]) : [],
      ),
      ...[...state.refs.images].flatMap(([digest, { pinned }]) => (pinned ? owned('a pin', [digest]) : [])),
    ],
    leases: live.flatMap(({ id, roots }) => owned(`lease ${id}`, roots)),
    flat: live.flatMap(({ digests }) => digests),
    trash: restingAt(state.trash, now).flatMap((record) =>
      rootsOf(record).map(({ digest, mediaType }) => ({
        digest,
        mediaType,
        owner: `the trash of ${record.names[0] ?? digest}`,
      })),
    ),
  };
};

/**
 * What a lease keeps may not have arrived yet. So its roots are followed where they are there, and never missed.
 */
const reachLeased = async (reach: Reach, roots: Roots): Promise<ReadonlySet<Digest>> => {
  const kept = new Set<Digest>(roots.flat);
  for (const root of roots.leases) {
    kept.add(root.digest);
    if ((await reach.linksFrom(root)) === undefined) continue;
    for (const digest of await reach.from([root])) kept.add(digest);
  }
  return kept;
};

/** What a collection would remove, and why so much stays. Made by a dry run and by a run alike. */
export interface CollectionPlan {
  readonly blobs: readonly StoredBlob[];
  /** Blobs that nothing needs but that came a moment ago. */
  readonly young: number;
  /** Blobs that something needs. */
  readonly live: number;
  /** Directories of processes that have ended. */
  readonly sessions: readonly string[];
  /** Ids of leases that are over. */
  readonly leases: readonly string[];
  /** Ids of trash records that have expired. */
  readonly trash: readonly string[];
  /** Files of writes that were cut off. */
  readonly temporary: readonly string[];
  /** Marks of use for images that are gone. */
  readonly used: readonly string[];
  /** Bytes that go with the blobs. */
  readonly bytes: number;
  /** In `blobs/`, left alone. */
  readonly odd: readonly OddFile[];
}

export interface CollectOptions {
  /** Seconds; the store's setting unless told. 0 takes everything that nothing needs. */
  readonly grace?: number;
  /** Let go of what rests in the trash, too. */
  readonly emptyTrash?: boolean;
}

const byDigest = (a: StoredBlob, b: StoredBlob): number => (a.digest < b.digest ? -1 : a.digest > b.digest ? 1 : 0);

/**
 * The part of a plan that is about blobs. A blob is young by the later of its times, and one from the future is young.
 */
export const planSweep = (
  blobs: readonly StoredBlob[],
  live: ReadonlySet<Digest>,
  times: { readonly now: number; readonly grace: number },
): Pick<CollectionPlan, 'blobs' | 'young' | 'live' | 'bytes'> => {
  const dead = blobs.filter(({ digest }) => !live.has(digest));
  const old = dead
    .filter(({ changed }) => times.grace === 0 || times.now - changed >= times.grace * 1000)
    .toSorted(byDigest);
  const bytes = old.reduce((sum, { size }) => sum + size, 0);
  return { blobs: old, young: dead.length - old.length, live: blobs.length - dead.length, bytes };
};

const deadSessions = async (store: Store): Promise<readonly string[]> => {
  const dead: string[] = [];
  for (const id of (await namesIn(store.paths.ingest)).toSorted()) {
    const path = sessionLock(store.paths, id);
    const isAlive = isLeaseId(id) && (await statOf(path)) !== undefined && (await isLocked(path, store.config.lock));
    if (!isAlive) dead.push(id);
  }
  return dead;
};

/**
 * Temporary files beside what they were to become. Whoever writes state holds the store, so in the eyes of one who holds
 * it alone they are abandoned; that of the facts may be in use, and its writer gets by without it.
 */
export const abandonedFiles = async (store: Store): Promise<readonly string[]> => {
  const { paths } = store;
  const found: string[] = [];
  for (const directory of [paths.root, paths.state, paths.leases]) {
    for (const name of (await namesIn(directory)).toSorted()) {
      if (TEMPORARY.test(name)) found.push(join(directory, name));
    }
  }
  return found;
};

const unusedMarks = async (store: Store, live: ReadonlySet<Digest>): Promise<readonly string[]> => {
  const wanted = new Set([...live].map((digest) => usedFile(store.paths, digest)));
  const marks = (await namesIn(store.paths.used)).map((name) => join(store.paths.used, name));
  return marks.filter((path) => !wanted.has(path));
};

/**
 * What a collection would remove if the names were as in the state. The caller holds the store.
 * @throws as {@link planCollection}
 */
export const planFor = async (store: Store, state: StoreState, options: CollectOptions): Promise<CollectionPlan> => {
  const now = store.now();
  const leases = await listLeases(store);
  const resting = options.emptyTrash === true ? { records: [] } : state.trash;
  const roots = rootsOfStore({ ...state, trash: resting }, leases, now);
  const reach = new Reach(store.paths, store.limits, store.signal);
  const live = new Set(await reach.from([...roots.index, ...roots.pins, ...roots.trash]));
  for (const digest of await reachLeased(reach, roots)) live.add(digest);
  const { blobs, odd } = await listBlobs(store.paths, store.signal);
  const kept = new Set(restingAt(resting, now).map(({ id }) => id));
  return {
    ...planSweep(blobs, live, { now, grace: options.grace ?? store.config.grace }),
    sessions: await deadSessions(store),
    leases: leases.filter(({ isLive }) => !isLive).map(({ lease }) => lease.id),
    trash: state.trash.records.filter(({ id }) => !kept.has(id)).map(({ id }) => id),
    temporary: await abandonedFiles(store),
    used: await unusedMarks(store, live),
    odd,
  };
};

/**
 * What {@link collect} would do now; changes nothing.
 * @throws {ToolError} BLOB_MISSING, BLOB_CORRUPT, STORE_STATE_INVALID, STORE_INDEX_INVALID, STORE_TAMPERED, JSON_*: what
 * cannot be read for sure may refer to anything, so nothing is removed; STORE_LOCKED; system errors
 */
export const planCollection = (store: Store, options: CollectOptions = {}): Promise<CollectionPlan> =>
  withLock(store, 'shared', async (held) => planFor(held, await readState(held), options));

/** Removals before others may run. */
const YIELD = 500;

const remove = async (path: string): Promise<void> => {
  await promises.rm(path, { recursive: true, force: true }).catch((error: unknown) => {
    throw fromSystemError(error, 'cannot be removed', path);
  });
};

/** Removes what a plan names. The caller holds the store alone, and has made the plan since. @throws system errors */
export const sweep = async (store: Store, plan: CollectionPlan): Promise<void> => {
  for (const id of plan.leases) await dropLease(store, id);
  for (const id of plan.sessions) await remove(sessionDirectory(store.paths, id));
  for (const path of [...plan.temporary, ...plan.used]) await remove(path);
  store.step('sweep-begun');
  for (const [at, { path }] of plan.blobs.entries()) {
    if (at % YIELD === YIELD - 1) {
      await breathe();
      store.signal?.throwIfAborted();
    }
    try {
      await promises.unlink(path);
    } catch (error) {
      if (!isAbsent(error)) throw fromSystemError(error, 'cannot be removed', path);
    }
    store.step('blob-removed');
  }
  // Last, since a full disk has no room for it before.
  if (plan.blobs.length === 0) return;
  const reason = `${plan.blobs.length} blobs, ${plan.bytes} bytes`;
  await appendJournal(store, [{ operation: 'gc', subject: '', reason }]);
};

/**
 * Removes the blobs that nothing refers to, and what ended processes have left. No other process changes the store or
 * begins to read meanwhile; those that have begun are protected by their leases.
 * @throws as {@link planCollection}
 */
export const collect = (store: Store, options: CollectOptions = {}): Promise<CollectionPlan> =>
  withLock(store, 'exclusive', async (held) => {
    const plan = await transactLocked(held, 'gc', async (draft, state) => {
      const made = await planFor(held, state, options);
      // Records go before their content, so that nothing can be restored that is not whole.
      draft.dropTrash(new Set(made.trash));
      return { result: made, write: made.trash.length > 0 };
    });
    await sweep(held, plan);
    return plan;
  });
