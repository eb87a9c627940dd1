import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/base/limits.js';
import { recipeBytes } from '../../../src/layer/recipe.js';
import type { Lock } from '../../../src/operation/lock.js';
import { type RestoreSources, loadRestoreSources } from '../../../src/operation/restore-source.js';
import { MEDIA_TYPE } from '../../../src/oci/media-type.js';
import { tarOf } from '../../support/archive-builder.js';
import { buildImage, dockerFiles, hybridFiles } from '../../support/image-builder.js';
import { testFolder } from '../../support/images-on-disk.js';
import {
  MemoryPlace,
  descriptorJson,
  descriptorWith,
  digestBy,
  failureOf,
  fakeDigest,
} from '../../support/memory-place.js';
import { type ManifestStyleName, type PulledImage, layerText, pulledImage } from '../../support/pulled-image.js';

const folder = testFolder();
const GO = 'go-flate-1.26/6';

const load = (...texts: readonly string[]): Promise<RestoreSources> => loadRestoreSources(texts, folder.context());

const imageOf = async (place: MemoryPlace, style?: ManifestStyleName): Promise<PulledImage> =>
  pulledImage(place, [{ text: layerText(1, 30), codec: GO }], style);

/** A place that has what the registry has, with or without the layers. */
const registryOf = (image: PulledImage, from: MemoryPlace, withLayers: boolean): MemoryPlace => {
  const place = new MemoryPlace();
  place.add(image.manifest, image.mediaType);
  place.add(from.contents.get(image.saved.config.digest) ?? '');
  if (withLayers) for (const { bytes } of image.blobs) place.add(bytes);
  return place;
};

const rootOf = (image: PulledImage) => ({
  ...image.saved.descriptor,
  mediaType: image.mediaType,
  digest: image.digest,
  size: image.manifest.length,
});

const digestsOf = ({ targets }: RestoreSources): readonly string[] =>
  targets.map(({ manifest }) => manifest.descriptor.digest);

