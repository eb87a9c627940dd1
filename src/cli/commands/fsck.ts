import { checkStore } from '../../operation/stock/check.js';
import { withStore } from '../../operation/store-context.js';
import { type Command, defineCommand } from '../command.js';
import { switchFlag } from '../flag.js';
import { fsckLines } from '../render/store.js';

/** `fsck`: is the store what it should be? */
export const fsckCommand: Command = defineCommand({
  name: 'fsck',
  synopsis: '[--repair]',
  about:
    'Hashes every blob of the store, follows every reference, and looks for what does not belong there. Exit status 1 if an error stays.',
  operands: { name: 'operand', min: 0, max: 0 },
  flags: {
    repair: switchFlag('put right what can be; damaged files go into the quarantine, nothing is deleted'),
    quick: switchFlag('do not hash, look at sizes and names only'),
  },
  examples: [
    { line: 'ingot fsck', says: 'look at everything, change nothing' },
    { line: 'ingot fsck --repair --quick', says: 'put right what can be, without reading layers' },
  ],
  run: async (flags, _operands, session) => {
    const report = await checkStore(flags, withStore(session.context, 'store:'));
    await session.print(report, () => fsckLines(report, session.flags.quiet));
    return report.sound ? 'done' : 'no';
  },
});
