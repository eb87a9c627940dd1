import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ToolError } from '../../../../src/base/error.js';
import { DEFAULT_LIMITS } from '../../../../src/base/limits.js';
import { streamOf } from '../../../../src/base/bytes.js';
import type { DeflateFacts } from '../../../../src/codec/fingerprint/deflate-facts.js';
import { walkDeflate } from '../../../../src/codec/fingerprint/deflate-walk.js';
import { PullReader } from '../../../../src/codec/pull-reader.js';
import { sampleText } from '../compressed-fixture.js';
import { always, chunked } from '../decompress-outcome.js';
import { DeflateWriter, type Token } from './deflate-writer.js';

const CONTEXT = { subject: 'blob', limits: DEFAULT_LIMITS };
const ALL = { bytes: Number.MAX_SAFE_INTEGER };
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

const walk = (bytes: Uint8Array, size = bytes.length, budget = ALL): Promise<DeflateFacts> =>
  walkDeflate(new PullReader(chunked(bytes, always(size))), budget, CONTEXT);

const codeOf = async (bytes: Uint8Array): Promise<string> => {
  try {
    await walk(bytes);
    return 'none';
  } catch (error) {
    if (error instanceof ToolError) return error.code;
    throw error;
  }
};

const literals = (count: number): Token[] => Array.from({ length: count }, (_, index) => index & 0xff);

