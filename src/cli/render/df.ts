import { shortDigest } from '../../oci/digest.js';
import type { DfReport } from '../../operation/stock/report.js';
import type { Fields } from '../template/value.js';
import { exactSize, humanSize, plural, table } from './text.js';

type PartName = keyof DfReport['parts'];

/** What each part is, in the order in which a file is counted. */
const PARTS: Readonly<Record<PartName, string>> = {
  unique: 'blobs of one image alone',
  shared: 'blobs that several images share',
  leased: 'kept by a pin or a lease alone',
  trash: 'kept by the trash alone; prune --empty-trash frees it',
  reclaimable: 'needed by nothing; gc frees it',
  temporary: 'files in the making',
  quarantine: 'damaged files that fsck has put aside',
  state: 'index and state of the store',
  other: 'files that are none of the store',
};

const partNames = Object.keys(PARTS) as PartName[];

/** What `--format` can ask for: of parts, and with `--verbose` of images. */
export const PART_FIELDS: readonly string[] = ['Part', 'Size', 'Bytes', 'Description'];
export const USAGE_FIELDS: readonly string[] = [
  'ID',
  'Digest',
  'Name',
  'Names',
  'Size',
  'UniqueSize',
  'SharedSize',
  'Bytes',
  'UniqueBytes',
  'SharedBytes',
];

export const partFields = ({ parts, total }: DfReport): readonly Fields[] => {
  const row = (Part: string, bytes: number, Description: string): Fields => ({
    Part,
    Size: humanSize(bytes),
    Bytes: bytes,
    Description,
  });
  return [
    ...partNames.map((name) => row(name, parts[name], PARTS[name])),
    row('total', total, 'all files of the store: the sum of the parts'),
  ];
};

export const usageFields = ({ images }: DfReport): readonly Fields[] =>
  images.map(({ digest, names, size, unique, shared }) => ({
    ID: shortDigest(digest),
    Digest: digest,
    Name: names[0] ?? '<none>',
    Names: names,
    Size: humanSize(size),
    UniqueSize: humanSize(unique),
    SharedSize: humanSize(shared),
    Bytes: size,
    UniqueBytes: unique,
    SharedBytes: shared,
  }));

const imageLines = ({ images }: DfReport): readonly string[] =>
  table(
    [
      ['DIGEST', 'SIZE', 'UNIQUE', 'SHARED', 'NAMES'],
      ...images.map(({ digest, names, size, unique, shared }) => [
        shortDigest(digest),
        humanSize(size),
        humanSize(unique),
        humanSize(shared),
        names.length === 0 ? '<none>' : names.join(', '),
      ]),
    ],
    new Set([1, 2, 3]),
  );

/** @param verbose each image, too */
export const dfLines = (report: DfReport, verbose: boolean): readonly string[] => {
  const { parts, total, blobs, images, logical } = report;
  return [
    ...(verbose ? [...imageLines(report), ''] : []),
    ...table(
      [
        ['PART', 'SIZE', 'BYTES', ''],
        ...partNames.map((name) => [name, humanSize(parts[name]), String(parts[name]), PARTS[name]]),
        ['total', humanSize(total), String(total), plural(blobs, 'blob')],
      ],
      new Set([1, 2]),
    ),
    `${plural(images.length, 'image')}: ${exactSize(logical)} without sharing`,
  ];
};
