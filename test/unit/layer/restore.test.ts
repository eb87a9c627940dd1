import fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { readAll } from '../../../src/base/bytes.js';
import { parseJson } from '../../../src/base/json-parse.js';
import { DEFAULT_LIMITS } from '../../../src/base/limits.js';
import { verifiedBlobs } from '../../../src/content/blob.js';
import { type ContentGraph, walk } from '../../../src/content/graph.js';
import { codecOrder } from '../../../src/layer/codec-search.js';
import { recipeBytes } from '../../../src/layer/recipe.js';
import {
  type RestoreOptions,
  type RestoreTarget,
  type RestoredGraph,
  restoreLayers,
} from '../../../src/layer/restore.js';
import { plainDescriptor } from '../../../src/oci/descriptor.js';
import type { Digest } from '../../../src/oci/digest.js';
import { decodeImageManifest } from '../../../src/oci/manifest.js';
import { MEDIA_TYPE } from '../../../src/oci/media-type.js';
import { scratchDirectory } from '../../../src/transport/scratch.js';
import { MemoryPlace, descriptorWith, digestBy, failureOf, fakeDigest, label } from '../../support/memory-place.js';
import {
  MANIFEST_WRITERS,
  type ManifestStyleName,
  type PulledImage,
  compressedBy,
  layerText,
  pulledImage,
} from '../../support/pulled-image.js';

/** Every codec that is tried for a gzip layer. */
const GZIP_CODECS = codecOrder([]);

const scratch = scratchDirectory();
afterAll(() => scratch.remove());

const OPTIONS = { scratch, threads: 1, limits: DEFAULT_LIMITS, keepAnnotations: false, bestEffort: false };
const GO = 'go-flate-1.26/6';

/** What is given to restore with: a manifest's text, and perhaps codecs by layer digest. */
const target = (manifest: string | Uint8Array, codecs: Readonly<Record<string, string>> = {}): RestoreTarget => {
  const raw = Buffer.from(manifest);
  const value = parseJson(raw, { subject: 'm', depth: 8 });
  const mediaType = (value as { readonly mediaType?: string }).mediaType ?? MEDIA_TYPE.manifest;
  const descriptor = plainDescriptor(mediaType, digestBy(raw), raw.length);
  return {
    manifest: { descriptor, raw, value: decodeImageManifest(value, descriptor, 'm') },
    codecs: new Map(Object.entries(codecs) as [Digest, string][]),
  };
};

const restore = (
  place: MemoryPlace,
  graph: ContentGraph,
  targets: readonly RestoreTarget[],
  options: Partial<RestoreOptions> = {},
): Promise<RestoredGraph> => restoreLayers(graph, place.reader(), { ...OPTIONS, targets, ...options });

/** Every blob of a result, read to its end and verified. */
const blobsOf = async ({
  graph,
  blobs,
}: Pick<RestoredGraph, 'graph' | 'blobs'>): Promise<ReadonlyMap<Digest, Buffer>> => {
  const found = new Map<Digest, Buffer>();
  for (const { descriptor } of walk(graph)) {
    const stream = verifiedBlobs(blobs).read(descriptor);
    found.set(descriptor.digest, Buffer.from(await readAll(stream, 1 << 24, { code: 'DEFECT', subject: 'test' })));
  }
  return found;
};

/** The result has the registry's manifest as its only root, and every blob of the registry byte for byte. */
const expectRegistry = async (result: RestoredGraph, ...images: readonly PulledImage[]): Promise<void> => {
  expect(result.graph.roots.map(({ descriptor }) => descriptor.digest)).toEqual(images.map(({ digest }) => digest));
  const blobs = await blobsOf(result);
  const expected = new Map(
    images.flatMap((image) => [
      [image.digest, Buffer.from(image.manifest)] as const,
      ...image.blobs.map(({ descriptor, bytes }) => [descriptor.digest, Buffer.from(bytes)] as const),
    ]),
  );
  for (const [digest, bytes] of expected) expect(blobs.get(digest)?.equals(bytes)).toBe(true);
  const configs = new Set(images.map(({ saved }) => saved.config.digest));
  expect(new Set(blobs.keys())).toEqual(new Set([...expected.keys(), ...configs]));
};

