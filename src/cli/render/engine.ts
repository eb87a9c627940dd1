import type { EngineImageRow, EngineImagesReport, ImageUser } from '../../operation/engine/report.js';
import { humanSize, table } from './text.js';

const userText = ({ id, names, state, by }: ImageUser): string =>
  `${names[0] ?? id.slice(0, 12)} (${state}${by === 'container' ? '' : by === 'mount' ? ', mounted' : ', perhaps mounted'})`;

const nameOf = ({ digests, reason }: EngineImageRow): string =>
  reason === 'digest' ? (digests[0] ?? '') : `(${reason})`;

/** A line for each name of each image: ID, size, and the containers that hold it. */
export const engineImageLines = ({ images }: EngineImagesReport): readonly string[] =>
  table(
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
  );
