import type { Digest } from '../../oci/digest.js';
import { shortDigest } from '../../oci/digest.js';
import type { ImageRow, ImagesReport } from '../../operation/stock/report.js';
import type { Fields } from '../template/value.js';
import { minuteText, sinceText } from './since.js';
import { humanSize, table } from './text.js';

export interface ImagesStyle {
  /** Whole digests and times. */
  readonly whole: boolean;
  /** A column for digests. */
  readonly digests: boolean;
}

const NONE = '<none>';

/** A full name as repository and tag. What is neither is a bare tag, as layouts have them. */
export const splitName = (name: string): { readonly repository: string; readonly tag: string } => {
  const at = name.indexOf('@');
  const path = at < 0 ? name : name.slice(0, at);
  const colon = path.indexOf(':', path.lastIndexOf('/') + 1);
  if (colon > 0) return { repository: path.slice(0, colon), tag: path.slice(colon + 1) };
  return at >= 0 || name.includes('/') ? { repository: path, tag: NONE } : { repository: NONE, tag: name };
};

const idOf = ({ imageID, digests }: ImageRow): Digest | undefined => imageID ?? digests[0];

const shown = (digest: Digest | undefined, whole: boolean): string =>
  digest === undefined ? NONE : whole ? digest : shortDigest(digest);

/** Why an image is in the list although no name leads to it, and what keeps it. */
const reasonText = ({ reason, lastName, replacedBy, subject, pinned, leased, sparse }: ImageRow): string => {
  const now = replacedBy === undefined ? '' : `, which means ${shortDigest(replacedBy)} now`;
  const was = lastName === undefined ? '' : ` (was ${lastName}${now})`;
  return [
    ...(reason === 'dangling' ? [`dangling${was}`] : []),
    ...(reason === 'referrer' ? [`refers to ${shown(subject, false)}`] : []),
    ...(pinned ? ['pinned'] : []),
    ...(leased ? ['leased'] : []),
    ...(sparse ? ['incomplete'] : []),
  ].join(', ');
};

/** What `--format` can ask for, and whether times of the list matter to it. */
const FIELDS = {
  ID: (row, { whole }) => shown(idOf(row), whole),
  Name: ({ names }) => names[0] ?? NONE,
  Names: ({ names }) => names,
  Repository: ({ names: [name] }) => (name === undefined ? NONE : splitName(name).repository),
  Tag: ({ names: [name] }) => (name === undefined ? NONE : splitName(name).tag),
  Digest: ({ digests }) => digests[0] ?? NONE,
  Digests: ({ digests }) => digests,
  CreatedAt: ({ created }) => created ?? '',
  CreatedSince: ({ created }, _style, at) => sinceText(created, at),
  ImportedAt: ({ imported }) => imported,
  ImportedSince: ({ imported }, _style, at) => sinceText(imported, at),
  TaggedAt: ({ tagged }) => tagged ?? '',
  Size: ({ size }) => humanSize(size),
  Bytes: ({ size }) => size,
  Platform: ({ platforms }) => platforms.join(', '),
  Platforms: ({ platforms }) => platforms,
  Kind: ({ kind }) => kind,
  MediaType: ({ mediaType }) => mediaType,
  Labels: ({ labels }) => new Map(Object.entries(labels)),
  RefCount: ({ nameCount }) => nameCount,
  // Docker's word for: not counted. The store knows of no containers; leases stand for whoever uses an image.
  Containers: () => 'N/A',
  Leases: ({ leases }) => leases,
  Leased: ({ leased }) => leased,
  Pinned: ({ pinned }) => pinned,
  Dangling: ({ reason }) => reason === 'dangling',
  Incomplete: ({ sparse }) => sparse,
  Reason: (row) => reasonText(row),
  LastName: ({ lastName }) => lastName ?? '',
  ReplacedBy: ({ replacedBy }) => replacedBy ?? '',
  Subject: ({ subject }) => subject ?? '',
  Source: ({ source }) => source ?? '',
} satisfies Record<string, (row: ImageRow, style: ImagesStyle, at: string) => Fields[string]>;

export const IMAGE_FIELDS: readonly string[] = Object.keys(FIELDS);

/** The images as a template sees them. */
export const imageFields = ({ images, at }: ImagesReport, style: ImagesStyle): readonly Fields[] => {
  const fields = Object.entries(FIELDS);
  return images.map((row) => Object.fromEntries(fields.map(([name, read]) => [name, read(row, style, at)])));
};

const rowsOf = (
  row: ImageRow,
  at: string,
  style: ImagesStyle,
  reason: readonly string[],
): readonly (readonly string[])[] => {
  const [first, ...others] = row.names.length === 0 ? [undefined] : row.names;
  const { repository, tag } = first === undefined ? { repository: NONE, tag: NONE } : splitName(first);
  const time = style.whole ? minuteText(row.imported) : sinceText(row.imported, at);
  return [
    [
      repository,
      tag,
      ...(style.digests ? [row.digests[0] ?? NONE] : []),
      shown(idOf(row), style.whole),
      time,
      humanSize(row.size),
      ...reason,
    ],
    // Further names of the same image.
    ...others.map((name) => Object.values(splitName(name ?? ''))),
  ];
};

/** The images as docker shows them, but with the time when the store got them: that of a reproducible image is 1970. */
export const imagesLines = ({ images, at }: ImagesReport, style: ImagesStyle): readonly string[] => {
  const reasons = images.map(reasonText);
  const hasReasons = reasons.some((reason) => reason !== '');
  const head = [
    'REPOSITORY',
    'TAG',
    ...(style.digests ? ['DIGEST'] : []),
    'IMAGE ID',
    'IMPORTED',
    'SIZE',
    ...(hasReasons ? ['REASON'] : []),
  ];
  return table([
    head,
    ...images.flatMap((row, index) => rowsOf(row, at, style, hasReasons ? [reasons[index] ?? ''] : [])),
  ]);
};

/** For `--quiet`: each image once, by its ID, or by the digest of its manifest. */
export const imageIds = ({ images }: ImagesReport, { whole, digests }: ImagesStyle): readonly string[] => [
  ...new Set(images.flatMap((row): readonly string[] => (digests ? row.digests : [shown(idOf(row), whole)]))),
];
