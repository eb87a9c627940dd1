import { engineInfo } from '../../operation/engine/info.js';
import { engineImages } from '../../operation/engine/images.js';
import { pruneEngineImages, removeEngineImages } from '../../operation/engine/remove.js';
import { withEngine } from '../../operation/engine/with-engine.js';
import { type Command, defineCommand } from '../command.js';
import { ENGINE_EXAMPLES, ENGINE_FLAGS, engineWord, pruneRuns, rmiOptions } from '../engine-flags.js';
import type { Outcome } from '../exit-code.js';
import { engineInfoLines } from '../render/engine-info.js';
import { engineImageLines } from '../render/engine.js';
import { removalLines } from '../render/engine-plan.js';
import type { Session } from '../session.js';
import type { RemovalRun } from '../../operation/engine/remove.js';

const tellRemoval = async ({ report, failure }: RemovalRun, session: Session): Promise<Outcome> => {
  await session.print(report, () => removalLines(report, session.flags.quiet));
  return failure ?? (report.complete ? 'done' : 'no');
};

/** `engine`: the images of a Docker or Podman engine, listed and removed without harm to containers. */
export const engineCommand: Command = defineCommand({
  name: 'engine',
  synopsis: 'images [PATTERN...] | rmi IMAGE... | prune | info',
  about:
    'Lists and removes images of a Docker or Podman engine. No container is stopped unless --stop names it, none is deleted without --remove-stopped, and nothing is removed by force. Exit status 1 if something stands in the way.',
  operands: { name: 'images, rmi, prune or info', min: 1, max: Infinity },
  flags: ENGINE_FLAGS,
  examples: ENGINE_EXAMPLES,
  run: async (flags, [word = '', ...operands], session) => {
    const name = engineWord(word, operands, flags);
    const { context } = session;
    const { signal } = context;
    const setting = signal === undefined ? {} : { signal };
    return withEngine(context, `engine ${name}`, async (engine) => {
      switch (name) {
        case 'images': {
          const report = await engineImages({ ...flags, patterns: operands, filters: flags.filter }, engine);
          await session.print(report, () => engineImageLines(report));
          return 'done';
        }
        case 'rmi': {
          const dryRun = flags['dry-run'];
          return tellRemoval(
            await removeEngineImages(operands, rmiOptions(flags), { ...setting, dryRun }, engine),
            session,
          );
        }
        case 'prune': {
          const options = { all: flags.all, filters: flags.filter };
          const dryRun = !pruneRuns(flags);
          return tellRemoval(await pruneEngineImages(options, { ...setting, dryRun }, engine), session);
        }
        case 'info': {
          const report = await engineInfo(engine);
          await session.print(report, () => engineInfoLines(report));
          return 'done';
        }
      }
    });
  },
});
