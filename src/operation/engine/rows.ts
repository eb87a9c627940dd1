import { compareBytes } from '../../base/order.js';
import { timeText } from '../../store/clock.js';
import type { EngineImage } from '../../transport/engine/engine.js';
import type { EngineImageRow } from './report.js';
import { type EngineSnapshot, isUnnamed, usesOf } from './snapshot.js';

const reasonOf = (image: EngineImage, isParent: boolean, { kind }: EngineSnapshot): EngineImageRow['reason'] => {
  if (image.names.length > 0) return 'named';
  if (isParent) return 'intermediate';
  return isUnnamed(image, kind) ? 'dangling' : 'digest';
};

/** Every image of an engine with why it is there and who uses it; by first name, those without one last, by ID. */
export const imageRows = (snapshot: EngineSnapshot): readonly EngineImageRow[] => {
  const uses = usesOf(snapshot);
  const parents = new Set(snapshot.images.flatMap(({ parent }) => parent ?? []));
  return snapshot.images
    .map((image): EngineImageRow => ({
      id: image.id,
      names: image.names,
      digests: image.digests,
      ...(image.parent === undefined ? {} : { parent: image.parent }),
      size: image.size,
      created: timeText(image.created * 1000),
      labels: Object.fromEntries([...image.labels].toSorted(([a], [b]) => compareBytes(a, b))),
      reason: reasonOf(image, parents.has(image.id), snapshot),
      users: (uses.get(image.id) ?? []).map(({ container: { id, names, state, pod }, by }) => ({
        id,
        names,
        state,
        by,
        ...(pod === undefined ? {} : { pod }),
      })),
    }))
    .toSorted(
      (a, b) =>
        Number(a.names.length === 0) - Number(b.names.length === 0) ||
        compareBytes(a.names[0] ?? '', b.names[0] ?? '') ||
        compareBytes(a.id, b.id),
    );
};
