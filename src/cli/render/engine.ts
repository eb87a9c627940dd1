import { escapeText } from '../../base/escape.js';
import type { EngineImageRow, EngineImagesReport, ImageUser } from '../../operation/engine/report.js';
import { humanSize, plural, table } from './text.js';

const userText = ({ id, names, state, by }: ImageUser): string =>
  `${names[0] ?? id.slice(0, 12)} (${state}${by === 'container' ? '' : by === 'mount' ? ', mounted' : ', perhaps mounted'})`;

const nameOf = ({ digests, reason }: EngineImageRow): string =>
  reason === 'digest' ? (digests[0] ?? '') : `(${reason})`;

/** A line for each name of each image: ID, size, and the containers that hold it. */
export const engineImageLines = ({ images }: EngineImagesReport): readonly string[] => [
  ...(images.length === 0
    ? []
    : table(
        [
          ['NAME', 'ID', 'SIZE', 'USED BY'],
          ...images.flatMap((image) =>
            (image.names.length === 0 ? [nameOf(image)] : image.names).map((name) => [
              name,
              image.id.replace(/^sha256:/, '').slice(0, 12),
              humanSize(image.size),
              image.users.map(userText).join(', '),
            ]),
          ),
        ],
        new Set([2]),
      )),
];

/** How much is listed, for people. */
export const engineImagesSummary = ({ images, engine }: EngineImagesReport): string => {
  const used = images.filter(({ users }) => users.length > 0).length;
  return escapeText(`${plural(images.length, 'image')}, ${used} in use: ${engine.kind} ${engine.version}`);
};
