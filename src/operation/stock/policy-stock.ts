import type { Digest } from '../../oci/digest.js';
import { roleOf } from '../../oci/media-type.js';
import { rootsOfStore } from '../../store/collect.js';
import { listBlobs } from '../../store/content.js';
import { diskOf } from '../../store/disk.js';
import { factsOf } from '../../store/facts.js';
import { listLeases } from '../../store/lease.js';
import { matchesAny } from '../../store/pattern.js';
import type { Policy } from '../../store/policy/language.js';
import type { PolicyImage, PolicyName, PolicyStock } from '../../store/policy/stock.js';
import { type Link, Reach } from '../../store/reach.js';
import type { Store } from '../../store/store.js';
import type { ReadState } from '../../store/transact.js';
import { lastUsed } from '../../store/used.js';
import { type Stock, type StockImage, takeStock } from './stock.js';

const MANIFESTS: ReadonlySet<string> = new Set(['index', 'manifest', 'artifact-manifest', 'schema1']);

/** The manifests inside an index, at any depth. */
const containedIn = async (reach: Reach, { digest, mediaType }: StockImage): Promise<readonly Link[]> => {
  if (roleOf(mediaType) !== 'index') return [];
  const found = new Map<Digest, Link>();
  const queue: Link[] = [{ digest, mediaType }];
  for (const place of queue) {
    for (const link of (await reach.linksFrom(place)) ?? []) {
      if (link.isSubject === true || found.has(link.digest) || !MANIFESTS.has(roleOf(link.mediaType))) continue;
      found.set(link.digest, link);
      queue.push(link);
    }
  }
  return [...found.values()];
};

const asksForLabels = ({ protect, rules }: Policy): boolean =>
  protect.some(({ labels }) => Object.keys(labels).length > 0) || rules.some(({ per }) => per.kind === 'label');

/** An index has no labels of its own; those of its images count, the first that has one. */
const labelsOf = async (
  store: Store,
  { facts }: StockImage,
  children: readonly Link[],
): Promise<Readonly<Record<string, string>>> => {
  if (children.length === 0) return facts.labels;
  const all = await factsOf(store, children, false);
  return children.toReversed().reduce((labels, { digest }) => ({ ...labels, ...all.get(digest)?.labels }), {});
};

const nameOf = (store: Store, { state }: Stock, name: string): PolicyName => {
  const record = state.refs.refs.get(name);
  const held = record?.pinned === true ? 'pinned' : matchesAny(store.config.immutable, name) ? 'immutable' : undefined;
  return {
    name,
    ...(record === undefined ? {} : { seq: record.seq, tagged: record.tagged, imported: record.imported }),
    ...(held === undefined ? {} : { held }),
  };
};

/**
 * The number of an image that lost its last name: it got a new one then, but what counts is when it came. It stands
 * after all names of that time.
 */
const placeOf = ({ state }: Stock, imported: number): number =>
  [...state.refs.refs.values()].reduce((most, { seq, tagged }) => (tagged <= imported ? Math.max(most, seq) : most), 0);

const imageOf = (
  store: Store,
  stock: Stock,
  image: StockImage,
  rest: Pick<PolicyImage, 'labels' | 'contains' | 'blobs'> & { readonly used: number | undefined },
): PolicyImage => {
  const { digest, names, facts, leases } = image;
  const record = stock.state.refs.images.get(digest);
  const held = record?.pinned === true ? 'pinned' : leases.length > 0 ? 'leased' : undefined;
  const { used, ...parts } = rest;
  return {
    digest,
    names: names.map((name) => nameOf(store, stock, name)),
    ...(record === undefined
      ? {}
      : {
          seq: record.untagged === undefined ? record.seq : placeOf(stock, record.imported),
          imported: record.imported,
        }),
    ...(record?.untagged === undefined ? {} : { untagged: record.untagged }),
    ...(record?.lastName === undefined ? {} : { lastName: record.lastName }),
    ...(used === undefined ? {} : { used }),
    ...(held === undefined ? {} : { held }),
    ...(facts.subject === undefined ? {} : { subject: facts.subject }),
    ...parts,
  };
};

/** Bytes of blobs that nothing but the trash keeps, or nothing at all. */
const pendingBytes = async (
  store: Store,
  state: ReadState,
  reach: Reach,
  sizes: ReadonlyMap<Digest, number>,
): Promise<number> => {
  const { index, pins, leases, flat } = rootsOfStore(state, await listLeases(store), store.now());
  const roots = [...index, ...pins, ...leases].filter(({ digest }) => sizes.has(digest));
  const live = new Set<Digest>([...(await reach.from(roots)), ...flat]);
  return [...sizes].reduce((sum, [digest, size]) => sum + (live.has(digest) ? 0 : size), 0);
};

/**
 * What a policy asks about a store. The caller holds the store.
 * @throws {ToolError} BLOB_CORRUPT, BLOB_MISSING, JSON_*: what cannot be read for sure may contain anything, so nothing
 * is decided; system errors
 */
export const policyStockOf = async (store: Store, state: ReadState, policy: Policy): Promise<PolicyStock> => {
  const stock = await takeStock(store, state);
  const reach = new Reach(store.paths, store.limits, store.signal);
  const used = await lastUsed(store.paths);
  const isLimited = policy.limits.maxSize !== undefined || policy.limits.minFree !== undefined;
  const sizes = new Map<Digest, number>();
  if (isLimited) {
    for (const { digest, size } of (await listBlobs(store.paths, store.signal)).blobs) sizes.set(digest, size);
  }
  const images: PolicyImage[] = [];
  for (const image of stock.images) {
    const { digest, mediaType } = image;
    const children = await containedIn(reach, image);
    const labels = asksForLabels(policy) ? await labelsOf(store, image, children) : image.facts.labels;
    const parts = sizes.has(digest) ? await reach.from([{ digest, mediaType, owner: digest }], 'without subjects') : [];
    const blobs = [...parts].map((part): readonly [Digest, number] => [part, sizes.get(part) ?? 0]);
    const contains = children.map((child) => child.digest);
    images.push(imageOf(store, stock, image, { labels, contains, blobs, used: used.get(digest) }));
  }
  if (!isLimited) return { now: stock.now, images };
  const disk = { ...(await diskOf(store.paths)), pending: await pendingBytes(store, state, reach, sizes) };
  return { now: stock.now, images, disk };
};
