import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type ByteStream, streamOf, utf8 } from '../../../src/base/bytes.js';
import { DEFAULT_LIMITS } from '../../../src/base/limits.js';
import { type Compression, SNIFF_LENGTH, decompress, sniffCompression } from '../../../src/codec/compression.js';
import { loadXxh64 } from '../../../src/codec/xxhash64.js';
import { BZIP2, BZIP2_RUNS, PIGZ, XZ_CRC64, ZSTD, ZSTD_RUNS, sampleText } from './compressed-fixture.js';
import { outcomeOf } from './decompress-outcome.js';

const of = (...bytes: readonly number[]): Uint8Array => Uint8Array.from(bytes);
const ALL: readonly [Exclude<Compression, 'none'>, Uint8Array][] = [
  ['gzip', PIGZ],
  ['zstd', ZSTD],
  ['bzip2', BZIP2],
  ['xz', XZ_CRC64],
];
const options = { subject: 'blob', limits: DEFAULT_LIMITS };

describe('sniffCompression', () => {
  it.for<[name: string, head: Uint8Array, compression: Compression]>([
    ['nothing', of(), 'none'],
    ['gzip', PIGZ.subarray(0, SNIFF_LENGTH), 'gzip'],
    ['gzip of an unknown method', of(0x1f, 0x8b, 7), 'none'],
    ['zstd', ZSTD.subarray(0, SNIFF_LENGTH), 'zstd'],
    ['Z08 a skippable frame of zstd', of(0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0), 'zstd'],
    ['the last kind of skippable frame', of(0x5f, 0x2a, 0x4d, 0x18, 0, 0, 0, 0), 'zstd'],
    ['no kind of skippable frame', of(0x60, 0x2a, 0x4d, 0x18, 0, 0, 0, 0), 'none'],
    ['bzip2', BZIP2.subarray(0, SNIFF_LENGTH), 'bzip2'],
    ['an empty bzip2 stream', of(0x42, 0x5a, 0x68, 0x39, 0x17, 0x72, 0x45, 0x38, 0x50, 0x90), 'bzip2'],
    ['a bzip2 stream, cut', BZIP2.subarray(0, 5), 'bzip2'],
    ['a tar whose first name looks like bzip2', utf8('BZh9/readme'), 'none'],
    ['bzip2 of level 0', of(0x42, 0x5a, 0x68, 0x30, 0x31, 0x41), 'none'],
    ['xz', XZ_CRC64.subarray(0, SNIFF_LENGTH), 'xz'],
    ['lzma of old', of(0x5d, 0, 0, 0x80, 0), 'none'],
    ['a tar', utf8('layer.tar\0\0\0'), 'none'],
  ])('%s', ([, head, compression]) => {
    expect(sniffCompression(head)).toBe(compression);
  });
});

describe('decompress', () => {
  it('passes plain bytes through, the same memory', async () => {
    const bytes = utf8('plain');
    const chunks: Uint8Array[] = [];
    for await (const chunk of decompress(streamOf(bytes), 'none', options)) chunks.push(chunk);
    expect(chunks).toHaveLength(1);
    expect(chunks[0]).toBe(bytes);
  });

  it.for(ALL)('Z06 %s: the size limit holds to the byte', async ([compression, stream]) => {
    const size = sampleText().length;
    const outcome = (decompressed: number) => outcomeOf(stream, compression, { limits: { decompressed } });
    expect((await outcome(size)).bytes).toHaveLength(size);
    expect(await outcome(size - 1)).toStrictEqual({ code: 'LIMIT_DECOMPRESSED', notes: [] });
  });

  it('holds plain bytes to the size limit', async () => {
    const { code } = await outcomeOf(new Uint8Array(11), 'none', { limits: { decompressed: 10 } });
    expect(code).toBe('LIMIT_DECOMPRESSED');
  });

  it.for(ALL)('Z06 %s: the ratio is tested behind the free bytes only', async ([compression, stream]) => {
    const size = sampleText().length;
    const outcome = (decompressedFree: number, decompressionRatio: number) =>
      outcomeOf(stream, compression, { limits: { decompressedFree, decompressionRatio } });
    expect((await outcome(size, 2)).code).toBeUndefined();
    expect((await outcome(size - 1, 2)).code).toBe('LIMIT_DECOMPRESSED');
    expect((await outcome(0, size / stream.length + 0.01)).code).toBeUndefined();
  });

  it('Z06 a gzip bomb is stopped before it is unpacked', async () => {
    const bomb = new Uint8Array(gzipSync(new Uint8Array(50_000_000)));
    const outcome = await outcomeOf(bomb, 'gzip', { limits: { decompressedFree: 1_000_000, decompressionRatio: 500 } });
    expect(outcome.code).toBe('LIMIT_DECOMPRESSED');
  });
});

