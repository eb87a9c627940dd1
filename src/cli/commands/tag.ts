import { ToolError } from '../../base/error.js';
import { type Digest, parseDigest } from '../../oci/digest.js';
import { tag } from '../../operation/stock/names.js';
import { withStore } from '../../operation/store-context.js';
import { type Command, defineCommand } from '../command.js';
import { switchFlag, valueFlag } from '../flag.js';
import { tagLines } from '../render/stock.js';

const parseExpected = (text: string): Digest | '' => (text === 'none' ? '' : parseDigest(text));

/** `tag`: more names for an image. */
export const tagCommand: Command = defineCommand({
  name: 'tag',
  synopsis: 'IMAGE NAME...',
  about:
    'Gives an image of the store more names, all or none. IMAGE is a name, a digest, an image ID or the beginning of one. ' +
    'A name that means another image is moved.',
  operands: { name: 'IMAGE NAME', min: 2, max: Infinity, images: true },
  flags: {
    'no-clobber': switchFlag('move no name that exists; exit status 1 if one means another image', { short: 'n' }),
    'expect-digest': valueFlag(
      'DIGEST',
      'move the name only if it means this digest now; none: only if it does not exist',
      parseExpected,
    ),
    force: switchFlag('move names that the store protects, too'),
    'dry-run': switchFlag('only say what would change'),
  },
  examples: [
    { line: 'ingot tag registry.example/demo/app:1.0 registry.example/demo/app:stable', says: 'a second name' },
    {
      line: 'ingot tag --expect-digest none registry.example/demo/tool:2 registry.example/demo/tool:new',
      says: 'a name that must not exist yet',
    },
    {
      line: 'ingot tag --dry-run registry.example/demo/tool:2 registry.example/demo/app:1.0',
      says: 'which name would be moved',
    },
  ],
  run: async (flags, [source = '', ...names], session) => {
    const expect = flags['expect-digest'];
    if (expect !== undefined && names.length > 1) {
      throw new ToolError('USAGE', '--expect-digest is about one name', { found: `${names.length} names` });
    }
    const options = {
      noClobber: flags['no-clobber'],
      force: flags.force,
      dryRun: flags['dry-run'],
      ...(expect === undefined ? {} : { expect }),
    };
    const report = await tag(source, names, options, withStore(session.context, 'tag'));
    await session.summarize(report, () => tagLines(report));
    return 'done';
  },
});