/** A scratch that counts what is made, so that attempts can be counted. */
const counting = (): { readonly scratch: RestoreOptions['scratch']; readonly made: () => number } => {
  let made = 0;
  return { scratch: { create: () => ((made += 1), scratch.create()) }, made: () => made };
};

const texts = (count: number, from = 1): readonly string[] =>
  Array.from({ length: count }, (_, at) => layerText(from + at, 120));
const [ONE = '', TWO = '', THREE = ''] = texts(3);

describe('an image is restored', () => {
  it.for<[style: ManifestStyleName, codecs: readonly string[]]>([
    ['dockerPush', [GO, GO, GO]],
    ['buildKit', [GO, GO, GO]],
    ['compactOci', ['go-flate-1.26/1', 'go-flate-1.26/1', 'go-flate-1.26/1']],
    ['compactDocker', ['zlib-1.3/6+os0', 'zlib-1.3/6+os255', 'zlib-1.3/6']],
    ['compactUntyped', [GO, 'go-flate-1.26/1', 'fflate-0.8/6']],
    ['dockerPush', [GO]],
    ['dockerPush', []],
  ])('whose manifest is written by %s, with layers of %j', async ([style, codecs]) => {
    const place = new MemoryPlace();
    const image = await pulledImage(
      place,
      codecs.map((codec, at) => ({ text: layerText(at), codec })),
      style,
    );
    const graph = await place.graph([image.saved.descriptor, label('a'), label('b')]);
    const result = await restore(place, graph, [target(image.manifest)]);
    await expectRegistry(result, image);
    expect(result.graph.roots[0]?.descriptor.mediaType).toBe(image.mediaType);
    expect(result.graph.roots[0]?.names).toEqual([label('a'), label('b')]);
    expect(result.changes).toEqual([
      { from: image.saved.descriptor.digest, to: image.digest, reason: expect.any(String) as string },
    ]);
    expect(result.graph.notes).toEqual([]);
    expect(result.recipe).toEqual([
      {
        imageID: image.saved.config.digest,
        manifest: target(image.manifest).manifest,
        layers: image.blobs.map(({ descriptor: { digest, size }, diffID }, at) => ({
          diffID,
          digest,
          size,
          codec: codecs[at],
        })),
      },
    ]);
  });

  it.for<[line: string, store: (text: string) => readonly [bytes: Uint8Array, mediaType: string]]>([
    ['gzip of Node', (text) => [gzipSync(text, { level: 3 }), MEDIA_TYPE.layerGzip]],
    [
      'gzip in two members',
      (text) => [Buffer.concat([gzipSync(text.slice(0, 99)), gzipSync(text.slice(99))]), MEDIA_TYPE.layerGzip],
    ],
    ['nothing, though the type says gzip', (text) => [Buffer.from(text), MEDIA_TYPE.layerGzip]],
    ['gzip, though the type says nothing', (text) => [gzipSync(text), MEDIA_TYPE.layer]],
  ])('from layers compressed by %s', async ([, store]) => {
    const place = new MemoryPlace();
    const image = await pulledImage(
      place,
      [ONE, TWO].map((text) => ({ text, codec: GO })),
    );
    const stored = [ONE, TWO].map((text) => {
      const [bytes, mediaType] = store(text);
      return { descriptor: place.add(bytes, mediaType), diffID: digestBy(text) };
    });
    const source = place.image({ layers: stored });
    expect(source.config.digest).toBe(image.saved.config.digest);
    await expectRegistry(await restore(place, await place.graph(source.descriptor), [target(image.manifest)]), image);
  });

  it('with the layers that the registry has uncompressed, from compressed ones', async () => {
    const place = new MemoryPlace();
    const image = await pulledImage(place, [{ text: ONE }, { text: TWO, codec: GO }], 'compactOci');
    const stored = [ONE, TWO].map((text) => ({
      descriptor: place.add(gzipSync(text), MEDIA_TYPE.layerGzip),
      diffID: digestBy(text),
    }));
    const source = place.image({ layers: stored });
    const result = await restore(place, await place.graph(source.descriptor), [target(image.manifest)]);
    await expectRegistry(result, image);
    expect(result.recipe[0]?.layers.map(({ codec }) => codec)).toEqual([undefined, GO]);
  });

  it('of which some layers are there as they were: only the others are made', async () => {
    const place = new MemoryPlace();
    const image = await pulledImage(
      place,
      [ONE, TWO].map((text) => ({ text, codec: GO })),
    );
    const [kept] = image.blobs;
    const stored = place.add(kept?.bytes ?? '', MEDIA_TYPE.layerGzip);
    const source = place.image({ layers: [{ descriptor: stored, diffID: digestBy(ONE) }, TWO] });
    const count = counting();
    const result = await restore(place, await place.graph(source.descriptor), [target(image.manifest)], count);
    await expectRegistry(result, image);
    expect(count.made()).toBe(1);
  });

  it('that has everything already', async () => {
    const place = new MemoryPlace();
    const image = await pulledImage(place, [{ text: ONE, codec: GO }]);
    const stored = place.add(image.blobs[0]?.bytes ?? '', MEDIA_TYPE.layerGzip);
    const source = place.image({ layers: [{ descriptor: stored, diffID: digestBy(ONE) }] });
    const count = counting();
    await expectRegistry(
      await restore(place, await place.graph(source.descriptor), [target(image.manifest)], count),
      image,
    );
    expect(count.made()).toBe(0);
  });

  it('with layers that repeat, each made once', async () => {
    const place = new MemoryPlace();
    const empty = '\0'.repeat(1024);
    const image = await pulledImage(
      place,
      [ONE, empty, ONE, empty, empty, TWO, ONE].map((text) => ({ text, codec: GO })),
    );
    const count = counting();
    const result = await restore(place, await place.graph(image.saved.descriptor), [target(image.manifest)], count);
    await expectRegistry(result, image);
    expect(count.made()).toBe(3);
    expect(result.recipe[0]?.layers).toHaveLength(7);
  });

  it('with a layer that two codecs have compressed', async () => {
    const place = new MemoryPlace();
    const image = await pulledImage(place, [
      { text: ONE, codec: GO },
      { text: ONE, codec: 'zlib-1.3/9' },
    ]);
    await expectRegistry(
      await restore(place, await place.graph(image.saved.descriptor), [target(image.manifest)]),
      image,
    );
  });

  it('beside others, each with its own manifest, in any order of these', async () => {
    const place = new MemoryPlace();
    const images = [
      await pulledImage(
        place,
        [ONE, TWO].map((text) => ({ text, codec: GO })),
      ),
      await pulledImage(
        place,
        [ONE, THREE].map((text) => ({ text, codec: 'go-flate-1.26/1' })),
        'buildKit',
      ),
      await pulledImage(place, [{ text: ONE, codec: GO }], 'compactOci'),
      await pulledImage(place, [], 'compactOci'),
    ];
    const targets = images.map(({ manifest }) => target(manifest));
    const roots = images.map(({ saved }) => saved.descriptor);
    for (const given of [targets, targets.toReversed()]) {
      const result = await restore(place, await place.graph(...roots), given);
      await expectRegistry(result, ...images);
      expect(result.recipe.map(({ imageID }) => imageID)).toEqual(images.map(({ saved }) => saved.config.digest));
    }
  });

  it('by the manifest of several that its layers can be made for', async () => {
    const place = new MemoryPlace();
    const image = await pulledImage(
      place,
      [ONE, TWO].map((text) => ({ text, codec: GO })),
    );
    const foreign = MANIFEST_WRITERS.buildKit(
      image.saved.config,
      [ONE, TWO].map((text) => {
        const blob = gzipSync(text, { level: 1, strategy: 3 });
        return { digest: digestBy(blob), size: blob.length };
      }),
    );
    const graph = await place.graph(image.saved.descriptor);
    for (const targets of [
      [target(foreign), target(image.manifest)],
      [target(image.manifest), target(foreign)],
    ]) {
      await expectRegistry(await restore(place, graph, targets), image);
    }
  });

  it('inside an index, which is made anew above it', async () => {
    const place = new MemoryPlace();
    const image = await pulledImage(place, [{ text: ONE, codec: GO }]);
    const entry = descriptorWith(image.saved.descriptor, { platform: { os: 'linux', architecture: 'amd64' } });
    const result = await restore(place, await place.graph([place.index([entry]), label('x')]), [
      target(image.manifest),
    ]);
    const [root] = result.graph.roots;
    expect(root?.names).toEqual([label('x')]);
    const blobs = await blobsOf(result);
    expect(blobs.has(image.digest)).toBe(true);
    expect(String(blobs.get(root?.descriptor.digest ?? fakeDigest('0')))).toContain(image.digest);
  });
});

