import { compareBytes } from '../../base/order.js';
import { withLock } from '../../store/store.js';
import { readState } from '../../store/transact.js';
import { type StockContext, storeToRead } from '../store-context.js';
import type { PinReport } from './report.js';

/** `pin --list`: names and images that are pinned. @throws {ToolError} STORE_LOCKED, STORE_STATE_INVALID; system errors */
export const pins = async (context: StockContext): Promise<PinReport> => {
  const store = await storeToRead(context, 'pin --list');
  if (store === undefined) return { store: context.store.root, pins: [] };
  const { refs } = await withLock(store, 'shared', readState);
  const pinned = [
    ...[...refs.refs].map(([subject, record]) => ({ subject, ...record })),
    ...[...refs.images].map(([digest, record]) => ({ subject: digest, ...record, digest })),
  ].filter((record) => record.pinned);
  return {
    store: store.paths.root,
    pins: pinned
      .toSorted((a, b) => compareBytes(a.subject, b.subject))
      .map(({ subject, digest }) => ({ subject, digest, pinned: true, changed: false })),
  };
};
