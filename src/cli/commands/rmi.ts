import { ToolError } from '../../base/error.js';
import { rmi } from '../../operation/stock/remove.js';
import { withStore } from '../../operation/store-context.js';
import { type Command, defineCommand } from '../command.js';
import { listFlag, parseText, switchFlag } from '../flag.js';
import { rmiLines } from '../render/stock.js';

/** `rmi`: names away, and images with their last one. */
export const rmiCommand: Command = defineCommand({
  name: 'rmi',
  synopsis: 'IMAGE... | --reference PATTERN',
  about:
    'By a name: removes the name, and with its last name the image. By a digest or ID: removes the image, unless it has ' +
    'several names. What is removed rests in the trash. If anything is pinned, leased or protected, nothing is removed ' +
    'and the exit status is 1.',
  operands: { name: 'IMAGE', min: 0, max: Infinity, images: true },
  flags: {
    reference: listFlag('PATTERN', 'every name that fits, such as app:*; repeatable', parseText),
    'all-names': switchFlag('an ID stands for all names of its image'),
    force: switchFlag('also what is pinned, leased or protected', { short: 'f' }),
    'ignore-missing': switchFlag('what is not there is no error'),
    purge: switchFlag('nothing rests in the trash'),
    'dry-run': switchFlag('only say what would be removed'),
  },
  examples: [
    { line: 'ingot rmi registry.example/demo/tool:2', says: 'one name' },
    { line: "ingot rmi --dry-run --reference 'registry.example/**'", says: 'what a pattern would remove' },
  ],
  run: async (flags, targets, session) => {
    if (targets.length + flags.reference.length === 0) {
      throw new ToolError('USAGE', 'IMAGE is missing', { expected: 'ingot rmi IMAGE... | --reference PATTERN' });
    }
    const options = {
      force: flags.force,
      allNames: flags['all-names'],
      ignoreMissing: flags['ignore-missing'],
      patterns: flags.reference,
      purge: flags.purge,
      dryRun: flags['dry-run'],
    };
    const report = await rmi(targets, options, withStore(session.context, 'rmi'));
    const isRefused = report.conflicts.length > 0;
    const show = isRefused || report.dryRun ? session.print : session.summarize;
    await show(report, () => rmiLines(report));
    return isRefused ? 'no' : 'done';
  },
});
