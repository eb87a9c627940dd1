import { parseFilter, FILTER_KEYS } from '../../operation/stock/filter.js';
import { SORT_KEYS, images } from '../../operation/stock/images.js';
import { withStore } from '../../operation/store-context.js';
import { type Command, defineCommand } from '../command.js';
import { choiceFlag, listFlag, switchFlag } from '../flag.js';
import { FORMAT_FLAG, checkFormat } from '../format-flag.js';
import { IMAGE_FIELDS, imageFields, imageIds, imagesLines } from '../render/images.js';
import { formatRows } from '../template/format.js';

/** `images`: what is in the store. */
export const imagesCommand: Command = defineCommand({
  name: 'images',
  synopsis: '[PATTERN...]',
  about:
    'Lists the images of the store, a line for each name. In a PATTERN * stands for any text without /, ** for any text. ' +
    'With --quiet, only the ID of each image, or with --digests its digest.',
  operands: { name: 'PATTERN', min: 0, max: Infinity },
  flags: {
    all: { ...switchFlag('also what belongs to another image: signatures, attestations', { short: 'a' }) },
    filter: {
      ...listFlag(
        'KEY=VALUE',
        'only what fits; repeatable; of one key one must fit; KEY!=VALUE for the others',
        parseFilter,
      ),
      short: 'f',
    },
    group: switchFlag('one line for an image ID, with all of its names'),
    digests: switchFlag('a column for the digests of manifests'),
    'no-trunc': switchFlag('whole IDs and times'),
    sort: choiceFlag('KEY', `${SORT_KEYS.join(', ')} (default: name)`, SORT_KEYS, 'name'),
    reverse: switchFlag('the largest or latest first'),
    format: FORMAT_FLAG,
  },
  more: [
    { title: 'Keys of --filter', words: FILTER_KEYS },
    { title: 'Fields of --format', words: IMAGE_FIELDS.map((name) => `.${name}`) },
  ],
  examples: [
    { line: 'ingot images', says: 'all of them' },
    { line: "ingot images 'registry.example/**' --sort size --reverse", says: 'of one registry, the largest first' },
    {
      line: "ingot images --filter dangling=false --filter 'size>1kB' --no-trunc",
      says: 'what has a name and is large',
    },
    { line: "ingot images --format '{{.Name}}\\t{{.Digest}}'", says: 'names and digests for a script' },
  ],
  run: async ({ format, ...flags }, patterns, session) => {
    checkFormat(format, session);
    const options = {
      patterns,
      filters: flags.filter,
      sort: flags.sort,
      reverse: flags.reverse,
      group: flags.group,
      all: flags.all,
    };
    const report = await images(options, withStore(session.context, 'images'));
    session.tellNotes(report.notes);
    const style = { whole: flags['no-trunc'], digests: flags.digests };
    const plain = (): readonly string[] => (session.flags.quiet ? imageIds(report, style) : imagesLines(report, style));
    await session.print(report, () =>
      format === undefined ? plain() : formatRows(format, imageFields(report, style), IMAGE_FIELDS, plain),
    );
    return 'done';
  },
});
