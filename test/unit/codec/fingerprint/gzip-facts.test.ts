import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { concatBytes } from '../../../../src/base/bytes.js';
import { ToolError } from '../../../../src/base/error.js';
import { DEFAULT_LIMITS } from '../../../../src/base/limits.js';
import { type GzipFacts, readGzipFacts } from '../../../../src/codec/fingerprint/gzip-facts.js';
import { always, chunked } from '../decompress-outcome.js';
import { DeflateWriter } from './deflate-writer.js';
import { ESTARGZ, GO_FLATE_1 } from './producer-fixture.js';

const BODY = [...new DeflateWriter().fixed([65, 66], true).bytes(), 1, 2, 3, 4, 2, 0, 0, 0];
const FIXED = [0x1f, 0x8b, 8, 0x1f, 1, 2, 3, 4, 2, 11];
const EXTRA = [3, 0, 7, 8, 9];
const HEADER_CRC = [0xaa, 0xbb];
const ascii = (value: string): number[] => [...new TextEncoder().encode(value)];

const read = (bytes: Uint8Array, size = bytes.length, budget?: number, gzipMembers = 100): Promise<GzipFacts> =>
  readGzipFacts(chunked(bytes, always(size)), { subject: 'blob', limits: { ...DEFAULT_LIMITS, gzipMembers } }, budget);

const codeOf = async (bytes: Uint8Array, budget?: number, members?: number): Promise<string> => {
  try {
    await read(bytes, bytes.length, budget, members);
    return 'none';
  } catch (error) {
    if (error instanceof ToolError) return error.code;
    throw error;
  }
};

describe('a header', () => {
  const bytes = Uint8Array.from([...FIXED, ...EXTRA, ...ascii('name\0comment\0'), ...HEADER_CRC, ...BODY]);

  it.for([1000, 3, 1])('is read from chunks of %i bytes', async (size) => {
    const facts = await read(bytes, size);
    expect(facts.header).toStrictEqual({
      flags: 0x1f,
      mtime: 0x04030201,
      extraFlags: 2,
      os: 11,
      extra: Uint8Array.of(7, 8, 9),
      name: 'name',
      comment: 'comment',
    });
    expect(facts).toMatchObject({ complete: true, members: 1, trailer: { crc32: 0x04030201, size: 2 } });
    expect(facts.lastExtra).toStrictEqual(Uint8Array.of(7, 8, 9));
  });

  it('of a Buffer from a pool is read as well', async () => {
    async function* pooled(): AsyncGenerator<Uint8Array> {
      yield Buffer.from([...new Uint8Array(5), ...bytes]).subarray(5);
    }
    const facts = await readGzipFacts(pooled(), { subject: 'blob', limits: DEFAULT_LIMITS });
    expect(facts.header).toMatchObject({ mtime: 0x04030201, os: 11 });
  });

  it.for<[name: string, head: readonly number[]]>([
    ['another magic', [0x1f, 0x8c, 8, 0, 0, 0, 0, 0, 0, 3]],
    ['another method', [0x1f, 0x8b, 7, 0, 0, 0, 0, 0, 0, 3]],
    ['reserved flags', [0x1f, 0x8b, 8, 0x20, 0, 0, 0, 0, 0, 3]],
    ['a name without end', [0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3, ...Array<number>(70_000).fill(65)]],
  ])('with %s is refused', async ([, head]) => {
    expect(await codeOf(Uint8Array.from([...head, ...BODY]))).toBe('GZIP_CORRUPT');
  });
});

it('shows codes that zlib never writes', async () => {
  expect((await read(GO_FLATE_1)).deflate.loneDistance).toBeGreaterThan(0);
  expect((await read(new Uint8Array(gzipSync(new Uint8Array(300_000))))).deflate.loneDistance).toBe(0);
});

describe('members', () => {
  const small = new Uint8Array(gzipSync('small'));
  const large = new Uint8Array(gzipSync('large '.repeat(1000)));

  it('are counted, and the largest one is told', async () => {
    const facts = await read(concatBytes([small, large, small]), 5);
    expect(facts).toMatchObject({ complete: true, members: 3, deflate: { bytesOut: 6000 } });
  });

  it('may be followed by something else', async () => {
    expect(await read(Uint8Array.from([...small, 0, 0, 0]))).toMatchObject({ complete: true, members: 1 });
  });

  it('have a footer in eStargz', async () => {
    const { lastExtra } = await read(ESTARGZ);
    expect(Buffer.from(lastExtra ?? []).toString('latin1')).toMatch(/^SG[^]{2}[0-9a-f]{16}STARGZ$/);
  });

  it('are limited in number', async () => {
    expect(await codeOf(concatBytes([small, small, small]), undefined, 2)).toBe('LIMIT_GZIP_MEMBERS');
    expect(await codeOf(concatBytes([small, small]), undefined, 2)).toBe('none');
  });

  it('are left when the budget runs out, and the stream is ended', async () => {
    let ended = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield large;
      } finally {
        ended = true;
      }
    }
    const facts = await readGzipFacts(endless(), { subject: 'blob', limits: DEFAULT_LIMITS }, 20_000);
    expect(facts).toMatchObject({ complete: false, members: 4, trailer: undefined });
    expect(ended).toBe(true);
  });

  it('are found cut at every byte', async () => {
    for (let length = 0; length < small.length; length += 1) {
      expect(await codeOf(small.subarray(0, length))).toBe('GZIP_CORRUPT');
    }
  });
});
