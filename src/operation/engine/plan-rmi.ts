import { ToolError } from '../../base/error.js';
import type { Digest } from '../../oci/digest.js';
import { Forecast } from './forecast.js';
import type { Refusal, RemovalPlan, RemovalStep } from './plan.js';
import { type ImageLoss, type LossRights, planLoss } from './plan-image.js';
import { checkStops } from './plan-users.js';
import type { EngineSnapshot } from './snapshot.js';
import { findTarget, missingTarget } from './target.js';

export interface EngineRmiOptions extends LossRights {
  /** An ID or digest stands for all names of its image. */
  readonly allNames: boolean;
  readonly ignoreMissing: boolean;
}

export const DEFAULT_ENGINE_RMI: EngineRmiOptions = {
  allNames: false,
  removeStopped: false,
  stop: [],
  stopSeconds: 10,
  untagAnyway: false,
  allowParent: false,
  ignoreMissing: false,
};

interface Wanted {
  readonly losses: readonly ImageLoss[];
  readonly refusals: readonly Refusal[];
  readonly missing: readonly string[];
}

const wantedOf = (
  texts: readonly string[],
  options: EngineRmiOptions,
  snapshot: EngineSnapshot,
  forecast: Forecast,
): Wanted => {
  const losses = new Map<Digest, ImageLoss>();
  const refusals: Refusal[] = [];
  const missing: string[] = [];
  const whole = new Map<Digest, string>();
  for (const text of texts) {
    const target = findTarget(text, snapshot);
    if (target === undefined) {
      if (!options.ignoreMissing) throw missingTarget(text, snapshot);
      missing.push(text);
      continue;
    }
    const { id } = target.image;
    const loss = losses.get(id) ?? { image: id, subject: text, references: [] };
    const more = target.name === undefined || loss.references.includes(target.name) ? [] : [target.name];
    losses.set(id, { ...loss, references: [...loss.references, ...more] });
    if (target.name === undefined) whole.set(id, text);
  }
  for (const [id, subject] of whole) {
    const named = losses.get(id)?.references ?? [];
    const rest = forecast.referencesOf(id).filter((name) => !named.includes(name));
    losses.set(id, { image: id, subject, references: [...named, ...rest] });
    if (rest.length <= 1 || options.allNames) continue;
    const hint = 'name the name that is to go, or say --all-names';
    refusals.push({ kind: 'several-names', code: 'IMAGE_HAS_NAMES', subject, image: id, by: rest, hint });
  }
  return { losses: [...losses.values()], refusals, missing };
};

/** Images built on others come first, so that these are free when their turn comes; otherwise the order stays. */
export const childrenFirst = <T extends { readonly image: Digest }>(
  items: readonly T[],
  { images }: EngineSnapshot,
): readonly T[] => {
  const parents = new Map(images.map(({ id, parent }) => [id, parent]));
  const depths = new Map<Digest, number>();
  const depthOf = (id: Digest): number => {
    const known = depths.get(id);
    if (known !== undefined) return known;
    depths.set(id, 0);
    const parent = parents.get(id);
    const depth = parent === undefined ? 0 : depthOf(parent) + 1;
    depths.set(id, depth);
    return depth;
  };
  return items.toSorted((a, b) => depthOf(b.image) - depthOf(a.image));
};

/**
 * The plan of `engine rmi`. With a refusal, nothing is planned.
 * @throws {ToolError} REFERENCE_NOT_FOUND, REFERENCE_AMBIGUOUS, CONTAINER_NOT_FOUND; USAGE for options that exclude each
 * other
 */
export const planRmi = (texts: readonly string[], options: EngineRmiOptions, snapshot: EngineSnapshot): RemovalPlan => {
  if (options.untagAnyway && (options.removeStopped || options.stop.length > 0)) {
    throw new ToolError('USAGE', '--untag-anyway leaves containers alone', {
      found: options.removeStopped ? '--remove-stopped' : '--stop',
      hint: 'choose one',
    });
  }
  const forecast = new Forecast(snapshot);
  const wanted = wantedOf(texts, options, snapshot, forecast);
  checkStops(options.stop, new Set(wanted.losses.map(({ image }) => image)), forecast);
  const steps: RemovalStep[] = [];
  const refusals: Refusal[] = [...wanted.refusals];
  for (const loss of childrenFirst(wanted.losses, snapshot)) {
    const plan = planLoss(loss, options, forecast);
    steps.push(...plan.steps);
    refusals.push(...plan.refusals);
  }
  return { steps: refusals.length === 0 ? steps : [], refusals, kept: [], missing: wanted.missing };
};
