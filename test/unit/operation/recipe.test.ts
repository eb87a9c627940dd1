import { readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { codecOrder } from '../../../src/layer/codec-search.js';
import { DEFAULT_LIMITS } from '../../../src/base/limits.js';
import { parseRecipe } from '../../../src/layer/recipe.js';
import { explainLayers, recipe } from '../../../src/operation/recipe.js';
import type { Descriptor } from '../../../src/oci/descriptor.js';
import { MEDIA_TYPE } from '../../../src/oci/media-type.js';
import { recorder, testFolder } from '../../support/images-on-disk.js';
import { MemoryPlace, descriptorWith, digestBy, failureOf, fakeDigest } from '../../support/memory-place.js';
import { compressedBy, layerText } from '../../support/pulled-image.js';

/** Every codec that is tried for a gzip layer. */
const GZIP_CODECS = codecOrder([]);

const folder = testFolder();
const GO = 'go-flate-1.26/6';

interface Stored {
  readonly descriptor: Descriptor;
  readonly diffID: string;
}

const byCodec = async (place: MemoryPlace, text: string, codec: string): Promise<Stored> => ({
  descriptor: place.add(await compressedBy(codec, Buffer.from(text)), MEDIA_TYPE.layerGzip),
  diffID: digestBy(text),
});

const byNobody = (place: MemoryPlace, text: string): Stored => ({
  descriptor: place.add(gzipSync(text, { strategy: 2 }), MEDIA_TYPE.layerGzip),
  diffID: digestBy(text),
});

const written = (name: string, place: MemoryPlace, ...roots: readonly Descriptor[]): string =>
  folder.writeTar(`${name}.tar`, place.layoutFiles(roots));

/** No temporary file of an operation is left. */
const expectTidy = (): void => expect(readdirSync(folder.at()).filter((name) => name.startsWith('.'))).toEqual([]);

const texts = [layerText(1, 300), layerText(2, 300), layerText(3, 300)];

describe('recipe', () => {
  it('counts layers and those that can be made again', async () => {
    const place = new MemoryPlace();
    const layers = [
      await byCodec(place, texts[0] ?? '', GO),
      byNobody(place, texts[1] ?? ''),
      await byCodec(place, texts[0] ?? '', GO),
    ];
    const image = place.image({ layers: [...layers, 'plain'] });
    const { bytes, ...counts } = await recipe([written('mixed', place, image.descriptor)], folder.context());
    expect(counts).toEqual({ digest: digestBy(bytes), images: 1, layers: 2, restorable: 1 });
    const parsed = await parseRecipe(bytes, 'r', DEFAULT_LIMITS);
    expect(parsed.images.map((it) => it.layers.map(({ codec }) => codec))).toEqual([[GO, undefined, GO, undefined]]);
    expect(parsed.images[0]?.manifest.descriptor.digest).toBe(image.descriptor.digest);
    expectTidy();
  });

  it('is the same from one place and from several, in any order', async () => {
    const places = await Promise.all(
      texts.map(async (text, at) => {
        const place = new MemoryPlace();
        const image = place.image({
          layers: [await byCodec(place, texts[0] ?? '', GO), await byCodec(place, text, 'go-flate-1.26/1')],
        });
        return written(`part-${at}`, place, image.descriptor);
      }),
    );
    const { bytes } = await recipe(places, folder.context());
    for (const order of [places.toReversed(), [...places, ...places]]) {
      expect(Buffer.from((await recipe(order, folder.context())).bytes).equals(bytes)).toBe(true);
    }
  });

  it.for<[line: string, layers: readonly string[]]>([
    ['without layers', []],
    ['whose layers are uncompressed', texts],
  ])('of an image %s needs no codec', async ([, layers]) => {
    const place = new MemoryPlace();
    const path = written('plain', place, place.image({ layers }).descriptor);
    expect(await recipe([path], folder.context())).toMatchObject({ images: 1, layers: 0, restorable: 0 });
  });

  it('tells when it searches', async () => {
    const { events, observer } = recorder();
    const place = new MemoryPlace();
    const image = place.image({ layers: [await byCodec(place, 'a', GO)] });
    await recipe([written('told', place, image.descriptor)], folder.context({ observer }));
    const phases = events
      .filter(({ type }) => type === 'phase' || type === 'phase-end')
      .map((event) => JSON.stringify(event));
    expect(phases.filter((text) => text.includes('search codecs'))).toHaveLength(2);
  });

  it.for<[line: string, code: string, build: (place: MemoryPlace) => Promise<Descriptor> | Descriptor]>([
    [
      'a layer with another diffID',
      'DIFFID_MISMATCH',
      async (place) =>
        place.image({ layers: [{ ...(await byCodec(place, 'a', GO)), diffID: fakeDigest('0') }] }).descriptor,
    ],
    [
      'a layer that is cut',
      'GZIP_CORRUPT',
      (place) =>
        place.image({
          layers: [
            {
              descriptor: place.add(gzipSync(texts[0] ?? '').subarray(0, 500), MEDIA_TYPE.layerGzip),
              diffID: digestBy(texts[0] ?? ''),
            },
          ],
        }).descriptor,
    ],
  ])('stops at %s, and leaves nothing', async ([, code, build]) => {
    const place = new MemoryPlace();
    const path = written('bad', place, await build(place));
    expect((await failureOf(() => recipe([path], folder.context()))).code).toBe(code);
    expectTidy();
  });
});

describe('explain-layers', () => {
  const build = async (): Promise<{
    readonly path: string;
    readonly place: MemoryPlace;
    readonly stored: readonly Stored[];
  }> => {
    const place = new MemoryPlace();
    const stored = [
      await byCodec(place, texts[0] ?? '', GO),
      byNobody(place, texts[1] ?? ''),
      await byCodec(place, texts[2] ?? '', 'zlib-1.3/6+os0'),
    ];
    const image = place.image({ layers: [...stored, 'plain'] });
    const named = descriptorWith(image.descriptor, { annotations: { 'org.opencontainers.image.ref.name': 'v1' } });
    return { path: written('explained', place, named), place, stored };
  };

  it('says who made each layer, by which codec it can be made, or why not', async () => {
    const { path, stored } = await build();
    const report = await explainLayers(path, true, folder.context());
    const [image, ...more] = report.images;
    expect(more).toEqual([]);
    expect(report.location).toBe(path);
    expect(image).toMatchObject({ names: ['v1'], platform: 'linux/amd64' });
    expect(image?.layers.map(({ digest, diffID }) => [digest, diffID])).toEqual([
      ...stored.map(({ descriptor, diffID }) => [descriptor.digest, diffID]),
      [digestBy('plain'), digestBy('plain')],
    ]);
    expect(image?.layers.map(({ codec, restorable }) => [codec, restorable])).toEqual([
      [GO, true],
      [undefined, false],
      ['zlib-1.3/6+os0', true],
      [undefined, true],
    ]);
    expect(image?.layers[1]?.why).toContain(String(GZIP_CODECS.length));
    expect(image?.layers[3]).toMatchObject({ producer: 'none', evidence: [] });
    expectTidy();
  });

  it('tries nothing if that is not wanted', async () => {
    const { path } = await build();
    const { events, observer } = recorder();
    const report = await explainLayers(path, false, folder.context({ observer }));
    expect(report.images[0]?.layers.map(({ codec, restorable }) => [codec, restorable])).toEqual([
      [undefined, undefined],
      [undefined, undefined],
      [undefined, undefined],
      [undefined, true],
    ]);
    expect(
      events
        .filter(({ type }) => type === 'phase')
        .map((event) => JSON.stringify(event))
        .join(),
    ).not.toContain('codec');
  });

  it('has nothing to say of artifacts', async () => {
    const place = new MemoryPlace();
    expect((await explainLayers(written('artifact', place, place.artifact()), true, folder.context())).images).toEqual(
      [],
    );
  });
});
