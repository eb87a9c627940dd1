import type { Digest } from '../../oci/digest.js';
import { ToolError } from '../../base/error.js';
import { Reach } from '../../store/reach.js';
import type { Store } from '../../store/store.js';
import type { Stock } from './stock.js';

const containsOf = async (reach: Reach, stock: Stock, digests: Iterable<Digest>): Promise<ReadonlySet<Digest>> => {
  const types = new Map(stock.images.map(({ digest, mediaType }) => [digest, mediaType]));
  const contained = new Set<Digest>();
  for (const digest of digests) {
    try {
      const root = { digest, mediaType: types.get(digest) ?? '', owner: digest };
      for (const part of await reach.from([root], 'without subjects')) contained.add(part);
    } catch (error) {
      // A damaged image contains what can be known of it.
      if (!(error instanceof ToolError) || error.class !== 'input') throw error;
      contained.add(digest);
    }
  }
  return contained;
};

/**
 * Artifacts without a name that refer to what goes, and to nothing that stays; those that refer to them included.
 */
export const referrersOf = async (
  store: Store,
  stock: Stock,
  gone: ReadonlySet<Digest>,
): Promise<readonly Digest[]> => {
  const candidates = stock.images.filter(({ isReferrer, digest }) => isReferrer && !gone.has(digest));
  if (candidates.length === 0 || gone.size === 0) return [];
  const reach = new Reach(store.paths, store.limits, store.signal);
  const going = new Set(await containsOf(reach, stock, gone));
  const stays = stock.images
    .filter(({ digest, isReferrer }) => !gone.has(digest) && !isReferrer)
    .map(({ digest }) => digest);
  const staying = await containsOf(reach, stock, stays);
  const found: Digest[] = [];
  for (let grown = true; grown;) {
    grown = false;
    for (const { digest, facts } of candidates) {
      const { subject } = facts;
      if (subject === undefined || !going.has(subject) || staying.has(subject) || going.has(digest)) continue;
      going.add(digest);
      found.push(digest);
      grown = true;
    }
  }
  return found;
};
