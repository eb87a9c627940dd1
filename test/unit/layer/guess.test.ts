import { afterAll, describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/base/limits.js';
import { codecOrder } from '../../../src/layer/codec-search.js';
import { guessTargets } from '../../../src/layer/guess.js';
import type { Digest } from '../../../src/oci/digest.js';
import { scratchDirectory } from '../../../src/transport/scratch.js';
import { MemoryPlace, digestBy, fakeDigest } from '../../support/memory-place.js';
import {
  MANIFEST_WRITERS,
  type ManifestStyleName,
  type PulledImage,
  layerText,
  pulledImage,
} from '../../support/pulled-image.js';

/** Every codec that is tried for a gzip layer. */
const GZIP_CODECS = codecOrder([]);

const scratch = scratchDirectory();
afterAll(() => scratch.remove());

const OPTIONS = { scratch, threads: 1, limits: DEFAULT_LIMITS };
const GO = 'go-flate-1.26/6';

type Pinned = ReadonlyMap<Digest | 'any', ReadonlySet<Digest>>;

const pinned = (...entries: readonly (readonly [key: Digest | 'any', ...digests: Digest[]])[]): Pinned =>
  new Map(entries.map(([key, ...digests]) => [key, new Set(digests)]));

const guess = async (place: MemoryPlace, images: readonly PulledImage[], known: Pinned, onCreate = (): void => {}) => {
  const graph = await place.graph(...images.map(({ saved }) => saved.descriptor));
  const counting = {
    create: () => {
      onCreate();
      return scratch.create();
    },
  };
  return guessTargets(graph, place.reader(), known, { ...OPTIONS, scratch: counting });
};

const texts = [layerText(1, 100), layerText(2, 100)];

describe('the manifest of a digest', () => {
  it.for<[style: ManifestStyleName, codec: string]>([
    ['dockerPush', GO],
    ['buildKit', GO],
    ['compactOci', GO],
    ['compactDocker', GO],
    ['compactUntyped', GO],
    ['compactDocker', 'go-flate-1.26/1'],
    ['compactOci', 'zlib-1.3/6+os0'],
    ['dockerPush', 'fflate-0.8/9'],
  ])('is found as %s writes it over layers of %s', async ([style, codec]) => {
    const place = new MemoryPlace();
    const image = await pulledImage(
      place,
      texts.map((text) => ({ text, codec })),
      style,
    );
    for (const key of [image.saved.config.digest, 'any'] as const) {
      const [found, ...more] = await guess(place, [image], pinned([key, fakeDigest('1'), image.digest]));
      expect(more).toEqual([]);
      expect(Buffer.from(found?.manifest.raw ?? []).toString()).toBe(Buffer.from(image.manifest).toString());
      expect(found?.manifest.descriptor.digest).toBe(image.digest);
      expect(new Map(found?.codecs)).toEqual(new Map(image.blobs.map(({ descriptor }) => [descriptor.digest, codec])));
    }
  });

  it.for([
    [GO, 'go-flate-1.26/1', 'go-flate-1.26/1'],
    ['go-flate-1.26/1', GO, GO],
    ['zlib-1.3/6+os0', 'zlib-1.3/6+os0', 'go-flate-1.26/1'],
    ['go-flate-1.26/1', 'go-flate-1.26/1', 'zlib-1.3/6+os255'],
  ])('is found where one tool has put layers upon those of another: %j', async (codecs) => {
    const place = new MemoryPlace();
    const image = await pulledImage(
      place,
      codecs.map((codec, at) => ({ text: layerText(10 + at, 100), codec })),
      'buildKit',
    );
    const [found] = await guess(place, [image], pinned([image.saved.config.digest, image.digest]));
    expect(found?.manifest.descriptor.digest).toBe(image.digest);
    expect(image.blobs.map(({ descriptor }) => found?.codecs.get(descriptor.digest))).toEqual(codecs);
  });

  it('is not found where tools take turns', async () => {
    const place = new MemoryPlace();
    const image = await pulledImage(
      place,
      [GO, 'zlib-1.3/9', GO].map((codec, at) => ({ text: layerText(10 + at, 20), codec })),
    );
    expect(await guess(place, [image], pinned([image.saved.config.digest, image.digest]))).toEqual([]);
  });

  it('is found at the first codec for what docker pushed, with one attempt a layer', async () => {
    const place = new MemoryPlace();
    const image = await pulledImage(
      place,
      [...texts, ...texts].map((text) => ({ text, codec: GO })),
    );
    let made = 0;
    await guess(place, [image], pinned([image.saved.config.digest, image.digest]), () => (made += 1));
    expect(made).toBe(2);
  });

  it('is found for an image without layers', async () => {
    const place = new MemoryPlace();
    const image = await pulledImage(place, [], 'compactOci');
    expect(await guess(place, [image], pinned([image.saved.config.digest, image.digest]))).toHaveLength(1);
  });

  it.for<[line: string, known: (image: PulledImage) => Pinned, attempts: number]>([
    ['of nothing', () => pinned(), 0],
    ['of another image', ({ digest }) => pinned([fakeDigest('2'), digest]), 0],
    ['that is another one', ({ saved }) => pinned([saved.config.digest, fakeDigest('2')]), GZIP_CODECS.length],
  ])('is not found for a lock %s', async ([, known, attempts]) => {
    const place = new MemoryPlace();
    const image = await pulledImage(place, [{ text: texts[0] ?? '', codec: GO }]);
    let made = 0;
    expect(await guess(place, [image], known(image), () => (made += 1))).toEqual([]);
    expect(made).toBe(attempts);
  });

  it('is not found where the manifest says more than config and layers', async () => {
    const place = new MemoryPlace();
    const image = await pulledImage(place, [{ text: texts[0] ?? '', codec: GO }], 'compactOci');
    const annotated = Buffer.from(image.manifest).toString().replace(/}$/, ',"annotations":{"a":"b"}}');
    expect(await guess(place, [image], pinned(['any', digestBy(annotated)]))).toEqual([]);
  });

  it('is found for those of several images that a lock knows', async () => {
    const place = new MemoryPlace();
    const images = await Promise.all(
      [GO, 'go-flate-1.26/1', GO].map((codec, at) =>
        pulledImage(place, [{ text: layerText(20 + at, 50), codec }], 'buildKit'),
      ),
    );
    const [first, second] = images;
    if (first === undefined || second === undefined) throw new Error('no images');
    const found = await guess(place, images, pinned([first.saved.config.digest, first.digest], ['any', second.digest]));
    expect(found.map(({ manifest }) => manifest.descriptor.digest)).toEqual([first.digest, second.digest]);
    expect(
      MANIFEST_WRITERS.buildKit(
        first.saved.config,
        first.blobs.map(({ descriptor }) => descriptor),
      ),
    ).toBe(Buffer.from(found[0]?.manifest.raw ?? []).toString());
  });
});
