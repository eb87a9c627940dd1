import { runBulk } from '../codec/bulk.js';
import type { BulkCopy } from '../store/ingest.js';
import { writeToStore } from '../store/sink.js';
import { bulkOptions } from './bulk-options.js';
import type { OperationContext } from './context.js';
import type { Location } from './location.js';
import type { PreparedImages } from './prepare.js';
import type { StoreReceipt } from './report.js';
import { storeToFill, withStore } from './store-context.js';

/** Copies and verifies with all threads; the digest of each extent is held against what it must be. */
const bulkCopy =
  (context: OperationContext): BulkCopy =>
  async (targets) => {
    await runBulk(
      targets.map(({ extent, fd }) => ({
        ...extent.expectation,
        extent: extent.file,
        target: { fd, offset: 0, content: 'raw' as const },
      })),
      bulkOptions(context),
    );
  };

/** Images into the store, which is made if it is not there. @throws as `initStore` and `writeToStore` */
export const placeInStore = async (
  location: Location,
  images: PreparedImages,
  options: { readonly allowSparse: boolean; readonly operation: string; readonly source: string },
  context: OperationContext,
): Promise<StoreReceipt> => {
  const known = withStore(context, location.text);
  const store = await storeToFill(known, options.operation);
  context.observer({ type: 'phase', name: 'write to the store' });
  const receipt = await writeToStore(store, images.graph, images.blobs, {
    ...options,
    ...(known.store.rules === undefined ? {} : { rules: known.store.rules }),
    ingest: {
      copy: bulkCopy(context),
      onBytes: (done) => context.observer({ type: 'bytes', done }),
      ...(known.store.hardLink === undefined ? {} : { hardLink: known.store.hardLink }),
      ...(known.store.paranoid === undefined ? {} : { paranoid: known.store.paranoid }),
    },
  });
  context.observer({ type: 'phase-end', name: 'write to the store' });
  return { path: store.paths.root, ...receipt };
};
