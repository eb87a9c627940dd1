import type { Files } from '../support/archive-builder.js';
import {
  type BuiltImage,
  type DockerChanges,
  type ImageRecipe,
  type LayerRecipe,
  type LayoutChanges,
  FLAT_NAMES,
  buildImage,
  dockerFiles,
  hybridFiles,
  layerTar,
  layoutFiles,
} from '../support/image-builder.js';

/** The archives that are right; every fault is one of them with one change. */

export const L1: LayerRecipe = { plain: layerTar({ 'a.txt': 'a' }) };
export const L2: LayerRecipe = { plain: layerTar({ 'b.txt': 'b' }) };
export const LB: LayerRecipe = { plain: layerTar({ 'evil.txt': 'evil' }) };

/** The image of the bases, and one that is not in them. */
export const imageA = (change: Partial<ImageRecipe> = {}): BuiltImage => buildImage({ layers: [L1, L2], ...change });
export const imageB: BuiltImage = buildImage({ layers: [LB] });

const layerNames = [L1, L2, LB].map(({ plain }) => plain);

/** `l1.tar`, `l2.tar`, `l3.tar` for the layer with the content of L1, L2, LB, in whatever form it is stored. */
export const DOCKER_NAMES = {
  config: FLAT_NAMES.config,
  layer: ({ plain }: { readonly plain: Uint8Array }): string => `l${layerNames.indexOf(plain) + 1}.tar`,
};

/** Base D: a docker-archive. */
export const dockerBase = (changes: DockerChanges & { readonly image?: Partial<ImageRecipe> } = {}): Files =>
  dockerFiles([{ built: imageA(changes.image), names: ['t:1'] }], changes, DOCKER_NAMES);

/** Base O: an OCI image layout. */
export const layoutBase = (changes: LayoutChanges & { readonly image?: Partial<ImageRecipe> } = {}): Files =>
  layoutFiles([{ built: imageA(changes.image), names: ['t1'] }], changes);

/** Both at once. */
export const hybridBase = (
  changes: LayoutChanges & DockerChanges & { readonly image?: Partial<ImageRecipe> } = {},
): Files => hybridFiles([{ built: imageA(changes.image), names: ['docker.io/library/t:1'] }], changes);
