import type { BulkOptions } from '../codec/bulk.js';
import type { OperationContext } from './context.js';

/** How bulk work runs in an operation. */
export const bulkOptions = (context: OperationContext): BulkOptions => ({
  threads: context.threads,
  limits: context.limits,
  ...(context.signal === undefined ? {} : { signal: context.signal }),
  onBytes: (done) => context.observer({ type: 'bytes', done }),
});
