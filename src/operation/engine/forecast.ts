import type { Digest } from '../../oci/digest.js';
import type { EngineImage } from '../../transport/engine/engine.js';
import { type EngineSnapshot, type ImageUse, referencesOf, repositoryOf, usesOf } from './snapshot.js';

/** What the engine will hold after the steps that are planned so far. */
export class Forecast {
  readonly snapshot: EngineSnapshot;
  readonly #uses: ReadonlyMap<Digest, readonly ImageUse[]>;
  readonly #names = new Map<Digest, readonly string[]>();
  readonly #digests = new Map<Digest, readonly string[]>();
  readonly #goneImages = new Set<Digest>();
  readonly #goneContainers = new Set<string>();

  constructor(snapshot: EngineSnapshot) {
    this.snapshot = snapshot;
    this.#uses = usesOf(snapshot);
    for (const { id, names, digests } of snapshot.images) {
      this.#names.set(id, names);
      this.#digests.set(id, digests);
    }
  }

  /** Images that will still be there, by ID. */
  images(): readonly EngineImage[] {
    return this.snapshot.images.filter(({ id }) => !this.#goneImages.has(id));
  }

  isThere(id: Digest): boolean {
    return this.#names.has(id) && !this.#goneImages.has(id);
  }

  /** As {@link referencesOf}. */
  referencesOf(id: Digest): readonly string[] {
    return referencesOf({ names: this.#names.get(id) ?? [], digests: this.#digests.get(id) ?? [] });
  }

  namesOf(id: Digest): readonly string[] {
    return this.#names.get(id) ?? [];
  }

  childrenOf(id: Digest): readonly EngineImage[] {
    return this.images().filter(({ parent }) => parent === id);
  }

  usesOf(id: Digest): readonly ImageUse[] {
    return (this.#uses.get(id) ?? []).filter(({ container }) => !this.#goneContainers.has(container.id));
  }

  dropContainer(id: string): void {
    this.#goneContainers.add(id);
  }

  /** Takes a reference away. @returns references by digest that go with it */
  dropReference(id: Digest, reference: string): readonly string[] {
    const names = this.namesOf(id).filter((name) => name !== reference);
    const digests = (this.#digests.get(id) ?? []).filter((digest) => digest !== reference);
    const repository = repositoryOf(reference);
    const isLast = !reference.includes('@') && !names.some((name) => repositoryOf(name) === repository);
    const lost = isLast ? digests.filter((digest) => repositoryOf(digest) === repository) : [];
    this.#names.set(id, names);
    this.#digests.set(
      id,
      digests.filter((digest) => !lost.includes(digest)),
    );
    return lost;
  }

  /** Takes an image away. @returns IDs of parents that go with it */
  dropImage(id: Digest): readonly Digest[] {
    this.#goneImages.add(id);
    if (!this.snapshot.takesParents) return [];
    const parent = this.snapshot.images.find((image) => image.id === id)?.parent;
    if (parent === undefined || !this.isThere(parent)) return [];
    const holds = this.referencesOf(parent).length + this.childrenOf(parent).length + this.usesOf(parent).length;
    return holds > 0 ? [] : [parent, ...this.dropImage(parent)];
  }
}
