import { randomUUID } from 'node:crypto';
import { ToolError } from '../base/error.js';
import type { Cursor } from '../oci/decode.js';
import { decodeDigest } from '../oci/descriptor.js';
import type { Digest } from '../oci/digest.js';
import { canonicalText } from './canonical-text.js';
import { timeText } from './clock.js';
import { namesIn, removeFile, statOf } from './file.js';
import { isLocked } from './lock.js';
import { leaseFile, sessionLock } from './path.js';
import { STORE_FORMAT, decodeTime, loadState, saveState } from './state.js';
import type { Store } from './store.js';

/**
 * Content that must stay although no name may refer to it. A lease of a process lasts as long as the process, which
 * keeps a file of its own locked; a lease of a user lasts until its time is over.
 */
export interface Lease {
  readonly id: string;
  readonly kind: 'process' | 'user';
  readonly owner: string;
  readonly purpose: string;
  /** Milliseconds since 1970. */
  readonly created: number;
  /** Milliseconds since 1970; says nothing for a process. */
  readonly expires: number;
  /** Blobs that stay, and nothing beyond them. */
  readonly digests: readonly Digest[];
  /** Documents that stay with all that they lead to. */
  readonly roots: readonly Digest[];
  /** What its owner says about it. */
  readonly labels?: Readonly<Record<string, string>>;
}

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export const newLeaseId = (): string => randomUUID();

/** Whether a text is the name of a lease or session, which becomes part of a path. */
export const isLeaseId = (text: string): boolean => ID.test(text);

const decodeLease = (cursor: Cursor): Lease => {
  const labels = cursor.field('labels').optional((field) => field.stringMap());
  const id = cursor.field('id').string();
  const kind = cursor.field('kind').string();
  if (!isLeaseId(id)) cursor.field('id').fail('a UUID');
  if (kind !== 'process' && kind !== 'user') return cursor.field('kind').fail('"process" or "user"');
  return {
    id,
    kind,
    owner: cursor.field('owner').string(),
    purpose: cursor.field('purpose').string(),
    created: decodeTime(cursor.field('created')),
    expires: decodeTime(cursor.field('expires')),
    digests: cursor.field('digests').array().map(decodeDigest),
    roots: cursor.field('roots').array().map(decodeDigest),
    ...(labels === undefined ? {} : { labels: Object.fromEntries(labels) }),
  };
};

/**
 * One lease; undefined if it is not there.
 * @throws {ToolError} STORE_STATE_INVALID, STORE_VERSION, STORE_TAMPERED; system errors
 */
export const loadLease = async (store: Store, id: string): Promise<Lease | undefined> => {
  const path = leaseFile(store.paths, id);
  const lease = await loadState(path, store.limits, decodeLease);
  if (lease === undefined || lease.id === id) return lease;
  throw new ToolError('STORE_STATE_INVALID', 'a lease has the name of another', { subject: path });
};

/** Ids of the leases that have a file, sorted. */
export const leaseIds = async (store: Store): Promise<readonly string[]> =>
  (await namesIn(store.paths.leases))
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .filter(isLeaseId)
    .toSorted();

/** Puts a lease in place. The caller holds the store, shared or alone, so that no collector runs. */
export const saveLease = (store: Store, lease: Lease): Promise<void> =>
  saveState(
    leaseFile(store.paths, lease.id),
    canonicalText({
      ...lease,
      created: timeText(lease.created),
      expires: timeText(lease.expires),
      format: STORE_FORMAT,
    }),
    store.config.fsync,
  );

/** True if it was there. */
export const dropLease = (store: Store, id: string): Promise<boolean> => removeFile(leaseFile(store.paths, id));

const isLive = async (store: Store, lease: Lease): Promise<boolean> => {
  if (lease.kind === 'user') return lease.expires > store.now();
  const path = sessionLock(store.paths, lease.id);
  return (await statOf(path)) !== undefined && isLocked(path, store.config.lock);
};

export interface LeaseState {
  readonly lease: Lease;
  readonly isLive: boolean;
}

/**
 * All leases by their id. A lease that cannot be read stops whoever wants to remove content.
 * @throws {ToolError} STORE_STATE_INVALID, STORE_VERSION, STORE_TAMPERED; system errors
 */
export const listLeases = async (store: Store): Promise<readonly LeaseState[]> => {
  const states: LeaseState[] = [];
  for (const id of await leaseIds(store)) {
    const lease = await loadLease(store, id);
    // Its owner may be done in the meantime.
    if (lease === undefined) continue;
    states.push({ lease, isLive: await isLive(store, lease) });
  }
  return states;
};
