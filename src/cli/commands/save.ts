import { ToolError } from '../../base/error.js';
import { type SaveOutput, save } from '../../operation/save.js';
import { type Command, defineCommand } from '../command.js';
import { parseText, switchFlag, valueFlag } from '../flag.js';
import { saveLines, savedLine } from '../render/report.js';
import { archiveOutput } from '../session.js';
import { expandSources } from '../sources.js';
import { CANONICAL_FLAGS, DEEP_FLAG, FSYNC_FLAG, canonicalOptions, transferOptions } from '../transfer-flags.js';

/** `save`: one canonical archive of all the sources. */
export const saveCommand: Command = defineCommand({
  name: 'save',
  synopsis: 'SOURCE... -o FILE|-',
  about:
    'Writes one canonical archive of all the sources: the same images give the same bytes, wherever they come from.',
  operands: { name: 'SOURCE', min: 1, max: Infinity, images: true },
  flags: {
    output: valueFlag('FILE', 'where the archive goes; - is standard output', parseText, { short: 'o', path: true }),
    ...CANONICAL_FLAGS,
    deep: DEEP_FLAG,
    digest: switchFlag("also tell the archive's own sha256"),
    fsync: FSYNC_FLAG,
    recipe: valueFlag('FILE', 'for restore: where the recipe goes (default: FILE.recipe.json)', parseText, {
      path: true,
    }),
  },
  examples: [
    {
      line: 'ingot save golden/inputs/app/docker-save.tar -o app.tar',
      says: 'an archive of docker save, made canonical',
    },
    {
      line: 'ingot save golden/inputs/trio/docker-save-a.tar golden/inputs/trio/docker-save-b.tar -o all.tar',
      says: 'several archives in one; what they share is in it once',
    },
    {
      line: 'ingot save oci:golden/inputs/multi/oras-layout --platform linux/amd64 -o amd64.tar',
      says: 'one platform of a layout',
    },
    {
      line: 'ingot save golden/inputs/app/skopeo-oci.tar --layers none --name app:1 -o plain.tar --json',
      says: 'layers decompressed, the image named, the report as JSON',
    },
    {
      line: 'ingot save golden/inputs/app/docker-save.tar --layers restore --manifest-from golden/inputs/app/skopeo-oci.tar -o restored.tar',
      says: 'the layers and the digest that the registry had, proven by the manifest',
    },
  ],
  run: async (flags, operands, session) => {
    const { output } = flags;
    if (output === undefined) {
      throw new ToolError('USAGE', 'no place for the archive', { expected: '-o FILE, or -o - for standard output' });
    }
    const toStdout = output === '-';
    if (toStdout && flags.digest)
      throw new ToolError('USAGE', '--digest needs an archive in a file', { hint: 'use -o FILE, or ingot digest' });
    const place: SaveOutput = toStdout ? { stream: archiveOutput(session) } : { path: output, durable: flags.fsync };
    if (flags.recipe !== undefined && flags.layers.mode !== 'restore')
      throw new ToolError('USAGE', '--recipe is for --layers restore');
    const options = {
      ...transferOptions(flags),
      ...canonicalOptions(flags, session.env),
      digest: flags.digest,
      ...(flags.recipe === undefined ? {} : { recipe: flags.recipe }),
    };
    const sources = await expandSources(operands, session.context.pathExists, session.context);
    const report = await save(sources, place, options, session.context);
    session.tellNotes(report.notes);
    if (toStdout) session.tell(savedLine(report));
    else await session.summarize(report, () => saveLines(report));
    return 'done';
  },
});
