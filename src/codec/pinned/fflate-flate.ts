import { Deflate } from 'fflate';
import { concatBytes } from '../../base/bytes.js';
import type { DeflateEncoder } from './deflate-encoder.js';

/** Bytes that fflate gets at a time. Its output depends on them, so they belong to the codec. */
const PIECE = 64 * 1024;
/** fflate's `mem`: 2^(12 + 8) buckets. It is set because the default follows from a logarithm of the size. */
const MEMORY = 8;

/** An encoder with the bytes of fflate 0.8 that is given pieces of 64 KiB, the last of them as the final one. */
export const fflateFlate = (level: 1 | 6 | 9): DeflateEncoder => {
  const piece = new Uint8Array(PIECE);
  let filled = 0;
  let ready: Uint8Array[] = [];
  const deflate = new Deflate({ level, mem: MEMORY }, (chunk) => {
    ready.push(chunk);
  });
  return {
    write(bytes) {
      for (let at = 0; at < bytes.length;) {
        if (filled === PIECE) {
          deflate.push(piece);
          filled = 0;
        }
        const count = Math.min(bytes.length - at, PIECE - filled);
        piece.set(bytes.subarray(at, at + count), filled);
        filled += count;
        at += count;
      }
    },
    finish() {
      deflate.push(piece.subarray(0, filled), true);
    },
    take() {
      const taken = concatBytes(ready);
      ready = [];
      return taken;
    },
  };
};
