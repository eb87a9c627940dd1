import { untag } from '../../operation/stock/names.js';
import { withStore } from '../../operation/store-context.js';
import { type Command, defineCommand } from '../command.js';
import { switchFlag } from '../flag.js';
import { tagLines } from '../render/stock.js';

/** `untag`: names away, images stay. */
export const untagCommand: Command = defineCommand({
  name: 'untag',
  synopsis: 'NAME...',
  about:
    'Takes names away, all or none. An image that loses its last name stays in the store without one, until prune ' +
    'removes it; rmi removes it at once.',
  operands: { name: 'NAME', min: 1, max: Infinity, images: true },
  flags: {
    force: switchFlag('also names that are pinned or protected', { short: 'f' }),
    'ignore-missing': switchFlag('a name that is not there is no error'),
    'dry-run': switchFlag('only say what would change'),
  },
  examples: [
    { line: 'ingot untag registry.example/demo/tool:2', says: 'one name' },
    {
      line: 'ingot untag --dry-run registry.example/demo/app:1.0 registry.example/demo/tool:2',
      says: 'what it would do',
    },
  ],
  run: async (flags, names, session) => {
    const options = { force: flags.force, ignoreMissing: flags['ignore-missing'], dryRun: flags['dry-run'] };
    const report = await untag(names, options, withStore(session.context, 'untag'));
    await session.summarize(report, () => tagLines(report));
    return 'done';
  },
});
