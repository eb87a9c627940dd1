import { escapeText } from '../../base/escape.js';
import { writeSmall } from '../../operation/host.js';
import { lock, lockBytes } from '../../operation/lock.js';
import { type RecipeFile, readRecipeFile, recordRecipes } from '../../operation/locked-recipe.js';
import { type Command, defineCommand } from '../command.js';
import { listFlag, parseText, valueFlag } from '../flag.js';
import { plural } from '../render/text.js';
import { expandSources } from '../sources.js';

/** `lock`: which digest each reference has, for `verify --lock`. */
export const lockCommand: Command = defineCommand({
  name: 'lock',
  synopsis: 'LOCATION... [--recipe FILE] [-o FILE]',
  about: 'Records the digests of every reference: sorted, without times, so that it changes only when an image does.',
  operands: { name: 'LOCATION', min: 1, max: Infinity },
  flags: {
    output: valueFlag('FILE', 'where the lock goes (default: - , standard output)', parseText, {
      short: 'o',
      path: true,
    }),
    recipe: listFlag('FILE', 'record the digest of the recipe that restores an image; repeatable', parseText),
  },
  examples: [
    { line: 'ingot lock golden/inputs/trio/docker-save-a.tar', says: 'to look at' },
    { line: 'ingot lock golden/inputs/app/docker-save.tar -o images.lock', says: 'into a file' },
    {
      line: 'ingot verify golden/inputs/app/docker-save.tar --lock images.lock',
      says: 'are the images still the same?',
    },
  ],
  run: async (flags, operands, session) => {
    const { output = '-' } = flags;
    const recipes: RecipeFile[] = [];
    for (const path of flags.recipe) recipes.push(await readRecipeFile(path, session.context.limits));
    const locked = await lock(
      await expandSources(operands, session.context.pathExists, session.context),
      session.context,
    );
    const value = recordRecipes(locked, recipes);
    if (output === '-') {
      await session.stdout.write(lockBytes(value));
      return 'done';
    }
    await writeSmall(output, lockBytes(value));
    await session.summarize(value, () => [
      escapeText(`locked: ${plural(Object.keys(value.images).length, 'reference')} in ${output}`),
    ]);
    return 'done';
  },
});
