import { type ByteSource, type ByteStream, concatBytes } from '../base/bytes.js';
import { CHUNK_SIZE } from '../base/limits.js';
import type { SparseMap, SparsePart } from './tar-sparse.js';

const ZEROS: Uint8Array = new Uint8Array(CHUNK_SIZE);

/** A piece of a sparse file: a hole, or bytes that lie at `stored`. */
interface Piece extends SparsePart {
  readonly stored?: number;
}

/** Holes and data of a file in order, from a place on. */
function* piecesFrom(map: SparseMap, from: number): Generator<Piece> {
  let end = 0;
  let stored = 0;
  for (const part of map.parts) {
    if (part.offset > end && part.offset > from) yield { offset: end, length: part.offset - end };
    end = part.offset + part.length;
    if (part.length > 0 && end > from) yield { ...part, stored };
    stored += part.length;
  }
  if (map.realSize > end) yield { offset: end, length: map.realSize - end };
}

/** Zeros, in chunks. */
export function* zeros(length: number): Generator<Uint8Array> {
  for (let left = length; left > 0; left -= CHUNK_SIZE) yield ZEROS.subarray(0, Math.min(left, CHUNK_SIZE));
}

/**
 * A sparse member as the file that it stands for.
 * @param data offset in the tar of the stored bytes, behind any map
 */
export const sparseSource = (tar: ByteSource, data: number, map: SparseMap, name: string): ByteSource => {
  const size = map.realSize;
  async function* read(start: number, end: number, signal?: AbortSignal): ByteStream {
    for (const piece of piecesFrom(map, start)) {
      if (piece.offset >= end) return;
      const first = Math.max(start, piece.offset);
      const length = Math.min(end, piece.offset + piece.length) - first;
      if (piece.stored === undefined) {
        for (const chunk of zeros(length)) {
          signal?.throwIfAborted();
          yield chunk;
        }
      } else yield* tar.read({ offset: data + piece.stored + (first - piece.offset), length }, signal);
    }
  }
  return {
    size,
    name,
    read: (range, signal) => {
      const start = Math.min(range?.offset ?? 0, size);
      return read(start, range?.length === undefined ? size : Math.min(size, start + range.length), signal);
    },
    readAt: async (offset, length) => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of read(Math.min(offset, size), Math.min(size, offset + length)))
        chunks.push(new Uint8Array(chunk));
      return concatBytes(chunks);
    },
    close: async () => {},
  };
};