describe('a recipe', () => {
  const codecs = ['fflate-0.8/9', 'zlib-1.3/2', GO];
  const prepare = async () => {
    const place = new MemoryPlace();
    const image = await pulledImage(
      place,
      codecs.map((codec, at) => ({ text: layerText(30 + at, 60), codec })),
      'buildKit',
    );
    return { place, image, graph: await place.graph(image.saved.descriptor) };
  };
  const targetsOf = ({ recipe }: RestoredGraph): readonly RestoreTarget[] =>
    recipe.map(({ manifest, layers }) => ({
      manifest,
      codecs: new Map(layers.flatMap(({ digest, codec }) => (codec === undefined ? [] : [[digest, codec]]))),
    }));

  it('makes the next time need one attempt a layer, and comes out of it again', async () => {
    const { place, image, graph } = await prepare();
    const [searched, known] = [counting(), counting()];
    const first = await restore(place, graph, [target(image.manifest)], searched);
    const second = await restore(place, graph, targetsOf(first), known);
    await expectRegistry(second, image);
    expect(searched.made()).toBeGreaterThan(codecs.length);
    expect(known.made()).toBe(codecs.length);
    expect(Buffer.from(recipeBytes({ images: second.recipe })).equals(recipeBytes({ images: first.recipe }))).toBe(
      true,
    );
  });

  it('of what was restored is the recipe of what is restored already', async () => {
    const { place, image, graph } = await prepare();
    const first = await restore(place, graph, [target(image.manifest)]);
    const count = counting();
    const again = await restoreLayers(first.graph, first.blobs, { ...OPTIONS, ...count, targets: targetsOf(first) });
    await expectRegistry(again, image);
    expect(count.made()).toBe(0);
    expect(again.recipe).toEqual(first.recipe);
  });

  it('that names another codec than the right one costs one attempt more', async () => {
    const { place, image, graph } = await prepare();
    const wrong = Object.fromEntries(image.blobs.map(({ descriptor }) => [descriptor.digest, 'zlib-1.3/9']));
    await expectRegistry(await restore(place, graph, [target(image.manifest, wrong)]), image);
  });

  it('that names a codec of tomorrow is refused before anything is tried', async () => {
    const { place, image, graph } = await prepare();
    const count = counting();
    const targets = [target(image.manifest, { [image.blobs[1]?.descriptor.digest ?? '']: 'zlib-9.0/6' })];
    const { code, details } = await failureOf(() => restore(place, graph, targets, count));
    expect({ code, subject: details.subject, made: count.made() }).toEqual({
      code: 'CODEC_UNKNOWN',
      subject: 'zlib-9.0/6',
      made: 0,
    });
    await expectRegistry(await restore(place, graph, targets, { bestEffort: true }), image);
  });

  it('may name it where the layer is there', async () => {
    const { place, image, graph } = await prepare();
    const first = await restore(place, graph, [target(image.manifest)]);
    const unknown = Object.fromEntries(image.blobs.map(({ descriptor }) => [descriptor.digest, 'zlib-9.0/6']));
    await expectRegistry(
      await restoreLayers(first.graph, first.blobs, { ...OPTIONS, targets: [target(image.manifest, unknown)] }),
      image,
    );
  });
});

