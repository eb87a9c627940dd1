import type { JsonObject } from '../base/json.js';
import type { Limits } from '../base/limits.js';
import type { Cursor } from '../oci/decode.js';
import { canonicalText } from './canonical-text.js';
import type { LockKind } from './lock.js';
import { STORE_FORMAT, loadState, saveState } from './state.js';
import type { StorePaths } from './path.js';

/** Settings of one store, the same for all who use it. */
export interface StoreConfig {
  /** How the store is locked. All processes must use one kind, since the kinds do not see each other. */
  readonly lock: LockKind;
  /** Wait until the disk has what is published. */
  readonly fsync: boolean;
  /** Seconds that a blob is left alone after it came, for tools that take no lease. */
  readonly grace: number;
  /** Seconds that a removed image can be restored. */
  readonly trash: number;
  /** Seconds that a lease lasts unless told. */
  readonly lease: number;
  /** Patterns of names that may not be moved or removed; `*` stands for any text without `/`, `**` for any text. */
  readonly immutable: readonly string[];
  /** What stands in `ref.name`: the full name, which no other image has, or the bare tag. */
  readonly refName: 'full' | 'tag';
}

const HOUR = 3600;

export const DEFAULT_CONFIG: Omit<StoreConfig, 'lock'> = {
  fsync: true,
  grace: HOUR,
  trash: 7 * 24 * HOUR,
  lease: 24 * HOUR,
  immutable: [],
  refName: 'full',
};

const choice = <T extends string>(cursor: Cursor, values: readonly T[]): T =>
  values.find((value) => value === cursor.value) ?? cursor.fail(values.map((value) => `"${value}"`).join(' or '));

const decodeConfig = (cursor: Cursor): StoreConfig => ({
  lock: choice(cursor.field('lock'), ['ofd', 'flock']),
  fsync: cursor.field('fsync').boolean(),
  grace: cursor.field('grace').size(),
  trash: cursor.field('trash').size(),
  lease: cursor.field('lease').size(),
  immutable: cursor.field('immutable').strings(),
  refName: choice(cursor.field('refName'), ['full', 'tag']),
});

export const configText = (config: StoreConfig): string => canonicalText({ ...config, format: STORE_FORMAT });

interface LoadedConfig {
  readonly config: StoreConfig;
  /** Members of the file that this version does not know; they are kept. */
  readonly others: JsonObject;
}

const loadRaw = (paths: StorePaths, limits: Limits): Promise<LoadedConfig | undefined> =>
  loadState(paths.config, limits, (cursor) => ({ config: decodeConfig(cursor), others: cursor.object() }));

/** Undefined if there is no store. @throws {ToolError} STORE_VERSION, STORE_STATE_INVALID; system errors */
export const loadConfig = async (paths: StorePaths, limits: Limits): Promise<StoreConfig | undefined> =>
  (await loadRaw(paths, limits))?.config;

/** Changes settings. The caller holds the store. @throws as {@link loadConfig} */
export const saveConfig = async (paths: StorePaths, config: StoreConfig, limits: Limits): Promise<void> => {
  const others = (await loadRaw(paths, limits))?.others ?? {};
  await saveState(paths.config, canonicalText({ ...others, ...config, format: STORE_FORMAT }), true);
};
