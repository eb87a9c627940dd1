import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/base/limits.js';
import { type Recipe, parseRecipe, recipeBytes } from '../../../src/layer/recipe.js';
import { manifestStyles } from '../../../src/layer/manifest-style.js';
import { digestBy, failureOf, fakeDigest } from '../../support/memory-place.js';
import { MANIFEST_WRITERS } from '../../support/pulled-image.js';

const config = { digest: fakeDigest('c'), size: 7 };
const layers = [
  { digest: fakeDigest('1'), size: 20 },
  { digest: fakeDigest('2'), size: 30 },
];
const manifestText = MANIFEST_WRITERS.dockerPush(config, layers);

/** A recipe as a file, in any order of members. */
const recipeJson = (
  change: (image: Record<string, unknown>) => Record<string, unknown> = (image) => image,
): Record<string, unknown> => ({
  version: 1,
  images: [
    change({
      imageID: config.digest,
      manifest: {
        mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
        digest: digestBy(manifestText),
        size: manifestText.length,
        data: Buffer.from(manifestText).toString('base64'),
      },
      layers: [
        { diffID: fakeDigest('a'), digest: layers[0]?.digest, size: 20, codec: 'go-flate-1.26/6' },
        { diffID: fakeDigest('b'), digest: layers[1]?.digest, size: 30 },
      ],
    }),
  ],
});

const parse = (value: unknown): Promise<Recipe> =>
  parseRecipe(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)), 'a.recipe.json', DEFAULT_LIMITS);

const text = (recipe: Recipe): string => Buffer.from(recipeBytes(recipe)).toString();

describe('the bytes of a recipe', () => {
  it('are canonical JSON and a newline, with the manifest as it is', async () => {
    const recipe = await parse(recipeJson());
    expect(text(recipe)).toBe(
      `{"images":[{"imageID":"${config.digest}","layers":[` +
        `{"codec":"go-flate-1.26/6","diffID":"${fakeDigest('a')}","digest":"${fakeDigest('1')}","size":20},` +
        `{"diffID":"${fakeDigest('b')}","digest":"${fakeDigest('2')}","size":30}],` +
        `"manifest":{"data":"${Buffer.from(manifestText).toString('base64')}","digest":"${digestBy(manifestText)}",` +
        `"mediaType":"application/vnd.docker.distribution.manifest.v2+json","size":${manifestText.length}}}],"version":1}\n`,
    );
    expect(Buffer.from(recipe.images[0]?.manifest.raw ?? []).toString()).toBe(manifestText);
  });

  it('lead to the same recipe and the same bytes', async () => {
    const recipe = await parse(recipeJson());
    const again = await parse(text(recipe));
    expect(again).toEqual(recipe);
    expect(text(again)).toBe(text(recipe));
  });

  it('are those of no image too', async () => {
    expect(text({ images: [] })).toBe('{"images":[],"version":1}\n');
    expect(await parse('{"images":[],"version":1}\n')).toEqual({ images: [] });
  });

  it('do not depend on the order of images or on repetitions', async () => {
    const images = ['1', '2', '3', '4'].map((digit) => {
      const [manifest] = manifestStyles({ digest: fakeDigest(digit), size: 1 }, []);
      if (manifest === undefined) throw new Error('no style');
      return { imageID: fakeDigest(digit), manifest, layers: [] };
    });
    const expected = text({ images });
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(images, { minLength: images.length }),
        fc.subarray(images),
        async (order, more) => {
          expect(text({ images: [...order, ...more] })).toBe(expected);
          expect(text(await parse(text({ images: order })))).toBe(expected);
        },
      ),
    );
  });
});

const otherManifest = MANIFEST_WRITERS.buildKit(config, layers);

/** A change of the manifest's record. */
const inManifest =
  (change: Readonly<Record<string, unknown>>) =>
  (image: Record<string, unknown>): Record<string, unknown> => ({
    ...image,
    manifest: { ...(image['manifest'] as object), ...change },
  });

const without =
  (member: string) =>
  (image: Record<string, unknown>): Record<string, unknown> =>
    Object.fromEntries(Object.entries(image).filter(([key]) => key !== member));

