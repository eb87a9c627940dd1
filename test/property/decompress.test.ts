import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { gunzipSync as fflateGunzip } from 'fflate';
import { describe, expect, it } from 'vitest';
import type { Compression } from '../../src/codec/compression.js';
import {
  BZIP2,
  PIGZ,
  XZ_CRC64,
  XZ_SHA256_BLOCKS,
  ZSTD,
  ZSTD_NO_CHECK,
  sampleText,
} from '../unit/codec/compressed-fixture.js';
import { join, outcomeOf } from '../unit/codec/decompress-outcome.js';

const FIXTURES: readonly [Compression, Uint8Array][] = [
  ['gzip', PIGZ],
  ['zstd', ZSTD],
  ['zstd', ZSTD_NO_CHECK],
  ['bzip2', BZIP2],
  ['xz', XZ_CRC64],
  ['xz', XZ_SHA256_BLOCKS],
];

/** Sizes of chunks, empty ones included; what is left comes in one. */
const chunking = fc.array(fc.oneof(fc.constant(1), fc.nat(64), fc.nat(2000)), { maxLength: 400 });

describe('decompress', () => {
  it('gives the same bytes for any chunking', async () => {
    const plain = join(sampleText(), sampleText());
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...FIXTURES), chunking, async ([compression, stream], sizes) => {
        const { bytes } = await outcomeOf(join(stream, stream), compression, { sizes });
        expect(Buffer.from(bytes ?? []).equals(plain)).toBe(true);
      }),
    );
  });

  it('gives the same answer to damage for any chunking', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...FIXTURES),
        fc.nat(10_000),
        fc.integer({ min: 1, max: 255 }),
        chunking,
        async ([compression, stream], place, mask, sizes) => {
          const damaged = stream.slice();
          const index = place % damaged.length;
          damaged[index] = (damaged[index] ?? 0) ^ mask;
          const whole = await outcomeOf(damaged, compression);
          const pieces = await outcomeOf(damaged, compression, { sizes });
          expect(pieces).toStrictEqual(whole);
        },
      ),
    );
  });

  it('ends on bytes that only begin like a compressed stream', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...FIXTURES),
        fc.nat(40),
        fc.uint8Array({ maxLength: 300 }),
        async ([compression, stream], kept, rest) => {
          const bytes = join(stream.subarray(0, kept), rest);
          const outcome = await outcomeOf(bytes, compression, { limits: { decompressed: 1_000_000 } });
          // Chance may make a valid stream; what it may not do is throw anything but a ToolError, or hang.
          expect(outcome.bytes === undefined).toBe(outcome.code !== undefined);
        },
      ),
    );
  });

  it('reads what zlib makes as fflate does, member for member', async () => {
    const members = fc.array(fc.uint8Array({ maxLength: 5000 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(members, fc.integer({ min: 0, max: 9 }), chunking, async (parts, level, sizes) => {
        const streams = parts.map((part) => new Uint8Array(gzipSync(part, { level })));
        const { bytes } = await outcomeOf(join(...streams), 'gzip', { sizes });
        const expected = join(...streams.map((stream) => fflateGunzip(stream)));
        expect(Buffer.from(bytes ?? []).equals(expected)).toBe(true);
      }),
    );
  });
});
