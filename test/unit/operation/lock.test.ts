import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/base/bytes.js';
import { type Lock, checkLock, lock, lockBytes, lockOf, parseLock } from '../../../src/operation/lock.js';
import { type RecipeFile, recordRecipes } from '../../../src/operation/locked-recipe.js';
import { checkRecipes } from '../../../src/operation/verify/recipes.js';
import { ANNOTATION, ATTESTATION_MANIFEST } from '../../../src/oci/annotation.js';
import { MemoryPlace, descriptorWith, failureOf, fakeDigest, label, reference } from '../../support/memory-place.js';
import { testFolder } from '../../support/images-on-disk.js';

const { writeTar, context } = testFolder();
const place = new MemoryPlace();
const a = place.image({ layers: ['a'] });
const arm64 = place.image({ layers: ['a'], platform: { os: 'linux', architecture: 'arm64' } });
const attestation = descriptorWith(place.image({ layers: ['x'] }).descriptor, {
  annotations: { [ANNOTATION.referenceType]: ATTESTATION_MANIFEST, [ANNOTATION.referenceDigest]: a.descriptor.digest },
  platform: { os: 'unknown', architecture: 'unknown' },
});
const index = place.index([a.descriptor, arm64.descriptor, attestation]);
const artifact = place.artifact();
const graph = () =>
  place.graph([index, reference('multi')], [a.descriptor, label('1.0'), reference('app:1')], artifact);

const LOCK: Lock = {
  version: 1,
  images: {
    '1.0': { digest: a.descriptor.digest, imageID: a.config.digest },
    'docker.io/library/app:1': { digest: a.descriptor.digest, imageID: a.config.digest },
    'docker.io/library/multi:latest': {
      digest: index.digest,
      platforms: {
        'linux/amd64': { digest: a.descriptor.digest, imageID: a.config.digest },
        'linux/arm64': { digest: arm64.descriptor.digest, imageID: arm64.config.digest },
      },
    },
    [artifact.digest]: { digest: artifact.digest },
  },
};

describe('a lock', () => {
  it('has every name with its digests, an unnamed image under its digest', async () => {
    expect(lockOf([await graph()])).toEqual(LOCK);
  });

  it('is sorted, ends with a newline, and reads back', async () => {
    const bytes = lockBytes(lockOf([await graph()]));
    const text = Buffer.from(bytes).toString();
    expect(text.endsWith('}\n')).toBe(true);
    expect(text.indexOf('"1.0"')).toBeLessThan(text.indexOf('docker.io/library/app:1'));
    expect(JSON.stringify(await parseLock(bytes, 'lock', 64))).toBe(JSON.stringify(JSON.parse(text)));
    expect(Buffer.from(lockBytes(lockOf([await graph(), await graph()]))).toString()).toBe(text);
  });

  it('has keys like all others where JavaScript has its own', async () => {
    const odd = lockOf([await place.graph([a.descriptor, label('__proto__'), label('toString'), label('7')])]);
    const read = await parseLock(lockBytes(odd), 'lock', 64);
    expect(Object.keys(read.images).toSorted()).toEqual(['7', '__proto__', 'toString']);
    expect(
      checkLock(read, [await place.graph([a.descriptor, label('__proto__'), label('toString'), label('7')])]),
    ).toEqual([]);
    expect(checkLock({ version: 1, images: {} }, [await place.graph([a.descriptor, label('toString')])])).toMatchObject(
      [{ code: 'LOCK_UNLISTED', subject: 'toString' }],
    );
  });

  it('may not give one name to two images', async () => {
    const graphs = [await place.graph([a.descriptor, label('x')]), await place.graph([arm64.descriptor, label('x')])];
    expect(await failureOf(() => lockOf(graphs))).toMatchObject({
      code: 'NAME_CONFLICT',
      details: { subject: 'x', expected: a.descriptor.digest, found: arm64.descriptor.digest },
    });
  });

  it('is made of locations', async () => {
    const one = writeTar(
      'one.tar',
      place.layoutFiles([descriptorWith(a.descriptor, { annotations: { [ANNOTATION.refName]: 'app:1' } })]),
    );
    const two = writeTar('two.tar', place.layoutFiles([index]));
    expect(Object.keys((await lock([one, two], context())).images)).toEqual(['docker.io/library/app:1', index.digest]);
  });

  it.for<[line: string, text: string, code: string]>([
    ['no JSON', '{', 'JSON_SYNTAX'],
    ['a list', '[]', 'LOCK_INVALID'],
    ['no version', '{"images":{}}', 'LOCK_INVALID'],
    ['another version', '{"version":2,"images":{}}', 'LOCK_INVALID'],
    ['no images', '{"version":1}', 'LOCK_INVALID'],
    ['an image without a digest', '{"version":1,"images":{"a":{}}}', 'LOCK_INVALID'],
    ['a digest that is none', '{"version":1,"images":{"a":{"digest":"x"}}}', 'LOCK_INVALID'],
    ['a name twice', '{"version":1,"images":{"a":{},"a":{}}}', 'JSON_DUPLICATE_KEY'],
  ])('is not %s', async ([, text, code]) => {
    expect(await failureOf(() => parseLock(utf8(text), 'lock', 64))).toMatchObject({
      code,
      details: { subject: 'lock' },
    });
  });
});

