import { parsePlatform } from '../../oci/platform.js';
import { ls } from '../../operation/ls.js';
import { type Command, defineCommand } from '../command.js';
import { parseText, switchFlag, valueFlag } from '../flag.js';
import { fileLines } from '../render/files.js';
import { expandSource } from '../sources.js';

/** `ls`: the files of an image or of one of its layers. */
export const lsCommand: Command = defineCommand({
  name: 'ls',
  synopsis: 'LOCATION',
  about: 'Lists the files of an image, its layers applied one on the other, or of one layer as it is stored.',
  operands: { name: 'LOCATION', min: 1, max: 1 },
  flags: {
    long: switchFlag('mode, owner, size and time too', { short: 'l' }),
    layer: valueFlag('N|DIGEST', 'one layer: its number from 0, its digest or diffID', parseText),
    platform: valueFlag('P', 'of an index, the image for this platform', parsePlatform),
  },
  examples: [
    { line: 'ingot ls golden/inputs/app/docker-save.tar', says: 'what a container would see' },
    { line: 'ingot ls -l --layer 0 golden/inputs/app/docker-save.tar', says: 'the first layer, in detail' },
  ],
  run: async (flags, [text = ''], session) => {
    const location = await expandSource(text, session.context.pathExists);
    const options = {
      ...(flags.layer === undefined ? {} : { layer: flags.layer }),
      ...(flags.platform === undefined ? {} : { platform: flags.platform }),
    };
    const report = await ls(location, options, session.context);
    await session.print(report, () => fileLines(report, flags.long));
    return 'done';
  },
});
