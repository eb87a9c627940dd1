import type { Digest } from '../../oci/digest.js';
import { type EngineFilter, testEngineFilters } from './filter.js';
import { Forecast } from './forecast.js';
import type { KeptImage, RemovalPlan, RemovalStep } from './plan.js';
import { planLoss } from './plan-image.js';
import { childrenFirst } from './plan-rmi.js';
import { imageRows } from './rows.js';
import { type EngineSnapshot, isUnnamed, titleOf } from './snapshot.js';

export interface EnginePruneOptions {
  /** Named images, too: all that no container uses and that the filters let through. */
  readonly all: boolean;
  readonly filters: readonly EngineFilter[];
}

/** No container is stopped or removed, and no image is taken from those that were built on it. */
const RIGHTS = { removeStopped: false, stop: [], stopSeconds: 0, allowParent: false, untagAnyway: false } as const;

/**
 * The plan of `engine prune`: images without a name that nothing was built on, and with `all` every image, as far as no
 * container uses it. An intermediate image goes with the last image that was built on it.
 */
export const planPrune = (options: EnginePruneOptions, snapshot: EngineSnapshot): RemovalPlan => {
  const fits = testEngineFilters(options.filters);
  const rows = imageRows(snapshot).filter(fits);
  const images = new Map(snapshot.images.map((image) => [image.id, image]));
  const forecast = new Forecast(snapshot);
  const steps: RemovalStep[] = [];
  const kept: KeptImage[] = [];
  for (const { image, names } of childrenFirst(
    rows.map((row): { image: Digest; names: readonly string[] } => ({ image: row.id, names: row.names })),
    snapshot,
  )) {
    const own = images.get(image);
    if (own === undefined || (!options.all && !isUnnamed(own, snapshot.kind))) continue;
    // A parent of what has gone may have gone with it.
    if (!forecast.isThere(image)) continue;
    const children = forecast.childrenOf(image);
    const uses = forecast.usesOf(image);
    if (children.length > 0) {
      const isIntermediate = names.length === 0;
      const by = children.map((child) => child.names[0] ?? child.id);
      if (!isIntermediate) kept.push({ image, names, reason: 'children', by });
    } else if (uses.length > 0) {
      kept.push({ image, names, reason: 'used', by: uses.map(({ container }) => titleOf(container)) });
    } else {
      const references = forecast.referencesOf(image);
      steps.push(...planLoss({ image, subject: image, references }, RIGHTS, forecast).steps);
    }
  }
  return { steps, refusals: [], kept, missing: [] };
};
