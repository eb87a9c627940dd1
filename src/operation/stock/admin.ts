import { ToolError } from '../../base/error.js';
import { saveConfig } from '../../store/config.js';
import { listLeases } from '../../store/lease.js';
import { type LockKind, acquireLock, locksWork } from '../../store/lock.js';
import { resetStore } from '../../store/reset.js';
import { STORE_FORMAT } from '../../store/state.js';
import { type Store, withLock } from '../../store/store.js';
import { readState } from '../../store/transact.js';
import { restingAt } from '../../store/trash.js';
import { type StockContext, storeToChange, storeToFill, storeToRead } from '../store-context.js';
import type { StoreReport } from './report.js';

const describe = async (store: Store, created: boolean): Promise<StoreReport> => {
  const state = await readState(store);
  const leases = await listLeases(store);
  return {
    store: store.paths.root,
    format: STORE_FORMAT,
    created,
    settings: store.config,
    names: state.index.entries.filter(({ nameText }) => nameText !== '').length,
    images: new Set(state.index.entries.map(({ digest }) => digest)).size,
    leases: leases.filter(({ isLive }) => isLive).length,
    resting: restingAt(state.trash, store.now()).length,
  };
};

/** `store init`: an empty store, or with `adopt` one of an image layout that is there. @throws as `initStore` */
export const initStock = async (options: { readonly adopt: boolean }, context: StockContext): Promise<StoreReport> => {
  const known = await storeToRead(context, 'store init');
  const store = await storeToFill(context, 'store init', options);
  return withLock(store, 'shared', (held) => describe(held, known === undefined));
};

/** `store info`. @throws {ToolError} STORE_MISSING; as `readState` */
export const stockInfo = async (context: StockContext): Promise<StoreReport> => {
  const store = await storeToChange(context, 'store info');
  return withLock(store, 'shared', (held) => describe(held, false));
};

/** Settings that can be changed later. */
export interface MigrateOptions {
  /** The other kind of lock; all who use the store follow. */
  readonly lock?: LockKind;
  readonly settings?: Partial<Omit<StoreReport['settings'], 'lock'>>;
}

const changeLock = async (store: Store, lock: LockKind): Promise<void> => {
  if (!(await locksWork(store.paths.lock, lock))) {
    throw new ToolError('STORE_LOCK_UNAVAILABLE', 'locks of this kind do not work here', {
      subject: store.paths.root,
      expected: lock,
    });
  }
  const running = (await listLeases(store)).find(({ lease, isLive }) => isLive && lease.kind === 'process');
  if (running === undefined) return;
  throw new ToolError('STORE_LOCKED', 'a process works on the store', {
    subject: store.paths.root,
    found: running.lease.owner,
  });
};

/**
 * `store migrate`: brings a store to the newest format, and changes its settings. The kind of lock changes while this
 * process holds both kinds, so that nobody is left with the wrong one.
 * @throws {ToolError} STORE_MISSING, STORE_VERSION, STORE_LOCKED, STORE_LOCK_UNAVAILABLE; system errors
 */
export const migrateStock = async (options: MigrateOptions, context: StockContext): Promise<StoreReport> => {
  const store = await storeToChange(context, 'store migrate');
  return withLock(store, 'exclusive', async (held) => {
    const lock = options.lock ?? held.config.lock;
    const isOther = lock !== held.config.lock;
    if (isOther) await changeLock(held, lock);
    const other = isOther
      ? await acquireLock({
          path: held.paths.lock,
          mode: 'exclusive',
          kind: lock,
          wait: held.lockWait,
          purpose: held.purpose,
        })
      : undefined;
    try {
      const config = { ...held.config, ...options.settings, lock };
      await saveConfig(held.paths, config, held.limits);
      return await describe({ ...held, config }, false);
    } finally {
      await other?.release();
    }
  });
};

/**
 * `store reset`: removes everything that is in the store, trash and journal included; settings stay.
 * @param path of the store, which the user must name
 * @throws {ToolError} USAGE if it is another path; IMAGE_LEASED while somebody works on the content; STORE_MISSING,
 * STORE_LOCKED; system errors
 */
export const resetStock = async (path: string, context: StockContext): Promise<StoreReport> => {
  const store = await storeToChange(context, 'store reset');
  if (path !== store.paths.root) {
    throw new ToolError('USAGE', 'the path is not that of the store', {
      expected: store.paths.root,
      found: path,
      hint: 'name the path of the store to have everything in it removed',
    });
  }
  return withLock(store, 'exclusive', async (held) => {
    await resetStore(held);
    return describe(held, false);
  });
};
