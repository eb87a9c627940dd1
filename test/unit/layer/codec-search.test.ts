import { PINNED_CODEC_IDS, pinnedCodec } from '../../../src/codec/pinned/codec.js';
import { fstatSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/base/limits.js';
import type { Scratch } from '../../../src/base/scratch.js';
import { type SearchTask, codecOrder, searchCodecs } from '../../../src/layer/codec-search.js';
import { MEDIA_TYPE } from '../../../src/oci/media-type.js';
import { scratchDirectory } from '../../../src/transport/scratch.js';
import { MemoryPlace, contentOf, digestBy, failureOf, fakeDigest } from '../../support/memory-place.js';
import { compressedBy, layerText } from '../../support/pulled-image.js';

/** Every codec that is tried for a gzip layer. */
const GZIP_CODECS = codecOrder([]);
const ALL_GZIP = PINNED_CODEC_IDS.filter((id) => pinnedCodec(id).compression === 'gzip').toSorted();

const scratch = scratchDirectory();
afterAll(() => scratch.remove());

const GO = 'go-flate-1.26/6';
const OPTIONS = { scratch, threads: 1, limits: DEFAULT_LIMITS };
const place = new MemoryPlace();

const layerOf = (text: string): SearchTask['layer'] => ({
  descriptor: place.add(text, MEDIA_TYPE.layer),
  diffID: digestBy(text),
});

/** What is to be found: a layer as a codec compresses it. */
const taskFor = async (
  text: string,
  codec: string,
  first: readonly string[] = [],
  algorithm?: 'sha512',
): Promise<SearchTask> => {
  const blob = await compressedBy(codec, Buffer.from(text));
  return { layer: layerOf(text), target: { digest: digestBy(blob, algorithm), size: blob.length }, first };
};

/** A scratch that knows which of its files are left, and how long each of the others became. */
const watched = (): {
  readonly scratch: Scratch;
  readonly left: () => number;
  readonly made: () => number;
  readonly gone: number[];
} => {
  const open = new Set<number>();
  const gone: number[] = [];
  let made = 0;
  return {
    scratch: {
      create: async () => {
        const file = await scratch.create();
        const id = made++;
        open.add(id);
        let size = 0;
        return {
          fd: file.fd,
          open: () => file.open(),
          seal: async () => {
            size = fstatSync(file.fd).size;
            await file.seal();
          },
          discard: async () => {
            open.delete(id);
            gone.push(size);
            await file.discard();
          },
        };
      },
    },
    left: () => open.size,
    made: () => made,
    gone,
  };
};

/** Bytes that no codec makes smaller. */
const noise = ((): Uint8Array => {
  const bytes = new Uint8Array(3 << 20);
  let state = 7;
  return bytes.map(() => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state & 0xff;
  });
})();

/** Other bytes, as many. */
const damage = ({ descriptor }: SearchTask['layer'], change: (byte: number, at: number) => number): void => {
  place.contents.set(descriptor.digest, Uint8Array.from(place.contents.get(descriptor.digest) ?? [], change));
};

describe('the order of codecs for zstd', () => {
  it('has only codecs of zstd, hints first', () => {
    expect(codecOrder(['zstd-wasm-0.0.27/19', 'go-flate-1.26/6'], 'zstd')).toEqual([
      'zstd-wasm-0.0.27/19',
      'zstd-wasm-0.0.27/3',
      'zstd-wasm-0.0.27/9',
    ]);
  });
});

