import { ToolError } from '../../base/error.js';
import { restore, trash } from '../../operation/stock/restore.js';
import { withStore } from '../../operation/store-context.js';
import { type Command, defineCommand } from '../command.js';
import { parseText, switchFlag, valueFlag } from '../flag.js';
import { restoreLines, trashLines } from '../render/stock.js';

/** `restore`: what was removed, back from the trash. */
export const restoreCommand: Command = defineCommand({
  name: 'restore',
  synopsis: 'IMAGE... | --list',
  about:
    'Brings back what rmi or prune have removed, with the names that it had; all or none. IMAGE is such a name, a digest, ' +
    'the id of a line of --list, or the beginning of one.',
  operands: { name: 'IMAGE', min: 0, max: Infinity },
  flags: {
    list: switchFlag('only show what rests in the trash'),
    as: valueFlag('NAME', 'another name instead of those that it had', parseText),
    force: switchFlag('take names from the images that have them now', { short: 'f' }),
    'no-trunc': switchFlag('whole ids and digests'),
    'dry-run': switchFlag('only say what would come back'),
  },
  examples: [
    { line: 'ingot restore --list', says: 'what rests there' },
    { line: 'ingot restore registry.example/demo/gone:1', says: 'one image, by a name that it had' },
  ],
  run: async (flags, targets, session) => {
    const context = withStore(session.context, 'restore');
    if (flags.list === targets.length > 0 || (flags.as !== undefined && targets.length > 1)) {
      throw new ToolError('USAGE', flags.as === undefined ? 'IMAGE or --list' : '--as is about one image', {
        expected: 'ingot restore IMAGE... | --list',
      });
    }
    if (flags.list) {
      const report = await trash(context);
      await session.print(report, () => trashLines(report, flags['no-trunc']));
      return 'done';
    }
    const options = {
      force: flags.force,
      dryRun: flags['dry-run'],
      ...(flags.as === undefined ? {} : { as: flags.as }),
    };
    const report = await restore(targets, options, context);
    await session.summarize(report, () => restoreLines(report));
    return 'done';
  },
});
