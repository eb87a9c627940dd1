import type { Engine, EngineContainer, EngineImage } from '../../transport/engine/engine.js';
import type { ErrorCode } from '../../base/error-code.js';
import type { RemovalStep } from './plan.js';
import { PARENT_FATES, type ParentFate, activityOf, isGivenUp, referencesOf, titleOf, usesOf } from './snapshot.js';

/** Why a step is not made: what the plan was made from is no longer so. */
export interface Changed {
  readonly outcome: 'changed' | 'missing';
  readonly code: ErrorCode;
  readonly message: string;
}

const changed = (message: string, code: ErrorCode = 'ENGINE_CHANGED'): Changed => ({
  outcome: 'changed',
  code,
  message,
});

interface Present {
  readonly images: readonly EngineImage[];
  readonly containers: readonly EngineContainer[];
}

/** Containers that use the image and that the plan does not take away. */
const strangers = (step: RemovalStep, planned: ReadonlySet<string>, present: Present): readonly EngineContainer[] =>
  (usesOf(present).get(step.image) ?? []).map(({ container }) => container).filter(({ id }) => !planned.has(id));

const inUse = (users: readonly EngineContainer[]): Changed =>
  changed(`used meanwhile by ${users.map((user) => `${titleOf(user)} (${user.state})`).join(', ')}`, 'IMAGE_IN_USE');

const checkContainer = (
  step: RemovalStep & { readonly action: 'stop-container' | 'remove-container' },
  planned: ReadonlySet<string>,
  present: Present,
): Changed | undefined => {
  const container = present.containers.find(({ id }) => id === step.container.id);
  if (container === undefined) {
    return { outcome: 'missing', code: 'ENGINE_CHANGED', message: 'the container is gone already' };
  }
  if (!present.images.some(({ id }) => id === step.image)) return changed('the image is gone already');
  const others = strangers(step, planned, present);
  if (others.length > 0) return inUse(others);
  if (step.action === 'remove-container' && activityOf(container.state) !== 'free') {
    return changed(`the container is ${container.state}`, 'IMAGE_IN_USE');
  }
  return undefined;
};

const checkName = (
  step: RemovalStep & { readonly action: 'remove-name' | 'untag-anyway' },
  present: Present,
): Changed | undefined => {
  const owner = present.images.find((image) => [...image.names, ...image.digests].includes(step.name));
  if (owner === undefined) {
    return { outcome: 'missing', code: 'ENGINE_CHANGED', message: 'the name is gone already' };
  }
  if (owner.id !== step.image) return changed(`the name means ${owner.id} now`);
  const others = referencesOf(owner).filter((reference) => reference !== step.name);
  // Without its other names, the image itself would go.
  if (step.leaves === 'untagged' && others.length === 0) return changed('it is the last name of the image now');
  return undefined;
};

/** A forced removal must still do to the image what the plan says. */
const checkForce = (step: RemovalStep, present: Present, parents: ParentFate): Changed | undefined => {
  const users = usesOf(present).get(step.image) ?? [];
  if (users.length === 0) return changed('no container uses the image any more');
  const hasChildren = present.images.some(({ parent }) => parent === step.image);
  const leaves = isGivenUp(parents, users, hasChildren) ? 'removed' : 'dangling';
  return leaves === step.leaves ? undefined : changed('its containers have ended or started');
};

/**
 * Asks the engine again right before a step. What can still change between this and the request is refused by the
 * engine itself, since the request is made without force.
 * @param planned IDs of the containers that the plan takes away
 * @throws {ToolError} as the engine's client
 */
export const recheck = async (
  step: RemovalStep,
  planned: ReadonlySet<string>,
  engine: Engine,
): Promise<Changed | undefined> => {
  const images = await engine.images();
  const present: Present = { images, containers: await engine.containers() };
  switch (step.action) {
    case 'stop-container':
    case 'remove-container':
      return checkContainer(step, planned, present);
    case 'untag-anyway':
      return checkName(step, present) ?? checkForce(step, present, PARENT_FATES[engine.info.store]);
    case 'remove-name': {
      const named = checkName(step, present);
      const others = step.leaves === 'untagged' ? [] : strangers(step, new Set(), present);
      return named ?? (others.length > 0 ? inUse(others) : undefined);
    }
    case 'remove-image': {
      const image = images.find(({ id }) => id === step.image);
      if (image === undefined) {
        return { outcome: 'missing', code: 'ENGINE_CHANGED', message: 'the image is gone already' };
      }
      const [name] = referencesOf(image);
      if (name !== undefined) return changed(`the image has the name ${name} now`);
      const others = strangers(step, new Set(), present);
      return others.length > 0 ? inUse(others) : undefined;
    }
  }
};
