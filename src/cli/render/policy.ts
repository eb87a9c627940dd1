import { escapeText } from '../../base/escape.js';
import type { Decision, PolicyLintReport, PolicyReport } from '../../operation/stock/policy-report.js';
import { noteLine } from './report.js';
import { plural, table } from './text.js';

/** A digest as people tell it from others. */
const shortDigest = (text: string): string => text.replace(/^(sha\d+:[0-9a-f]{12})[0-9a-f]+$/, '$1');

const rowOf = ({ action, subject, digest, rule, reason }: Decision): readonly string[] => [
  action,
  subject === digest ? '<none>' : subject,
  shortDigest(digest),
  rule ?? '-',
  reason.replaceAll(/sha256:[0-9a-f]{64}/g, shortDigest),
];

const summaryOf = ({ plan, applied, untagged, removed, decisions, notes }: PolicyReport): string => {
  const isRefused = notes.some(({ severity }) => severity === 'error');
  const kept = decisions.filter(({ action }) => action === 'keep').length;
  const images = plural(removed.length, 'image');
  const names = untagged.length === 0 ? '' : ` and ${plural(untagged.length, 'more name')}`;
  const going = removed.length + untagged.length === 0 ? 'nothing' : `${images}${names}`;
  const done = applied ? `removed ${going}, kept ${kept}` : `would remove ${going}, keep ${kept}`;
  return `${isRefused ? 'refused: ' : ''}${done}; plan ${plan}`;
};

/**
 * A line for each name and each image without one, notes, and the plan in short. With `quiet`, only what goes.
 */
export const policyLines = (report: PolicyReport, quiet: boolean): readonly string[] => {
  const shown = report.decisions.filter(({ action }) => !quiet || action !== 'keep');
  const rows = [['ACTION', 'NAME', 'DIGEST', 'RULE', 'WHY'], ...shown.map(rowOf)];
  const notes = report.notes.filter(({ severity }) => !quiet || severity === 'error').map(noteLine);
  return [...(shown.length === 0 ? [] : table(rows)), ...notes, ...(quiet ? [] : [summaryOf(report)])];
};

export const policyLintLines = ({ findings, sound, store }: PolicyLintReport, quiet: boolean): readonly string[] => {
  const shown = findings.filter(({ severity }) => !quiet || severity === 'error').map(noteLine);
  if (quiet) return shown;
  const where = store === undefined ? ', by itself: there is no store' : escapeText(` for ${store}`);
  const count = findings.length === 0 ? 'no findings' : plural(findings.length, 'finding');
  return [...shown, `${sound ? 'sound' : 'not sound'}: ${count}${where}`];
};
