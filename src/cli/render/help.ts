import type { Command, CommandEntry } from '../command.js';
import type { FlagTable } from '../flag.js';
import { indent, table } from './text.js';

const flagLines = (flags: FlagTable): readonly string[] =>
  indent(
    table(
      Object.entries(flags).map(([name, { short, value, about }]) => [
        `${short === undefined ? '    ' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`,
        about,
      ]),
    ),
  );

const text = (blocks: readonly (readonly string[])[]): string =>
  `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;

const WIDTH = 100;

/** Words in lines of the width of a screen. */
const wordLines = (words: readonly string[]): readonly string[] => {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length + 2 > WIDTH) lines.push(word);
    else lines[lines.length - 1] = `${last}, ${word}`;
  }
  return lines;
};

export const commandHelp = (
  { name, synopsis, about, flags, more = [], examples }: Command,
  common: FlagTable,
): string => {
  const own = flagLines(flags);
  return text([
    [`Usage: ingot ${name} ${synopsis}`],
    [about],
    own.length === 0 ? [] : ['Options:', ...own],
    ...more.map(({ title, words }) => [`${title}:`, ...indent(wordLines(words))]),
    ['Options of every command:', ...flagLines(common)],
    ['Examples:', ...examples.flatMap(({ says, line }) => [`  # ${says}`, `  ${line}`])],
  ]);
};

const LOCATIONS: readonly (readonly [string, string])[] = [
  ['PATH', 'an archive, a layout or a directory: its content tells; it exists, or starts with . or /'],
  ['docker-archive:FILE[:REF]', 'an archive for docker load'],
  ['oci-archive:FILE[:REF]', 'an OCI image layout in a tar'],
  ['oci:DIR[:REF]', 'an OCI image layout'],
  ['dir:DIR', "a directory of skopeo's"],
  ['store:REF', 'an image of the local store; REF is a name, an image ID, a digest, or its first digits'],
  ['REF', 'the same, where no path of this name exists'],
  ['docker-daemon:NAME|ID', 'an image of a Docker or Podman engine'],
  ['-', 'an archive on standard input or output'],
];

export const programHelp = (commands: readonly CommandEntry[], common: FlagTable): string =>
  text([
    ['Usage: ingot COMMAND'],
    ['Reproducible container-image archives: the same image gives the same bytes, everywhere, every time.'],
    ['Commands:', ...indent(table(commands.map(({ name, summary }) => [name, summary])))],
    [
      'Locations:',
      ...indent(table(LOCATIONS)),
      '  instead of :REF, also @DIGEST, or @N for the image at place N; without them all images',
    ],
    ['Options of every command:', ...flagLines(common)],
    ['Exit status:', ...indent(table(EXIT_CODES))],
    ['More: ingot COMMAND --help; the version: ingot --version'],
  ]);

const EXIT_CODES: readonly (readonly [string, string])[] = [
  ['0', 'done, verified'],
  ['1', 'the answer is no: verify or fsck found errors, or something is not allowed'],
  ['2', 'the command line is wrong'],
  ['3', 'the input is not what it claims: corrupt, malformed, over a limit'],
  ['4', 'the surroundings failed: files, permissions, space, locks'],
  ['70', 'a defect of Ingot'],
  ['130, 143', 'interrupted'],
];
