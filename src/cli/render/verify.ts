import type { VerifyReport } from '../../operation/report.js';
import { noteLine } from './report.js';
import { plural } from './text.js';

const count = ({ findings }: VerifyReport, severity: 'error' | 'warning' | 'info'): number =>
  findings.filter((finding) => finding.severity === severity).length;

/** One line for each finding, and the answer. With `quiet`, only what speaks against the images. */
export const verifyLines = (report: VerifyReport, quiet: boolean): readonly string[] => {
  const findings = report.findings.filter((finding) => !quiet || finding.severity === 'error').map(noteLine);
  if (quiet) return findings;
  const images = report.locations.reduce((sum, location) => sum + location.images.length, 0);
  const warnings = count(report, 'warning');
  const also = warnings === 0 ? '' : `, ${plural(warnings, 'warning')}`;
  const where = `${plural(images, 'image')} in ${plural(report.locations.length, 'location')}`;
  return [
    ...findings,
    report.verified
      ? `verified: ${where}${also}`
      : `not verified: ${plural(count(report, 'error'), 'error')}${also}; ${where}`,
  ];
};
