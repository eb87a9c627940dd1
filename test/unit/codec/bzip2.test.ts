import { describe, expect, it } from 'vitest';
import { BZIP2, BZIP2_RUNS, sampleText } from './compressed-fixture.js';
import { always, flipped, join, outcomeOf, weakSpots } from './decompress-outcome.js';

const zeros = (count: number): Uint8Array => new Uint8Array(count);
const text = sampleText();

/** What `bzip2 -9` makes of nothing: a header and an end mark (RFC-less, as bzip2 1.0.8 writes it). */
const NOTHING = Uint8Array.of(0x42, 0x5a, 0x68, 0x39, 0x17, 0x72, 0x45, 0x38, 0x50, 0x90, 0, 0, 0, 0);

describe('what is read', () => {
  it.for<[name: string, stream: Uint8Array, plain: Uint8Array]>([
    ['one stream', BZIP2, text],
    ['an empty stream', NOTHING, zeros(0)],
    ['Z12 two streams', join(BZIP2, BZIP2), join(text, text)],
    ['Z12 streams of different levels', join(NOTHING, BZIP2, NOTHING), text],
    ['blocks of the longest runs', BZIP2_RUNS, zeros(300_000)],
  ])('%s', async ([, stream, plain]) => {
    for (const size of [stream.length, 7, 1]) {
      const outcome = await outcomeOf(stream, 'bzip2', { sizes: always(size) });
      expect(outcome.code).toBeUndefined();
      expect(Buffer.from(outcome.bytes ?? []).equals(plain)).toBe(true);
      expect(outcome.notes).toStrictEqual([]);
    }
  });

  it('zeros to the end, with a note', async () => {
    expect(await outcomeOf(join(BZIP2, zeros(512)), 'bzip2')).toStrictEqual({
      bytes: text,
      notes: ['BZIP2_TRAILING_DATA'],
    });
  });
});

describe('what is refused', () => {
  const end = BZIP2.length;
  it.for<[name: string, stream: Uint8Array, code: string, offset: number]>([
    ['nothing', zeros(0), 'BZIP2_CORRUPT', 0],
    ['something else', zeros(20), 'BZIP2_CORRUPT', 0],
    ['Z12 garbage', join(BZIP2, Uint8Array.of(1, 2, 3, 4)), 'BZIP2_TRAILING_DATA', end],
    ['Z12 a header, cut', join(BZIP2, BZIP2.subarray(0, 3)), 'BZIP2_CORRUPT', end],
    ['Z12 zeros, then a stream', join(BZIP2, zeros(4), BZIP2), 'BZIP2_TRAILING_DATA', end],
    ['a wrong CRC of a block', flipped(BZIP2, 10, 1), 'BZIP2_CORRUPT', 4],
    ['a wrong CRC of the stream', flipped(NOTHING, 13, 1), 'BZIP2_CORRUPT', 4],
    ['a randomised block', flipped(BZIP2, 14, 0x80), 'CODEC_UNSUPPORTED', 4],
  ])('%s', async ([, stream, code, offset]) => {
    const outcome = await outcomeOf(stream, 'bzip2');
    expect(outcome).toStrictEqual({ code, offset, notes: [] });
    expect(await outcomeOf(stream, 'bzip2', { sizes: always(1) })).toStrictEqual(outcome);
  });

  it('every cut and every flip', async () => {
    expect(await weakSpots(BZIP2, text, 'bzip2', 'BZIP2_CORRUPT')).toStrictEqual([]);
  });

  it('a bomb, as soon as it passes the limit', async () => {
    const outcome = await outcomeOf(BZIP2_RUNS, 'bzip2', { limits: { decompressed: 299_999 } });
    expect(outcome.code).toBe('LIMIT_DECOMPRESSED');
  });
});
