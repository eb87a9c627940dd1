import { deflateRawSync, gzipSync } from 'node:zlib';
import { gunzipSync as fflateGunzip } from 'fflate';
import { describe, expect, it } from 'vitest';
import { PIGZ, sampleText } from './compressed-fixture.js';
import { always, flipped, join, outcomeOf, weakSpots } from './decompress-outcome.js';

const gzip = (bytes: Uint8Array | string): Uint8Array => new Uint8Array(gzipSync(bytes));
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const zeros = (count: number): Uint8Array => new Uint8Array(count);
const garbage = text('garbage');

/** Bytes that deflate cannot shrink, the same on every run. */
const noise = (length: number): Uint8Array => {
  let state = 7;
  return Uint8Array.from({ length }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return state & 0xff;
  });
};

const A = gzip('alpha ');
const B = gzip('beta');
const BIG = noise(700_000);
const BIG_GZIP = gzip(BIG);

/** A member with chosen flags and header fields. */
const member = (flags: number, fields: Uint8Array): Uint8Array =>
  join(Uint8Array.of(0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 3), fields, A.subarray(10));

describe('what is read', () => {
  it.for<[name: string, stream: Uint8Array, plain: Uint8Array]>([
    ['one member', A, text('alpha ')],
    ['Z01 two members', join(A, B), text('alpha beta')],
    ['an empty member', gzip(''), zeros(0)],
    ['empty members between others', join(gzip(''), A, gzip(''), gzip(''), B), text('alpha beta')],
    ['Z01 pigz', PIGZ, sampleText()],
    ['a member larger than any buffer', BIG_GZIP, BIG],
    ['small, large and small members', join(A, BIG_GZIP, B, BIG_GZIP), join(text('alpha '), BIG, text('beta'), BIG)],
    ['a small member with much in it', gzip(zeros(3_000_000)), zeros(3_000_000)],
    [
      'extra field, name and comment',
      member(0x1c, join(Uint8Array.of(3, 0, 1, 2, 3), text('name\0comment\0'))),
      text('alpha '),
    ],
    ['a text flag', member(0x01, zeros(0)), text('alpha ')],
    ['a header checksum', member(0x0a, join(text('n\0'), Uint8Array.of(0x23, 0x34))), text('alpha ')],
  ])('%s', async ([, stream, plain]) => {
    for (const size of [stream.length, 1000, 1]) {
      if (size === 1 && stream.length > 10_000) continue;
      const outcome = await outcomeOf(stream, 'gzip', { sizes: always(size) });
      expect(outcome.code).toBeUndefined();
      expect(Buffer.from(outcome.bytes ?? []).equals(plain)).toBe(true);
      expect(outcome.notes).toStrictEqual([]);
    }
  });

  it('is what fflate reads', async () => {
    for (const stream of [PIGZ, A, BIG_GZIP]) {
      const { bytes } = await outcomeOf(stream, 'gzip');
      expect(Buffer.from(bytes ?? []).equals(fflateGunzip(stream))).toBe(true);
    }
  });

  it('Z02 zeros to the end, with a note', async () => {
    for (const count of [1, 3, 512, 100_000]) {
      expect(await outcomeOf(join(A, zeros(count)), 'gzip')).toStrictEqual({
        bytes: text('alpha '),
        notes: ['GZIP_TRAILING_DATA'],
      });
    }
  });

  it('Z05 a hundred thousand empty members', async () => {
    const empty = gzip('');
    const stream = new Uint8Array(Buffer.alloc(empty.length * 100_000, empty));
    expect(await outcomeOf(stream, 'gzip')).toStrictEqual({ bytes: zeros(0), notes: [] });
  });
});