describe('a manifest is refused', () => {
  it.for<[line: string, change: (image: PulledImage) => string]>([
    [
      'of another config',
      ({ blobs }) =>
        MANIFEST_WRITERS.dockerPush(
          { digest: fakeDigest('c'), size: 9 },
          blobs.map(({ descriptor }) => descriptor),
        ),
    ],
    [
      'of a config of another size',
      ({ saved, blobs }) =>
        MANIFEST_WRITERS.dockerPush(
          { ...saved.config, size: 9 },
          blobs.map(({ descriptor }) => descriptor),
        ),
    ],
    [
      'with a layer less',
      ({ saved, blobs }) =>
        MANIFEST_WRITERS.dockerPush(
          saved.config,
          blobs.slice(1).map(({ descriptor }) => descriptor),
        ),
    ],
    [
      'with a layer more',
      ({ saved, blobs }) =>
        MANIFEST_WRITERS.dockerPush(
          saved.config,
          [...blobs, ...blobs].map(({ descriptor }) => descriptor),
        ),
    ],
    ['with no layer', ({ saved }) => MANIFEST_WRITERS.dockerPush(saved.config, [])],
    [
      'with another size of a layer that is there',
      ({ saved, blobs }) =>
        MANIFEST_WRITERS.compactOci(
          saved.config,
          blobs.map(({ descriptor, diffID }) => ({ digest: diffID, size: descriptor.size + 1 })),
        ),
    ],
  ])('%s', async ([, change]) => {
    const place = new MemoryPlace();
    const image = await pulledImage(
      place,
      [ONE, TWO].map((text) => ({ text, codec: GO })),
    );
    const given = target(change(image));
    const { code, details } = await failureOf(async () =>
      restore(place, await place.graph(image.saved.descriptor), [given]),
    );
    expect({ code, subject: details.subject }).toEqual({
      code: 'MANIFEST_MISMATCH',
      subject: image.saved.config.digest,
    });
    expect(details.found).toContain(given.manifest.descriptor.digest);
  });

  it('that is none', async () => {
    const place = new MemoryPlace();
    const image = await pulledImage(place, [{ text: ONE, codec: GO }]);
    const { code, details } = await failureOf(async () =>
      restore(place, await place.graph(image.saved.descriptor), []),
    );
    expect([code, details.subject]).toEqual(['MANIFEST_MISMATCH', image.saved.config.digest]);
  });

  it('for one of two images', async () => {
    const place = new MemoryPlace();
    const [known, other] = [
      await pulledImage(place, [{ text: ONE, codec: GO }]),
      await pulledImage(place, [{ text: TWO, codec: GO }]),
    ];
    const graph = await place.graph(known.saved.descriptor, other.saved.descriptor);
    const { code, details } = await failureOf(() => restore(place, graph, [target(known.manifest)]));
    expect([code, details.subject]).toEqual(['MANIFEST_MISMATCH', other.saved.config.digest]);
    const result = await restore(place, graph, [target(known.manifest)], { bestEffort: true });
    expect(result.graph.roots.map(({ descriptor }) => descriptor.digest)).toEqual([
      known.digest,
      other.saved.descriptor.digest,
    ]);
    expect(result.graph.notes).toMatchObject([
      { code: 'MANIFEST_MISMATCH', severity: 'warning', subject: other.saved.config.digest },
    ]);
    expect(result.recipe.map(({ imageID }) => imageID)).toEqual([known.saved.config.digest]);
  });
});

