import { escapeText } from '../../base/escape.js';
import type { Note } from '../../base/event.js';
import type { CopyReport, ImageEntry, LoadReport, SaveReport } from '../../operation/report.js';
import { exactSize, indent, table } from './text.js';

/** What an image is called, on one line. */
export const imageTitle = ({ names, platform }: Pick<ImageEntry, 'names' | 'platform'>): string =>
  escapeText(`${names.length === 0 ? '(no name)' : names.join(', ')}${platform === undefined ? '' : ` (${platform})`}`);

/** Name, digest and image ID of each image. */
export const imageLines = (images: readonly ImageEntry[]): readonly string[] =>
  images.flatMap((image) => [
    imageTitle(image),
    ...indent(table([['digest', image.digest], ...(image.imageID === undefined ? [] : [['image ID', image.imageID]])])),
  ]);

type Differences = Pick<LoadReport, 'changes' | 'absent'> & Partial<Pick<CopyReport, 'dropped'>>;

/** How a result differs from its source. */
export const differenceLines = ({ changes, dropped, absent }: Differences): readonly string[] => [
  ...changes.map(({ from, to, reason }) => `changed: ${from} -> ${to}: ${escapeText(reason)}`),
  ...(dropped ?? []).map(({ subject, reason }) => `dropped: ${escapeText(subject)}: ${escapeText(reason)}`),
  ...absent.map(({ digest, reason }) => `absent: ${digest}: ${reason}`),
];

/** What an engine that took images has now. Its IDs are not always those that another engine shows. */
export const engineLines = ({ engine }: Pick<CopyReport, 'engine'>): readonly string[] =>
  engine === undefined
    ? []
    : [
        escapeText(`in ${engine.kind} ${engine.version} at ${engine.endpoint}:`),
        ...indent(
          engine.images.map(({ names, id, idIs }) =>
            escapeText(`${id} (its ${idIs}'s digest) ${names.length === 0 ? '(no name)' : names.join(', ')}`),
          ),
        ),
      ];

/** What was written, on one line. */
export const savedLine = ({ output, profile, archive: { size, sha256 } }: SaveReport): string =>
  escapeText(`saved: ${output}: ${profile}, ${exactSize(size)}${sha256 === undefined ? '' : `, sha256:${sha256}`}`);

export const saveLines = (report: SaveReport): readonly string[] => [
  ...imageLines(report.images),
  ...differenceLines(report),
  ...(report.recipe === undefined ? [] : [escapeText(`recipe: ${report.recipe}`)]),
  savedLine(report),
];

/** A finding or note on one line: severity, code, subject, what. */
export const noteLine = ({ severity, code, subject, message, pointer, offset, expected, found }: Note): string => {
  const place = [
    ...(pointer === undefined || pointer === '' ? [] : [`at ${pointer}`]),
    ...(offset === undefined ? [] : [`at byte ${offset}`]),
  ];
  const comparison = [
    ...(expected === undefined ? [] : [`expected ${expected}`]),
    ...(found === undefined ? [] : [`found ${found}`]),
  ];
  return escapeText(
    `${severity}: ${code}: ${subject === undefined ? '' : `${subject}: `}${message}` +
      (place.length === 0 ? '' : ` (${place.join(', ')})`) +
      (comparison.length === 0 ? '' : `: ${comparison.join(', ')}`),
  );
};
