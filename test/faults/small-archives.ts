import { type Files, tarOf } from '../support/archive-builder.js';
import { rawHeader } from '../support/raw-tar.js';
import { type BuiltImage, FLAT_NAMES, buildImage, dockerFiles, hybridFiles, layoutFiles } from '../support/image-builder.js';

/** Archives so small that a test can do something to every byte of them. */

const tiny = (name: string): { readonly plain: Uint8Array } => ({ plain: rawHeader({ name }) });

const IMAGE: BuiltImage = buildImage({
  layers: [tiny('a'), tiny('b')],
  config: ({ architecture, os, rootfs }) => ({ architecture, os, rootfs }),
});

const NAMES = ['docker.io/library/t:1'];

export const SMALL_ARCHIVES: Readonly<Record<'docker-archive' | 'oci-archive' | 'hybrid', Files>> = {
  'docker-archive': dockerFiles([{ built: IMAGE, names: NAMES }], {}, { ...FLAT_NAMES, layer: ({ stored }) => `${stored[0] === 97 ? 'a' : 'b'}.tar` }),
  'oci-archive': layoutFiles([{ built: IMAGE, names: NAMES }]),
  hybrid: hybridFiles([{ built: IMAGE, names: NAMES }]),
};

export const smallTar = (shape: keyof typeof SMALL_ARCHIVES): Uint8Array => tarOf(SMALL_ARCHIVES[shape]);