describe('a manifest comes from', () => {
  it.for<ManifestStyleName>(['dockerPush', 'buildKit', 'compactOci', 'compactUntyped'])(
    'the manifest itself, byte for byte: %s',
    async (style) => {
      const image = await imageOf(new MemoryPlace(), style);
      const sources = await load(folder.writeFile(`${style}.json`, image.manifest));
      expect(digestsOf(sources)).toEqual([image.digest]);
      const [found] = sources.targets;
      expect(Buffer.from(found?.manifest.raw ?? []).equals(image.manifest)).toBe(true);
      expect(found?.manifest.descriptor).toMatchObject({ mediaType: image.mediaType, size: image.manifest.length });
      expect([found?.codecs.size, sources.pinned.size]).toEqual([0, 0]);
    },
  );

  it('one with white space before and behind it', async () => {
    const image = await imageOf(new MemoryPlace());
    const spaced = `\n  ${Buffer.from(image.manifest).toString()}\n`;
    expect(digestsOf(await load(folder.writeFile('spaced.json', spaced)))).toEqual([digestBy(spaced)]);
  });

  it.for([
    ['with its layers', true],
    ['without them', false],
  ] as const)('a layout %s', async ([, withLayers]) => {
    const from = new MemoryPlace();
    const image = await imageOf(from);
    const place = registryOf(image, from, withLayers);
    const files = place.layoutFiles([descriptorWith(rootOf(image), {})]);
    for (const text of [
      `oci:${folder.writeFolder(`layout-${withLayers}`, files)}`,
      folder.at(`layout-${withLayers}`),
      folder.writeTar(`l-${withLayers}.tar`, files),
    ]) {
      expect(digestsOf(await load(text))).toEqual([image.digest]);
    }
  });

  it('a layout of an index: those of all its images', async () => {
    const from = new MemoryPlace();
    const images = [
      await pulledImage(from, [{ text: 'a', codec: GO }]),
      await pulledImage(from, [{ text: 'b', codec: GO }]),
    ];
    const place = new MemoryPlace();
    for (const image of images)
      for (const [digest, bytes] of registryOf(image, from, false).contents) place.contents.set(digest, bytes);
    const index = place.index(
      images.map((image, at) =>
        descriptorWith(rootOf(image), { platform: { os: 'linux', architecture: at === 0 ? 'amd64' : 'arm64' } }),
      ),
    );
    const sources = await load(folder.writeFolder('index-layout', place.layoutFiles([index])));
    expect(digestsOf(sources).toSorted()).toEqual(images.map(({ digest }) => digest).toSorted());
  });

  it('a recipe, with its codecs', async () => {
    const image = await imageOf(new MemoryPlace());
    const given = await load(folder.writeFile('m.json', image.manifest));
    const [known] = given.targets;
    const [blob] = image.blobs;
    if (known === undefined || blob === undefined) throw new Error('nothing given');
    const { digest, size } = blob.descriptor;
    const layers = [{ diffID: blob.diffID, digest, size, codec: GO }];
    const path = folder.writeFile(
      'a.recipe.json',
      recipeBytes({ images: [{ imageID: image.saved.config.digest, manifest: known.manifest, layers }] }),
    );
    const sources = await load(path);
    expect(sources.targets).toEqual([{ manifest: known.manifest, codecs: new Map([[digest, GO]]) }]);
  });

  describe('a recipe with a lock', () => {
    const recipeOf = async (style?: ManifestStyleName) => {
      const image = await imageOf(new MemoryPlace(), style);
      const [known] = (await load(folder.writeFile('signed.json', image.manifest))).targets;
      const [blob] = image.blobs;
      if (known === undefined || blob === undefined) throw new Error('nothing given');
      const layers = [{ diffID: blob.diffID, digest: blob.descriptor.digest, size: blob.descriptor.size, codec: GO }];
      const bytes = recipeBytes({ images: [{ imageID: image.saved.config.digest, manifest: known.manifest, layers }] });
      const path = folder.writeFile('signed.recipe.json', bytes);
      return { digest: image.digest, path, recipe: digestBy(bytes) };
    };
    const loadSigned = (path: string, images: Lock['images']): Promise<RestoreSources> =>
      loadRestoreSources([path], folder.context(), { version: 1, images });

    it('that records it, at an image or at one of an index', async () => {
      const { digest, path, recipe } = await recipeOf();
      const other = { digest: fakeDigest('7'), recipe: fakeDigest('8') };
      expect(digestsOf(await loadSigned(path, { a: { digest, recipe }, other }))).toEqual([digest]);
      const platforms = { 'linux/amd64': { digest, recipe } };
      expect(digestsOf(await loadSigned(path, { a: { digest: fakeDigest('9'), platforms }, other }))).toEqual([digest]);
    });

    it('but not one with another digest, of no image, or of an image without one', async () => {
      const { digest, path, recipe } = await recipeOf();
      const wrong = fakeDigest('1');
      const expectRefused = async (images: Lock['images'], expected: unknown): Promise<void> => {
        expect(await failureOf(() => loadSigned(path, images))).toMatchObject({
          code: 'RECIPE_UNRECORDED',
          details: { subject: path, expected, found: recipe },
        });
      };
      await expectRefused({ a: { digest, recipe: wrong } }, wrong);
      await expectRefused({ a: { digest, recipe }, b: { digest, recipe: wrong } }, wrong);
      await expectRefused({ a: { digest: wrong, recipe } }, expect.any(String));
      await expectRefused({ a: { digest } }, expect.any(String));
      await expectRefused({}, expect.any(String));
    });

    it('nor the same recipe with a space more', async () => {
      const { digest, path, recipe } = await recipeOf();
      const spaced = folder.writeFile('spaced.recipe.json', ` ${readFileSync(path, 'utf8')}`);
      expect(await failureOf(() => loadSigned(spaced, { a: { digest, recipe } }))).toMatchObject({
        code: 'RECIPE_UNRECORDED',
        details: { expected: recipe },
      });
    });

    it('which has to be there', async () => {
      const image = await imageOf(new MemoryPlace());
      const path = folder.writeFile('unsigned.json', image.manifest);
      expect(await failureOf(() => loadSigned(path, { a: { digest: image.digest } }))).toMatchObject({
        code: 'USAGE',
        details: { found: path },
      });
    });
  });

  it('several places, in their order', async () => {
    const place = new MemoryPlace();
    const images = [await imageOf(place), await imageOf(place, 'buildKit'), await imageOf(place, 'compactOci')];
    const paths = images.map(({ manifest }, at) => folder.writeFile(`several-${at}.json`, manifest));
    expect(digestsOf(await load(...paths))).toEqual(images.map(({ digest }) => digest));
    expect(digestsOf(await load(...paths.toReversed()))).toEqual(images.map(({ digest }) => digest).toReversed());
    expect(await load()).toEqual({ targets: [], pinned: new Map() });
  });
});

