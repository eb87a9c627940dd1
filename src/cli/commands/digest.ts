import { ToolError } from '../../base/error.js';
import { escapeText } from '../../base/escape.js';
import { type DigestEntry, archiveDigest, asIsDigest, imageDigests } from '../../operation/digest.js';
import { type Command, defineCommand } from '../command.js';
import { switchFlag } from '../flag.js';
import { expandSources } from '../sources.js';
import { CANONICAL_FLAGS, canonicalOptions, transferOptions } from '../transfer-flags.js';

const lineOf = ({ digest, location, names }: DigestEntry): string =>
  escapeText([digest, location, ...(names ?? [])].join(' '));

/** `digest`: of the canonical archive, of the file, of the images. */
export const digestCommand: Command = defineCommand({
  name: 'digest',
  synopsis: 'LOCATION...',
  about: 'Prints the sha256 that the canonical archive of each location has, without writing it.',
  operands: { name: 'LOCATION', min: 1, max: Infinity },
  flags: {
    file: switchFlag('of the file as it is'),
    images: switchFlag('of the manifest or index of each image'),
    ...CANONICAL_FLAGS,
  },
  examples: [
    {
      line: 'ingot digest golden/inputs/app/docker-save.tar golden/inputs/app/podman-save.tar',
      says: 'of two archives: do they hold the same?',
    },
    { line: 'ingot digest --images oci:golden/inputs/multi/oras-layout', says: 'of the images in a layout' },
    { line: 'ingot digest --file golden/inputs/app/*.tar', says: 'of files, as sha256sum would' },
  ],
  run: async (flags, operands, session) => {
    if (flags.file && flags.images) throw new ToolError('USAGE', '--file and --images exclude each other');
    const { context } = session;
    const options = { ...transferOptions(flags), ...canonicalOptions(flags, session.env) };
    const digests: DigestEntry[] = [];
    for (const location of await expandSources(operands, context.pathExists, context)) {
      if (flags.images) digests.push(...(await imageDigests(location, context)));
      else digests.push(await (flags.file ? asIsDigest(location, context) : archiveDigest(location, options, context)));
    }
    await session.print({ digests }, () => digests.map(lineOf));
    return 'done';
  },
});
