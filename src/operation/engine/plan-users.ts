import { ToolError } from '../../base/error.js';
import type { Digest } from '../../oci/digest.js';
import type { EngineContainer } from '../../transport/engine/engine.js';
import type { Forecast } from './forecast.js';
import type { Refusal, RemovalStep, StepContainer } from './plan.js';
import { type ImageUse, activityOf, titleOf } from './snapshot.js';

/** What may be done about containers. */
export interface ContainerRights {
  /** Containers that do not run may be deleted. */
  readonly removeStopped: boolean;
  /** Names or IDs of the containers that may be stopped. */
  readonly stop: readonly string[];
  /** Seconds until an engine kills what it was asked to stop. */
  readonly stopSeconds: number;
}

const isNamed = ({ id, names }: EngineContainer, text: string): boolean =>
  names.includes(text) || id === text || (/^[0-9a-f]{12,64}$/.test(text) && id.startsWith(text));

/** How a container can stand in the way. */
type UserRefusal = 'running' | 'paused' | 'stopped' | 'external' | 'pod' | 'busy';

const hintFor = (kind: UserRefusal, title: string): string => {
  switch (kind) {
    case 'running':
      return `stop it, or say --stop ${title} --remove-stopped; --untag-anyway takes the name alone`;
    case 'paused':
      return 'let it go on first: this engine cannot stop a paused container';
    case 'stopped':
      return 'say --remove-stopped to delete it, or --untag-anyway to take the name alone';
    case 'external':
      return 'it belongs to Buildah or another program: remove it there';
    case 'pod':
      return 'it belongs to a pod: remove the pod first';
    case 'busy':
      return 'try again when it is at rest';
  }
};

interface UserPlan {
  readonly steps: readonly RemovalStep[];
  readonly refusal?: UserRefusal;
}

const planUser = (image: Digest, { container }: ImageUse, rights: ContainerRights, podman: boolean): UserPlan => {
  const { id, names, state, isExternal, pod } = container;
  const step: StepContainer = { id, names };
  const activity = activityOf(state);
  if (isExternal) return { steps: [], refusal: 'external' };
  if (pod !== undefined) return { steps: [], refusal: 'pod' };
  if (activity === 'busy') return { steps: [], refusal: 'busy' };
  const isActive = activity !== 'free';
  if (isActive && !rights.stop.some((text) => isNamed(container, text))) return { steps: [], refusal: 'running' };
  if (activity === 'paused' && podman) return { steps: [], refusal: 'paused' };
  if (!rights.removeStopped) return { steps: [], refusal: 'stopped' };
  const stop: readonly RemovalStep[] = isActive
    ? [{ action: 'stop-container', image, container: step, leaves: 'kept', seconds: rights.stopSeconds }]
    : [];
  return { steps: [...stop, { action: 'remove-container', image, container: step, leaves: 'kept' }] };
};

/** What has to happen to the containers that use an image before it can go, or what stands in the way. */
export const planUsers = (
  image: Digest,
  subject: string,
  rights: ContainerRights,
  forecast: Forecast,
): { readonly steps: readonly RemovalStep[]; readonly refusals: readonly Refusal[] } => {
  const stops: RemovalStep[] = [];
  const removals: RemovalStep[] = [];
  const refusals: Refusal[] = [];
  for (const use of forecast.usesOf(image)) {
    const title = titleOf(use.container);
    const plan = planUser(image, use, rights, forecast.snapshot.kind === 'podman');
    for (const step of plan.steps) (step.action === 'stop-container' ? stops : removals).push(step);
    if (plan.refusal !== undefined) {
      const hint = hintFor(plan.refusal, title);
      const { state } = use.container;
      refusals.push({ kind: plan.refusal, code: 'IMAGE_IN_USE', subject, image, by: [title], state, hint });
    }
  }
  // What cannot be stopped ends the run before anything is deleted.
  return { steps: [...stops, ...removals], refusals };
};

/**
 * Each name of `--stop` must be that of one container that uses one of the images, so that nothing is stopped by a
 * slip of the pen, or for nothing.
 * @throws {ToolError} CONTAINER_NOT_FOUND
 */
export const checkStops = (stop: readonly string[], images: ReadonlySet<Digest>, forecast: Forecast): void => {
  const users = [...images].flatMap((id) => forecast.usesOf(id).map(({ container }) => container));
  for (const text of stop) {
    const ids = new Set(users.filter((container) => isNamed(container, text)).map(({ id }) => id));
    if (ids.size === 1) continue;
    const isThere = forecast.snapshot.containers.some((container) => isNamed(container, text));
    throw new ToolError('CONTAINER_NOT_FOUND', 'no container of this name uses an image that is to be removed', {
      subject: text,
      found: ids.size > 1 ? `${ids.size} containers` : isThere ? 'a container of another image' : 'no such container',
      hint: 'ingot engine images shows which containers use an image',
    });
  }
};
