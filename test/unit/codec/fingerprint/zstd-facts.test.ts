import { describe, expect, it } from 'vitest';
import { concatBytes, streamOf } from '../../../../src/base/bytes.js';
import { ToolError } from '../../../../src/base/error.js';
import { DEFAULT_LIMITS } from '../../../../src/base/limits.js';
import { type ZstdFacts, readZstdFacts } from '../../../../src/codec/fingerprint/zstd-facts.js';
import { ZSTD, ZSTD_NO_CHECK } from '../compressed-fixture.js';
import { always, chunked } from '../decompress-outcome.js';
import { CHUNKED_SKOPEO_2, ZSTD_FILE, ZSTD_KLAUSPOST, ZSTD_SKOPEO_1, ZSTD_ZEROS } from './producer-fixture.js';

const CONTEXT = { subject: 'blob', limits: DEFAULT_LIMITS };
const MIB = 1024 * 1024;

const read = (bytes: Uint8Array, size = bytes.length): Promise<ZstdFacts> =>
  readZstdFacts(chunked(bytes, always(size)), CONTEXT);

const codeOf = async (bytes: Uint8Array): Promise<string> => {
  try {
    await readZstdFacts(streamOf(bytes), CONTEXT);
    return 'none';
  } catch (error) {
    if (error instanceof ToolError) return error.code;
    throw error;
  }
};

const skippable = (kind: number, body: readonly number[]): Uint8Array =>
  Uint8Array.from([0x50 + kind, 0x2a, 0x4d, 0x18, body.length, 0, 0, 0, ...body]);

it.for<[name: string, bytes: Uint8Array, facts: Partial<ZstdFacts>]>([
  ['zstd -19', ZSTD, { frames: 1, checksums: 1, maxWindow: 8 * MIB, sized: 0, compressed: 1 }],
  ['zstd without a check', ZSTD_NO_CHECK, { frames: 1, checksums: 0, maxWindow: 2 * MIB }],
  ['zstd of a file', ZSTD_FILE, { sized: 1, singleSegments: 1, maxWindow: 0, rawHead: undefined }],
  ['zstd of zeros', ZSTD_ZEROS, { rle: 2, compressed: 1, raw: 0 }],
  ['klauspost of zeros', ZSTD_KLAUSPOST, { rle: 0, compressed: 23, treeless: 0, maxWindow: 8 * MIB }],
  ['skopeo', ZSTD_SKOPEO_1, { rawHead: 8, raw: 1, compressed: 1, skippable: 0 }],
])('%s', async ([, bytes, facts]) => {
  for (const size of [bytes.length, 3, 1]) expect(await read(bytes, size)).toMatchObject({ ...facts, complete: true });
});

describe('skippable frames', () => {
  it('are told with their ends', async () => {
    const facts = await read(concatBytes([skippable(0, [1, 2]), ZSTD, skippable(15, [1, 2, 3, 4, 5, 6, 7, 8, 9])]));
    expect(facts).toMatchObject({ frames: 1, skippable: 2 });
    expect(facts.lastSkippable).toStrictEqual([
      { kind: 0, size: 2, tail: Uint8Array.of(1, 2) },
      { kind: 15, size: 9, tail: Uint8Array.of(2, 3, 4, 5, 6, 7, 8, 9) },
    ]);
  });

  it('of zstd:chunked end in its magic', async () => {
    const { lastSkippable } = await read(CHUNKED_SKOPEO_2, 5);
    expect(lastSkippable.map(({ tail }) => Buffer.from(tail).toString('latin1'))).toContain('GNUlInUx');
  });

  it('are told up to the last sixteen', async () => {
    const facts = await read(concatBytes(Array.from({ length: 20 }, (_, index) => skippable(0, [index]))));
    expect([facts.frames, facts.skippable, facts.lastSkippable.length]).toStrictEqual([0, 20, 16]);
    expect(facts.lastSkippable.at(-1)?.tail).toStrictEqual(Uint8Array.of(19));
  });
});

it('stops after many frames', async () => {
  let frames = 0;
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (; frames < 1_000_000; frames += 1000) yield concatBytes(Array<Uint8Array>(1000).fill(skippable(1, [0])));
  }
  expect(await readZstdFacts(endless(), CONTEXT)).toMatchObject({ complete: false, skippable: 65_536 });
  expect(frames).toBeLessThan(70_000);
});

describe('damaged data', () => {
  it.for<[name: string, bytes: Uint8Array, code: string]>([
    ['nothing', new Uint8Array(0), 'ZSTD_CORRUPT'],
    ['another magic', Uint8Array.of(1, 2, 3, 4, 5), 'ZSTD_CORRUPT'],
    ['a reserved feature', Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x08, 0, 0, 0, 0), 'CODEC_UNSUPPORTED'],
    ['a reserved block type', Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0, 7, 0, 0, 0), 'ZSTD_CORRUPT'],
  ])('%s', async ([, bytes, code]) => {
    expect(await codeOf(bytes)).toBe(code);
  });

  it('is found wherever the data are cut', async () => {
    for (let length = 0; length < ZSTD.length; length += 1) {
      expect(await codeOf(ZSTD.subarray(0, length))).toBe('ZSTD_CORRUPT');
    }
  });
});
