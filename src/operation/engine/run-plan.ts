import type { Digest } from '../../oci/digest.js';
import { ToolError, invariant } from '../../base/error.js';
import type { Engine, RemovalResult } from '../../transport/engine/engine.js';
import type { RemovalPlan, RemovalStep } from './plan.js';
import { type Planned, recheck } from './recheck.js';
import type { StepResult } from './report.js';

export interface RunOptions {
  /** What a refusal stops: everything, or what else was to happen to the same image. */
  readonly refusalStops: 'all' | 'image';
  readonly signal?: AbortSignal;
}

/** What happened, and the error that ended it, where one did. */
export interface PlanRun {
  readonly results: readonly StepResult[];
  readonly failure?: ToolError;
}

const SKIPPED: StepResult = { outcome: 'skipped' };

const request = (step: RemovalStep, engine: Engine): Promise<RemovalResult> => {
  switch (step.action) {
    case 'remove-name':
      return engine.removeName(step.name);
    case 'untag-anyway':
      return engine.untagAnyway(step.name, step.image);
    case 'remove-image':
      return engine.removeUnnamed(step.image);
    case 'stop-container':
    case 'remove-container':
      invariant(false, `no image is removed by the step ${step.action}`);
  }
};

const fateOf = async (id: Digest, engine: Engine): Promise<'there' | 'gone'> =>
  (await engine.image(id)) === undefined ? 'gone' : 'there';

/** Docker's containerd store says of an image on which others were built that it is gone, and keeps it. */
const deletedOf = (deleted: readonly Digest[], id: Digest, fate: 'there' | 'gone'): readonly Digest[] =>
  fate === 'gone' ? deleted : deleted.filter((other) => other !== id);

const removeImage = async (step: RemovalStep, engine: Engine): Promise<StepResult> => {
  const result = await request(step, engine);
  const image = await fateOf(step.image, engine);
  switch (result.outcome) {
    case 'done':
      return {
        outcome: 'done',
        untagged: result.untagged,
        deleted: deletedOf(result.deleted, step.image, image),
        image,
      };
    case 'missing':
      return { outcome: 'missing', code: 'ENGINE_CHANGED', message: 'it was gone already', image };
    case 'refused':
      // An engine may remove the image, then stumble over a parent of it.
      if (image === 'gone') return { outcome: 'done', message: result.message, image };
      return {
        outcome: 'refused',
        code: result.reason === 'in-use' ? 'IMAGE_IN_USE' : 'ENGINE_REFUSED',
        message: result.message,
        image,
      };
  }
};

const touchContainer = async (
  step: RemovalStep & { readonly action: 'stop-container' | 'remove-container' },
  engine: Engine,
): Promise<StepResult> => {
  const { id } = step.container;
  const result =
    step.action === 'stop-container' ? await engine.stopContainer(id, step.seconds) : await engine.removeContainer(id);
  switch (result.outcome) {
    case 'done':
    case 'unchanged':
      return { outcome: 'done' };
    case 'missing':
      return { outcome: 'missing', code: 'ENGINE_CHANGED', message: 'the container was gone already' };
    case 'running':
      return { outcome: 'refused', code: 'IMAGE_IN_USE', message: result.message };
    case 'refused':
      return { outcome: 'refused', code: 'ENGINE_REFUSED', message: result.message };
  }
};

const runStep = async (step: RemovalStep, planned: Planned, engine: Engine): Promise<StepResult> => {
  const change = await recheck(step, planned, engine);
  if (change !== undefined) return change;
  return step.action === 'stop-container' || step.action === 'remove-container'
    ? touchContainer(step, engine)
    : removeImage(step, engine);
};

const isEnd = ({ outcome }: StepResult): boolean =>
  outcome === 'changed' || outcome === 'refused' || outcome === 'failed';

/**
 * Does what the plan says, step by step, and no more. Each step is checked against the engine first. An error does not
 * hide what was done before it.
 */
export const runPlan = async (plan: RemovalPlan, engine: Engine, options: RunOptions): Promise<PlanRun> => {
  const planned: Planned = {
    containers: new Set(plan.steps.flatMap((step) => ('container' in step ? step.container.id : []))),
    references: new Set(plan.steps.flatMap((step) => ('name' in step ? [step.name, ...step.takes] : []))),
  };
  const results: StepResult[] = [];
  const ended = new Set<Digest>();
  let failure: ToolError | undefined;
  for (const step of plan.steps) {
    if (failure !== undefined || ended.has(step.image) || (options.refusalStops === 'all' && ended.size > 0)) {
      results.push(SKIPPED);
      continue;
    }
    try {
      options.signal?.throwIfAborted();
      results.push(await runStep(step, planned, engine));
    } catch (error) {
      const reason: unknown = options.signal?.aborted === true ? options.signal.reason : error;
      if (!(reason instanceof ToolError) || reason.class === 'defect') throw error;
      failure = reason;
      results.push({ outcome: 'failed', code: reason.code, message: reason.message });
    }
    if (results.some((result, index) => index === results.length - 1 && isEnd(result))) ended.add(step.image);
  }
  return { results, ...(failure === undefined ? {} : { failure }) };
};

/** Every step was made, and every image that was to go is gone. */
export const isComplete = ({ steps, refusals }: RemovalPlan, results: readonly StepResult[]): boolean =>
  refusals.length === 0 &&
  results.every((result, index) => {
    const isDone = result.outcome === 'done' || result.outcome === 'missing';
    return isDone && !(steps[index]?.leaves === 'removed' && result.image === 'there');
  });
