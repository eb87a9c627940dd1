import type { Engine, EngineContainer } from '../../transport/engine/engine.js';
import type { ErrorCode } from '../../base/error-code.js';
import type { RemovalStep } from './plan.js';
import {
  PARENT_FATES,
  type ParentFate,
  type UsableImage,
  activityOf,
  isGivenUp,
  referencesOf,
  titleOf,
  usesOf,
} from './snapshot.js';

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

/** What the plan takes away. */
export interface Planned {
  /** IDs of containers. */
  readonly containers: ReadonlySet<string>;
  /** Names and references by digest. */
  readonly references: ReadonlySet<string>;
}

interface Present {
  readonly images: readonly UsableImage[];
  readonly containers: readonly EngineContainer[];
}

/** Containers that use the image and that are not expected to. */
const strangers = (step: RemovalStep, present: Present, expected?: ReadonlySet<string>): readonly EngineContainer[] =>
  (usesOf(present).get(step.image) ?? [])
    .map(({ container }) => container)
    .filter(({ id }) => expected?.has(id) !== true);

const inUse = (users: readonly EngineContainer[]): Changed =>
  changed(`used meanwhile by ${users.map((user) => `${titleOf(user)} (${user.state})`).join(', ')}`, 'IMAGE_IN_USE');

const checkContainer = (
  step: RemovalStep & { readonly action: 'stop-container' | 'remove-container' },
  planned: Planned,
  present: Present,
): Changed | undefined => {
  const container = present.containers.find(({ id }) => id === step.container.id);
  if (container === undefined) {
    return { outcome: 'missing', code: 'ENGINE_CHANGED', message: 'the container is gone already' };
  }
  const image = present.images.find(({ id }) => id === step.image);
  if (image === undefined) return changed('the image is gone already');
  // With a name that stays, the image would stay, and the container would be lost for nothing.
  const name = referencesOf(image).find((reference) => !planned.references.has(reference));
  if (name !== undefined) return changed(`the image has the name ${name} now`);
  const others = strangers(step, present, planned.containers);
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
const checkForce = (
  step: RemovalStep,
  present: Present,
  hasChildren: boolean,
  parents: ParentFate,
): Changed | undefined => {
  const users = usesOf(present).get(step.image) ?? [];
  if (users.length === 0) return changed('no container uses the image any more');
  const leaves = isGivenUp(parents, users, hasChildren) ? 'removed' : 'dangling';
  return leaves === step.leaves ? undefined : changed('its containers have ended or started');
};

const checkImage = (step: RemovalStep, present: Present): Changed | undefined => {
  const image = present.images.find(({ id }) => id === step.image);
  if (image === undefined) {
    return { outcome: 'missing', code: 'ENGINE_CHANGED', message: 'the image is gone already' };
  }
  const [name] = referencesOf(image);
  return name === undefined ? undefined : changed(`the image has the name ${name} now`);
};

/**
 * The image that a step is about, by its name where it has one. All images are asked for only where one does not tell
 * enough: what a container mounts is known by its name alone.
 */
const imagesFor = async (
  step: RemovalStep,
  containers: readonly EngineContainer[],
  engine: Engine,
): Promise<readonly UsableImage[]> => {
  const name = 'name' in step ? step.name : undefined;
  const isMounted = containers.some(({ imageMounts }) => imageMounts.length > 0);
  if (isMounted || step.action === 'untag-anyway' || name?.includes('@') === true) return engine.images();
  const image = await engine.image(name ?? step.image);
  return image === undefined ? [] : [image];
};

/**
 * Asks the engine again right before a step. What can still change between this and the request is refused by the
 * engine itself, since the request is made without force.
 * @throws {ToolError} as the engine's client
 */
export const recheck = async (step: RemovalStep, planned: Planned, engine: Engine): Promise<Changed | undefined> => {
  const containers = await engine.containers();
  const present: Present = { images: await imagesFor(step, containers, engine), containers };
  switch (step.action) {
    case 'stop-container':
    case 'remove-container':
      return checkContainer(step, planned, present);
    case 'untag-anyway': {
      const hasChildren = (await engine.images()).some(({ parent }) => parent === step.image);
      return checkName(step, present) ?? checkForce(step, present, hasChildren, PARENT_FATES[engine.info.store]);
    }
    case 'remove-name':
    case 'remove-image': {
      const other = step.action === 'remove-name' ? checkName(step, present) : checkImage(step, present);
      if (other !== undefined || step.leaves === 'untagged') return other;
      const users = strangers(step, present);
      return users.length > 0 ? inUse(users) : undefined;
    }
  }
};
