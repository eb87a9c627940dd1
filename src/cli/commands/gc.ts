import { gc } from '../../operation/stock/prune.js';
import { withStore } from '../../operation/store-context.js';
import { COLLECT_FLAGS, collectOptions } from '../collect-flags.js';
import { type Command, defineCommand } from '../command.js';
import { switchFlag } from '../flag.js';
import { gcLines } from '../render/stock.js';

/** `gc`: content away that nothing needs. */
export const gcCommand: Command = defineCommand({
  name: 'gc',
  synopsis: '[--dry-run]',
  about:
    'Removes blobs that no name, pin, lease or record of the trash leads to, and what ended processes have left. The list ' +
    'of images stays as it is.',
  operands: { name: 'WORD', min: 0, max: 0 },
  flags: { ...COLLECT_FLAGS, 'dry-run': switchFlag('only say what would be removed') },
  examples: [
    { line: 'ingot gc --dry-run', says: 'what it would remove' },
    { line: 'ingot gc --empty-trash --grace 0', says: 'everything that can go, now' },
  ],
  run: async (flags, _operands, session) => {
    const options = { dryRun: flags['dry-run'], ...collectOptions(flags) };
    const report = await gc(options, withStore(session.context, 'gc'));
    const show = report.dryRun ? session.print : session.summarize;
    await show(report, () => gcLines(report));
    return 'done';
  },
});