describe('a layer that no codec gives back', () => {
  /** Of two layers, the second was compressed by somebody whom nobody knows. */
  const prepare = async (store: 'plain' | 'gzip' = 'plain') => {
    const place = new MemoryPlace();
    const image = await pulledImage(
      place,
      [ONE, TWO].map((text) => ({ text, codec: GO })),
    );
    const foreign = gzipSync(TWO, { strategy: 2 });
    const lost = { digest: digestBy(foreign), size: foreign.length };
    const manifest = MANIFEST_WRITERS.dockerPush(image.saved.config, [image.blobs[0]?.descriptor ?? lost, lost]);
    const again = gzipSync(TWO, { level: 4 });
    const stored = store === 'plain' ? place.add(TWO, MEDIA_TYPE.layer) : place.add(again, MEDIA_TYPE.layerGzip);
    const source = place.image({ layers: [ONE, { descriptor: stored, diffID: digestBy(TWO) }] });
    return {
      place,
      image,
      lost,
      stored,
      given: target(manifest),
      graph: await place.graph([source.descriptor, label('x')]),
    };
  };

  it('is an error that names it and every codec', async () => {
    const { place, graph, given, lost } = await prepare();
    const { code, details } = await failureOf(() => restore(place, graph, [given]));
    expect({ code, subject: details.subject, expected: details.expected }).toEqual({
      code: 'LAYER_UNRESTORABLE',
      subject: digestBy(TWO),
      expected: lost.digest,
    });
    for (const codec of GZIP_CODECS) expect(details.found).toContain(codec);
    expect(codecOrder([])).toHaveLength(GZIP_CODECS.length);
  });

  it.for(['plain', 'gzip'] as const)(
    'stays %s as it is where that is wanted, under a manifest made anew',
    async (store) => {
      const { place, graph, given, image, lost, stored } = await prepare(store);
      const result = await restore(place, graph, [given], { bestEffort: true });
      const blobs = await blobsOf(result);
      const [root] = result.graph.roots;
      const manifest: unknown = JSON.parse(String(blobs.get(root?.descriptor.digest ?? lost.digest)));
      const [restored] = image.blobs;
      expect(manifest).toEqual({
        schemaVersion: 2,
        mediaType: MEDIA_TYPE.manifest,
        config: { mediaType: MEDIA_TYPE.config, digest: image.saved.config.digest, size: image.saved.config.size },
        layers: [
          { mediaType: MEDIA_TYPE.layerGzip, digest: restored?.descriptor.digest, size: restored?.descriptor.size },
          {
            mediaType: store === 'gzip' ? MEDIA_TYPE.layerGzip : MEDIA_TYPE.layer,
            digest: stored.digest,
            size: stored.size,
          },
        ],
      });
      expect(root?.names).toEqual([label('x')]);
      expect([blobs.has(given.manifest.descriptor.digest), blobs.has(lost.digest)]).toEqual([false, false]);
      expect(result.recipe).toEqual([]);
      expect(result.graph.notes).toMatchObject([
        { code: 'LAYER_UNRESTORABLE', severity: 'warning', subject: digestBy(TWO), expected: lost.digest },
      ]);
    },
  );

  it('of an image that is there twice is tried once and told twice', async () => {
    const { place, given, graph } = await prepare();
    const other = place.image({ layers: [ONE, TWO], manifest: { annotations: { a: 'b' } } });
    const both = await place.graph(other.descriptor, ...graph.roots.map(({ descriptor }) => descriptor));
    const [alone, twice] = [counting(), counting()];
    await restore(place, graph, [given], { bestEffort: true, ...alone });
    const result = await restore(place, both, [given], { bestEffort: true, ...twice });
    expect(twice.made()).toBe(alone.made());
    expect(result.graph.notes.map(({ code }) => code)).toEqual(['LAYER_UNRESTORABLE', 'LAYER_UNRESTORABLE']);
  });

  it('is one whose uncompressed form has another size than the manifest says', async () => {
    const place = new MemoryPlace();
    const image = await pulledImage(place, [{ text: ONE }], 'compactOci');
    const source = place.image({
      layers: [{ descriptor: place.add(gzipSync(ONE), MEDIA_TYPE.layerGzip), diffID: digestBy(ONE) }],
    });
    const given = target(
      MANIFEST_WRITERS.compactOci(image.saved.config, [{ digest: digestBy(ONE), size: ONE.length + 1 }]),
    );
    const graph = await place.graph(source.descriptor);
    const { code, details } = await failureOf(() => restore(place, graph, [given]));
    expect([code, details.subject]).toEqual(['LAYER_UNRESTORABLE', digestBy(ONE)]);
    const kept = await restore(place, graph, [given], { bestEffort: true });
    expect([...(await blobsOf(kept)).keys()]).not.toContain(given.manifest.descriptor.digest);
  });
});

