import { compareBytes } from '../../base/order.js';
import { type Digest, encodedOf } from '../../oci/digest.js';
import { formatReference, tryParseReference } from '../../oci/reference.js';
import type {
  ContainerState,
  Engine,
  EngineContainer,
  EngineImage,
  EngineKind,
  EngineStore,
} from '../../transport/engine/engine.js';

/**
 * What becomes of an image on which others were built when its last name goes. `stays`: without a name until those are
 * gone, with Docker's graph drivers; `unnamed`: without a name until it is removed by its ID, with Docker's containerd
 * store, which says that it is gone all the same; `goes`: with Podman.
 */
export type ParentFate = 'stays' | 'unnamed' | 'goes';

export const PARENT_FATES: Readonly<Record<EngineStore, ParentFate>> = {
  graphdriver: 'stays',
  containerd: 'unnamed',
  'containers-storage': 'goes',
};

/** What an engine held at one moment, as far as plans go by it. */
export interface EngineSnapshot {
  readonly kind: EngineKind;
  /** What an image is called elsewhere and not here: digests of configs and manifests. */
  readonly aliases?: ReadonlyMap<Digest, Digest>;
  readonly parents: ParentFate;
  /** Removing an image by its last name takes untagged parents, too. Podman before 4.6. */
  readonly takesParents: boolean;
  /** By ID. */
  readonly images: readonly EngineImage[];
  /** By ID, in every state. */
  readonly containers: readonly EngineContainer[];
}

/**
 * Images first: a container that comes between the two questions is seen, and what it needs was there before it.
 * @throws {ToolError} as the engine's client
 */
export const takeSnapshot = async (engine: Engine): Promise<EngineSnapshot> => {
  const images = await engine.images();
  const containers = await engine.containers();
  const { kind, store, traits } = engine.info;
  return {
    kind,
    parents: PARENT_FATES[store],
    takesParents: traits.nopruneIgnored,
    images,
    containers,
  };
};

/** `docker.io/library/alpine` of a name with tag or digest. */
export const repositoryOf = (name: string): string => name.replace(/@.*$/s, '').replace(/:[^/:]*$/, '');

/**
 * All that must be taken away for an image to go: its names, and references by digest to repositories in which no name
 * is. Those beside a name go with it.
 */
export const referencesOf = ({ names, digests }: Pick<EngineImage, 'names' | 'digests'>): readonly string[] => {
  const named = new Set(names.map(repositoryOf));
  return [...names, ...digests.filter((digest) => !named.has(repositoryOf(digest)))];
};

/** Without a name that somebody gave. Docker leaves the digest where a newer image has got the name; Podman does not. */
export const isUnnamed = (image: Pick<EngineImage, 'names' | 'digests'>, kind: EngineKind): boolean =>
  image.names.length === 0 && (kind === 'docker' || image.digests.length === 0);

/** How a container uses an image. `perhaps`: it mounts an image by a name that no image has any more. */
export type UseKind = 'container' | 'mount' | 'perhaps';

/** What tells whether a container uses an image. */
export type UsableImage = Pick<EngineImage, 'id' | 'names' | 'digests'>;

export interface ImageUse {
  readonly container: EngineContainer;
  readonly by: UseKind;
}

const mountedImages = (text: string, images: readonly UsableImage[]): readonly UsableImage[] => {
  const hex = text.replace(/^sha256:/, '');
  const isID = /^[0-9a-f]{4,64}$/.test(hex);
  const reference = tryParseReference(text);
  const name = reference === undefined ? text : formatReference(reference);
  return images.filter(
    ({ id, names, digests }) =>
      (isID && encodedOf(id).startsWith(hex)) ||
      names.includes(name) ||
      names.includes(`localhost/${text}`) ||
      names.includes(`localhost/${text}:latest`) ||
      digests.includes(name),
  );
};

/** What people call a container. */
export const titleOf = ({ id, names }: Pick<EngineContainer, 'id' | 'names'>): string => names[0] ?? id.slice(0, 12);

const byTitle = (a: EngineContainer, b: EngineContainer): number =>
  compareBytes(titleOf(a), titleOf(b)) || compareBytes(a.id, b.id);

/** Which containers use each image, those that mount it among them, by what people call them. */
export const usesOf = ({
  images,
  containers,
}: {
  readonly images: readonly UsableImage[];
  readonly containers: readonly EngineContainer[];
}): ReadonlyMap<Digest, readonly ImageUse[]> => {
  const uses = new Map<Digest, ImageUse[]>();
  const add = (id: Digest, use: ImageUse): void => {
    const known = uses.get(id) ?? [];
    if (!known.some(({ container }) => container.id === use.container.id)) uses.set(id, [...known, use]);
  };
  for (const container of containers.toSorted(byTitle)) {
    if (container.imageID !== undefined) add(container.imageID, { container, by: 'container' });
    for (const text of container.imageMounts) {
      const mounted = mountedImages(text, images);
      for (const { id } of mounted) add(id, { container, by: 'mount' });
      if (mounted.length > 0) continue;
      // The name has gone to another image or away; its old image can only be one without a name.
      for (const { id, names } of images) if (names.length === 0) add(id, { container, by: 'perhaps' });
    }
  }
  return uses;
};

/** `free`: it can be removed as it is; `active`: it runs or may run at once; `busy`: nobody can say. */
export type Activity = 'free' | 'active' | 'paused' | 'busy';

export const activityOf = (state: ContainerState): Activity => {
  switch (state) {
    case 'created':
    case 'exited':
    case 'dead':
      return 'free';
    case 'running':
    case 'restarting':
    case 'stopping':
      return 'active';
    case 'paused':
      return 'paused';
    case 'removing':
    case 'storage':
    case 'unknown':
      return 'busy';
  }
};

/**
 * Whether a forced removal of the last name deletes the image. Docker's graph drivers do that with an image that only
 * containers use which have ended, and on which no other was built; these containers keep their files and can be
 * started. Everything else stays as an image without a name.
 */
export const isGivenUp = (parents: ParentFate, uses: readonly ImageUse[], hasChildren: boolean): boolean =>
  parents === 'stays' && !hasChildren && uses.every(({ container }) => activityOf(container.state) === 'free');
