import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { INPUTS } from '../../../../golden/codec/input.mjs';
import { type ByteStream, streamOf } from '../../../../src/base/bytes.js';
import { ToolError } from '../../../../src/base/error.js';
import { DEFAULT_PINNED_CODEC, PINNED_CODEC_IDS, pinnedCodec } from '../../../../src/codec/pinned/codec.js';
import { always } from '../decompress-outcome.js';
import { GZIP_IDS, collect, compressBytes } from './compress-bytes.js';

/** One codec of each encoder. */
const ENCODERS = [
  'go-flate-1.26/1',
  'go-flate-1.26/3',
  'go-flate-1.26/6',
  'zlib-1.3/2',
  'zlib-1.3/6',
  'gnu-gzip-1/6',
  'pigz-2/6',
  'pigz-2/1',
  'busybox-gzip/6',
  'fflate-0.8/6',
  'pgzip-1.15/5+256k',
  'pgzip-1.20/5',
];

/** Bytes with matches of all kinds and some noise. */
const sample = (size: number): Uint8Array => {
  const source = INPUTS['reaching']!();
  return Uint8Array.from({ length: size }, (_, at) => source[at % source.length]!);
};

describe('pinnedCodec', () => {
  it('knows the default', () => {
    expect(PINNED_CODEC_IDS).toContain(DEFAULT_PINNED_CODEC);
    expect(pinnedCodec(DEFAULT_PINNED_CODEC).id).toBe(DEFAULT_PINNED_CODEC);
  });

  it.for(['', 'go-flate-1.26', 'go-flate-1.26/0', 'go-flate-1.26/10', 'zlib-1.3/6+os1', 'gzip', '__proto__'])(
    'refuses the id %j',
    (id) => {
      expect(() => pinnedCodec(id)).toThrow(expect.objectContaining({ code: 'CODEC_UNKNOWN' }));
    },
  );

  it.for<[id: string, header: string]>([
    ['go-flate-1.26/1', '1f8b08000000000004ff'],
    ['go-flate-1.26/2', '1f8b08000000000000ff'],
    ['go-flate-1.26/6', '1f8b08000000000000ff'],
    ['go-flate-1.26/9', '1f8b08000000000002ff'],
    ['zlib-1.3/1', '1f8b0800000000000403'],
    ['zlib-1.3/6', '1f8b0800000000000003'],
    ['zlib-1.3/9', '1f8b0800000000000203'],
    ['zlib-1.3/6+os0', '1f8b0800000000000000'],
    ['zlib-1.3/6+os255', '1f8b08000000000000ff'],
    ['gnu-gzip-1/1', '1f8b0800000000000403'],
    ['gnu-gzip-1/6', '1f8b0800000000000003'],
    ['busybox-gzip/6', '1f8b0800000000000003'],
    ['pigz-2/9', '1f8b0800000000000203'],
    ['fflate-0.8/6', '1f8b0800000000000003'],
    ['pgzip-1.15/5', '1f8b080000096e8800ff'],
    ['pgzip-1.20/5+256k', '1f8b080000096e8800ff'],
  ])('%s begins with its own header', async ([id, header]) => {
    const output = await compressBytes(id, new Uint8Array(10));
    expect(Buffer.from(output.subarray(0, 10)).toString('hex')).toBe(header);
  });
});

describe('a pinned codec', () => {
  it.for(GZIP_IDS)('%s gives what any inflater takes back', async (id) => {
    for (const input of [new Uint8Array(0), Uint8Array.of(0), sample(70_000), new Uint8Array(200_000)]) {
      const output = await compressBytes(id, input);
      expect(gunzipSync(output).equals(input)).toBe(true);
    }
  });

  it.for(ENCODERS)('%s does not see how its input is cut', async (id) => {
    const input = sample(150_000);
    const whole = await compressBytes(id, input, [input.length]);
    for (const size of [1, 7, 4096, 32_768, 65_535, 65_536, 65_537]) {
      const cut = await compressBytes(id, input, always(size));
      expect(Buffer.compare(cut, whole), `chunks of ${size}`).toBe(0);
    }
    const cut = await compressBytes(id, input, [0, 1, 0, 0, 65_535, 1, 0, 40_000]);
    expect(Buffer.compare(cut, whole), 'empty chunks').toBe(0);
  });

  it.for(ENCODERS)('%s serves two streams at once', async (id) => {
    const codec = pinnedCodec(id);
    const one = sample(100_000);
    const other = new Uint8Array(90_000).fill(7);
    const [first, second] = await Promise.all([
      collect(codec.compress(streamOf(one))),
      collect(codec.compress(streamOf(other))),
    ]);
    expect(gunzipSync(first).equals(one)).toBe(true);
    expect(gunzipSync(second).equals(other)).toBe(true);
    expect(Buffer.compare(await compressBytes(id, one), first)).toBe(0);
  });

  it('passes an error of its input on unchanged', async () => {
    const failure = new ToolError('IO', 'cannot read');
    const failing = async function* (): ByteStream {
      yield new Uint8Array(100_000);
      throw failure;
    };
    await expect(collect(pinnedCodec(DEFAULT_PINNED_CODEC).compress(failing()))).rejects.toBe(failure);
  });

  it('ends its input when it is left', async () => {
    let ended = false;
    const endless = async function* (): ByteStream {
      try {
        for (;;) yield sample(100_000);
      } finally {
        ended = true;
      }
    };
    let taken = 0;
    for await (const chunk of pinnedCodec(DEFAULT_PINNED_CODEC).compress(endless())) {
      taken += chunk.length;
      if (taken > 200_000) break;
    }
    expect(ended).toBe(true);
  });
});
