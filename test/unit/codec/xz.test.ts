import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { startCrc64 } from '../../../src/codec/crc64.js';
import { XZ_CRC32, XZ_CRC64, XZ_RUNS, XZ_SHA256_BLOCKS, XZ_X86, sampleText } from './compressed-fixture.js';
import { always, flipped, join, outcomeOf, weakSpots } from './decompress-outcome.js';

const zeros = (count: number): Uint8Array => new Uint8Array(count);
const text = sampleText();

describe('what is read', () => {
  it.for<[name: string, stream: Uint8Array, plain: Uint8Array]>([
    ['one stream, CRC64', XZ_CRC64, text],
    ['CRC32', XZ_CRC32, text],
    ['SHA-256, several blocks', XZ_SHA256_BLOCKS, text],
    ['long runs', XZ_RUNS, zeros(300_000)],
    ['Z13 two streams', join(XZ_CRC64, XZ_SHA256_BLOCKS), join(text, text)],
    ['Z13 padding of four zeros', join(XZ_CRC64, zeros(4)), text],
    ['Z13 padding between streams', join(XZ_CRC64, zeros(8), XZ_CRC32), join(text, text)],
  ])('%s', async ([, stream, plain]) => {
    for (const size of [stream.length, 7, 1]) {
      const outcome = await outcomeOf(stream, 'xz', { sizes: always(size) });
      expect(outcome.code).toBeUndefined();
      expect(Buffer.from(outcome.bytes ?? []).equals(plain)).toBe(true);
      expect(outcome.notes).toStrictEqual([]);
    }
  });
});

describe('what is refused', () => {
  const end = XZ_CRC64.length;
  it.for<[name: string, stream: Uint8Array, code: string, offset: number]>([
    ['nothing', zeros(0), 'XZ_CORRUPT', 0],
    ['Z13 padding of three zeros', join(XZ_CRC64, zeros(3)), 'XZ_CORRUPT', end],
    ['Z13 padding of five zeros', join(XZ_CRC64, zeros(5)), 'XZ_CORRUPT', end + 4],
    ['Z13 junk', join(XZ_CRC64, Uint8Array.of(1, 2, 3, 4)), 'XZ_CORRUPT', end],
    ['Z13 one byte', join(XZ_CRC64, Uint8Array.of(1)), 'XZ_CORRUPT', end],
    ['Z13 a second stream, cut', join(XZ_CRC64, XZ_CRC64.subarray(0, 6)), 'XZ_CORRUPT', end],
    ['a filter for machine code', XZ_X86, 'CODEC_UNSUPPORTED', 12],
  ])('%s', async ([, stream, code, offset]) => {
    const outcome = await outcomeOf(stream, 'xz');
    expect(outcome).toStrictEqual({ code, offset, notes: [] });
    expect(await outcomeOf(stream, 'xz', { sizes: always(1) })).toStrictEqual(outcome);
  });

  it('a dictionary larger than the limit', async () => {
    // xz -6 asks for 8 MiB.
    const outcome = (zstdWindow: number) => outcomeOf(XZ_CRC64, 'xz', { limits: { zstdWindow } });
    expect((await outcome(8 * 1024 * 1024)).code).toBeUndefined();
    expect(await outcome(8 * 1024 * 1024 - 1)).toStrictEqual({ code: 'CODEC_UNSUPPORTED', offset: 12, notes: [] });
  });

  it.for([XZ_CRC64, XZ_CRC32, XZ_SHA256_BLOCKS])('every cut and every flip', async (stream) => {
    expect(await weakSpots(stream, text, 'xz', 'XZ_CORRUPT')).toStrictEqual([]);
  });
});

/** The stream with one byte changed, and a checksum over bytes `from` to `to` made right again at `at`. */
const forged = (stream: Uint8Array, index: number, value: number, from: number, to: number, at: number): Uint8Array => {
  const copy = stream.slice();
  copy[index] = value;
  new DataView(copy.buffer).setUint32(at, crc32(copy.subarray(from, to)), true);
  return copy;
};

describe('what checksums do not cover', () => {
  const stream = XZ_SHA256_BLOCKS;
  const end = stream.length;
  const indexLength = (new DataView(stream.buffer, stream.byteOffset).getUint32(end - 8, true) + 1) * 4;
  const index = end - 12 - indexLength;
  const codeOf = async (bytes: Uint8Array): Promise<string | undefined> => (await outcomeOf(bytes, 'xz')).code;

  it('an index that lists other blocks', async () => {
    // Index: mark, count, then pairs of sizes of two bytes each.
    expect(stream.subarray(index, index + 2)).toStrictEqual(Uint8Array.of(0, 3));
    for (const at of [index + 1, index + 2, index + 4]) {
      const value = (stream[at] ?? 0) ^ 1;
      expect(await codeOf(forged(stream, at, value, index, end - 16, end - 16))).toBe('XZ_CORRUPT');
      expect(await codeOf(forged(stream, at, stream[at] ?? 0, index, end - 16, end - 16))).toBeUndefined();
    }
  });

  it('a footer with another check or index size', async () => {
    expect(await codeOf(forged(stream, end - 3, 4, end - 8, end - 2, end - 12))).toBe('XZ_CORRUPT');
    expect(await codeOf(forged(stream, end - 8, 99, end - 8, end - 2, end - 12))).toBe('XZ_CORRUPT');
    expect(await codeOf(forged(stream, end - 3, 10, end - 8, end - 2, end - 12))).toBeUndefined();
  });

  it('the last byte of the range coder, which changes no output', async () => {
    // Block header of 12 bytes behind the stream header, then an LZMA2 chunk: control, two sizes, properties.
    const stored = (XZ_CRC64[27] ?? 0) * 256 + (XZ_CRC64[28] ?? 0) + 1;
    expect(await codeOf(flipped(XZ_CRC64, 24 + 6 + stored - 1, 1))).toBe('XZ_CORRUPT');
  });

  it('a check that no encoder uses', async () => {
    expect(await codeOf(forged(stream, 7, 2, 6, 8, 8))).toBe('CODEC_UNSUPPORTED');
  });
});

describe('CRC-64', () => {
  const hexOf = (...pieces: readonly Uint8Array[]): string => {
    const sum = startCrc64();
    for (const piece of pieces) sum.update(piece);
    return Buffer.from(sum.digest()).reverse().toString('hex');
  };
  const digits = new TextEncoder().encode('123456789');

  it('gives the check value of CRC-64/XZ in the catalogue of CRCs', () => {
    expect(hexOf(digits)).toBe('995dc9bbdf1939fa');
  });

  it('does not depend on pieces', () => {
    for (let cut = 0; cut <= digits.length; cut += 1) {
      expect(hexOf(digits.subarray(0, cut), digits.subarray(cut))).toBe('995dc9bbdf1939fa');
    }
  });
});
