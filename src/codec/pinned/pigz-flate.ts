import type { DeflateEncoder } from './deflate-encoder.js';
import { MAX_DISTANCE } from './deflate-symbol.js';
import { ZLIB } from './zip-level.js';
import { type ZipParts, scanToEnd, zipParts } from './zip-parts.js';

/** Bytes of a segment. */
const SEGMENT = 128 * 1024;

/**
 * An encoder with the bytes of pigz 2.3 and later, which do not depend on its number of threads: segments of 128 KiB,
 * each compressed by zlib on its own and knowing the 32 KiB before it. Between them stand empty blocks that end on a
 * whole byte.
 */
export const pigzFlate = (level: number): DeflateEncoder => {
  const parts: ZipParts = zipParts(level, ZLIB);
  const { blocks, input, scanner } = parts;
  const { sink } = parts.writer;
  /** The bytes before the segment, and the segment. */
  const bytes = new Uint8Array(MAX_DISTANCE + SEGMENT);
  let start = 0;
  let end = 0;

  const encode = (last: boolean): void => {
    input.restart(bytes.subarray(0, end));
    scanner.restart();
    if (start > 0) {
      blocks.discard(() => {
        scanner.scan(start - 1, input.end, -1);
      });
      scanner.restart();
    }
    input.blockStart = start;
    input.advance((lastPosition, stop) => {
      scanner.scan(lastPosition, stop, lastPosition);
    });
    scanToEnd(parts);
    if (last) {
      blocks.finish();
      sink.align();
      return;
    }
    blocks.flush();
    sink.reserve(16);
    if (sink.bitCount % 2 === 1) {
      sink.stored(bytes.subarray(0, 0), false);
    } else {
      // An empty block with fixed codes has ten bits.
      while (sink.bitCount % 8 !== 0) sink.bits(0b10, 10);
      sink.align();
    }
  };

  return {
    write(chunk) {
      for (let at = 0; at < chunk.length;) {
        if (end === start + SEGMENT) {
          encode(false);
          bytes.copyWithin(0, end - MAX_DISTANCE, end);
          start = MAX_DISTANCE;
          end = start;
        }
        const count = Math.min(chunk.length - at, start + SEGMENT - end);
        bytes.set(chunk.subarray(at, at + count), end);
        end += count;
        at += count;
      }
    },
    finish() {
      encode(true);
    },
    take: () => sink.take(),
  };
};
