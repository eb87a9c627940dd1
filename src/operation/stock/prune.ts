import type { Digest } from '../../oci/digest.js';
import { timeText } from '../../store/clock.js';
import {
  type CollectOptions,
  type CollectionPlan,
  collect,
  planCollection,
  planFor,
  sweep,
} from '../../store/collect.js';
import { findBlob } from '../../store/content.js';
import type { Draft } from '../../store/draft.js';
import { type Store, withLock } from '../../store/store.js';
import { transactLocked } from '../../store/transact.js';
import { type StockContext, storeToChange } from '../store-context.js';
import { imageConflicts, nameConflicts } from './conflict.js';
import { type Filter, testFilters } from './filter.js';
import { referrersOf } from './referrers.js';
import type { CollectionReport, Conflict, GcReport, PruneReport, RemovedImage } from './report.js';
import { type Stock, type StockImage, takeStock } from './stock.js';

export interface PruneOptions extends CollectOptions {
  /** Named images, too: all that are not pinned, leased or immutable and that the filters let through. */
  readonly all: boolean;
  readonly filters: readonly Filter[];
  /** Named images do not rest in the trash. */
  readonly purge: boolean;
  readonly dryRun: boolean;
}

const collectionReport = (plan: CollectionPlan): CollectionReport => ({
  blobs: plan.blobs.map(({ digest, size }) => ({ digest, size })),
  bytes: plan.bytes,
  live: plan.live,
  young: plan.young,
  sessions: plan.sessions.length,
  leases: plan.leases,
  temporary: plan.temporary.length,
  trash: plan.trash,
});

/** What prune takes out of the list: decided here for a dry run and a run alike. */
interface Selection {
  readonly going: readonly StockImage[];
  readonly kept: readonly Conflict[];
}

const select = async (store: Store, stock: Stock, draft: Draft, options: PruneOptions): Promise<Selection> => {
  const test = await testFilters(options.filters, store, stock);
  const going: StockImage[] = [];
  const kept: Conflict[] = [];
  for (const image of stock.images) {
    if (image.isReferrer || (!options.all && !image.isDangling)) continue;
    const names = image.names.length === 0 ? [''] : image.names;
    // An image goes with all of its names or stays with all of them.
    if (!names.every((name) => test(image, name))) continue;
    const conflicts = [
      ...nameConflicts(draft, store.config, image.digest, image.names),
      ...imageConflicts(draft, image.digest, image.leases),
    ];
    kept.push(...conflicts);
    if (conflicts.length === 0) going.push(image);
  }
  return { going, kept };
};

const reasonOf = ({ isDangling }: StockImage): string => (isDangling ? 'dangling' : 'not needed');

const apply = async (
  store: Store,
  stock: Stock,
  draft: Draft,
  going: readonly StockImage[],
  options: PruneOptions,
): Promise<readonly RemovedImage[]> => {
  const digests = new Set<Digest>(going.map(({ digest }) => digest));
  const referrers = await referrersOf(store, stock, digests);
  const orphans = stock.images.filter(
    ({ isReferrer, facts, digest }) =>
      isReferrer && facts.subject !== undefined && !stock.facts.has(facts.subject) && !referrers.includes(digest),
  );
  const removed: RemovedImage[] = [];
  for (const image of going) {
    const rests = !image.isDangling && !options.purge && store.config.trash > 0;
    const expires = rests ? { expires: timeText(store.now() + store.config.trash * 1000) } : {};
    removed.push({ digest: image.digest, names: image.names, reason: reasonOf(image), ...expires });
    const own = referrers.filter((referrer) => stock.facts.get(referrer)?.subject === image.digest);
    draft.removeImage(image.digest, own, `pruned: ${reasonOf(image)}`, rests ? 'rests' : 'goes');
    for (const digest of own) removed.push({ digest, names: [], reason: `refers to ${image.digest}`, ...expires });
  }
  for (const digest of referrers) {
    if (removed.some((done) => done.digest === digest)) continue;
    removed.push({ digest, names: [], reason: 'refers to what is gone' });
    draft.removeImage(digest, [], 'pruned: refers to what is gone', 'goes');
  }
  return [...removed, ...dropOrphans(store, draft, orphans)];
};

/** Artifacts whose subject is nowhere in the store. */
const dropOrphans = (store: Store, draft: Draft, orphans: readonly StockImage[]): readonly RemovedImage[] => {
  const lost = orphans.filter(
    ({ facts }) => facts.subject !== undefined && findBlob(store.paths, facts.subject) === undefined,
  );
  for (const { digest } of lost) draft.removeImage(digest, [], 'pruned: its subject is gone', 'goes');
  return lost.map(({ digest }) => ({ digest, names: [], reason: 'its subject is gone' }));
};

/**
 * `prune`: takes images without a name out of the list, with `all` also named ones, then removes what nothing needs any
 * more. A dry run makes the same plan and stops there.
 * @throws {ToolError} USAGE, REFERENCE_NOT_FOUND; STORE_MISSING, STORE_LOCKED, and as `collect`
 */
export const prune = async (options: PruneOptions, context: StockContext): Promise<PruneReport> => {
  const store = await storeToChange(context, 'prune');
  return withLock(store, options.dryRun ? 'shared' : 'exclusive', async (held) => {
    const { report, plan } = await transactLocked(held, 'prune', async (draft, state) => {
      const stock = await takeStock(held, state);
      const { going, kept } = await select(held, stock, draft, options);
      const removed = await apply(held, stock, draft, going, options);
      const collection = await planFor(held, draft.state(), options);
      const made: PruneReport = {
        store: held.paths.root,
        dryRun: options.dryRun,
        removed,
        kept,
        collection: collectionReport(collection),
      };
      // Records go before their content, so that nothing can be restored that is not whole.
      draft.dropTrash(new Set(collection.trash));
      return {
        result: { report: made, plan: collection },
        write: !options.dryRun && (draft.journal.length > 0 || collection.trash.length > 0),
      };
    });
    if (!options.dryRun) await sweep(held, plan);
    return report;
  });
};

export interface GcOptions extends CollectOptions {
  readonly dryRun: boolean;
}

/** `gc`: removes what nothing needs; the list of images stays as it is. @throws as {@link prune} */
export const gc = async (options: GcOptions, context: StockContext): Promise<GcReport> => {
  const store = await storeToChange(context, 'gc');
  const plan = options.dryRun ? await planCollection(store, options) : await collect(store, options);
  return { store: store.paths.root, dryRun: options.dryRun, ...collectionReport(plan) };
};