describe('an image that cannot be restored for itself', () => {
  it('stays as it is, and is told', async () => {
    const place = new MemoryPlace();
    const image = await pulledImage(place, [{ text: ONE, codec: GO }]);
    const odd = place.image({
      layers: [{ descriptor: place.add('x', 'application/vnd.in-toto+json'), diffID: digestBy('x') }],
    });
    const graph = await place.graph(odd.descriptor, image.saved.descriptor, place.artifact());
    const result = await restore(place, graph, [target(image.manifest)]);
    expect(result.graph.roots.map(({ descriptor }) => descriptor.digest)).toContain(odd.descriptor.digest);
    expect(result.graph.roots.map(({ descriptor }) => descriptor.digest)).toContain(image.digest);
    expect(result.graph.notes.filter(({ code }) => code === 'NOT_CHECKED')).toMatchObject([
      { subject: odd.descriptor.digest },
    ]);
  });

  it.for<[line: string, damage: (place: MemoryPlace, image: PulledImage) => void, code: string]>([
    [
      'because a layer is not what its digest says',
      (place, { saved }) =>
        place.contents.set(saved.layers[0]?.digest ?? fakeDigest('0'), Buffer.from(ONE.replaceAll('0', '1'))),
      'DIGEST_MISMATCH',
    ],
    ['because a layer went away', (place, { saved }) => place.remove(...saved.layers), 'BLOB_MISSING'],
  ])('is an error %s', async ([, damage, code]) => {
    const place = new MemoryPlace();
    const image = await pulledImage(place, [{ text: ONE, codec: GO }]);
    const graph = await place.graph(image.saved.descriptor);
    damage(place, image);
    for (const bestEffort of [false, true]) {
      expect((await failureOf(() => restore(place, graph, [target(image.manifest)], { bestEffort }))).code).toBe(code);
    }
  });
});