describe('what blocks and tokens tell', () => {
  const writer = new DeflateWriter()
    .fixed([...literals(5000), [3, 5000], [3, 4096], [4, 4097], [258, 1]])
    .fixed(literals(10))
    .stored(text('stored'))
    .stored(text(''))
    .fixed([])
    .fixed([1, 2, 3])
    .stored(text(''), true)
    .bytes();

  it('is counted', async () => {
    const facts = await walk(writer);
    expect(facts).toMatchObject({
      complete: true,
      bytesIn: writer.length,
      bytesOut: 5000 + 3 + 3 + 4 + 258 + 10 + 6 + 3,
      stored: 3,
      fixed: 4,
      dynamic: 0,
      literals: 5013,
      matches: 4,
      maxTokens: 5004,
      flushesStored: 1,
      flushesFixed: 1,
      lastFlush: 5284,
      length3: 2,
      length3Far: 1,
      length4Far: 1,
      maxLength: 258,
      maxDistance: 5000,
      final: 'empty-stored',
    });
    // The stored block ends at a flush, so it is no inner one.
    expect(facts.innerTokens.total).toBe(2);
    expect(facts.innerTokens.count(5004)).toBe(1);
    expect(facts.innerTokens.count(10)).toBe(1);
    expect(facts.innerBytes.max).toBe(5268);
    expect(facts.storedBytes.only).toBe(6);
    expect(facts.flushSpacing.only).toBe(5284);
  });

  it('does not depend on how the data come', async () => {
    const whole = await walk(writer);
    for (const size of [1, 7, 1000]) expect(await walk(writer, size)).toStrictEqual(whole);
  });

  it.for<[final: string, last: Uint8Array]>([
    ['data', new DeflateWriter().fixed([1], true).bytes()],
    ['empty-fixed', new DeflateWriter().fixed([1]).fixed([], true).bytes()],
    ['empty-stored', new DeflateWriter().fixed([1]).stored(text(''), true).bytes()],
  ])('ends in %s', async ([final, last]) => {
    expect((await walk(last)).final).toBe(final);
  });

  it('is seen in the description of a dynamic block', async () => {
    const lengthCode = [0, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
    const dynamic = new DeflateWriter().number(5, 3).number(1, 5).number(2, 5).number(14, 4);
    for (const length of lengthCode) dynamic.number(length, 3);
    // 255 zeros in two runs, twice length 1, three zeros of which two belong to distances, and length 1 once more.
    dynamic.number(3, 2).number(127, 7).number(3, 2).number(106, 7).number(0, 2);
    dynamic.number(1, 2).number(0, 3).number(0, 1);
    const bytes = dynamic.number(0, 1).number(1, 1).bytes();
    expect([...inflateRawSync(bytes)]).toStrictEqual([255]);
    expect(await walk(bytes)).toMatchObject({ dynamic: 1, literals: 1, loneDistance: 1, joinedRuns: 1, final: 'data' });
  });

  it('leaves the reader behind the data', async () => {
    const reader = new PullReader(streamOf(Uint8Array.from([...writer, 1, 2, 3])));
    await walkDeflate(reader, ALL, CONTEXT);
    expect([...reader.buffered]).toStrictEqual([1, 2, 3]);
    expect(reader.offset).toBe(writer.length);
  });

  it('stops when the budget runs out', async () => {
    const facts = await walk(writer, 1000, { bytes: 5100 });
    expect(facts).toMatchObject({ complete: false, final: 'unread', bytesOut: 5268 });
    const noise = new DeflateWriter().fixed(literals(20_000)).bytes();
    expect(await walk(noise, 64, { bytes: 1000 })).toMatchObject({ complete: false, bytesOut: 1000 });
  });
});

describe('damaged data', () => {
  const start = (): DeflateWriter => new DeflateWriter().number(2, 3);

  it.for<[name: string, bytes: Uint8Array]>([
    ['nothing', text('')],
    ['a reserved block type', new DeflateWriter().number(7, 3).number(0, 64).bytes()],
    ['sizes of a stored block that differ', new DeflateWriter().number(1, 8).number(5, 16).number(5, 16).bytes()],
    ['a distance to before the beginning', start().symbol(65).symbol(257).distance(1).symbol(256).bytes()],
    ['length symbol 286', start().symbol(65).symbol(286).bytes()],
    ['distance symbol 30', start().symbol(65).symbol(257).distance(30).bytes()],
    ['too many literal symbols', new DeflateWriter().number(5, 3).number(31, 5).number(0, 100).bytes()],
    ['no code for code lengths', new DeflateWriter().number(5, 3).number(0, 14).number(0, 12).bytes()],
  ])('%s', async ([, bytes]) => {
    expect(await codeOf(bytes)).toBe('GZIP_CORRUPT');
  });

  it('is found wherever the data are cut', async () => {
    const whole = deflateRawSync(sampleText());
    for (let length = 0; length < whole.length; length += 1) {
      expect(await codeOf(whole.subarray(0, length))).toBe('GZIP_CORRUPT');
    }
  });

  it('is what zlib calls so', async () => {
    const whole = new Uint8Array(deflateRawSync(sampleText()));
    const accepts = (bytes: Uint8Array): boolean => {
      try {
        inflateRawSync(bytes);
        return true;
      } catch {
        return false;
      }
    };
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length * 8 - 1), async (bit) => {
        const bytes = whole.slice();
        bytes[bit >> 3]! ^= 1 << (bit & 7);
        expect(await codeOf(bytes)).toBe(accepts(bytes) ? 'none' : 'GZIP_CORRUPT');
      }),
      { numRuns: 300 },
    );
  });
});

describe('against zlib', () => {
  it('counts the bytes of every level and strategy', async () => {
    const { Z_DEFAULT_STRATEGY, Z_FILTERED, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED } = constants;
    const plain = Buffer.concat([sampleText(), new Uint8Array(70_000), sampleText()]);
    for (const level of [0, 1, 3, 6, 9]) {
      for (const strategy of [Z_DEFAULT_STRATEGY, Z_FILTERED, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED]) {
        const bytes = deflateRawSync(plain, { level, strategy, memLevel: 1 });
        const facts = await walk(bytes, 4096);
        expect(facts).toMatchObject({ bytesIn: bytes.length, bytesOut: plain.length, final: 'data' });
      }
    }
  });

  it('counts the bytes of any data', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), fc.integer({ min: 1, max: 700 }), async (plain, size) => {
        const bytes = deflateRawSync(plain);
        const facts = await walk(bytes, size);
        expect([facts.bytesIn, facts.bytesOut]).toStrictEqual([bytes.length, plain.length]);
      }),
      { numRuns: 100 },
    );
  });
});
