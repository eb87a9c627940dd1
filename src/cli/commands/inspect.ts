import { ToolError } from '../../base/error.js';
import { parsePlatform } from '../../oci/platform.js';
import { inspect, inspectRaw } from '../../operation/inspect.js';
import { type Command, defineCommand } from '../command.js';
import { switchFlag, valueFlag } from '../flag.js';
import { FORMAT_FLAG, checkFormat } from '../format-flag.js';
import { inspectLines } from '../render/inspect.js';
import { INSPECT_FIELDS, inspectFields } from '../render/inspect-fields.js';
import { documentText } from '../render/text.js';
import { expandSource } from '../sources.js';
import { formatRows } from '../template/format.js';

/** `inspect`: what the images of a location are. */
export const inspectCommand: Command = defineCommand({
  name: 'inspect',
  synopsis: 'LOCATION',
  about:
    'Shows what each image is: digests, platform, configuration, layers. Documents are verified, layers are not read.',
  operands: { name: 'LOCATION', min: 1, max: 1, images: true },
  flags: {
    raw: switchFlag('the manifest or index exactly as stored'),
    config: switchFlag('the image config exactly as stored'),
    platform: valueFlag('P', 'of an index, the image for this platform', parsePlatform),
    format: { ...FORMAT_FLAG, short: 'f' },
  },
  more: [{ title: 'Fields of --format', words: INSPECT_FIELDS.map((name) => `.${name}`) }],
  examples: [
    { line: 'ingot inspect golden/inputs/app/docker-save.tar', says: 'all images of an archive' },
    {
      line: 'ingot inspect --json oci:golden/inputs/multi/oras-layout --platform linux/amd64',
      says: 'one platform of an index, as JSON',
    },
    { line: 'ingot inspect --config golden/inputs/app/docker-save.tar', says: 'the config, byte for byte' },
    {
      line: "ingot inspect --format '{{.Id}} {{.Os}}/{{.Architecture}} {{json .Config.Labels}}' golden/inputs/app/docker-save.tar",
      says: 'some of it, in the words of docker inspect',
    },
  ],
  run: async (flags, [text = ''], session) => {
    const location = await expandSource(text, session.context.pathExists);
    const { context, stdout } = session;
    const { format } = flags;
    checkFormat(format, session);
    if (flags.raw || flags.config) {
      if (session.flags.json || format !== undefined || (flags.raw && flags.config))
        throw new ToolError('USAGE', '--raw, --config, --format and --json exclude each other');
      const raw = await inspectRaw(location, flags.config ? 'config' : 'manifest', flags.platform, context);
      await stdout.write(stdout.isTerminal ? documentText(raw) : raw);
      return 'done';
    }
    const report = await inspect(location, context, flags.platform);
    session.tellNotes(report.notes);
    const plain = (): readonly string[] => inspectLines(report);
    await session.print(report, () =>
      format === undefined ? plain() : formatRows(format, inspectFields(report), INSPECT_FIELDS, plain),
    );
    return 'done';
  },
});
