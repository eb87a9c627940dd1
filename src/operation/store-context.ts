import { ToolError } from '../base/error.js';
import { type InitOptions, initStore } from '../store/init.js';
import { type Store, type StoreSettings, openStore, requireStore } from '../store/store.js';
import type { OperationContext } from './context.js';

/** Which store the verbs use, and how. The command line fills it from `$INGOT_STORE` and flags. */
export interface StoreSetting {
  /** Path of the store; see `storeRoot` for the place by default. */
  readonly root: string;
  /** Milliseconds to wait for others who use the store. */
  readonly lockWait?: number;
  /** Who acts, for the journal. */
  readonly actor?: string;
  /** The clock, in milliseconds since 1970. */
  readonly now?: () => number;
  /** Take whole files of a source by another name where the file system can. */
  readonly hardLink?: boolean;
  /** Hash blobs that are in the store already. */
  readonly paranoid?: boolean;
}

/** A context that may know a store. Without one, the location `store:` is not to be had. */
export interface WithStore {
  readonly store?: StoreSetting;
}

/** What the verbs of the store need. */
export type StockContext = OperationContext & Required<WithStore>;

/** @throws {ToolError} TRANSPORT_UNSUPPORTED if the context knows no store */
export const withStore = (context: OperationContext & WithStore, text: string): StockContext => {
  const { store } = context;
  if (store !== undefined) return { ...context, store };
  throw new ToolError('TRANSPORT_UNSUPPORTED', 'there is no store here', {
    subject: text,
    hint: 'name an archive or a layout',
  });
};

const settingsOf = ({ store, limits, signal }: StockContext, purpose: string): StoreSettings => ({
  root: store.root,
  limits,
  purpose,
  ...(store.lockWait === undefined ? {} : { lockWait: store.lockWait }),
  ...(store.actor === undefined ? {} : { actor: store.actor }),
  ...(store.now === undefined ? {} : { now: store.now }),
  ...(signal === undefined ? {} : { signal }),
});

/** A store to read, or undefined where nobody has made one. @throws as `openStore` */
export const storeToRead = (context: StockContext, purpose: string): Promise<Store | undefined> =>
  openStore(settingsOf(context, purpose));

/** A store that must be there. @throws {ToolError} STORE_MISSING, and as `openStore` */
export const storeToChange = (context: StockContext, purpose: string): Promise<Store> =>
  requireStore(settingsOf(context, purpose));

/** A store to bring images into, made if it is not there. @throws as `initStore` */
export const storeToFill = (
  context: StockContext,
  purpose: string,
  options: InitOptions = { adopt: false },
): Promise<Store> => initStore(settingsOf(context, purpose), options);
