import type { Digest } from '../../oci/digest.js';
import type { Forecast } from './forecast.js';
import type { Refusal, RemovalStep } from './plan.js';
import { type ContainerRights, planUsers } from './plan-users.js';
import { type ParentFate, isGivenUp, titleOf } from './snapshot.js';

/** What an image is to lose: some of its references, or all. */
export interface ImageLoss {
  readonly image: Digest;
  /** What was asked for, for messages. */
  readonly subject: string;
  /** Some of `referencesOf`, in the order in which they go. */
  readonly references: readonly string[];
}

export interface LossRights extends ContainerRights {
  /** An image may go although others were built on it. */
  readonly allowParent: boolean;
  /** The last name may go although containers use the image. */
  readonly untagAnyway: boolean;
}

/** Steps, or refusals: never both. */
export interface LossPlan {
  readonly steps: readonly RemovalStep[];
  readonly refusals: readonly Refusal[];
}

const untagSteps = (image: Digest, references: readonly string[], forecast: Forecast): readonly RemovalStep[] =>
  references.map((name) => {
    const takes = forecast.dropReference(image, name);
    return { action: 'remove-name', image, name, leaves: 'untagged', takes };
  });

const planUntagAnyway = ({ image, subject, references }: ImageLoss, forecast: Forecast): LossPlan => {
  // What is taken by force last must be a name: a reference by digest cannot be.
  const names = references.filter((name) => !name.includes('@'));
  const last = names.at(-1);
  if (last === undefined) {
    const by = forecast.usesOf(image).map(({ container }) => titleOf(container));
    const hint = 'the image has no name that could be taken away; it goes when its containers are gone';
    return { steps: [], refusals: [{ kind: 'no-name', code: 'IMAGE_IN_USE', subject, image, by, hint }] };
  }
  const first = [...references.filter((name) => name.includes('@')), ...names.slice(0, -1)];
  const hasChildren = forecast.childrenOf(image).length > 0;
  const { parents } = forecast.snapshot;
  const leaves = isGivenUp(parents, forecast.usesOf(image), hasChildren) ? 'removed' : 'dangling';
  const steps = untagSteps(image, first, forecast);
  const takes = forecast.dropReference(image, last);
  if (leaves === 'removed') forecast.dropImage(image);
  return { steps: [...steps, { action: 'untag-anyway', image, name: last, leaves, takes }], refusals: [] };
};

const planWhole = (loss: ImageLoss, rights: LossRights, forecast: Forecast): LossPlan => {
  const { image, subject, references } = loss;
  const children = forecast.childrenOf(image);
  const fate = children.length === 0 ? 'goes' : forecast.snapshot.parents;
  const isKept = fate === 'stays';
  const users = planUsers(image, subject, rights, forecast);
  const refusals = [...users.refusals];
  if (children.length > 0 && (!rights.allowParent || (isKept && references.length === 0))) {
    const hint = rights.allowParent
      ? 'this engine keeps an image that others were built on until they are gone'
      : 'say --allow-parent: the images built on it keep their layers';
    const by = children.map(({ id, names }) => names[0] ?? id);
    refusals.push({ kind: 'children', code: 'IMAGE_HAS_CHILDREN', subject, image, by, hint });
  }
  if (refusals.length > 0) return { steps: [], refusals };
  for (const step of users.steps) if (step.action === 'remove-container') forecast.dropContainer(step.container.id);
  return { steps: [...users.steps, ...finalSteps(loss, fate, forecast)], refusals: [] };
};

/** The last references, and the image with them if it does not stay. */
const finalSteps = ({ image, references }: ImageLoss, fate: ParentFate, forecast: Forecast): readonly RemovalStep[] => {
  const last = references.at(-1);
  const untagged = untagSteps(image, references.slice(0, -1), forecast);
  const lost = last === undefined ? [] : forecast.dropReference(image, last);
  const parents = fate === 'stays' ? [] : forecast.dropImage(image);
  const byID: RemovalStep = { action: 'remove-image', image, leaves: 'removed', takes: parents };
  if (last === undefined) return [byID];
  const byName = { action: 'remove-name', image, name: last } as const;
  if (fate === 'goes') return [...untagged, { ...byName, leaves: 'removed', takes: [...lost, ...parents] }];
  return [...untagged, { ...byName, leaves: 'dangling', takes: lost }, ...(fate === 'unnamed' ? [byID] : [])];
};

/** How an image loses what it is to lose, or why it cannot. The forecast goes on to what is there afterwards. */
export const planLoss = (loss: ImageLoss, rights: LossRights, forecast: Forecast): LossPlan => {
  const rest = forecast.referencesOf(loss.image).filter((name) => !loss.references.includes(name));
  if (rest.length > 0) return { steps: untagSteps(loss.image, loss.references, forecast), refusals: [] };
  if (rights.untagAnyway && forecast.usesOf(loss.image).length > 0) return planUntagAnyway(loss, forecast);
  return planWhole(loss, rights, forecast);
};