const asManifest = (manifest: string): Readonly<Record<string, unknown>> => ({
  digest: digestBy(manifest),
  size: manifest.length,
  data: Buffer.from(manifest).toString('base64'),
});

describe('a recipe is refused', () => {
  it.for<
    [line: string, change: (image: Record<string, unknown>) => Record<string, unknown>, pointer: string, code?: string]
  >([
    ['with the digest of another manifest', inManifest({ digest: digestBy(otherManifest) }), '/images/0/manifest'],
    [
      'with the bytes of another manifest',
      inManifest({ data: Buffer.from(otherManifest).toString('base64') }),
      '/images/0/manifest',
    ],
    ['with no bytes', inManifest({ data: '' }), '/images/0/manifest'],
    ['with another size of the manifest', inManifest({ size: manifestText.length + 1 }), '/images/0/manifest'],
    ['with another config', (image) => ({ ...image, imageID: fakeDigest('d') }), '/images/0'],
    ['with a layer less', (image) => ({ ...image, layers: (image['layers'] as unknown[]).slice(1) }), '/images/0'],
    [
      'with a layer more',
      (image) => ({ ...image, layers: [...(image['layers'] as unknown[]), ...(image['layers'] as unknown[])] }),
      '/images/0',
    ],
    [
      'with its layers turned around',
      (image) => ({ ...image, layers: (image['layers'] as unknown[]).toReversed() }),
      '/images/0',
    ],
    [
      'with another size of a layer',
      (image) => ({
        ...image,
        layers: (image['layers'] as { size: number }[]).map((layer) => ({ ...layer, size: layer.size + 1 })),
      }),
      '/images/0',
    ],
    ['without layers', without('layers'), '/images/0/layers'],
    ['without manifest', without('manifest'), '/images/0/manifest'],
    ['with a member that nobody knows', (image) => ({ ...image, name: 'x' }), '/images/0/name'],
    [
      'with the manifest of an index',
      (image) => inManifest({ mediaType: 'application/vnd.oci.image.index.v1+json' })(image),
      '/images/0/manifest/mediaType',
    ],
    ['with a manifest that is of no type', inManifest({ mediaType: 'text/plain' }), '/images/0/manifest/mediaType'],
    [
      'with a digest in upper case',
      (image) => ({ ...image, imageID: config.digest.toUpperCase() }),
      '/images/0/imageID',
    ],
  ])('%s', async ([, change, pointer]) => {
    const { code, details } = await failureOf(() => parse(recipeJson(change)));
    expect({ code, subject: details.subject, pointer: details.pointer }).toEqual({
      code: 'RECIPE_INVALID',
      subject: 'a.recipe.json',
      pointer,
    });
  });

  it.for<[line: string, body: string, code: string]>([
    ['of another version', '{"version":2,"images":[]}', 'RECIPE_INVALID'],
    ['that is a lock', '{"version":1,"images":{}}', 'RECIPE_INVALID'],
    ['that is cut', '{"version":1,"images":[', 'JSON_SYNTAX'],
    ['that says something twice', '{"version":1,"version":1,"images":[]}', 'JSON_DUPLICATE_KEY'],
    ['that is empty', '', 'JSON_SYNTAX'],
  ])('%s', async ([, body, code]) => {
    expect((await failureOf(() => parse(body))).code).toBe(code);
  });

  it.for<[line: string, manifest: string, code: string]>([
    ['no manifest at all', '{}', 'SCHEMA_INVALID'],
    ['no JSON', 'manifest', 'JSON_SYNTAX'],
    ['schema 1', '{"schemaVersion":1}', 'SCHEMA1_UNSUPPORTED'],
    ['of another type than it says', otherManifest, 'MEDIATYPE_CONFLICT'],
  ])('whose manifest is %s', async ([, manifest, code]) => {
    const { code: found, details } = await failureOf(() => parse(recipeJson(inManifest(asManifest(manifest)))));
    expect([found, details.subject]).toEqual([code, digestBy(manifest)]);
  });
});
