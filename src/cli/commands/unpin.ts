import { pin } from '../../operation/stock/names.js';
import { withStore } from '../../operation/store-context.js';
import { type Command, defineCommand } from '../command.js';
import { pinLines } from '../render/stock.js';

/** `unpin`: what may go again. */
export const unpinCommand: Command = defineCommand({
  name: 'unpin',
  synopsis: 'IMAGE...',
  about: 'Undoes pin: by a name for the name, by a digest or an image ID for the image.',
  operands: { name: 'IMAGE', min: 1, max: Infinity, images: true },
  flags: {},
  examples: [
    { line: 'ingot unpin registry.example/demo/app:1.0', says: 'one name' },
    { line: 'ingot unpin registry.example/demo/app:1.0 registry.example/demo/tool:2', says: 'several, all or none' },
  ],
  run: async (_flags, targets, session) => {
    const report = await pin(targets, false, withStore(session.context, 'unpin'));
    await session.summarize(report, () => pinLines(report));
    return 'done';
  },
});