describe('images against a lock', () => {
  const check = async (images: Lock['images']) => checkLock({ version: 1, images }, [await graph()]);
  const other = fakeDigest('0');
  const multi = LOCK.images['docker.io/library/multi:latest'] ?? { digest: other };

  it('are what it says', async () => {
    expect(await check(LOCK.images)).toEqual([]);
  });

  it.for<[line: string, change: Lock['images'], finding: object]>([
    [
      'another digest',
      { '1.0': { digest: other } },
      { code: 'LOCK_MISMATCH', subject: '1.0', expected: other, found: a.descriptor.digest },
    ],
    [
      'another image ID',
      { '1.0': { digest: a.descriptor.digest, imageID: other } },
      { code: 'LOCK_MISMATCH', subject: '1.0 (image ID)', expected: other },
    ],
    [
      'another image of a platform',
      { 'docker.io/library/multi:latest': { ...multi, platforms: { 'linux/arm64': { digest: other } } } },
      {
        code: 'LOCK_MISMATCH',
        subject: 'docker.io/library/multi:latest (linux/arm64)',
        found: arm64.descriptor.digest,
      },
    ],
    [
      'a platform that is not there',
      { 'docker.io/library/multi:latest': { ...multi, platforms: { 'linux/s390x': { digest: other } } } },
      { code: 'LOCK_MISMATCH', subject: 'docker.io/library/multi:latest (linux/s390x)', found: 'nothing' },
    ],
    ['an image that is not there', { gone: { digest: other } }, { code: 'LOCK_ABSENT', subject: 'gone' }],
  ])('are not: %s', async ([, change, finding]) => {
    expect(await check({ ...LOCK.images, ...change })).toMatchObject([{ severity: 'error', ...finding }]);
  });

  it('may not be more than it lists', async () => {
    const { '1.0': _unlisted, ...rest } = LOCK.images;
    expect(await check(rest)).toMatchObject([{ code: 'LOCK_UNLISTED', severity: 'error', subject: '1.0' }]);
  });

  it('are held only against what it says of them', async () => {
    expect(await check({ ...LOCK.images, '1.0': { digest: a.descriptor.digest } })).toEqual([]);
  });
});

describe('recipes in a lock', () => {
  const fileOf = (digest: string, ...manifests: readonly string[]): RecipeFile => ({
    path: 'a.recipe.json',
    digest: fakeDigest(digest),
    manifests: new Set(manifests),
  });
  const file = fileOf('1', a.descriptor.digest);
  const recipe = file.digest;

  it('stand at every image that they restore, and nowhere else', async () => {
    const locked = recordRecipes(LOCK, [file]);
    const one = { digest: a.descriptor.digest, imageID: a.config.digest, recipe };
    const multi = LOCK.images['docker.io/library/multi:latest'];
    expect(locked.images).toEqual({
      ...LOCK.images,
      '1.0': one,
      'docker.io/library/app:1': one,
      'docker.io/library/multi:latest': { ...multi, platforms: { ...multi?.platforms, 'linux/amd64': one } },
    });
    expect(await parseLock(lockBytes(locked), 'lock', 64)).toEqual(locked);
    expect(Buffer.from(lockBytes(recordRecipes(locked, [file, file]))).equals(lockBytes(locked))).toBe(true);
    expect(recordRecipes(LOCK, [])).toEqual(LOCK);
  });

  it.for<[line: string, files: readonly RecipeFile[], details: object]>([
    ['of another image', [fileOf('1', fakeDigest('2'))], { found: fakeDigest('1') }],
    ['of no image', [file, fileOf('2')], { found: fakeDigest('2') }],
    ['two of one image', [file, fileOf('2', a.descriptor.digest)], { expected: recipe, found: fakeDigest('2') }],
  ])('are not %s', async ([, files, details]) => {
    expect(await failureOf(() => recordRecipes(LOCK, files))).toMatchObject({ code: 'RECIPE_UNRECORDED', details });
  });

  it('are checked where they are at hand, and said to be unchecked where they are not', () => {
    const { '1.0': one = { digest: '' }, ...others } = LOCK.images;
    const locked: Lock = { version: 1, images: { ...others, '1.0': { ...one, recipe } } };
    expect(checkRecipes(LOCK, [])).toEqual([]);
    expect(checkRecipes(locked, [file])).toEqual([]);
    expect(checkRecipes(locked, [])).toMatchObject([
      { code: 'NOT_CHECKED', severity: 'info', subject: '1.0', expected: recipe },
    ]);
    expect(checkRecipes(locked, [fileOf('2', a.descriptor.digest)])).toMatchObject([
      { code: 'RECIPE_UNRECORDED', severity: 'error', expected: recipe, found: fakeDigest('2') },
    ]);
    expect(checkRecipes(LOCK, [file])).toMatchObject([{ code: 'RECIPE_UNRECORDED', severity: 'error' }]);
  });

  it('tell of an image with another manifest that its digest can be restored', async () => {
    const digest = fakeDigest('0');
    const found = [await place.graph([a.descriptor, label('1.0')])];
    const messageFor = (locked: Lock['images'][string]): string | undefined => {
      const [note] = checkLock({ version: 1, images: { '1.0': locked } }, found);
      expect(note).toMatchObject({ code: 'LOCK_MISMATCH', subject: '1.0', expected: digest });
      return note?.message;
    };
    const plain = messageFor({ digest, imageID: a.config.digest });
    expect(messageFor({ digest, imageID: a.config.digest, recipe })).not.toBe(plain);
    expect(messageFor({ digest, imageID: arm64.config.digest, recipe })).toBe(plain);
    expect(messageFor({ digest, recipe })).toBe(plain);
  });
});
