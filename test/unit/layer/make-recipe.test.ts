import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/base/limits.js';
import { codecOrder } from '../../../src/layer/codec-search.js';
import { makeRecipe } from '../../../src/layer/make-recipe.js';
import { recipeBytes } from '../../../src/layer/recipe.js';
import { restoreLayers } from '../../../src/layer/restore.js';
import type { Descriptor } from '../../../src/oci/descriptor.js';
import { MEDIA_TYPE } from '../../../src/oci/media-type.js';
import { scratchDirectory } from '../../../src/transport/scratch.js';
import { MemoryPlace, digestBy, failureOf, fakeDigest } from '../../support/memory-place.js';
import { type PulledImage, layerText, pulledImage } from '../../support/pulled-image.js';

/** Every codec that is tried for a gzip layer. */
const GZIP_CODECS = codecOrder([]);

const scratch = scratchDirectory();
afterAll(() => scratch.remove());

const OPTIONS = { scratch, threads: 1, limits: DEFAULT_LIMITS };
const GO = 'go-flate-1.26/6';
const NO_HINT = () => [];
const texts = [layerText(1, 100), layerText(2, 100), layerText(3, 100)];

/** The image as the registry has it, in a place of its own. */
const registryOf = (
  image: PulledImage,
  from: MemoryPlace,
): { readonly place: MemoryPlace; readonly root: Descriptor } => {
  const place = new MemoryPlace();
  for (const { bytes } of image.blobs) place.add(bytes);
  place.add(from.contents.get(image.saved.config.digest) ?? '');
  return { place, root: place.add(image.manifest, image.mediaType) };
};

describe('a recipe', () => {
  it('of compressed images restores them from uncompressed ones, with one attempt a layer', async () => {
    const saved = new MemoryPlace();
    const codecs = ['zlib-1.3/2', GO, undefined];
    const image = await pulledImage(
      saved,
      texts.map((text, at) => ({ text, ...(codecs[at] === undefined ? {} : { codec: codecs[at] }) })),
      'compactOci',
    );
    const { place, root } = registryOf(image, saved);
    const { recipe, results } = await makeRecipe(await place.graph(root), place.reader(), NO_HINT, OPTIONS);
    expect(recipe.images.map(({ imageID, layers }) => ({ imageID, layers }))).toEqual([
      {
        imageID: image.saved.config.digest,
        layers: image.blobs.map(({ descriptor: { digest, size }, diffID }, at) => ({
          diffID,
          digest,
          size,
          ...(codecs[at] === undefined ? {} : { codec: codecs[at] }),
        })),
      },
    ]);
    expect(results.map(({ hit }) => hit?.codec)).toEqual(['zlib-1.3/2', GO]);

    let made = 0;
    const counting = { create: () => ((made += 1), scratch.create()) };
    const targets = recipe.images.map(({ manifest, layers }) => ({
      manifest,
      codecs: new Map(layers.flatMap(({ digest, codec }) => (codec === undefined ? [] : [[digest, codec]]))),
    }));
    const restored = await restoreLayers(await saved.graph(image.saved.descriptor), saved.reader(), {
      ...OPTIONS,
      scratch: counting,
      targets,
      bestEffort: false,
      keepAnnotations: false,
    });
    expect(restored.graph.roots[0]?.descriptor.digest).toBe(image.digest);
    expect(made).toBe(2);
    expect(Buffer.from(recipeBytes({ images: restored.recipe })).equals(recipeBytes(recipe))).toBe(true);
  });

  it('tries first what it is told', async () => {
    const saved = new MemoryPlace();
    const image = await pulledImage(saved, [{ text: texts[0] ?? '', codec: 'zlib-1.3/8' }]);
    const { place, root } = registryOf(image, saved);
    const { results } = await makeRecipe(
      await place.graph(root),
      place.reader(),
      () => ['of-tomorrow/1', 'zlib-1.3/8'],
      OPTIONS,
    );
    expect(results.map(({ tried }) => tried)).toEqual([['zlib-1.3/8']]);
  });

  it('has no codec for a layer that none gives back, and tells what was tried', async () => {
    const place = new MemoryPlace();
    const foreign = place.add(gzipSync(texts[0] ?? '', { strategy: 2 }), MEDIA_TYPE.layerGzip);
    const image = place.image({ layers: [{ descriptor: foreign, diffID: digestBy(texts[0] ?? '') }] });
    const { recipe, results } = await makeRecipe(await place.graph(image.descriptor), place.reader(), NO_HINT, OPTIONS);
    expect(recipe.images[0]?.layers).toEqual([
      { diffID: digestBy(texts[0] ?? ''), digest: foreign.digest, size: foreign.size },
    ]);
    expect(results.map(({ hit, tried }) => [hit, tried.length])).toEqual([[undefined, GZIP_CODECS.length]]);
  });

  it.for<[line: string, layers: readonly string[]]>([
    ['whose layers are uncompressed', texts],
    ['without layers', []],
  ])('of an image %s searches nothing', async ([, layers]) => {
    const place = new MemoryPlace();
    const image = place.image({ layers });
    let made = 0;
    const counting = { create: () => ((made += 1), scratch.create()) };
    const { recipe, results } = await makeRecipe(await place.graph(image.descriptor), place.reader(), NO_HINT, {
      ...OPTIONS,
      scratch: counting,
    });
    expect(recipe.images[0]?.layers.map(({ codec }) => codec)).toEqual(layers.map(() => undefined));
    expect([results, made]).toEqual([[], 0]);
  });

  it('searches a layer of several images once, and leaves artifacts out', async () => {
    const saved = new MemoryPlace();
    const images = await Promise.all(
      [1, 2].map((at) =>
        pulledImage(
          saved,
          [texts[0], texts[at]].map((text) => ({ text: text ?? '', codec: GO })),
        ),
      ),
    );
    const place = new MemoryPlace();
    const roots = images.map((image) => {
      const one = registryOf(image, saved);
      for (const [digest, bytes] of one.place.contents) place.contents.set(digest, bytes);
      return one.root;
    });
    const graph = await place.graph(...roots, place.artifact());
    const { recipe, results } = await makeRecipe(graph, place.reader(), NO_HINT, OPTIONS);
    expect(results).toHaveLength(3);
    expect(recipe.images).toHaveLength(2);
    const turned = await makeRecipe(await place.graph(...roots.toReversed()), place.reader(), NO_HINT, OPTIONS);
    expect(Buffer.from(recipeBytes(turned.recipe)).equals(recipeBytes(recipe))).toBe(true);
  });

  it.for<[line: string, code: string, change: (place: MemoryPlace, layer: Descriptor) => Partial<{ diffID: string }>]>([
    ['another diffID', 'DIFFID_MISMATCH', () => ({ diffID: fakeDigest('0') })],
    [
      'another digest',
      'DIGEST_MISMATCH',
      (place, { digest }) => {
        place.contents.set(digest, gzipSync('other'));
        return {};
      },
    ],
  ])('is not made of a layer with %s', async ([, code, change]) => {
    const place = new MemoryPlace();
    const descriptor = place.add(gzipSync('layer'), MEDIA_TYPE.layerGzip);
    const image = place.image({ layers: [{ descriptor, diffID: digestBy('layer'), ...change(place, descriptor) }] });
    const graph = await place.graph(image.descriptor);
    expect((await failureOf(() => makeRecipe(graph, place.reader(), NO_HINT, OPTIONS))).code).toBe(code);
  });
});
