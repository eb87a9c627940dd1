import { invariant } from '../base/error.js';
import { verifiedBlobs } from '../content/blob.js';
import type { ContentGraph } from '../content/graph.js';
import type { Digest } from '../oci/digest.js';
import { pushImages } from '../transport/registry/push.js';
import { planPush } from '../transport/registry/push-plan.js';
import type { OperationContext } from './context.js';
import type { Location } from './location.js';
import type { PreparedImages } from './prepare.js';
import type { PushEntry } from './report.js';
import { registryHost, repositoryOf } from './registry-context.js';
import { shareOut } from './registry-names.js';

export interface PlacedInRegistry {
  /** The images under their names there. */
  readonly graph: ContentGraph;
  readonly push: PushEntry;
}

/** Repositories of the destination's host that have blobs of the sources. */
type KnownBlobs = Map<Digest, string>;

const addKnown = (known: KnownBlobs, digests: Iterable<Digest>, path: string): void => {
  for (const digest of digests) if (!known.has(digest)) known.set(digest, path);
};

/**
 * Images into a registry: see `shareOut` for their names and `pushImages` for the order.
 * @param sources what the images come from, so that blobs of the same registry need not travel
 * @throws {ToolError} as `shareOut`, `planPush` and `pushImages`
 */
export const placeInRegistry = async (
  location: Location,
  images: PreparedImages,
  options: {
    readonly allowSparse: boolean;
    readonly naming: 'kept' | 'given';
    readonly sources: readonly { readonly location: Location; readonly graph: ContentGraph }[];
  },
  context: OperationContext,
): Promise<PlacedInRegistry> => {
  const place = location.registry;
  invariant(place !== undefined, 'a registry without a place');
  const { graph, shares } = shareOut(images.graph, place, options.naming);
  const plans = shares.map(({ path, roots }) => ({ path, plan: planPush(graph, roots, options) }));
  const known: KnownBlobs = new Map();
  for (const source of options.sources) {
    const from = source.location.registry;
    if (from?.domain === place.domain) addKnown(known, source.graph.nodes.keys(), from.path);
  }
  const total = plans.reduce((sum, { plan }) => sum + plan.blobs.reduce((bytes, { size }) => bytes + size, 0), 0);
  const name = `push to ${place.domain}`;
  const host = registryHost(place.domain, context);
  let push: PushEntry = { present: 0, mounted: 0, uploaded: 0, bytes: 0, referrers: [] };
  try {
    context.observer({ type: 'phase', name, total });
    for (const { path, plan } of plans) {
      const count = await pushImages(repositoryOf(host, path, context), plan, verifiedBlobs(images.blobs), {
        onBytes: (done) => context.observer({ type: 'bytes', done }),
        mountFrom: (digest) => known.get(digest),
        ...(context.signal === undefined ? {} : { signal: context.signal }),
      });
      push = {
        present: push.present + count.present,
        mounted: push.mounted + count.mounted,
        uploaded: push.uploaded + count.uploaded,
        bytes: push.bytes + count.bytes,
        referrers: [...push.referrers, ...count.referrers],
      };
      addKnown(
        known,
        plan.blobs.map(({ digest }) => digest),
        path,
      );
    }
    context.observer({ type: 'phase-end', name });
    return { graph, push };
  } finally {
    await host.close();
  }
};
