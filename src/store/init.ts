import { promises } from 'node:fs';
import { utf8 } from '../base/bytes.js';
import { ToolError, fromSystemError } from '../base/error.js';
import { parseJson } from '../base/json-parse.js';
import { DEFAULT_LIMITS } from '../base/limits.js';
import { BLOBS_DIRECTORY, INDEX_FILE, LAYOUT_FILE, LAYOUT_VERSION, checkLayoutVersion } from '../oci/image-layout.js';
import { canonicalText } from './canonical-text.js';
import { configText, loadConfig } from './config.js';
import { kindOf, namesIn, readWhole, statOf, syncDirectory, tampered, writeWhole } from './file.js';
import { emptyIndex, indexBytes } from './index-file.js';
import { chooseLockKind, locksWork } from './lock.js';
import { type StorePaths, STATE_DIRECTORY, storePaths } from './path.js';
import { type Store, type StoreSettings, openStore, resolveRoot, storeWith, unsavedConfig } from './store.js';

const LAYOUT_LIMIT = 4096;

const OWN_NAMES: ReadonlySet<string> = new Set([STATE_DIRECTORY, LAYOUT_FILE, INDEX_FILE, BLOBS_DIRECTORY]);

const foreign = (root: string, found: string, hint: string): ToolError =>
  new ToolError('STORE_FOREIGN', 'the directory is no store of Ingot', {
    subject: root,
    expected: 'a store, an empty directory, or nothing',
    found,
    hint,
  });

/**
 * Whether a store may be made there: in nothing, in an empty directory, in what an interrupted `init` has left, and in
 * an image layout if that is wanted.
 */
const checkPlace = async (paths: StorePaths, adopt: boolean): Promise<void> => {
  const stat = await promises.stat(paths.root).catch(() => undefined);
  if (stat === undefined) return;
  if (!stat.isDirectory()) throw foreign(paths.root, kindOf(stat), 'choose another path, such as $INGOT_STORE');
  const names = await namesIn(paths.root);
  const other = names.find((name) => !OWN_NAMES.has(name) && !name.startsWith('.new-'));
  const hasState = names.includes(STATE_DIRECTORY);
  if (!names.includes(LAYOUT_FILE)) {
    if (other !== undefined) throw foreign(paths.root, 'other files', 'choose an empty directory');
    return;
  }
  if (hasState || adopt) {
    const subject = paths.layout;
    const layout = await readWhole(paths.layout, LAYOUT_LIMIT, 'LAYOUT_INVALID');
    if (layout !== undefined)
      checkLayoutVersion(parseJson(layout, { subject, depth: DEFAULT_LIMITS.jsonDepth }), subject);
    return;
  }
  throw foreign(paths.root, 'an image layout', 'run ingot store init --adopt to make it a store');
};

const makeDirectories = async (paths: StorePaths): Promise<void> => {
  const directories = [paths.root, paths.blobs, `${paths.blobs}/sha256`, paths.state];
  const inside = [paths.ingest, paths.leases, paths.used, paths.quarantine];
  for (const path of [...directories, ...inside]) {
    const stat = path === paths.root ? undefined : await statOf(path);
    if (stat !== undefined && !stat.isDirectory()) throw tampered(path, kindOf(stat));
    await promises.mkdir(path, { recursive: true }).catch((error: unknown) => {
      throw fromSystemError(error, 'cannot be made', path);
    });
  }
};

export interface InitOptions {
  /** Make a store of an image layout that is there. */
  readonly adopt: boolean;
}

/**
 * The store at a path, made if it is not there. Any number of processes may do that at once: the first settings stay.
 * Locks are tried out first.
 * @throws {ToolError} STORE_FOREIGN, STORE_LOCK_UNAVAILABLE, STORE_VERSION, STORE_STATE_INVALID, STORE_TAMPERED,
 * LAYOUT_VERSION; PERMISSION_DENIED and other system errors
 */
export const initStore = async (settings: StoreSettings, options: InitOptions): Promise<Store> => {
  const known = await openStore(settings);
  if (known !== undefined) return known;
  const limits = settings.limits ?? DEFAULT_LIMITS;
  await checkPlace(storePaths(await resolveRoot(settings.root)), options.adopt);
  await promises.mkdir(settings.root, { recursive: true }).catch((error: unknown) => {
    throw fromSystemError(error, 'cannot be made', settings.root);
  });
  const paths = storePaths(await resolveRoot(settings.root));
  await makeDirectories(paths);
  const lock = await chooseLockKind();
  if (!(await locksWork(paths.lock, lock))) {
    throw new ToolError('STORE_LOCK_UNAVAILABLE', 'locks do not work on this file system', {
      subject: paths.root,
      hint: 'put the store on a local file system',
    });
  }
  const once = { durable: true, keepExisting: true } as const;
  await writeWhole(paths.layout, utf8(canonicalText({ imageLayoutVersion: LAYOUT_VERSION })), once);
  await writeWhole(paths.index, indexBytes(emptyIndex()), once);
  // Last, since a store is there when its settings are.
  await writeWhole(paths.config, utf8(configText(unsavedConfig(lock))), once);
  await syncDirectory(paths.root);
  const config = await loadConfig(paths, limits);
  if (config === undefined) throw new ToolError('IO', 'the store cannot be made', { subject: paths.root });
  return storeWith(settings, paths, config);
};