/** A stream that says how it ended. */
const watched = (
  chunks: readonly Uint8Array[],
  failure?: Error,
): { readonly stream: ByteStream; readonly state: { ended: boolean } } => {
  const state = { ended: false };
  const generate = async function* (): ByteStream {
    try {
      yield* chunks;
      if (failure !== undefined) throw failure;
    } finally {
      state.ended = true;
    }
  };
  return { stream: generate(), state };
};

describe('the input', () => {
  const noise = Uint8Array.from({ length: 2_000_000 }, (_, index) => (index * index * 2_654_435_761) >>> 13);
  const LARGE: readonly [Compression, Uint8Array][] = [
    ...ALL,
    ['gzip', new Uint8Array(gzipSync(noise))],
    ['none', noise],
  ];
  const halves = (bytes: Uint8Array): Uint8Array[] => {
    const middle = bytes.length >> 1;
    return [bytes.subarray(0, middle), bytes.subarray(middle)];
  };

  it.for(LARGE)('%s: is ended when the consumer leaves', async ([compression, bytes]) => {
    const { stream, state } = watched([...halves(bytes), new Uint8Array(10), new Uint8Array(10)]);
    for await (const chunk of decompress(stream, compression, options)) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    expect(state.ended).toBe(true);
  });

  it.for(LARGE)('%s: passes its own error on, unchanged', async ([compression, bytes]) => {
    const failure = new Error('the disk is gone');
    const { stream, state } = watched(halves(bytes).slice(0, 1), failure);
    const run = async (): Promise<void> => {
      for await (const chunk of decompress(stream, compression, options)) expect(chunk.length).toBeGreaterThan(0);
    };
    await expect(run()).rejects.toBe(failure);
    expect(state.ended).toBe(true);
  });

  it.for<[Compression, Uint8Array]>([
    ['none', noise],
    ['gzip', new Uint8Array(gzipSync(noise))],
    ['zstd', ZSTD_RUNS],
    ['bzip2', BZIP2_RUNS],
  ])('%s: is ended by an abort, even when all of it has come', async ([compression, bytes]) => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const { stream, state } = watched([bytes, new Uint8Array(0)]);
    let count = 0;
    const run = async (): Promise<void> => {
      for await (const chunk of decompress(stream, compression, { ...options, signal: controller.signal })) {
        count += chunk.length;
        controller.abort(reason);
      }
    };
    await expect(run()).rejects.toBe(reason);
    expect(count).toBeGreaterThan(0);
    expect(state.ended).toBe(true);
  });

  it('is not asked for anything once the signal is given', async () => {
    const { stream, state } = watched([PIGZ]);
    const output = decompress(stream, 'gzip', { ...options, signal: AbortSignal.abort(new Error('before')) });
    await expect(output[Symbol.asyncIterator]().next()).rejects.toThrow('before');
    expect(state.ended).toBe(false);
  });

  it('is not touched before the first pull', () => {
    const { stream, state } = watched([PIGZ]);
    decompress(stream, 'gzip', options);
    expect(state.ended).toBe(false);
  });

  it('is one of many that are open at once', async () => {
    const outputs = Array.from({ length: 8 }, (_, index) => {
      const [compression, bytes] = ALL[index % ALL.length]!;
      return decompress(streamOf(bytes), compression, options)[Symbol.asyncIterator]();
    });
    const firsts = await Promise.all(outputs.map((output) => output.next()));
    for (const first of firsts) expect(first.done === true ? 0 : first.value.length).toBeGreaterThan(0);
    for (const output of outputs) await output.return?.();
  });
});

describe('XXH64', () => {
  it('gives the low half of the published value for nothing, in any pieces for something', async () => {
    const start = await loadXxh64();
    // XXH64("", 0) = ef46db3751d8e999, XXH64("abc", 0) = 44bc2cf5ad770999: the reference implementation's values.
    expect(start().low32()).toBe(0x51d8_e999);
    const hash = start();
    hash.update(utf8('a'));
    hash.update(utf8('bc'));
    expect(hash.low32()).toBe(0xad77_0999);
  });
});
