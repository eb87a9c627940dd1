import { ToolError } from '../base/error.js';
import { type InitOptions, initStore } from '../store/init.js';
import { type Store, type StoreSettings, openStore, requireStore } from '../store/store.js';
import type { OperationContext, StoreSetting } from './context.js';

/** What the verbs of the store need. */
export type StockContext = OperationContext & { readonly store: StoreSetting };

/** @throws {ToolError} TRANSPORT_UNSUPPORTED if the context knows no store */
export const withStore = (context: OperationContext, text: string): StockContext => {
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
