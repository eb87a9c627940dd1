import { shortDigest } from '../../oci/digest.js';
import type { LeaseReport, LeaseRow } from '../../operation/stock/report.js';
import { minuteText } from './since.js';
import { plural, table } from './text.js';

const heldText = ({ roots, digests }: LeaseRow, whole: boolean): string =>
  [
    ...roots.map((digest) => (whole ? digest : shortDigest(digest))),
    ...(digests.length === 0 ? [] : [plural(digests.length, 'blob')]),
  ].join(', ');

/** A lease of a process has no time of its own. */
const untilText = ({ kind, live, expires }: LeaseRow): string => {
  if (kind === 'process') return live ? 'its process ends' : 'its process has ended';
  return live ? minuteText(expires) : `${minuteText(expires)} (over)`;
};

const labelsText = (labels: LeaseRow['labels']): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');

/** @param whole nothing is cut */
export const leaseLines = ({ leases }: LeaseReport, whole: boolean): readonly string[] =>
  table([
    ['LEASE', 'UNTIL', 'OWNER', 'PURPOSE', 'LABELS', 'HOLDS'],
    ...leases.map((lease) => [
      whole ? lease.id : lease.id.slice(0, 8),
      untilText(lease),
      lease.owner,
      lease.purpose,
      labelsText(lease.labels),
      heldText(lease, whole),
    ]),
  ]);
