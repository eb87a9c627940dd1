import { DEFAULT_LIMITS } from '../../src/base/limits.js';
import { ToolError } from '../../src/base/error.js';
import { parseRecipe, recipeBytes } from '../../src/layer/recipe.js';
import { lockBytes, parseLock } from '../../src/operation/lock.js';
import { hexOf } from '../support/image-builder.js';
import { digestBy, fakeDigest } from '../support/memory-place.js';
import { MANIFEST_WRITERS } from '../support/pulled-image.js';
import { expectSame } from './expect-same.js';
import { fuzzTests } from './fuzz.js';

const config = { digest: fakeDigest('c'), size: 7 };
const layers = [
  { digest: fakeDigest('1'), size: 20 },
  { digest: fakeDigest('2'), size: 30 },
];

const recipeOf = (manifest: string): unknown => ({
  version: 1,
  images: [
    {
      imageID: config.digest,
      manifest: {
        mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
        digest: digestBy(manifest),
        size: manifest.length,
        data: Buffer.from(manifest).toString('base64'),
      },
      layers: layers.map((layer, at) => ({ ...layer, diffID: fakeDigest(`${at}`), codec: 'go-flate-1.26/6' })),
    },
  ],
});

const RECIPE = Buffer.from(JSON.stringify(recipeOf(MANIFEST_WRITERS.dockerPush(config, layers))));
const LOCK = {
  version: 1,
  images: {
    '1.0': { digest: fakeDigest('a'), imageID: fakeDigest('b') },
    'docker.io/library/multi:latest': {
      digest: fakeDigest('d'),
      platforms: { 'linux/amd64': { digest: fakeDigest('a'), imageID: fakeDigest('b') } },
    },
  },
};

/** Changes the manifest inside the first recipe, and its digest and size with it. */
const changeManifest = (input: Uint8Array, change: (bytes: Uint8Array) => Uint8Array): Uint8Array => {
  const text = Buffer.from(input).toString('latin1');
  const data = /"data":"([A-Za-z0-9+/=]+)"/.exec(text)?.[1];
  if (data === undefined) return change(input);
  const before = Buffer.from(data, 'base64');
  const after = Buffer.from(change(before));
  const changed = text
    .replace(data, after.toString('base64'))
    .replace(hexOf(before), hexOf(after))
    .replace(`"size":${before.length},`, `"size":${after.length},`);
  return Buffer.from(changed, 'latin1');
};

const tried = async <T>(read: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ToolError && error.class === 'input') return undefined;
    throw error;
  }
};

fuzzTests({
  name: 'lock-and-recipe',
  seeds: [RECIPE, Buffer.from(JSON.stringify(LOCK))],
  words: [
    '"version":1',
    '"images":{',
    '"images":[',
    '"digest":',
    '"imageID":',
    '"platforms":',
    '"layers":[',
    '"codec":',
    '"recipe":',
    '"data":',
    'null',
    '{}',
    '[]',
    '""',
    '=',
    '-',
    '_',
    fakeDigest('e'),
    '__proto__',
    '\\ud800',
  ],
  changes: [(input, _random, havoc) => changeManifest(input, havoc)],
  run: async (input) => {
    const recipe = await tried(() => parseRecipe(input, 'recipe.json', DEFAULT_LIMITS));
    if (recipe !== undefined) {
      const bytes = recipeBytes(recipe);
      const again = await parseRecipe(bytes, 'own', DEFAULT_LIMITS);
      expectSame('the recipe written again', Buffer.from(recipeBytes(again)), Buffer.from(bytes));
    }
    const lock = await tried(() => parseLock(input, 'lock.json', DEFAULT_LIMITS.jsonDepth));
    if (lock !== undefined) {
      const bytes = lockBytes(lock);
      const again = await parseLock(bytes, 'own', DEFAULT_LIMITS.jsonDepth);
      expectSame('the lock written again', Buffer.from(lockBytes(again)), Buffer.from(bytes));
    }
    return recipe !== undefined || lock !== undefined;
  },
});