describe('a lock', () => {
  const lockFile = (images: Readonly<Record<string, unknown>>): string =>
    folder.writeFile('a.lock.json', JSON.stringify({ version: 1, images }));

  it('pins digests by image, those of platforms too', async () => {
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(fakeDigest);
    const path = lockFile({
      one: { digest: a, imageID: b },
      again: { digest: c, imageID: b },
      bare: { digest: d },
      index: { digest: a, platforms: { 'linux/amd64': { digest: c, imageID: d }, 'linux/arm64': { digest: b } } },
    });
    const { targets, pinned } = await load(path);
    expect(targets).toEqual([]);
    expect(pinned).toEqual(
      new Map([
        [b, new Set([a, c])],
        ['any', new Set([d, a, b])],
        [d, new Set([c])],
      ]),
    );
  });

  it('of nothing pins nothing', async () => {
    expect((await load(lockFile({}))).pinned.size).toBe(0);
  });
});

describe('refused is', () => {
  const place = new MemoryPlace();
  const image = place.image();

  it.for<[line: string, text: string | (() => string), code: string]>([
    [
      'an index alone',
      () =>
        JSON.stringify({
          schemaVersion: 2,
          mediaType: MEDIA_TYPE.index,
          manifests: [descriptorJson(image.descriptor)],
        }),
      'MANIFEST_MISMATCH',
    ],
    [
      'a manifest list alone',
      () => JSON.stringify({ schemaVersion: 2, mediaType: MEDIA_TYPE.dockerManifestList, manifests: [] }),
      'MANIFEST_MISMATCH',
    ],
    ['schema 1', '{"schemaVersion":1,"name":"a","tag":"b","fsLayers":[]}', 'SCHEMA1_UNSUPPORTED'],
    ['what skopeo inspect says without --raw', '{"Name":"a","Digest":"sha256:0","Layers":[]}', 'SCHEMA_INVALID'],
    ['a config', () => place.text(image.config), 'SCHEMA_INVALID'],
    ['an empty object', '{}', 'SCHEMA_INVALID'],
    [
      'a manifest that says it is an index',
      () => place.text(image.descriptor).replace(MEDIA_TYPE.manifest, MEDIA_TYPE.index),
      'SCHEMA_INVALID',
    ],
    [
      'a manifest that says it is text',
      () => place.text(image.descriptor).replace(MEDIA_TYPE.manifest, 'text/plain'),
      'SCHEMA_INVALID',
    ],
    [
      'a manifest without layers',
      '{"schemaVersion":2,"config":{"mediaType":"a/b","digest":"sha256:0","size":1}}',
      'DIGEST_INVALID',
    ],
    ['a lock of another version', '{"version":2,"images":{}}', 'LOCK_INVALID'],
    ['a recipe of another version', '{"version":2,"images":[]}', 'RECIPE_INVALID'],
    ['JSON that is cut', '{"schemaVersion":2', 'JSON_SYNTAX'],
    ['a list, such as that of docker save', '[{"Config":"a"}]', 'ARCHIVE_UNKNOWN_FORMAT'],
    ['a text', 'sha256:0123', 'ARCHIVE_UNKNOWN_FORMAT'],
    ['nothing', '', 'ARCHIVE_EMPTY'],
  ])('%s', async ([, text, code]) => {
    const path = folder.writeFile('refused', typeof text === 'string' ? text : text());
    const failure = await failureOf(() => load(path));
    expect([failure.code, failure.details.subject]).toEqual([code, path]);
  });

  it('a document larger than the limit, before it is read', async () => {
    const path = folder.writeFile('large.json', `{${' '.repeat(2000)}}`);
    const context = folder.context({ limits: { ...DEFAULT_LIMITS, topDocument: 2001 } });
    const { code, details } = await failureOf(() => loadRestoreSources([path], context));
    expect([code, details.subject]).toEqual(['LIMIT_METADATA', path]);
  });

  it('an archive of docker save, which has no manifests', async () => {
    const image = buildImage({ layers: [{ plain: Buffer.from(layerText(1, 5)) }] });
    const path = folder.writeFile('docker-save.tar', tarOf(dockerFiles([{ built: image, names: ['a:1'] }])));
    for (const text of [path, `docker-archive:${path}`, `docker-archive:${path}:a:1`]) {
      const { code, details } = await failureOf(() => load(text));
      expect([code, details.subject]).toEqual(['MANIFEST_MISMATCH', text]);
    }
    const hybrid = folder.writeFile('hybrid.tar', tarOf(hybridFiles([{ built: image, names: ['a:1'] }])));
    expect(digestsOf(await load(hybrid))).toEqual([digestBy(image.manifest)]);
  });

  it('a path where nothing is', async () => {
    expect((await failureOf(() => load(folder.at('nowhere.json')))).code).toBe('FILE_NOT_FOUND');
  });

  it('an empty folder', async () => {
    writeFileSync(folder.writeFile('empty/x', ''), '');
    expect((await failureOf(() => load(folder.at('empty')))).code).toMatch(/^[A-Z_]+$/);
  });
});
