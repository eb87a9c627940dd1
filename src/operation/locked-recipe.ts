import { ToolError } from '../base/error.js';
import type { Limits } from '../base/limits.js';
import { type Recipe, parseRecipe } from '../layer/recipe.js';
import { type Digest, digestOf } from '../oci/digest.js';
import { readSmall } from './host.js';
import type { Lock, LockedManifest } from './lock.js';

/** A recipe as it lies in a file: what a lock records is the digest of the file, white space included. */
export interface RecipeFile {
  readonly path: string;
  readonly digest: Digest;
  /** Digests of the manifests that it restores. */
  readonly manifests: ReadonlySet<string>;
}

export const recipeFile = (path: string, raw: Uint8Array, { images }: Recipe): RecipeFile => ({
  path,
  digest: digestOf(raw),
  manifests: new Set(images.map(({ manifest }) => manifest.descriptor.digest)),
});

/** @throws {ToolError} RECIPE_INVALID, LIMIT_METADATA, JSON_*; system errors */
export const readRecipeFile = async (path: string, limits: Limits): Promise<RecipeFile> => {
  const raw = await readSmall(path, limits.topDocument, 'LIMIT_METADATA');
  return recipeFile(path, raw, await parseRecipe(raw, path, limits));
};

const unrecorded = ({ path, digest }: RecipeFile, expected: string, hint: string): ToolError =>
  new ToolError('RECIPE_UNRECORDED', 'the recipe is not the one that the lock records', {
    subject: path,
    expected,
    found: digest,
    hint,
  });

const recordOne = <Locked extends LockedManifest>(locked: Locked, files: readonly RecipeFile[]): Locked => {
  const [first, other] = files.filter(({ manifests }) => manifests.has(locked.digest));
  if (first === undefined) return locked;
  if (other !== undefined && other.digest !== first.digest)
    throw unrecorded(other, first.digest, 'a lock records one recipe for an image: give one of the two');
  return { ...locked, recipe: first.digest };
};

/** What a lock says of one image, or of one image of an index. */
interface LockRecord {
  readonly subject: string;
  readonly locked: LockedManifest;
}

export const recordsOf = (lock: Lock): readonly LockRecord[] =>
  Object.entries(lock.images).flatMap(([key, image]) => [
    { subject: key, locked: image },
    ...Object.entries(image.platforms ?? {}).map(([platform, locked]) => ({ subject: `${key} (${platform})`, locked })),
  ]);

/**
 * The lock with the digest of the recipe at each image that a recipe restores.
 * @throws {ToolError} RECIPE_UNRECORDED for a recipe of no image in the lock, and for two of one image
 */
export const recordRecipes = (lock: Lock, files: readonly RecipeFile[]): Lock => {
  const images = Object.entries(lock.images).map(([key, image]) => {
    const platforms = Object.entries(image.platforms ?? {}).map(
      ([platform, locked]) => [platform, recordOne(locked, files)] as const,
    );
    const recorded = recordOne(image, files);
    return [
      key,
      platforms.length === 0 ? recorded : { ...recorded, platforms: Object.fromEntries(platforms) },
    ] as const;
  });
  const recorded: Lock = { ...lock, images: Object.fromEntries(images) };
  const digests = new Set(recordsOf(recorded).map(({ locked }) => locked.recipe));
  const idle = files.find(({ digest }) => !digests.has(digest));
  if (idle !== undefined)
    throw unrecorded(
      idle,
      'a recipe for one of the images',
      'make the recipe and the lock of locations that have the manifests of the registry',
    );
  return recorded;
};

/** Why a recipe is not to be used: a lock has to record it at one image at least, and no other at those it restores. */
export const recipeFault = (lock: Lock, file: RecipeFile): ToolError | undefined => {
  const recipes = recordsOf(lock).flatMap(({ locked: { digest, recipe } }) =>
    recipe !== undefined && file.manifests.has(digest) ? [recipe] : [],
  );
  const other = recipes.find((recipe) => recipe !== file.digest);
  if (recipes.length > 0 && other === undefined) return undefined;
  return unrecorded(
    file,
    other ?? 'a recipe whose digest the lock records',
    'take the recipe that was recorded; if the new one is meant, record it with: ingot lock LOCATION... --recipe FILE',
  );
};