describe('whatever a manifest claims', () => {
  const layerOf = fc.record({
    truth: fc.constantFrom('codec', 'plain', 'wrong digest', 'wrong size', 'digest of the other'),
    codec: fc.constantFrom(GO, 'go-flate-1.26/1', 'zlib-1.3/6+os0'),
    hint: fc.constantFrom(GO, 'zlib-1.3/9', undefined),
  });

  it('nothing that was not proved lies under a digest of it', async () => {
    const plains = [layerText(50, 12), layerText(51, 12)];
    const blobs = new Map<string, Uint8Array>();
    for (const text of plains) {
      for (const codec of [GO, 'go-flate-1.26/1', 'zlib-1.3/6+os0'])
        blobs.set(`${codec} ${text}`, await compressedBy(codec, Buffer.from(text)));
    }
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(layerOf, layerOf),
        fc.constantFrom(...(Object.keys(MANIFEST_WRITERS) as ManifestStyleName[])),
        fc.boolean(),
        async (claims, style, stored) => {
          const place = new MemoryPlace();
          const source = place.image({
            layers: plains.map((text) =>
              stored ? { descriptor: place.add(gzipSync(text), MEDIA_TYPE.layerGzip), diffID: digestBy(text) } : text,
            ),
          });
          const hints: Record<string, string> = {};
          const claimed = claims.map(({ truth, codec, hint }, at) => {
            const plain = Buffer.from(plains[truth === 'digest of the other' ? 1 - at : at] ?? '');
            const bytes = truth === 'plain' ? plain : (blobs.get(`${codec} ${plain.toString()}`) ?? plain);
            const digest = truth === 'wrong digest' ? fakeDigest(String(at)) : digestBy(bytes);
            if (hint !== undefined) hints[digest] = hint;
            return { digest, size: bytes.length + (truth === 'wrong size' ? 1 : 0) };
          });
          const isTrue = claims.every(({ truth }) => truth === 'codec' || truth === 'plain');
          const given = target(MANIFEST_WRITERS[style](source.config, claimed), hints);
          const graph = await place.graph(source.descriptor);
          const result = await restore(place, graph, [given], { bestEffort: true });
          // Reading verifies every blob by size and digest.
          const found = await blobsOf(result);
          expect(found.has(given.manifest.descriptor.digest)).toBe(isTrue);
          expect(found.has(fakeDigest('0')) || found.has(fakeDigest('1'))).toBe(false);
          expect(result.recipe).toHaveLength(isTrue ? 1 : 0);
          if (!isTrue)
            expect((await failureOf(() => restore(place, graph, [given]))).code).toMatch(
              /^(LAYER_UNRESTORABLE|MANIFEST_MISMATCH)$/,
            );
        },
      ),
      { numRuns: 30 },
    );
    // Each failed search tries every codec there is.
  }, 180_000);
});
