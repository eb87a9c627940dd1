import type { HistoryReport, HistoryStep } from '../../operation/history.js';
import { imageTitle } from './report.js';
import { humanSize, indent, table } from './text.js';

const CUT = 60;

const cut = (text: string, whole: boolean): string =>
  whole || text.length <= CUT ? text : `${text.slice(0, CUT - 1)}…`;

const rowOf = (step: HistoryStep, whole: boolean): readonly string[] => [
  step.created ?? '-',
  step.layer === undefined ? '-' : humanSize(step.layer.size),
  ...(whole ? [step.layer?.digest ?? '-'] : []),
  cut(step.createdBy ?? '-', whole),
  cut(step.comment ?? '', whole),
];

/** @param whole nothing is cut, and layers are shown by digest */
export const historyLines = (report: HistoryReport, whole: boolean): readonly string[] =>
  report.images.flatMap((image) => [
    imageTitle(image),
    ...indent(
      table(
        [
          ['CREATED', 'SIZE', ...(whole ? ['LAYER'] : []), 'CREATED BY', 'COMMENT'],
          ...image.history.map((step) => rowOf(step, whole)),
        ],
        new Set([1]),
      ),
    ),
  ]);
