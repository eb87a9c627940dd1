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

export const commandHelp = ({ name, synopsis, about, flags, examples }: Command, common: FlagTable): string => {
  const own = flagLines(flags);
  return text([
    [`Usage: ingot ${name} ${synopsis}`],
    [about],
    own.length === 0 ? [] : ['Options:', ...own],
    ['Options of every command:', ...flagLines(common)],
    ['Examples:', ...examples.flatMap(({ says, line }) => [`  # ${says}`, `  ${line}`])],
  ]);
};

const LOCATIONS: readonly (readonly [string, string])[] = [
  ['PATH', 'an archive, a layout or a directory: its content tells; a path exists or starts with . or /'],
  ['docker-archive:FILE[:REF]', 'an archive for docker load'],
  ['oci-archive:FILE[:REF]', 'an OCI image layout in a tar'],
  ['oci:DIR[:REF]', 'an OCI image layout'],
  ['dir:DIR', "a directory of skopeo's"],
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
  ['1', 'the answer is no: verify found errors'],
  ['2', 'the command line is wrong'],
  ['3', 'the input is not what it claims: corrupt, malformed, over a limit'],
  ['4', 'the surroundings failed: files, permissions, space'],
  ['70', 'a defect of Ingot'],
  ['130, 143', 'interrupted'],
];
