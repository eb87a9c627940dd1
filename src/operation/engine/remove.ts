import type { ToolError } from '../../base/error.js';
import type { Digest } from '../../oci/digest.js';
import type { Engine } from '../../transport/engine/engine.js';
import type { RemovalPlan } from './plan.js';
import { type EnginePruneOptions, planPrune } from './plan-prune.js';
import { type EngineRmiOptions, planRmi } from './plan-rmi.js';
import { type EngineRemovalReport, engineTitle } from './report.js';
import { type RunOptions, isComplete, runPlan } from './run-plan.js';
import { type EngineSnapshot, takeSnapshot } from './snapshot.js';
import { isForeignID } from './target.js';

export interface RemovalRun {
  readonly report: EngineRemovalReport;
  /** What ended the run early. */
  readonly failure?: ToolError;
}

/** What other engines call the images: a digest that is no ID here is looked for among configs and manifests. */
const withAliases = async (
  texts: readonly string[],
  snapshot: EngineSnapshot,
  engine: Engine,
): Promise<EngineSnapshot> => {
  if (texts.every((text) => isForeignID(text, snapshot) === undefined)) return snapshot;
  const aliases = new Map<Digest, Digest>();
  for (const { id } of snapshot.images) {
    const detail = await engine.image(id);
    for (const other of [detail?.configDigest, detail?.manifestDigest]) {
      if (other !== undefined && other !== id) aliases.set(other, id);
    }
  }
  return { ...snapshot, aliases };
};

const carryOut = async (
  plan: RemovalPlan,
  dryRun: boolean,
  engine: Engine,
  options: RunOptions,
): Promise<RemovalRun> => {
  const { results, failure } = dryRun ? { results: [], failure: undefined } : await runPlan(plan, engine, options);
  return {
    report: { engine: engineTitle(engine.info), dryRun, complete: isComplete(plan, results), plan, results },
    ...(failure === undefined ? {} : { failure }),
  };
};

export interface RemovalSetting {
  /** Make the plan and stop there. */
  readonly dryRun: boolean;
  readonly signal?: AbortSignal;
}

/**
 * `engine rmi`: takes names away from the images of an engine, and images with their last name. No container is
 * stopped or deleted unless the options say so, and nothing is done if anything stands in the way.
 * @param texts names, digests or IDs
 * @throws {ToolError} REFERENCE_NOT_FOUND, REFERENCE_AMBIGUOUS, CONTAINER_NOT_FOUND, USAGE; as the engine's client
 */
export const removeEngineImages = async (
  texts: readonly string[],
  options: EngineRmiOptions,
  setting: RemovalSetting,
  engine: Engine,
): Promise<RemovalRun> => {
  const snapshot = await withAliases(texts, await takeSnapshot(engine), engine);
  const plan = planRmi(texts, options, snapshot);
  return carryOut(plan, setting.dryRun, engine, { ...setting, refusalStops: 'all' });
};

/**
 * `engine prune`: removes images that nobody needs. Unlike an engine's own prune it says what will go, touches no
 * container and goes by no date.
 * @throws {ToolError} USAGE; as the engine's client
 */
export const pruneEngineImages = async (
  options: EnginePruneOptions,
  setting: RemovalSetting,
  engine: Engine,
): Promise<RemovalRun> => {
  const plan = planPrune(options, await takeSnapshot(engine));
  return carryOut(plan, setting.dryRun, engine, { ...setting, refusalStops: 'image' });
};
