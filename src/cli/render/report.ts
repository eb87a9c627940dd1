import { escapeText } from '../../base/escape.js';
import type { Note } from '../../base/event.js';
import type { CopyReport, ImageEntry, LoadReport, SaveReport, StoreReceipt } from '../../operation/report.js';
import { exactSize, indent, plural, table } from './text.js';

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

type Placed = Pick<LoadReport, 'images' | 'destination' | 'store' | 'engine' | 'changes' | 'absent'>;

/** How blobs came into the store: `2 blobs copied, 3 were there`. */
const arrivalText = ({ blobs, copied }: StoreReceipt): string => {
  const count = (wanted: string): number => blobs.filter(({ arrival }) => arrival === wanted).length;
  const there = count('present');
  if (blobs.length > 0 && there === blobs.length) return `nothing copied, all ${plural(there, 'blob')} were there`;
  return [
    ...(count('copied') === 0 ? [] : [`${plural(count('copied'), 'blob')} copied (${exactSize(copied)})`]),
    ...(count('cloned') === 0 ? [] : [`${plural(count('cloned'), 'blob')} cloned`]),
    ...(count('linked') === 0 ? [] : [`${plural(count('linked'), 'blob')} linked`]),
    ...(there === 0 ? [] : [`${plural(there, 'blob was', 'blobs were')} there`]),
  ].join(', ');
};

/** Where images went, on one line: `loaded: 1 image into oci:layout`. */
export const placedLine = (done: string, preposition: string, { images, destination = '', store }: Placed): string => {
  const head = `${done}: ${plural(images.length, 'image')} ${preposition}`;
  return escapeText(
    store === undefined ? `${head} ${destination}` : `${head} the store ${store.path}: ${arrivalText(store)}`,
  );
};

/** Which blobs were there, where not all of them were, and names that meant another image before. */
const storeLines = ({ blobs, names }: StoreReceipt): readonly string[] => {
  const there = blobs.filter(({ arrival }) => arrival === 'present');
  return [
    ...names
      .filter(({ change }) => change === 'moved')
      .map(({ name }) => escapeText(`moved: ${name} meant another image before`)),
    ...(there.length === blobs.length ? [] : there.map(({ digest, size }) => `there: ${digest}: ${exactSize(size)}`)),
  ];
};

/** @param last what {@link placedLine} gives */
export const placedLines = (report: Placed & Partial<Pick<CopyReport, 'dropped'>>, last: string): readonly string[] => [
  ...imageLines(report.images),
  ...differenceLines(report),
  ...(report.store === undefined ? [] : storeLines(report.store)),
  ...engineLines(report),
  last,
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
