import { escapeText } from '../../base/escape.js';
import type { ExplainReport, ExplainedLayer } from '../../operation/recipe.js';
import { humanSize, indent, table } from './text.js';

const answerOf = (layer: ExplainedLayer): string =>
  layer.restorable === undefined ? '-' : layer.restorable ? (layer.codec ?? 'stored') : 'no';

const producerOf = ({ producer, confidence }: ExplainedLayer): string =>
  confidence === undefined ? '-' : `${producer} (${confidence})`;

/** A table of layers for each image; the evidence stands in the JSON. */
export const explainLines = (report: ExplainReport): readonly string[] =>
  report.images.flatMap((image) => [
    escapeText(`${image.names.join(', ') || image.digest} (${image.platform})`),
    ...indent(
      table(
        [
          ['LAYER', 'SIZE', 'MADE BY', 'RESTORABLE', 'WHY'],
          ...image.layers.map((layer) => [
            layer.digest,
            humanSize(layer.size),
            producerOf(layer),
            answerOf(layer),
            layer.why,
          ]),
        ],
        new Set([1]),
      ),
    ),
  ]);