describe('the order of codecs', () => {
  it('has each codec once, those of Docker and crane before the others', () => {
    const order = codecOrder([]);
    expect(order.toSorted()).toEqual(ALL_GZIP);
    expect(order.slice(0, 2)).toEqual(['go-flate-1.26/6', 'go-flate-1.26/1']);
  });

  it.for<[line: string, first: readonly string[], start: readonly string[]]>([
    ['a hint', ['zlib-1.3/9'], ['zlib-1.3/9', 'go-flate-1.26/6']],
    [
      'hints in their order',
      ['fflate-0.8/6', 'go-flate-1.26/1'],
      ['fflate-0.8/6', 'go-flate-1.26/1', 'go-flate-1.26/6'],
    ],
    ['the same hint twice', ['zlib-1.3/9', 'zlib-1.3/9'], ['zlib-1.3/9', 'go-flate-1.26/6']],
    ['a hint at what nobody has', ['of-tomorrow-9/9', 'zlib-1.3/9'], ['zlib-1.3/9', 'go-flate-1.26/6']],
  ])('begins with %s', ([, first, start]) => {
    const order = codecOrder(first);
    expect(order.slice(0, start.length)).toEqual(start);
    expect(order.toSorted()).toEqual(ALL_GZIP);
  });
});

describe('the search', () => {
  const text = layerText(1);

  it.for([
    'go-flate-1.26/6',
    'go-flate-1.26/1',
    'go-flate-1.26/9',
    'zlib-1.3/6',
    'zlib-1.3/6+os0',
    'zlib-1.3/6+os255',
    'zlib-1.3/1',
    'fflate-0.8/6',
  ])('finds %s and ends there', async (codec) => {
    const task = await taskFor(text, codec);
    const [result] = await searchCodecs([task], place.reader(), OPTIONS);
    expect(result?.hit?.codec).toBe(codec);
    expect(result?.tried).toEqual(codecOrder([]).slice(0, codecOrder([]).indexOf(codec) + 1));
    const source = await result?.hit?.file.open();
    const bytes = await source?.readAt(0, source.size);
    await source?.close();
    expect(digestBy(bytes ?? '')).toBe(task.target.digest);
  });

  it('asks nothing but the hint if that is right', async () => {
    const watch = watched();
    const [result] = await searchCodecs([await taskFor(text, 'zlib-1.3/3', ['zlib-1.3/3'])], place.reader(), {
      ...OPTIONS,
      scratch: watch.scratch,
    });
    expect(result?.tried).toEqual(['zlib-1.3/3']);
    expect([watch.made(), watch.left()]).toEqual([1, 1]);
  });

  it('tries next for all what was right for one', async () => {
    const tasks = [
      await taskFor(layerText(2), 'zlib-1.3/4', ['zlib-1.3/4']),
      await taskFor(layerText(3), 'zlib-1.3/4'),
    ];
    const results = await searchCodecs(tasks, place.reader(), OPTIONS);
    expect(results.map(({ tried }) => tried)).toEqual([['zlib-1.3/4'], ['go-flate-1.26/6', 'zlib-1.3/4']]);
  });

  it('knows a digest of sha512', async () => {
    const [result] = await searchCodecs(
      [await taskFor(text, 'go-flate-1.26/1', [], 'sha512')],
      place.reader(),
      OPTIONS,
    );
    expect(result?.hit?.codec).toBe('go-flate-1.26/1');
  });

  it('gives as many results as tasks, in their order', async () => {
    const codecs = ['go-flate-1.26/1', 'go-flate-1.26/6', 'zlib-1.3/6+os0', 'go-flate-1.26/1'];
    const tasks = await Promise.all(codecs.map((codec, at) => taskFor(layerText(10 + at), codec)));
    const results = await searchCodecs(tasks, place.reader(), OPTIONS);
    expect(results.map(({ hit }) => hit?.codec)).toEqual(codecs);
    expect(results.map(({ task }) => task)).toEqual(tasks);
    expect(await searchCodecs([], place.reader(), OPTIONS)).toEqual([]);
  });

  it.for<[line: string, change: (target: SearchTask['target']) => SearchTask['target']]>([
    ['another digest', ({ size }) => ({ size, digest: fakeDigest('a') })],
    ['a digest with another size', ({ digest, size }) => ({ digest, size: size + 1 })],
    ['a digest with a smaller size', ({ digest, size }) => ({ digest, size: size - 1 })],
    ['nothing at all', () => ({ digest: fakeDigest('b'), size: 0 })],
  ])('finds nothing for %s, tries everything once, and leaves no file', async ([, change]) => {
    const watch = watched();
    const task = await taskFor(layerText(4, 60), 'go-flate-1.26/6');
    const [result] = await searchCodecs([{ ...task, target: change(task.target) }], place.reader(), {
      ...OPTIONS,
      scratch: watch.scratch,
    });
    expect(result?.hit).toBeUndefined();
    expect(result?.tried).toEqual(codecOrder([]));
    expect([watch.made(), watch.left()]).toEqual([GZIP_CODECS.length, 0]);
  });

  it('ends a candidate when it has become longer than the original', async () => {
    const layer = { descriptor: place.add(noise, MEDIA_TYPE.layer), diffID: digestBy(noise) };
    const watch = watched();
    let read = 0;
    const [result] = await searchCodecs(
      [{ layer, target: { digest: fakeDigest('c'), size: 100_000 }, first: [] }],
      place.reader(),
      {
        ...OPTIONS,
        scratch: watch.scratch,
        onBytes: (bytes) => {
          read += bytes;
        },
      },
    );
    expect(result?.hit).toBeUndefined();
    expect(Math.max(...watch.gone)).toBeLessThanOrEqual(100_000);
    expect(read).toBeLessThan((GZIP_CODECS.length * noise.length) / 2);
  });

  it.for<[line: string, change: (layer: SearchTask['layer']) => void, code: string]>([
    ['is not what its digest says', (layer) => damage(layer, (byte) => byte ^ 1), 'DIGEST_MISMATCH'],
    [
      'is not, and becomes too long in every codec',
      (layer) => damage(layer, (_, at) => noise[at] ?? 0),
      'DIGEST_MISMATCH',
    ],
    [
      'is shorter, and becomes too long in every codec',
      ({ descriptor }) => place.contents.set(descriptor.digest, noise.subarray(0, descriptor.size - 1)),
      'SIZE_MISMATCH',
    ],
    ['is not there', ({ descriptor }) => place.remove(descriptor), 'BLOB_MISSING'],
  ])('stops at a layer that %s', async ([, change, code]) => {
    const task = await taskFor(layerText(99), 'go-flate-1.26/6');
    change(task.layer);
    const failure = await failureOf(() => searchCodecs([task], place.reader(), OPTIONS));
    expect([failure.code, failure.details.subject]).toEqual([code, task.layer.descriptor.digest]);
  });

  it('stops when it is told to', async () => {
    const reason = new Error('enough');
    const tasks = [await taskFor(text, 'fflate-0.8/9')];
    await expect(searchCodecs(tasks, place.reader(), { ...OPTIONS, signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
  });

  it('of an empty layer ends at the first codec, whose bytes are those of its family', async () => {
    const task = await taskFor('', 'go-flate-1.26/6');
    const [result] = await searchCodecs([task], place.reader(), OPTIONS);
    expect(result?.tried).toEqual(['go-flate-1.26/6']);
    expect(await contentOf(await result?.hit?.file.open())).not.toBe('');
  });

  it('ends at the smallest layer that has no codec, if one failure is enough', async () => {
    const large = await taskFor(layerText(40, 2000), 'zlib-1.3/2');
    const small = { ...(await taskFor(layerText(41, 30), GO)), target: { digest: fakeDigest('d'), size: 100_000 } };
    const easy = await taskFor(layerText(42, 1000), GO);
    const [watch, all] = [watched(), watched()];
    const results = await searchCodecs([large, small, easy], place.reader(), {
      ...OPTIONS,
      scratch: watch.scratch,
      untilFailure: true,
    });
    expect(results.map(({ task, hit, tried }) => [task, hit?.codec, tried.length])).toEqual([
      [small, undefined, GZIP_CODECS.length],
      [easy, GO, 1],
    ]);
    expect([watch.made(), watch.left()]).toEqual([GZIP_CODECS.length + 2, 1]);
    const whole = await searchCodecs([large, small, easy], place.reader(), { ...OPTIONS, scratch: all.scratch });
    expect(whole.map(({ hit }) => hit?.codec)).toEqual(['zlib-1.3/2', undefined, GO]);
  });

  it('asks the smallest first, and the others what it answered', async () => {
    const tasks = [await taskFor(layerText(43, 1500), 'zlib-1.3/9'), await taskFor(layerText(44, 100), 'zlib-1.3/9')];
    const [large, small] = await searchCodecs(tasks, place.reader(), { ...OPTIONS, untilFailure: true });
    expect(large?.tried).toEqual(['go-flate-1.26/6', 'zlib-1.3/9']);
    expect(small?.tried).toEqual(codecOrder([]).slice(0, codecOrder([]).indexOf('zlib-1.3/9') + 1));
  });

  it('makes nothing with a codec whose first bytes are not those of the original', async () => {
    const text = layerText(45, 3000);
    const blob = await compressedBy('zlib-1.3/9', Buffer.from(text));
    const original = place.add(blob, MEDIA_TYPE.layerGzip);
    const watch = watched();
    const task = { layer: layerOf(text), target: original, first: [], original };
    const [result] = await searchCodecs([task], place.reader(), { ...OPTIONS, scratch: watch.scratch });
    expect(result?.hit?.codec).toBe('zlib-1.3/9');
    expect(result?.tried).toEqual(codecOrder([]).slice(0, codecOrder([]).indexOf('zlib-1.3/9') + 1));
    expect([watch.made(), watch.left()]).toEqual([1, 1]);
  });

  it.for<[line: string, change: (blob: Uint8Array) => Uint8Array]>([
    ['is longer', (blob) => Buffer.concat([blob, Buffer.from([0])])],
    ['is cut', (blob) => blob.subarray(0, -1)],
    ['ends otherwise', (blob) => Uint8Array.from(blob, (byte, at) => (at === blob.length - 1 ? byte ^ 1 : byte))],
    ['is empty', () => new Uint8Array(0)],
  ])('makes nothing for an original that %s', async ([, change]) => {
    const text = layerText(46, 300);
    const original = place.add(change(await compressedBy(GO, Buffer.from(text))), MEDIA_TYPE.layerGzip);
    const watch = watched();
    const task = { layer: layerOf(text), target: original, first: [], original };
    const [result] = await searchCodecs([task], place.reader(), { ...OPTIONS, scratch: watch.scratch });
    expect([result?.hit, watch.made(), result?.tried.length]).toEqual([undefined, 0, GZIP_CODECS.length]);
  });

  it('finds the codec of an original of which only the end differs from what others write', async () => {
    // More than is compared before a whole attempt.
    const text = layerText(47, 30_000);
    const blob = await compressedBy(GO, Buffer.from(text));
    expect(blob.length).toBeGreaterThan(256 * 1024);
    const other = Uint8Array.from(blob, (byte, at) => (at === blob.length - 1 ? byte ^ 1 : byte));
    const [right, wrong] = [place.add(blob, MEDIA_TYPE.layerGzip), place.add(other, MEDIA_TYPE.layerGzip)];
    const layer = layerOf(text);
    const results = await searchCodecs(
      [right, wrong].map((original) => ({ layer, target: original, first: [], original })),
      place.reader(),
      OPTIONS,
    );
    expect(results.map(({ hit }) => hit?.codec)).toEqual([GO, undefined]);
  });

  it('needs the original to be there', async () => {
    const task = await taskFor(layerText(48, 30), GO);
    const original = place.add('gone', MEDIA_TYPE.layerGzip);
    place.remove(original);
    expect(
      (await failureOf(() => searchCodecs([{ ...task, original }], place.reader(), OPTIONS))).details.subject,
    ).toBe(original.digest);
  });
});
