import { describe, expect, it } from 'vitest';
import { ZSTD, ZSTD_DICT, ZSTD_NO_CHECK, ZSTD_RUNS, sampleText } from './compressed-fixture.js';
import { always, flipped, join, outcomeOf, weakSpots } from './decompress-outcome.js';

const MAGIC = [0x28, 0xb5, 0x2f, 0xfd];
const of = (...bytes: readonly number[]): Uint8Array => Uint8Array.from(bytes);
const zeros = (count: number): Uint8Array => new Uint8Array(count);
const text = sampleText();

/** A frame of a window descriptor and blocks, by hand. */
const frame = (window: number, ...blocks: readonly number[]): Uint8Array => of(...MAGIC, 0x00, window, ...blocks);
const block = (type: number, size: number, isLast: boolean): number[] => {
  const header = (size << 3) | (type << 1) | (isLast ? 1 : 0);
  return [header & 0xff, (header >> 8) & 0xff, header >> 16];
};
const RAW = frame(0x00, ...block(0, 3, true), 0x61, 0x62, 0x63);
const RLE = frame(0x58, ...block(1, 100_000, false), 0x61, ...block(1, 1000, true), 0x62);
const ABC = [0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68];
/**
 * One sequence of predefined codes whose states are all 0: no literals, then a match of 3 at the second of the
 * recent offsets, 4 when a frame begins. Ends in three bytes of bits, the highest the mark.
 */
const SEQUENCE = [0x00, 0x01, 0x00, 0x00, 0x00, 0x02];
const MATCH = frame(0, ...block(0, 8, false), ...ABC, ...block(2, 6, true), ...SEQUENCE);
/** Three literals in a Huffman code of one bit each; no sequences. The last byte but one is the bits and their mark. */
const huffman = (bits: number): Uint8Array => frame(0, ...block(2, 7, true), 0x32, 0xc0, 0x00, 0x80, 0x10, bits, 0x00);
const SKIP = of(0x50, 0x2a, 0x4d, 0x18, 5, 0, 0, 0, 1, 2, 3, 4, 5);
const EMPTY_SKIP = of(0x5f, 0x2a, 0x4d, 0x18, 0, 0, 0, 0);

describe('what is read', () => {
  it.for<[name: string, stream: Uint8Array, plain: Uint8Array]>([
    ['one frame with a checksum', ZSTD, text],
    ['one frame without', ZSTD_NO_CHECK, text],
    ['a raw block', RAW, of(0x61, 0x62, 0x63)],
    ['RLE blocks', RLE, new Uint8Array(Buffer.concat([Buffer.alloc(100_000, 'a'), Buffer.alloc(1000, 'b')]))],
    ['RLE blocks by zstd', ZSTD_RUNS, zeros(300_000)],
    ['a match', MATCH, of(...ABC, 0x65, 0x66, 0x67)],
    [
      'frames that leave each other nothing',
      join(MATCH, MATCH),
      of(...ABC, 0x65, 0x66, 0x67, ...ABC, 0x65, 0x66, 0x67),
    ],
    ['Huffman literals', huffman(0b1011), of(0, 1, 1)],
    ['an empty last block', frame(0, ...block(0, 0, true)), zeros(0)],
    ['a dictionary ID of zero', of(...MAGIC, 0x01, 0x00, 0x00, ...block(0, 0, true)), zeros(0)],
    ['Z08 two frames', join(ZSTD, ZSTD_NO_CHECK), join(text, text)],
    ['Z08 skippable first', join(SKIP, ZSTD), text],
    ['Z08 skippable in the middle', join(RAW, EMPTY_SKIP, SKIP, RAW), of(0x61, 0x62, 0x63, 0x61, 0x62, 0x63)],
    ['Z08 skippable last', join(ZSTD, SKIP), text],
    ['Z08 skippable only', SKIP, zeros(0)],
  ])('%s', async ([, stream, plain]) => {
    for (const size of [stream.length, 7, 1]) {
      const outcome = await outcomeOf(stream, 'zstd', { sizes: always(size) });
      expect(outcome.code).toBeUndefined();
      expect(Buffer.from(outcome.bytes ?? []).equals(plain)).toBe(true);
      expect(outcome.notes).toStrictEqual([]);
    }
  });

  it('Z09 zeros to the end, with a note', async () => {
    for (const count of [1, 4, 5, 100_000]) {
      expect(await outcomeOf(join(ZSTD, zeros(count)), 'zstd')).toStrictEqual({
        bytes: text,
        notes: ['ZSTD_TRAILING_DATA'],
      });
    }
  });
});

