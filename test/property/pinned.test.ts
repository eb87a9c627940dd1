import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { gunzipSync as fflateGunzip } from 'fflate';
import { describe, expect, it } from 'vitest';
import { concatBytes } from '../../src/base/bytes.js';
import { GZIP_IDS, compressBytes } from '../unit/codec/pinned/compress-bytes.js';

/** Bytes of few kinds, runs, and copies of what came before: the more of these, the more an encoder has to decide. */
const piece = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.uint8Array({ maxLength: 300, max: 3 }),
  fc.tuple(fc.nat(255), fc.nat(2000)).map(([byte, size]) => new Uint8Array(size).fill(byte)),
  fc
    .tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.nat(60))
    .map(([unit, count]) => concatBytes(Array.from({ length: count }, () => unit))),
);
const input = fc.array(fc.tuple(piece, fc.nat(3)), { maxLength: 12 }).map((pieces) => {
  const parts: Uint8Array[] = [];
  for (const [part, again] of pieces) {
    parts.push(part);
    const earlier = parts[parts.length - 1 - again];
    if (earlier !== undefined) parts.push(earlier);
  }
  return concatBytes(parts);
});

/** Sizes of chunks, empty ones included; what is left comes in one. */
const chunking = fc.array(fc.oneof(fc.constant(1), fc.nat(64), fc.nat(5000)), { maxLength: 100 });

describe('a pinned codec', () => {
  it('gives bytes that two inflaters turn into the input', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...GZIP_IDS), input, async (id, bytes) => {
        const output = await compressBytes(id, bytes);
        expect(gunzipSync(output).equals(bytes)).toBe(true);
        expect(Buffer.from(fflateGunzip(output)).equals(bytes)).toBe(true);
      }),
    );
  });

  it('gives the same bytes for any chunking', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...GZIP_IDS), input, chunking, async (id, bytes, sizes) => {
        const whole = await compressBytes(id, bytes, [bytes.length]);
        const cut = await compressBytes(id, bytes, sizes);
        expect(Buffer.compare(cut, whole)).toBe(0);
      }),
    );
  });
});
