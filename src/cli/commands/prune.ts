import { ToolError } from '../../base/error.js';
import { FILTER_KEYS, parseFilter } from '../../operation/stock/filter.js';
import { prune } from '../../operation/stock/prune.js';
import { withStore } from '../../operation/store-context.js';
import { COLLECT_FLAGS, collectOptions } from '../collect-flags.js';
import { type Command, defineCommand } from '../command.js';
import { listFlag, switchFlag } from '../flag.js';
import { pruneLines } from '../render/stock.js';

/** `prune`: images without a name away, and what nothing needs any more. */
export const pruneCommand: Command = defineCommand({
  name: 'prune',
  synopsis: '[--all] [--filter KEY=VALUE] [--yes]',
  about:
    'Removes images without a name, with --all every image that the filters let through, and then what nothing needs any ' +
    'more. Without --yes it only shows its plan. What is pinned, leased or protected stays. Named images rest in the trash.',
  operands: { name: 'WORD', min: 0, max: 0 },
  flags: {
    all: switchFlag('named images, too', { short: 'a' }),
    filter: {
      ...listFlag('KEY=VALUE', 'only images of which every name fits; repeatable; as images --filter', parseFilter),
      short: 'f',
    },
    yes: switchFlag('remove, and do not only say what would be', { short: 'y' }),
    purge: switchFlag('nothing rests in the trash'),
    ...COLLECT_FLAGS,
    'dry-run': switchFlag('only say what would be removed; as without --yes'),
  },
  more: [{ title: 'Keys of --filter', words: FILTER_KEYS }],
  examples: [
    { line: 'ingot prune', says: 'what it would remove' },
    { line: 'ingot prune --yes', says: 'images without a name' },
    {
      line: 'ingot prune --all --filter unused-for=30d --filter label!=keep',
      says: 'what nobody has used for a month',
    },
  ],
  run: async (flags, _operands, session) => {
    if (flags.yes && flags['dry-run']) throw new ToolError('USAGE', '--yes and --dry-run exclude each other');
    const options = {
      all: flags.all,
      filters: flags.filter,
      purge: flags.purge,
      dryRun: !flags.yes,
      ...collectOptions(flags),
    };
    const report = await prune(options, withStore(session.context, 'prune'));
    const show = report.dryRun ? session.print : session.summarize;
    await show(report, () => pruneLines(report));
    return 'done';
  },
});
