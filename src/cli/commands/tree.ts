import { tree } from '../../operation/tree.js';
import { type Command, defineCommand } from '../command.js';
import { treeLines } from '../render/tree.js';
import { expandSource } from '../sources.js';

/** `tree`: the content graph of a location. */
export const treeCommand: Command = defineCommand({
  name: 'tree',
  synopsis: 'LOCATION',
  about: 'Shows which blobs the images are made of, with sizes, and what they share. A shared part is opened once.',
  operands: { name: 'LOCATION', min: 1, max: 1 },
  flags: {},
  examples: [
    { line: 'ingot tree golden/inputs/hybrid/containerd-two.tar', says: 'two images and what they share' },
    { line: 'ingot tree --json oci:golden/inputs/oci/nested-index', says: 'an index inside an index, as JSON' },
  ],
  run: async (_flags, [text = ''], session) => {
    const location = await expandSource(text, session.context.pathExists);
    const report = await tree(location, session.context);
    await session.print(report, () => treeLines(report));
    return 'done';
  },
});
