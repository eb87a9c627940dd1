import { escapeText } from '../../base/escape.js';
import type { KeptImage, Refusal, RemovalStep } from '../../operation/engine/plan.js';
import type { EngineRemovalReport, StepResult } from '../../operation/engine/report.js';
import { indent, plural } from './text.js';

const shortID = (id: string): string => id.replace(/^sha256:/, '').slice(0, 12);

const fateText = (step: RemovalStep): string => {
  switch (step.leaves) {
    case 'kept':
      return '';
    case 'untagged':
      return '; the image keeps other names';
    case 'dangling':
      return '; the image stays without a name';
    case 'removed':
      return '; the image goes with it';
  }
};

const stepText = (step: RemovalStep): string => {
  switch (step.action) {
    case 'stop-container':
      return `stop container ${step.container.names[0] ?? shortID(step.container.id)}, killed after ${plural(step.seconds, 'second')}`;
    case 'remove-container':
      return `delete container ${step.container.names[0] ?? shortID(step.container.id)}`;
    case 'remove-name':
      return `take name ${step.name}${fateText(step)}`;
    case 'untag-anyway':
      return `take name ${step.name} although containers use it${fateText(step)}`;
    case 'remove-image':
      return 'remove the image, which has no name';
  }
};

const resultText = ({ outcome, code, message }: StepResult): string =>
  outcome === 'done'
    ? 'done'
    : `${outcome}${code === undefined ? '' : `: ${code}`}${message === undefined ? '' : `: ${message}`}`;

const stepLines = ({ plan, results }: EngineRemovalReport): readonly string[] => {
  const lines: string[] = [];
  let image = '';
  for (const [index, step] of plan.steps.entries()) {
    if (step.image !== image) lines.push(`image ${step.image}`);
    ({ image } = step);
    const result = results[index];
    lines.push(`  ${stepText(step)}${result === undefined ? '' : `: ${resultText(result)}`}`);
    if ('takes' in step)
      lines.push(
        ...indent(
          step.takes.map((taken) => `with it ${taken}`),
          4,
        ),
      );
  }
  return lines;
};

const refusalText = ({ kind, by, state }: Refusal): string => {
  const what = by.join(', ');
  const user = `used by ${what}${state === undefined ? '' : ` (${state})`}`;
  switch (kind) {
    case 'several-names':
      return `it has the names ${what}`;
    case 'children':
      return `built on it: ${what}`;
    case 'no-name':
      return `${user}, and it has no name`;
    case 'external':
      return `${user}, a container of another program`;
    case 'pod':
      return `${user}, a container of a pod`;
    case 'running':
    case 'paused':
    case 'stopped':
    case 'busy':
      return user;
  }
};

const keptText = ({ image, names, reason, by }: KeptImage): string =>
  `kept: ${names[0] ?? image}: ${reason === 'used' ? 'used by' : 'built on it:'} ${by.join(', ')}`;

const summary = ({ dryRun, complete, plan, results }: EngineRemovalReport): string => {
  if (plan.refusals.length > 0) return `refused: ${plural(plan.refusals.length, 'reason')}; nothing was done`;
  if (dryRun) return `plan: ${plural(plan.steps.length, 'step')}; nothing was done`;
  const isDone = (index: number): boolean => results[index]?.outcome === 'done';
  const count = (test: (step: RemovalStep) => boolean): number =>
    plan.steps.filter((step, index) => isDone(index) && test(step)).length;
  const containers = count(({ action }) => action === 'remove-container');
  const gone = new Set(plan.steps.flatMap(({ image }, index) => (results[index]?.image === 'gone' ? [image] : [])));
  const what = [
    ...(containers === 0 ? [] : [plural(containers, 'container deleted', 'containers deleted')]),
    plural(
      count((step) => 'name' in step),
      'name taken',
      'names taken',
    ),
    plural(gone.size, 'image removed', 'images removed'),
  ].join(', ');
  const steps = `${count(() => true)} of ${plural(plan.steps.length, 'step')} done`;
  return complete ? `done: ${what}` : `not complete: ${steps}: ${what}`;
};

/** The plan with what came of each step. With `quiet`, only what was not done. */
export const removalLines = (report: EngineRemovalReport, quiet: boolean): readonly string[] => {
  const { plan } = report;
  const refusals = plan.refusals.flatMap((refusal) => [
    `refused: ${refusal.code}: ${refusal.subject}: ${refusalText(refusal)}`,
    `  hint: ${refusal.hint}`,
  ]);
  if (quiet) return (report.complete ? [] : [...refusals, ...stepLines(report)]).map(escapeText);
  return [
    ...stepLines(report),
    ...refusals,
    ...plan.kept.map(keptText),
    ...plan.missing.map((text) => `missing: ${text}`),
    summary(report),
  ].map(escapeText);
};
