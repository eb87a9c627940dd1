import { compareBytes } from '../../base/order.js';
import type { Cursor } from '../../oci/decode.js';
import type { ContainerState, EngineContainer } from './engine.js';
import { imageID, stringsOf, textOf } from './names.js';

/** The answers of `GET /containers/json`, and of Podman's own list beside it. */

const STATES: ReadonlyMap<string, ContainerState> = new Map<string, ContainerState>([
  ...(['created', 'running', 'paused', 'restarting', 'removing', 'stopping', 'exited', 'dead', 'storage'] as const).map(
    (state) => [state, state] as const,
  ),
  // Podman's words for what Docker calls created and exited.
  ['configured', 'created'],
  ['initialized', 'created'],
  ['stopped', 'exited'],
]);

const stateOf = (text: string): ContainerState => STATES.get(text.toLowerCase()) ?? 'unknown';

const list = (document: Cursor): readonly Cursor[] =>
  document.optional((field) => field.array(), 'null is absent') ?? [];

const byID = <T extends { readonly id: string }>(containers: readonly T[]): readonly T[] =>
  containers.toSorted((a, b) => compareBytes(a.id, b.id));

/** What is mounted as an image: its name or ID, as it was told. */
const imageMountsOf = (mounts: Cursor): readonly string[] =>
  list(mounts)
    .filter((mount) => textOf(mount.field('Type')) === 'image')
    // Docker has a path in `Source` and the image in `Name`, Podman the image in `Source`.
    .map((mount) => textOf(mount.field('Name')) || textOf(mount.field('Source')))
    .toSorted(compareBytes);

const basics = (item: Cursor): Omit<EngineContainer, 'isExternal' | 'imageMounts' | 'pod'> => {
  const image = item.field('ImageID');
  return {
    id: item.field('Id').string(),
    names: stringsOf(item.field('Names'))
      .map((name) => name.replace(/^\//, ''))
      .toSorted(compareBytes),
    ...(textOf(image) === '' ? {} : { imageID: imageID(image) }),
    image: textOf(item.field('Image')),
    state: stateOf(textOf(item.field('State'))),
  };
};

export const readContainers = (document: Cursor): readonly EngineContainer[] =>
  byID(
    list(document).map((item) => ({
      ...basics(item),
      isExternal: false,
      imageMounts: imageMountsOf(item.field('Mounts')),
    })),
  );

/** Podman's own list knows containers of others and pods; only the Docker-compatible one tells mounts of images. */
export const readPodmanContainers = (libpod: Cursor, compatible: Cursor): readonly EngineContainer[] => {
  const mounts = new Map(
    list(compatible).map((item) => [item.field('Id').string(), imageMountsOf(item.field('Mounts'))]),
  );
  return byID(
    list(libpod).map((item) => {
      const id = item.field('Id').string();
      const pod = textOf(item.field('Pod'));
      return {
        ...basics(item),
        isExternal: stateOf(textOf(item.field('State'))) === 'storage',
        imageMounts: mounts.get(id) ?? [],
        ...(pod === '' ? {} : { pod }),
      };
    }),
  );
};
