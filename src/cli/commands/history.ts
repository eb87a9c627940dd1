import { parsePlatform } from '../../oci/platform.js';
import { history } from '../../operation/history.js';
import { type Command, defineCommand } from '../command.js';
import { switchFlag, valueFlag } from '../flag.js';
import { historyLines } from '../render/history.js';
import { expandSource } from '../sources.js';

/** `history`: how each image was made. */
export const historyCommand: Command = defineCommand({
  name: 'history',
  synopsis: 'LOCATION',
  about: 'Shows the steps that made each image, the first one first, with the sizes of their layers as stored.',
  operands: { name: 'LOCATION', min: 1, max: 1 },
  flags: {
    'no-trunc': switchFlag('whole lines, and the digests of layers'),
    platform: valueFlag('P', 'of an index, the image for this platform', parsePlatform),
  },
  examples: [
    { line: 'ingot history golden/inputs/app/docker-save.tar', says: 'every image of an archive' },
    {
      line: 'ingot history --no-trunc --platform linux/amd64 golden/inputs/multi/skopeo-all.tar',
      says: 'one platform, nothing cut',
    },
  ],
  run: async (flags, [text = ''], session) => {
    const location = await expandSource(text, session.context.pathExists);
    const report = await history(location, flags.platform, session.context);
    await session.print(report, () => historyLines(report, flags['no-trunc']));
    return 'done';
  },
});
