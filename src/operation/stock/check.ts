import { fsck } from '../../store/fsck.js';
import { type StockContext, storeToChange } from '../store-context.js';
import type { FsckReport } from './report.js';

export interface CheckOptions {
  readonly repair: boolean;
  readonly quick: boolean;
}

/** `fsck`: examines the store, and puts right what can be if that is wanted. @throws {ToolError} STORE_MISSING, and as `fsck` */
export const checkStore = async (options: CheckOptions, context: StockContext): Promise<FsckReport> => {
  const store = await storeToChange(context, 'fsck');
  context.observer({ type: 'phase', name: 'check blobs' });
  const onBytes = (done: number): void => context.observer({ type: 'bytes', done });
  const result = await fsck(store, { ...options, onBytes });
  context.observer({ type: 'phase-end', name: 'check blobs' });
  const repaired = new Set(result.repaired);
  const isOpen = result.findings.some(({ severity, subject }) => severity === 'error' && !repaired.has(subject ?? ''));
  return { store: store.paths.root, sound: !isOpen, ...result };
};
