import { type StoreUsage, storeUsage } from '../../store/usage.js';
import { type StockContext, storeToRead } from '../store-context.js';
import type { DfReport } from './report.js';

const NOTHING: StoreUsage = {
  logical: 0,
  total: 0,
  blobs: 0,
  images: [],
  parts: { unique: 0, shared: 0, leased: 0, trash: 0, reclaimable: 0, temporary: 0, quarantine: 0, state: 0, other: 0 },
};

/** `df`: where the bytes of the store are. @throws as `storeUsage` */
export const df = async (context: StockContext): Promise<DfReport> => {
  const store = await storeToRead(context, 'df');
  if (store === undefined) return { store: context.store.root, ...NOTHING };
  return { store: store.paths.root, ...(await storeUsage(store)) };
};
