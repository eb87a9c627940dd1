import { ToolError } from '../../base/error.js';
import { pin } from '../../operation/stock/names.js';
import { pins } from '../../operation/stock/pins.js';
import { withStore } from '../../operation/store-context.js';
import { type Command, defineCommand } from '../command.js';
import { switchFlag } from '../flag.js';
import { pinLines, pinnedLines } from '../render/stock.js';

/** `pin`: what rmi and prune leave alone. */
export const pinCommand: Command = defineCommand({
  name: 'pin',
  synopsis: 'IMAGE... | --list',
  about:
    'Keeps names and images from untag, rmi and prune. A name pins the name; a digest or an image ID pins the image, ' +
    'which then stays even without a name.',
  operands: { name: 'IMAGE', min: 0, max: Infinity, images: true },
  flags: { list: switchFlag('only show what is pinned') },
  examples: [
    { line: 'ingot pin registry.example/demo/app:1.0', says: 'one name' },
    { line: 'ingot pin --list', says: 'what is pinned' },
  ],
  run: async (flags, targets, session) => {
    const context = withStore(session.context, 'pin');
    if (flags.list === targets.length > 0) {
      throw new ToolError('USAGE', flags.list ? '--list takes no image' : 'IMAGE is missing', {
        expected: 'ingot pin IMAGE... | --list',
      });
    }
    if (flags.list) {
      const report = await pins(context);
      await session.print(report, () => pinnedLines(report));
      return 'done';
    }
    const report = await pin(targets, true, context);
    await session.summarize(report, () => pinLines(report));
    return 'done';
  },
});