describe('what is refused', () => {
  const end = ZSTD.length;
  it.for<[name: string, stream: Uint8Array, code: string, offset: number]>([
    ['nothing', zeros(0), 'ZSTD_CORRUPT', 0],
    ['zeros', zeros(100), 'ZSTD_CORRUPT', 0],
    ['Z09 garbage', join(ZSTD, of(1, 2, 3, 4, 5)), 'ZSTD_TRAILING_DATA', end],
    ['Z09 one byte', join(ZSTD, of(1)), 'ZSTD_TRAILING_DATA', end],
    ['Z09 zeros, then a frame', join(ZSTD, zeros(4), ZSTD), 'ZSTD_TRAILING_DATA', end],
    ['Z09 a magic, cut', join(ZSTD, of(0x28, 0xb5)), 'ZSTD_CORRUPT', end],
    ['Z09 wrong checksum', flipped(ZSTD, end - 1, 1), 'ZSTD_CORRUPT', end - 4],
    ['Z09 a wrong checksum in the first frame', join(flipped(ZSTD, end - 1, 1), ZSTD), 'ZSTD_CORRUPT', end - 4],
    ['another content size', of(...MAGIC, 0x20, 4, ...block(0, 3, true), 1, 2, 3), 'ZSTD_CORRUPT', 0],
    ['a skippable frame, cut', SKIP.subarray(0, 12), 'ZSTD_CORRUPT', 12],
    ['a reserved block type', frame(0, ...block(3, 0, true)), 'ZSTD_CORRUPT', 6],
    ['a block larger than the window', frame(0, ...block(1, 1025, true), 0), 'ZSTD_CORRUPT', 6],
    ['a block larger than 128 KiB', frame(0x58, ...block(1, 131_073, true), 0), 'ZSTD_CORRUPT', 6],
    ['an empty compressed block', frame(0, ...block(2, 0, true)), 'ZSTD_CORRUPT', 6],
    ['a match before the first byte', frame(0, ...block(2, 6, true), ...SEQUENCE), 'ZSTD_CORRUPT', 6],
    [
      'a match one byte too far back',
      frame(0, ...block(0, 3, false), 1, 2, 3, ...block(2, 6, true), ...SEQUENCE),
      'ZSTD_CORRUPT',
      12,
    ],
    [
      'sequences with bits left over',
      frame(0, ...block(0, 8, false), ...ABC, ...block(2, 7, true), ...SEQUENCE.slice(0, 5), 0, 2),
      'ZSTD_CORRUPT',
      17,
    ],
    ['literals with a bit left over', huffman(0b1_0110), 'ZSTD_CORRUPT', 6],
    ['literals with a bit too few', huffman(0b101), 'ZSTD_CORRUPT', 6],
    ['literals without an end mark', huffman(0), 'ZSTD_CORRUPT', 6],
    ['tables of a block that was not', frame(0, ...block(2, 6, true), 0x00, 0x01, 0xfc, 0, 0, 2), 'ZSTD_CORRUPT', 6],
    ['a reserved bit', of(...MAGIC, 0x08, 0, 1, 0, 0), 'CODEC_UNSUPPORTED', 0],
    ['a dictionary', ZSTD_DICT, 'CODEC_UNSUPPORTED', 0],
    ['Z07 window 2^41', frame(31 << 3, 1, 0, 0), 'ZSTD_WINDOW', 0],
    ['Z07 content size 2^62', of(...MAGIC, 0xe0, 0, 0, 0, 0, 0, 0, 0, 0x40, 1, 0, 0), 'ZSTD_WINDOW', 0],
    ['Z07 window above 2^27', frame((17 << 3) | 1, 1, 0, 0), 'ZSTD_WINDOW', 0],
    ['Z07 in the second frame', join(RAW, frame(31 << 3, 1, 0, 0)), 'ZSTD_WINDOW', RAW.length],
  ])('%s', async ([, stream, code, offset]) => {
    const outcome = await outcomeOf(stream, 'zstd');
    expect(outcome).toStrictEqual({ code, offset, notes: [] });
    expect(await outcomeOf(stream, 'zstd', { sizes: always(1) })).toStrictEqual(outcome);
  });

  it('not a window of 2^27, for which no memory is taken that no data fill', async () => {
    const before = process.memoryUsage().arrayBuffers;
    const stream = frame(17 << 3, ...block(1, 10, true), 0x61);
    expect((await outcomeOf(stream, 'zstd')).bytes).toHaveLength(10);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 * 1024);
  });

  it('every cut and every flip', async () => {
    expect(await weakSpots(ZSTD, text, 'zstd', 'ZSTD_CORRUPT')).toStrictEqual([]);
  });

  it('without a checksum still every cut', async () => {
    const found: string[] = [];
    for (let length = 0; length < ZSTD_NO_CHECK.length; length += 1) {
      const { code } = await outcomeOf(ZSTD_NO_CHECK.subarray(0, length), 'zstd');
      if (code !== 'ZSTD_CORRUPT') found.push(`${length}: ${code}`);
    }
    expect(found).toStrictEqual([]);
  });

  it('Z06 a bomb of RLE blocks, as soon as it passes the limit', async () => {
    const blocks = Array.from({ length: 20_000 }, () => [...block(1, 131_072, false), 0]).flat();
    const bomb = join(frame(0x58), Uint8Array.from(blocks), of(1, 0, 0));
    expect((await outcomeOf(bomb, 'zstd', { limits: { decompressed: 4_000_000 } })).code).toBe('LIMIT_DECOMPRESSED');
    const limits = { decompressedFree: 1_000_000, decompressionRatio: 10 };
    expect((await outcomeOf(bomb, 'zstd', { limits })).code).toBe('LIMIT_DECOMPRESSED');
  });
});
