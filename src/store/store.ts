import { promises } from 'node:fs';
import { userInfo } from 'node:os';
import { ToolError, fromSystemError } from '../base/error.js';
import { DEFAULT_LIMITS, type Limits } from '../base/limits.js';
import { type Clock, systemClock } from './clock.js';
import { type StoreConfig, DEFAULT_CONFIG, loadConfig } from './config.js';
import { isAbsent, kindOf, statOf, tampered } from './file.js';
import { type LockRequest, acquireLock } from './lock.js';
import { type StorePaths, storePaths } from './path.js';

/** Points of an operation at which tests end the process. */
export type Step =
  | 'lease-written'
  | 'blob-written'
  | 'blob-linked'
  | 'index-written'
  | 'index-renamed'
  | 'refs-written'
  | 'sweep-begun'
  | 'blob-removed';

/** What a caller says about its use of the store. */
export interface StoreSettings {
  readonly root: string;
  readonly limits?: Limits;
  readonly now?: Clock;
  /** Milliseconds to wait for a lock; two minutes by default. */
  readonly lockWait?: number;
  /** What is being done: for the journal, and for those who wait meanwhile. */
  readonly purpose?: string;
  /** Who does it, for the journal; the user of the process by default. */
  readonly actor?: string;
  readonly signal?: AbortSignal;
  readonly step?: (step: Step) => void;
}

/** A store that is there. */
export interface Store extends Required<Omit<StoreSettings, 'signal' | 'root'>> {
  readonly signal?: AbortSignal;
  readonly paths: StorePaths;
  readonly config: StoreConfig;
}

const DEFAULT_LOCK_WAIT = 120_000;

const currentUser = (): string => {
  try {
    return userInfo().username;
  } catch {
    // A user without an entry in the list of users, as in many containers.
    return String(process.getuid?.() ?? 'unknown');
  }
};

/** The path itself if it is not there. @throws {ToolError} system errors */
export const resolveRoot = async (root: string): Promise<string> => {
  try {
    return await promises.realpath(root);
  } catch (error) {
    if (isAbsent(error)) return root;
    throw fromSystemError(error, 'the store cannot be opened', root);
  }
};

export const storeWith = (settings: StoreSettings, paths: StorePaths, config: StoreConfig): Store => ({
  limits: settings.limits ?? DEFAULT_LIMITS,
  now: settings.now ?? systemClock,
  lockWait: settings.lockWait ?? DEFAULT_LOCK_WAIT,
  purpose: settings.purpose ?? 'use',
  actor: settings.actor ?? currentUser(),
  step: settings.step ?? ((): void => {}),
  ...(settings.signal === undefined ? {} : { signal: settings.signal }),
  paths,
  config,
});

/**
 * The store at a path, which may be a link; undefined if there is none.
 * @throws {ToolError} STORE_VERSION, STORE_STATE_INVALID, STORE_TAMPERED; system errors
 */
export const openStore = async (settings: StoreSettings): Promise<Store | undefined> => {
  const paths = storePaths(await resolveRoot(settings.root));
  const config = await loadConfig(paths, settings.limits ?? DEFAULT_LIMITS);
  return config === undefined ? undefined : storeWith(settings, paths, config);
};

/** A store that must be there. @throws {ToolError} STORE_MISSING, and as {@link openStore} */
export const requireStore = async (settings: StoreSettings): Promise<Store> => {
  const store = await openStore(settings);
  if (store !== undefined) return store;
  throw new ToolError('STORE_MISSING', 'there is no store', {
    subject: settings.root,
    hint: 'load an image, or make an empty store with ingot store init',
  });
};

/** What `init` has not made yet, for the time before there is a store to ask. */
export const unsavedConfig = (lock: StoreConfig['lock']): StoreConfig => ({ ...DEFAULT_CONFIG, lock });

/** Whatever is cleaned up in a directory of the state must be of the state: nothing is followed out of the store. */
const checkDirectories = async ({ ingest, leases, used, quarantine }: StorePaths): Promise<void> => {
  for (const path of [ingest, leases, used, quarantine]) {
    const stat = await statOf(path);
    if (stat !== undefined && !stat.isDirectory()) throw tampered(path, kindOf(stat));
  }
};

/** Times that a change of the kind of lock is followed before something must be wrong. */
const KIND_CHANGES = 3;

/**
 * Runs an action under the lock of the store.
 * @throws {ToolError} STORE_LOCKED, STORE_LOCK_UNAVAILABLE, STORE_TAMPERED, PERMISSION_DENIED and other system errors
 */
export const withLock = async <T>(
  store: Store,
  mode: LockRequest['mode'],
  action: (store: Store) => Promise<T>,
): Promise<T> => {
  let current = store;
  for (let round = 0; ; round++) {
    const lock = await acquireLock({
      path: current.paths.lock,
      mode,
      kind: current.config.lock,
      wait: current.lockWait,
      purpose: current.purpose,
      ...(current.signal === undefined ? {} : { signal: current.signal }),
    });
    try {
      // Settings may have changed while this process waited, the kind of the lock among them.
      const config = (await loadConfig(current.paths, current.limits)) ?? current.config;
      const isHeld = config.lock === current.config.lock;
      current = { ...current, config };
      await checkDirectories(current.paths);
      if (isHeld || round >= KIND_CHANGES) return await action(current);
    } finally {
      await lock.release();
    }
  }
};
