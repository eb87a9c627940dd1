import { compareBytes } from '../../base/order.js';
import type { Digest } from '../../oci/digest.js';
import { formatReference, parseReference } from '../../oci/reference.js';
import { decodeAnswer, engineFailed } from './answer.js';
import { type Calls, type Outcome, inPath } from './calls.js';
import { listContainers } from './container-calls.js';
import type { RemovalResult } from './engine.js';
import { findImage, repoAndTag } from './image-calls.js';
import { readRemoval } from './read-removal.js';

/**
 * Removals. `force` is sent in one place alone: to Docker, for a name, where it can only untag an image that a
 * container runs from. Podman's `force` deletes containers and is never sent.
 */

/** The parents of an image stay: a removal is of one image. */
const ONE_IMAGE = { noprune: '1' } as const;

const isInUse = async (calls: Calls, id: Digest): Promise<boolean> =>
  (await listContainers(calls)).some((container) => container.imageID === id);

const resultOf = async (calls: Calls, outcome: Outcome, id: Digest): Promise<RemovalResult> => {
  switch (outcome.kind) {
    case 'done':
      return decodeAnswer(outcome.document(), readRemoval);
    case 'missing':
      return { outcome: 'missing' };
    case 'conflict': {
      const reason = (await isInUse(calls, id)) ? 'in-use' : 'conflict';
      return { outcome: 'refused', reason, message: outcome.complaint.message };
    }
    case 'other':
      throw engineFailed(outcome.answer, outcome.complaint);
  }
};

/** @throws {ToolError} REFERENCE_INVALID, ENGINE_FAILED */
export const removeName = async (calls: Calls, name: string): Promise<RemovalResult> => {
  const full = formatReference(parseReference(name, { subject: name }));
  const image = await findImage(calls, full);
  if (image === undefined) return { outcome: 'missing' };
  return resultOf(calls, await calls.change('DELETE', `/images/${inPath(full)}`, ONE_IMAGE), image.id);
};

/** @throws {ToolError} REFERENCE_INVALID, ENGINE_FAILED */
export const untagAnyway = async (calls: Calls, name: string, id: Digest): Promise<RemovalResult> => {
  const target = repoAndTag(name);
  const full = `${target.repo}:${target.tag}`;
  // The name may have moved to an image that was not asked about.
  if ((await findImage(calls, full))?.id !== id) return { outcome: 'missing' };
  if (calls.info.kind === 'docker')
    return resultOf(calls, await calls.change('DELETE', `/images/${inPath(full)}`, { ...ONE_IMAGE, force: '1' }), id);
  // Without both parameters all names of the image would go.
  const outcome = await calls.change('POST', `/libpod/images/${inPath(id)}/untag`, target);
  return outcome.kind === 'done' ? { outcome: 'done', untagged: [full], deleted: [] } : resultOf(calls, outcome, id);
};

/** @throws {ToolError} ENGINE_FAILED */
export const removeUnnamed = async (calls: Calls, id: Digest): Promise<RemovalResult> => {
  const image = await findImage(calls, id);
  if (image === undefined) return { outcome: 'missing' };
  if (image.names.length > 0) {
    const message = `the image has names: ${image.names.toSorted(compareBytes).join(', ')}`;
    return { outcome: 'refused', reason: 'conflict', message };
  }
  return resultOf(calls, await calls.change('DELETE', `/images/${inPath(id)}`, ONE_IMAGE), id);
};
