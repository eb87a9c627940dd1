import type { Digest } from '../../oci/digest.js';
import type { StoreState } from '../../store/draft.js';
import { type ImageFacts, factsOf } from '../../store/facts.js';
import type { StoreEntry } from '../../store/index-entry.js';
import { type LeaseState, listLeases } from '../../store/lease.js';
import type { Store } from '../../store/store.js';

/** An image of the store with all that is known about it. */
export interface StockImage {
  readonly digest: Digest;
  readonly mediaType: string;
  /** Sorted. */
  readonly names: readonly string[];
  readonly facts: ImageFacts;
  /** Listed without a name although it refers to no other image. */
  readonly isDangling: boolean;
  /** Refers to an image that is listed, or that one of the listed contains. */
  readonly isReferrer: boolean;
  readonly isSparse: boolean;
  readonly isPinned: boolean;
  /** Ids of leases of users that hold it. */
  readonly leases: readonly string[];
  /** The highest sequence number of its names, or its own. */
  readonly seq: number;
  /** Milliseconds since 1970: when it came. */
  readonly imported: number;
}

/** The images of a state, in its order. */
export interface Stock {
  readonly state: StoreState;
  readonly images: readonly StockImage[];
  readonly facts: ReadonlyMap<Digest, ImageFacts>;
  /** When the list was made. */
  readonly now: number;
}

const NO_FACTS: ImageFacts = { kind: 'artifact', platforms: [], labels: {}, size: 0, isPartial: true };

/**
 * Only leases that users made hold an image: a process that reads is protected by its own, and minds no change of names.
 */
const userLeases = (leases: readonly LeaseState[]): ReadonlyMap<Digest, readonly string[]> => {
  const held = new Map<Digest, string[]>();
  for (const { lease, isLive } of leases) {
    if (lease.kind !== 'user' || !isLive) continue;
    for (const digest of [...lease.roots, ...lease.digests]) held.set(digest, [...(held.get(digest) ?? []), lease.id]);
  }
  return held;
};

const grouped = (entries: readonly StoreEntry[]): ReadonlyMap<Digest, readonly StoreEntry[]> => {
  const groups = new Map<Digest, StoreEntry[]>();
  for (const entry of entries) {
    const group = groups.get(entry.digest);
    if (group === undefined) groups.set(entry.digest, [entry]);
    else group.push(entry);
  }
  return groups;
};

/** The images of a state with their facts. The caller holds the store, or can do with a passing view. @throws system errors */
export const takeStock = async (store: Store, state: StoreState): Promise<Stock> => {
  const facts = await factsOf(store, state.index.entries, true);
  const leases = userLeases(await listLeases(store));
  const groups = grouped(state.index.entries);
  const images = [...groups].map(([digest, entries]): StockImage => {
    const own = facts.get(digest) ?? NO_FACTS;
    const names = entries.flatMap(({ nameText }) => (nameText === '' ? [] : [nameText]));
    const records = names.flatMap((name) => state.refs.refs.get(name) ?? []);
    const record = state.refs.images.get(digest);
    const times = [...records.map(({ imported }) => imported), ...(record === undefined ? [] : [record.imported])];
    const isReferrer = names.length === 0 && own.subject !== undefined;
    const [entry] = entries;
    return {
      digest,
      mediaType: entry?.mediaType ?? '',
      names,
      facts: own,
      isReferrer,
      isDangling: names.length === 0 && !isReferrer,
      isSparse: entries.some(({ isSparse }) => isSparse),
      isPinned: record?.pinned === true || records.some(({ pinned }) => pinned),
      leases: leases.get(digest) ?? [],
      seq: Math.max(record?.seq ?? 0, ...records.map(({ seq }) => seq)),
      imported: times.length === 0 ? store.now() : Math.min(...times),
    };
  });
  return { state, images, facts, now: store.now() };
};
