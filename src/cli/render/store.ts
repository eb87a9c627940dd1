import { escapeText } from '../../base/escape.js';
import type { FsckReport, StoreReport } from '../../operation/stock/report.js';
import { noteLine } from './report.js';
import { durationText, exactSize, indent, plural, table } from './text.js';

const DONE = { init: 'the store', info: 'the store', migrate: 'settings of the store', reset: 'emptied' } as const;

/** Where a store is, what is in it, how it is set. */
export const storeLines = (report: StoreReport, action: keyof typeof DONE): readonly string[] => {
  const { store, format, created, settings, names, images, leases, resting } = report;
  const head = action === 'init' && !created ? 'there already' : created ? 'made' : DONE[action];
  return [
    escapeText(`${head}: ${store}`),
    ...indent(
      table([
        ['images', `${images}, with ${plural(names, 'name')}`],
        ['in the trash', String(resting)],
        ['leases', String(leases)],
        ['format', String(format)],
        ['lock', settings.lock],
        ['trash', durationText(settings.trash)],
        ['grace', durationText(settings.grace)],
        ['lease', durationText(settings.lease)],
        ['immutable', settings.immutable.length === 0 ? '-' : settings.immutable.join(', ')],
        ['ref-name', settings.refName],
        ['fsync', settings.fsync ? 'yes' : 'no'],
      ]),
    ),
  ];
};

/** A line for each finding, then what it comes to. */
export const fsckLines = (report: FsckReport, quiet: boolean): readonly string[] => {
  const { store, sound, findings, repaired, blobs, bytes } = report;
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const count =
    findings.length === 0 ? 'nothing found' : `${plural(findings.length, 'finding')}, ${plural(errors, 'error')}`;
  const shown = findings.filter(({ severity }) => !quiet || severity === 'error').map(noteLine);
  const lines = [...shown, ...repaired.map((subject) => escapeText(`repaired: ${subject}`))];
  if (quiet) return lines;
  const last = `${sound ? 'sound' : 'not sound'}: ${store}: ${count}; ${plural(blobs, 'blob')} hashed, ${exactSize(bytes)}`;
  return [...lines, escapeText(last)];
};
