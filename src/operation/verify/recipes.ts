import type { Note } from '../../base/event.js';
import type { Lock } from '../lock.js';
import { type RecipeFile, recipeFault, recordsOf } from '../locked-recipe.js';
import { findingOf } from './checks.js';

/** Recipes that are at hand are those that the lock records or not; of the others nothing can be said. */
export const checkRecipes = (lock: Lock, files: readonly RecipeFile[]): readonly Note[] => {
  const faults = files.flatMap((file) => recipeFault(lock, file) ?? []).map(findingOf);
  const unseen = recordsOf(lock).flatMap(({ subject, locked: { digest, recipe } }): readonly Note[] =>
    recipe === undefined || files.some(({ manifests }) => manifests.has(digest))
      ? []
      : [
          {
            code: 'NOT_CHECKED',
            severity: 'info',
            message: 'the lock records a recipe that was not given with --recipe',
            subject,
            expected: recipe,
          },
        ],
  );
  return [...faults, ...unseen];
};
