import fc from 'fast-check';

import { describe, it } from 'vitest';

import { type RunOptions, createWorkbench, expectSameBytes, saved } from '../faults/outcome.js';
import { archiveLink, tarOf } from '../support/archive-builder.js';
import {
  listedImages,
  listedPlainImages,
  maybeCompressed,
  noisyTar,
  plainImage,
} from '../support/image-builder-arbitrary.js';
import {
  type BuiltImage,
  type Json,
  type ListedImage,
  dockerFiles,
  hexOf,
  jsonBytes,
  layoutFiles,
} from '../support/image-builder.js';

const bench = createWorkbench();

const archiveOf = async (source: string, options: RunOptions = {}): Promise<Buffer> =>
  saved(await bench.save(source, options)).archive;

/** One image for each config: a docker-archive knows no two manifests of one config. */
const distinct = (images: readonly ListedImage[]): readonly ListedImage[] => {
  const byConfig = new Map<string, ListedImage>();
  for (const image of images) {
    const key = hexOf(image.built.config);
    const known = byConfig.get(key);
    byConfig.set(key, { built: known?.built ?? image.built, names: [...(known?.names ?? []), ...(image.names ?? [])] });
  }
  return [...byConfig.values()];
};

/** The same image with its layers uncompressed, as `docker save` gives it. */
const plainly = ({ built, ...rest }: ListedImage): ListedImage => ({
  ...rest,
  built: { ...built, layers: built.layers.map((layer) => ({ ...layer, stored: layer.plain })) },
});

/** As Docker before 25 wrote it: a folder for each layer, a link where a layer comes again. */
const oldDockerFiles = (image: BuiltImage, links: 'links first' | 'links last'): Uint8Array => {
  const first = new Map<string, number>();
  const layers = image.layers.map(({ stored }, index) => {
    const hex = hexOf(stored);
    const known = first.get(hex);
    first.set(hex, known ?? index);
    const path = `layer${index}/layer.tar`;
    return known === undefined ? { path, bytes: stored } : archiveLink(path, `../layer${known}/layer.tar`);
  });
  const item: Json = { Config: `${hexOf(image.config)}.json`, RepoTags: null, Layers: layers.map(({ path }) => path) };
  const files = [
    ...layers,
    { path: `${hexOf(image.config)}.json`, bytes: image.config },
    { path: 'manifest.json', bytes: jsonBytes([item]) },
  ];
  return tarOf(links === 'links first' ? files.toReversed() : files);
};

describe('a docker-archive', () => {
  it('gives the same archive whatever its tar looks like', async () => {
    const input = listedPlainImages.map(distinct).chain((images) => {
      const files = dockerFiles(images);
      return fc.tuple(fc.constant(tarOf(files)), noisyTar(files).chain(maybeCompressed));
    });
    await fc.assert(
      fc.asyncProperty(input, async ([plain, noisy]) => {
        const expected = await archiveOf(bench.input(plain));
        expectSameBytes(await archiveOf(bench.input(noisy)), expected);
      }),
      { numRuns: 40 },
    );
  });

  it('and a layout of compressed layers give the same archive without compression', async () => {
    await fc.assert(
      fc.asyncProperty(listedImages.map(distinct), async (images) => {
        const layout = bench.input(tarOf(layoutFiles(images)), 'layout.tar');
        const docker = bench.input(tarOf(dockerFiles(images.map(plainly))), 'docker.tar');
        const compressed = bench.input(tarOf(dockerFiles(images)), 'compressed.tar');
        const expected = await archiveOf(layout, { layers: 'none' });
        expectSameBytes(await archiveOf(docker, { layers: 'none' }), expected);
        expectSameBytes(await archiveOf(docker), expected);
        expectSameBytes(await archiveOf(compressed, { layers: 'none' }), expected);
      }),
      { numRuns: 40 },
    );
  });

  it('of before Docker 25 gives the archive that a flat one gives, with links before or behind their targets', async () => {
    await fc.assert(
      fc.asyncProperty(plainImage, fc.constantFrom('links first', 'links last'), async (image, links) => {
        const expected = await archiveOf(bench.input(tarOf(dockerFiles([{ built: image }]))));
        expectSameBytes(await archiveOf(bench.input(oldDockerFiles(image, links))), expected);
      }),
      { numRuns: 30 },
    );
  });

  it('that was saved without compression is saved to itself', async () => {
    await fc.assert(
      fc.asyncProperty(listedPlainImages.map(distinct), async (images) => {
        const first = await archiveOf(bench.input(tarOf(dockerFiles(images))));
        const source = bench.input(first, 'canonical.tar');
        expectSameBytes(await archiveOf(source), first);
        expectSameBytes(await archiveOf(source, { layers: 'none' }), first);
        expectSameBytes(await archiveOf(`docker-archive:${source}`), first);
        expectSameBytes(await archiveOf(`oci-archive:${source}`), first);
      }),
      { numRuns: 20 },
    );
  });
});
