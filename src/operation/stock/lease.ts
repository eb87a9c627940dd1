import { ToolError } from '../../base/error.js';
import { timeText } from '../../store/clock.js';
import { type Lease, type LeaseState, dropLease, listLeases, newLeaseId, saveLease } from '../../store/lease.js';
import { factSource, resolveImage } from '../../store/resolve.js';
import { withLock } from '../../store/store.js';
import { readState } from '../../store/transact.js';
import { type StockContext, storeToChange, storeToRead } from '../store-context.js';
import type { LeaseReport, LeaseRow } from './report.js';

const rowOf = (lease: Lease, live: boolean): LeaseRow => ({
  id: lease.id,
  kind: lease.kind,
  owner: lease.owner,
  purpose: lease.purpose,
  labels: lease.labels ?? {},
  created: timeText(lease.created),
  expires: timeText(lease.expires),
  live,
  roots: lease.roots,
  digests: lease.digests,
});

/** `lease ls`. @throws {ToolError} STORE_LOCKED, STORE_STATE_INVALID; system errors */
export const leases = async (context: StockContext): Promise<LeaseReport> => {
  const store = await storeToRead(context, 'lease ls');
  if (store === undefined) return { store: context.store.root, leases: [] };
  const states = await withLock(store, 'shared', listLeases);
  return { store: store.paths.root, leases: states.map(({ lease, isLive }) => rowOf(lease, isLive)) };
};

export interface LeaseOptions {
  /** Seconds; as the store has it unless told. */
  readonly duration?: number;
  readonly purpose: string;
  /** Notes of whoever makes it. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** `lease add`: keeps images, whatever happens to their names. @throws {ToolError} REFERENCE_NOT_FOUND, and as {@link leases} */
export const addLease = async (
  targets: readonly string[],
  options: LeaseOptions,
  context: StockContext,
): Promise<LeaseReport> => {
  const store = await storeToChange(context, 'lease add');
  return withLock(store, 'shared', async (held) => {
    const state = await readState(held);
    const facts = factSource(held, state);
    const roots = [];
    for (const target of targets) roots.push((await resolveImage(state, target, facts)).digest);
    const created = held.now();
    const lease: Lease = {
      id: newLeaseId(),
      kind: 'user',
      owner: held.actor,
      purpose: options.purpose,
      created,
      expires: created + (options.duration ?? held.config.lease) * 1000,
      roots: [...new Set(roots)],
      digests: [],
      ...(options.labels === undefined ? {} : { labels: options.labels }),
    };
    await saveLease(held, lease);
    return { store: held.paths.root, leases: [rowOf(lease, true)] };
  });
};

/** A lease by its id, or by the beginning of one that no other has. */
const find = (states: readonly LeaseState[], id: string): LeaseState => {
  const fitting = /^[0-9a-f-]{4,36}$/.test(id) ? states.filter(({ lease }) => lease.id.startsWith(id)) : [];
  const [state, another] = fitting;
  if (state === undefined)
    throw new ToolError('LEASE_NOT_FOUND', 'no such lease', { subject: id, hint: 'ingot lease ls lists them' });
  if (another === undefined) return state;
  throw new ToolError('REFERENCE_AMBIGUOUS', 'several leases fit', {
    subject: id,
    found: fitting.map(({ lease }) => lease.id).join(', '),
    hint: 'give more of the id',
  });
};

/**
 * `lease rm`.
 * @throws {ToolError} LEASE_NOT_FOUND, also for a lease of a process that runs; REFERENCE_AMBIGUOUS; as {@link leases}
 */
export const removeLeases = async (ids: readonly string[], context: StockContext): Promise<LeaseReport> => {
  const store = await storeToChange(context, 'lease rm');
  return withLock(store, 'exclusive', async (held) => {
    const states = await listLeases(held);
    const chosen = ids.map((id) => {
      const state = find(states, id);
      if (state.lease.kind === 'process' && state.isLive) {
        throw new ToolError('LEASE_NOT_FOUND', 'the lease belongs to a process that runs', {
          subject: id,
          found: state.lease.owner,
          hint: 'end the process; its lease goes with it',
        });
      }
      return state;
    });
    for (const { lease } of chosen) await dropLease(held, lease.id);
    return { store: held.paths.root, leases: chosen.map(({ lease }) => rowOf(lease, false)) };
  });
};