describe('what is refused', () => {
  const trailer = A.length - 8;
  const largeTrailer = BIG_GZIP.length - 8;
  it.for<[name: string, stream: Uint8Array, code: string, offset: number | undefined]>([
    ['nothing', zeros(0), 'GZIP_CORRUPT', 0],
    ['zeros', zeros(100), 'GZIP_CORRUPT', 0],
    ['Z02 zeros, then a member', join(A, zeros(2), B), 'GZIP_TRAILING_DATA', A.length],
    ['Z02 many zeros, then one byte', join(A, zeros(200_000), Uint8Array.of(1)), 'GZIP_TRAILING_DATA', A.length],
    ['Z03 garbage', join(A, garbage), 'GZIP_TRAILING_DATA', A.length],
    ['Z03 garbage behind a large member', join(BIG_GZIP, garbage), 'GZIP_TRAILING_DATA', BIG_GZIP.length],
    ['Z04 wrong CRC', flipped(A, trailer, 1), 'GZIP_CORRUPT', trailer],
    ['Z04 wrong CRC of a large member', flipped(BIG_GZIP, largeTrailer, 1), 'GZIP_CORRUPT', largeTrailer],
    ['Z04 wrong size', flipped(A, trailer + 4, 1), 'GZIP_CORRUPT', trailer + 4],
    ['Z04 wrong size of a large member', flipped(BIG_GZIP, largeTrailer + 7, 1), 'GZIP_CORRUPT', largeTrailer + 4],
    ['Z04 reserved flags', member(0x20, zeros(0)), 'GZIP_CORRUPT', 3],
    ['Z04 reserved flags in the second member', join(A, member(0x80, zeros(0))), 'GZIP_CORRUPT', A.length + 3],
    ['another method', flipped(A, 2, 1), 'GZIP_CORRUPT', 2],
    ['a wrong header checksum', member(0x0a, join(text('n\0'), Uint8Array.of(0x22, 0x34))), 'GZIP_CORRUPT', 12],
    ['a name without an end', member(0x08, zeros(0)).subarray(0, 11), 'GZIP_CORRUPT', 11],
    ['an impossible deflate block', join(A.subarray(0, 10), Uint8Array.of(7, 7, 7)), 'GZIP_CORRUPT', 10],
    ['deflate without a frame', new Uint8Array(deflateRawSync(noise(50))), 'GZIP_CORRUPT', 0],
    ['a large member, cut', BIG_GZIP.subarray(0, 500_000), 'GZIP_CORRUPT', 500_000],
    ['a large member without its trailer', BIG_GZIP.subarray(0, largeTrailer), 'GZIP_CORRUPT', largeTrailer],
    ['a second member, cut', join(A, B.subarray(0, 1)), 'GZIP_CORRUPT', A.length + 1],
  ])('%s', async ([, stream, code, offset]) => {
    const outcome = await outcomeOf(stream, 'gzip');
    expect(outcome).toStrictEqual({ code, notes: [], ...(offset === undefined ? {} : { offset }) });
    // In pieces that end anywhere, the same answer.
    expect(await outcomeOf(stream, 'gzip', { sizes: always(stream.length > 10_000 ? 4093 : 1) })).toStrictEqual(
      outcome,
    );
  });

  it('a large member with damaged data', async () => {
    const stream = gzip(text(Array.from({ length: 60_000 }, (_, index) => `line ${index * 7919}\n`).join('')));
    const { code, offset } = await outcomeOf(flipped(stream, 150_000, 0xff), 'gzip');
    expect([code, offset === 10 || offset === stream.length - 8]).toStrictEqual(['GZIP_CORRUPT', true]);
  });

  it('Z04 every cut and every flip', async () => {
    expect(await weakSpots(PIGZ, sampleText(), 'gzip', 'GZIP_CORRUPT')).toStrictEqual([]);
  });

  it('more members than the limit, exactly', async () => {
    const stream = join(A, A, A);
    const outcome = (gzipMembers: number) => outcomeOf(stream, 'gzip', { limits: { gzipMembers } });
    expect((await outcome(4)).code).toBeUndefined();
    expect((await outcome(3)).code).toBeUndefined();
    expect(await outcome(2)).toStrictEqual({ code: 'LIMIT_GZIP_MEMBERS', offset: 2 * A.length, notes: [] });
  });
});
