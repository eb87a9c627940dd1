import { isJsonObject } from '../../base/json.js';
import type { InspectReport, InspectedImage } from '../../operation/inspect.js';
import { jsonLine } from './json.js';
import { imageTitle } from './report.js';
import { exactSize, humanSize, indent, table } from './text.js';

type Row = readonly [name: string, value: string];

const optional = (name: string, value: string | undefined): readonly Row[] =>
  value === undefined ? [] : [[name, value]];

const pairs = (title: string, map: Readonly<Record<string, string>> | undefined): readonly string[] =>
  map === undefined ? [] : [title, ...indent(table(Object.entries(map)))];

const configLines = ({ config }: InspectedImage): readonly string[] => {
  if (config === undefined || !isJsonObject(config)) return [];
  // Labels are shown on their own; what is empty says nothing.
  const members = Object.entries(config).filter(
    ([key, value]) =>
      key !== 'Labels' &&
      value !== null &&
      value !== '' &&
      value !== false &&
      !(Array.isArray(value) && value.length === 0),
  );
  return members.length === 0
    ? []
    : ['config', ...indent(table(members.map(([key, value]) => [key, jsonLine(value)])))];
};

const layerLines = ({ layers }: InspectedImage): readonly string[] =>
  layers === undefined || layers.length === 0
    ? []
    : [
        'layers',
        ...indent(
          table(
            layers.map((layer, index) => [String(index), layer.digest, humanSize(layer.size), layer.mediaType]),
            new Set([0, 2]),
          ),
        ),
      ];

const manifestLines = ({ manifests }: InspectedImage): readonly string[] =>
  manifests === undefined
    ? []
    : [
        'manifests',
        ...indent(
          table(
            manifests.map(({ digest, platform, present, mediaType }) => [
              digest,
              platform ?? '-',
              present ? 'here' : 'not here',
              mediaType,
            ]),
          ),
        ),
      ];

const imageLines = (image: InspectedImage): readonly string[] => [
  imageTitle(image),
  ...indent([
    ...table([
      ['digest', image.digest],
      ...optional('image ID', image.imageID),
      ['type', image.mediaType],
      ...optional('artifact', image.artifactType),
      ...optional('created', image.created),
      ...optional('author', image.author),
      ['size', exactSize(image.size)],
    ]),
    ...configLines(image),
    ...pairs('labels', image.labels),
    ...pairs('annotations', image.annotations),
    ...layerLines(image),
    ...manifestLines(image),
  ]),
];

export const inspectLines = (report: InspectReport): readonly string[] => report.images.flatMap(imageLines);
