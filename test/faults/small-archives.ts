import { type Files, tarOf } from '../support/archive-builder.js';
import {
  type BuiltImage,
  FLAT_NAMES,
  buildImage,
  dockerFiles,
  hybridFiles,
  layoutFiles,
} from '../support/image-builder.js';
import { rawHeader } from '../support/raw-tar.js';

/** Archives so small that a test can do something to every byte of them. */

export type Shape = 'docker-archive' | 'oci-archive' | 'hybrid';
export const SHAPES: readonly Shape[] = ['docker-archive', 'oci-archive', 'hybrid'];

const IMAGE: BuiltImage = buildImage({
  layers: [{ plain: rawHeader({ name: 'a' }) }, { plain: rawHeader({ name: 'b' }) }],
  config: ({ architecture, os, rootfs }) => ({ architecture, os, rootfs }),
});

const NAMES = ['docker.io/library/t:1'];

const FILES: Readonly<Record<Shape, Files>> = {
  'docker-archive': dockerFiles(
    [{ built: IMAGE, names: NAMES }],
    {},
    {
      ...FLAT_NAMES,
      layer: ({ stored }) => `${String.fromCharCode(stored[0] ?? 0)}.tar`,
    },
  ),
  'oci-archive': layoutFiles([{ built: IMAGE, names: NAMES }]),
  hybrid: hybridFiles([{ built: IMAGE, names: NAMES }]),
};

export const smallTar = (shape: Shape): Uint8Array => tarOf(FILES[shape]);

/** Where the bytes of the last member end: what follows is padding and the end mark. */
export const endOfContent = (shape: Shape): number => {
  const last = FILES[shape].at(-1)?.bytes.length ?? 0;
  return smallTar(shape).length - 1024 - ((512 - (last % 512)) % 512);
};
