import { escapeText } from '../../base/escape.js';
import { shortDigest } from '../../oci/digest.js';
import type {
  CollectionReport,
  Conflict,
  GcReport,
  NameChange,
  PinReport,
  PruneReport,
  RemovedImage,
  RestoreReport,
  RmiReport,
  TagReport,
  TrashReport,
} from '../../operation/stock/report.js';
import { minuteText } from './since.js';
import { exactSize, plural, table } from './text.js';

/** What is done, or what would be. */
const verb = (dryRun: boolean, done: string, planned: string): string => (dryRun ? `would ${planned}` : done);

const changeLine = ({ name, digest, from, change }: NameChange, dryRun: boolean): string => {
  switch (change) {
    case 'new':
      return `${verb(dryRun, 'tagged', 'tag')}: ${name} -> ${digest}`;
    case 'moved':
      return `${verb(dryRun, 'moved', 'move')}: ${name} -> ${digest} (was ${from ?? 'unknown'})`;
    case 'same':
      return `unchanged: ${name} -> ${digest}`;
    case 'removed':
      return `${verb(dryRun, 'untagged', 'untag')}: ${name} (${digest})`;
  }
};

export const tagLines = ({ names, dangling, dryRun }: TagReport): readonly string[] => [
  ...names.map((change) => escapeText(changeLine(change, dryRun))),
  ...dangling.map((digest) => `without a name${dryRun ? ' then' : ' now'}: ${digest}`),
];

const removedLine = ({ digest, names, reason, expires }: RemovedImage, dryRun: boolean): string => {
  const called = names.length === 0 ? '' : ` ${names.join(', ')}`;
  const why = reason === 'removed' ? [] : [reason];
  const rests = expires === undefined ? [] : [`in the trash until ${minuteText(expires)}`];
  const notes = [...why, ...rests].join('; ');
  return escapeText(`${verb(dryRun, 'removed', 'remove')}: ${digest}${called}${notes === '' ? '' : ` (${notes})`}`);
};

/** A conflict by its code, who stands in the way, and what to do about it. */
const conflictLines = (word: string, { code, subject, by, hint }: Conflict): readonly string[] => {
  const others = by.filter((holder) => holder !== subject);
  return [
    escapeText(`${word}: ${code}: ${subject}${others.length === 0 ? '' : `: ${others.join(', ')}`}`),
    `  hint: ${hint}`,
  ];
};

export const rmiLines = ({ untagged, removed, conflicts, missing, dryRun }: RmiReport): readonly string[] => [
  ...conflicts.flatMap((conflict) => conflictLines('refused', conflict)),
  ...(conflicts.length === 0 ? [] : ['nothing was removed']),
  ...missing.map((name) => escapeText(`not there: ${name}`)),
  ...untagged.map((change) => escapeText(changeLine(change, dryRun))),
  ...removed.map((image) => removedLine(image, dryRun)),
];

const collectionLines = (collection: CollectionReport, dryRun: boolean): readonly string[] => {
  const { blobs, bytes, live, young, sessions, leases, temporary, trash } = collection;
  const left: readonly (readonly [number, string])[] = [
    [trash.length, 'record of the trash'],
    [leases.length, 'lease that is over'],
    [sessions, 'directory of an ended process'],
    [temporary, 'temporary file'],
  ];
  const plurals = ['records of the trash', 'leases that are over', 'directories of ended processes', 'temporary files'];
  return [
    ...left.flatMap(([count, one], at) =>
      count === 0 ? [] : [`${verb(dryRun, 'removed', 'remove')}: ${plural(count, one, plurals[at])}`],
    ),
    `${verb(dryRun, 'freed', 'free')}: ${exactSize(bytes)} in ${plural(blobs.length, 'blob')}; ` +
      `${plural(live, 'blob')} needed, ${young} too young to go`,
  ];
};

export const pruneLines = ({ removed, kept, collection, dryRun }: PruneReport): readonly string[] => [
  ...removed.map((image) => removedLine(image, dryRun)),
  ...kept.flatMap((conflict) => conflictLines(verb(dryRun, 'kept', 'keep'), conflict)),
  ...collectionLines(collection, dryRun),
  ...(dryRun ? ['nothing was removed; --yes does it'] : []),
];

export const gcLines = (report: GcReport): readonly string[] => [
  ...(report.dryRun ? report.blobs.map(({ digest, size }) => `would remove: ${digest}  ${exactSize(size)}`) : []),
  ...collectionLines(report, report.dryRun),
];

export const restoreLines = ({ restored, dryRun }: RestoreReport): readonly string[] =>
  restored.map(({ digest, names }) =>
    escapeText(
      `${verb(dryRun, 'restored', 'restore')}: ${names.length === 0 ? 'an image without a name' : names.join(', ')} -> ${digest}`,
    ),
  );

/** @param whole nothing is cut */
export const trashLines = ({ trash }: TrashReport, whole: boolean): readonly string[] =>
  table([
    ['ID', 'REMOVED', 'UNTIL', 'DIGEST', 'NAMES', 'BY', 'REASON'],
    ...trash.map(({ id, removed, expires, digest, names, by, reason }) => [
      whole ? id : id.slice(0, 8),
      minuteText(removed),
      minuteText(expires),
      whole ? digest : shortDigest(digest),
      names.length === 0 ? '<none>' : names.join(', '),
      by,
      reason,
    ]),
  ]);

export const pinLines = ({ pins }: PinReport): readonly string[] =>
  pins.map(({ subject, pinned, changed }) =>
    escapeText(`${changed ? '' : 'already '}${pinned ? 'pinned' : 'unpinned'}: ${subject}`),
  );

/** What is pinned, for `--list`. */
export const pinnedLines = ({ pins }: PinReport): readonly string[] =>
  table([['PINNED', 'DIGEST'], ...pins.map(({ subject, digest }) => [subject, digest])]);
