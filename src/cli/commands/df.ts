import { df } from '../../operation/stock/usage.js';
import { withStore } from '../../operation/store-context.js';
import { type Command, defineCommand } from '../command.js';
import { switchFlag } from '../flag.js';
import { FORMAT_FLAG, checkFormat } from '../format-flag.js';
import { PART_FIELDS, USAGE_FIELDS, dfLines, partFields, usageFields } from '../render/df.js';
import { formatRows } from '../template/format.js';

/** `df`: where the bytes of the store are. */
export const dfCommand: Command = defineCommand({
  name: 'df',
  synopsis: '[-v]',
  about: 'Shows where the bytes of the store are. Every file counts once, so the parts add up to what is on the disk.',
  operands: { name: 'WORD', min: 0, max: 0 },
  flags: {
    verbose: switchFlag('each image, with what it has alone and what it shares', { short: 'v' }),
    format: FORMAT_FLAG,
  },
  more: [
    { title: 'Fields of --format', words: PART_FIELDS.map((name) => `.${name}`) },
    { title: 'Fields of --format with --verbose', words: USAGE_FIELDS.map((name) => `.${name}`) },
  ],
  examples: [
    { line: 'ingot df', says: 'the parts and their sum' },
    { line: 'ingot df -v', says: 'and each image' },
    { line: "ingot df --format '{{.Part}}={{.Bytes}}'", says: 'for a script' },
  ],
  run: async ({ format, verbose }, _operands, session) => {
    checkFormat(format, session);
    const report = await df(withStore(session.context, 'df'));
    const plain = (): readonly string[] => dfLines(report, verbose);
    await session.print(report, () => {
      if (format === undefined) return plain();
      return verbose
        ? formatRows(format, usageFields(report), USAGE_FIELDS, plain)
        : formatRows(format, partFields(report), PART_FIELDS, plain);
    });
    return 'done';
  },
});
