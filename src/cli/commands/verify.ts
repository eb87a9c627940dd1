import { ToolError } from '../../base/error.js';
import { type Digest, parseDigest } from '../../oci/digest.js';
import { readLock } from '../../operation/lock.js';
import { type RecipeFile, readRecipeFile } from '../../operation/locked-recipe.js';
import { verify } from '../../operation/verify/verify.js';
import { type Command, defineCommand } from '../command.js';
import { listFlag, parseText, switchFlag, valueFlag } from '../flag.js';
import { verifyLines } from '../render/verify.js';
import { expandSources } from '../sources.js';

/** A digest; 64 hexadecimal digits alone are a sha256. */
const parseExpected = (text: string): Digest => parseDigest(/^[0-9a-f]{64}$/.test(text) ? `sha256:${text}` : text);

/** `verify`: every check on every location. */
export const verifyCommand: Command = defineCommand({
  name: 'verify',
  synopsis: 'LOCATION...',
  about: 'Checks every digest, size, diffID and document of the images. Exit status 1 if a finding is an error.',
  operands: { name: 'LOCATION', min: 1, max: Infinity },
  flags: {
    quick: switchFlag('leave out the diffIDs of compressed layers'),
    expect: valueFlag('DIGEST', 'the digest that the file or an image must have, or an image ID', parseExpected),
    lock: valueFlag('FILE', 'a lock that the images must be as recorded in', parseText, { path: true }),
    recipe: listFlag('FILE', 'a recipe that must be the one that the lock records; repeatable', parseText),
  },
  examples: [
    { line: 'ingot verify golden/inputs/app/docker-save.tar', says: 'one archive' },
    { line: 'ingot verify --quick oci-archive:golden/inputs/app/*-oci.tar', says: 'all archives that a pattern finds' },
    {
      line: `ingot verify golden/inputs/app/docker-save.tar --expect ${'0'.repeat(64)}`,
      says: 'is it the one that was announced?',
      exit: 1,
    },
  ],
  run: async (flags, operands, session) => {
    const { limits, pathExists } = session.context;
    const sources = await expandSources(operands, pathExists, session.context);
    if (flags.recipe.length > 0 && flags.lock === undefined)
      throw new ToolError('USAGE', '--recipe is held against a lock', { expected: '--lock FILE' });
    const lock = flags.lock === undefined ? undefined : await readLock(flags.lock, limits);
    const recipes: RecipeFile[] = [];
    for (const path of flags.recipe) recipes.push(await readRecipeFile(path, limits));
    const report = await verify(
      sources,
      {
        quick: flags.quick,
        ...(flags.expect === undefined ? {} : { expect: flags.expect }),
        ...(lock === undefined ? {} : { lock, recipes }),
      },
      session.context,
    );
    await session.print(report, () => verifyLines(report, session.flags.quiet));
    return report.verified ? 'done' : 'no';
  },
});
