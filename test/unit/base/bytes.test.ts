import { describe, expect, it } from 'vitest';
import {
  type ByteRange,
  type ByteStream,
  EMPTY,
  concatBytes,
  gathered,
  memorySource,
  readAll,
  sameBytes,
  sliceSource,
  streamOf,
  utf8,
} from '../../../src/base/bytes.js';
import { failureOf } from '../../support/memory-place.js';

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

/** One buffer for all chunks, as producers are allowed to have. */
async function* reusing(chunks: readonly string[], state = { pulled: 0, ended: false }): ByteStream {
  const buffer = new Uint8Array(16);
  try {
    for (const chunk of chunks) {
      state.pulled++;
      buffer.set(utf8(chunk));
      yield buffer.subarray(0, utf8(chunk).length);
    }
  } finally {
    state.ended = true;
  }
}

describe('gathered', () => {
  it.for<[size: number, chunks: readonly string[], gathered: readonly string[]]>([
    [4, [], []],
    [4, ['', 'ab'], ['ab']],
    [4, ['abcd'], ['abcd']],
    [4, ['a', 'bc', 'defgh', 'i'], ['abcd', 'efgh', 'i']],
    [1, ['abc'], ['a', 'b', 'c']],
  ])('in chunks of %i: %j', async ([size, chunks, expected]) => {
    const found: string[] = [];
    for await (const chunk of gathered(reusing(chunks), size)) found.push(textOf(chunk));
    expect(found).toEqual(expected);
  });
});

describe('readAll', () => {
  const tooLarge = { code: 'LIMIT_METADATA', subject: 'doc' } as const;

  it.for<[line: string, chunks: readonly string[], limit: number]>([
    ['nothing', [], 0],
    ['as much as the limit', ['abc', 'def'], 6],
    ['empty chunks', ['', 'a', '', 'b'], 2],
  ])('takes %s', async ([, chunks, limit]) => {
    expect(textOf(await readAll(reusing(chunks), limit, tooLarge))).toBe(chunks.join(''));
  });

  it('stops as soon as there is more than the limit, and ends the stream', async () => {
    const state = { pulled: 0, ended: false };
    const error = await failureOf(() => readAll(reusing(['abc', 'd', 'e', 'f'], state), 3, tooLarge));
    expect(error).toMatchObject({ code: 'LIMIT_METADATA', details: { subject: 'doc', expected: 'at most 3 bytes' } });
    expect(state).toEqual({ pulled: 2, ended: true });
  });
});

describe('small things', () => {
  it('concatBytes puts chunks one behind the other', () => {
    expect(textOf(concatBytes([utf8('ab'), EMPTY, utf8('c')]))).toBe('abc');
    expect(concatBytes([])).toEqual(EMPTY);
  });

  it.for<[a: string, b: string, same: boolean]>([
    ['', '', true],
    ['ab', 'ab', true],
    ['ab', 'ac', false],
    ['ab', 'abc', false],
  ])('sameBytes of %j and %j: %s', ([a, b, same]) => {
    // A view into something larger, so that offsets matter.
    expect(sameBytes(utf8(`xx${a}yy`).subarray(2, 2 + utf8(a).length), utf8(b))).toBe(same);
  });

  it('streamOf yields no empty chunk', async () => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of streamOf(EMPTY)) chunks.push(chunk);
    for await (const chunk of streamOf(utf8('a'))) chunks.push(chunk);
    expect(chunks.map(textOf)).toEqual(['a']);
  });
});

const read = async (stream: ByteStream): Promise<readonly string[]> => {
  const chunks: string[] = [];
  for await (const chunk of stream) chunks.push(textOf(chunk));
  return chunks;
};

const RANGES: [range: ByteRange | undefined, text: string][] = [
  [undefined, '23456'],
  [{ offset: 0 }, '23456'],
  [{ offset: 2 }, '456'],
  [{ offset: 1, length: 2 }, '34'],
  [{ offset: 0, length: 0 }, ''],
  [{ offset: 4, length: 9 }, '6'],
  [{ offset: 5 }, ''],
  [{ offset: 9, length: 1 }, ''],
];

describe('a slice', () => {
  const whole = memorySource(utf8('0123456789'), 'whole');
  const slice = sliceSource(whole, 2, 5, 'slice');

  it.for(RANGES)('read with %j gives %j', async ([range, text]) => {
    expect((await read(slice.read(range))).join('')).toBe(text);
  });

  it.for<[offset: number, length: number, text: string]>([
    [0, 5, '23456'],
    [0, 50, '23456'],
    [3, 1, '5'],
    [4, 9, '6'],
    [5, 1, ''],
    [9, 9, ''],
    [0, 0, ''],
  ])('readAt(%i, %i) gives %j', async ([offset, length, text]) => {
    expect(textOf(await slice.readAt(offset, length))).toBe(text);
  });

  it('of a slice counts from its own start', async () => {
    const inner = sliceSource(slice, 1, 3, 'inner');
    expect(await contentOf(inner.read())).toBe('345');
    expect(textOf(await inner.readAt(0, 9))).toBe('345');
  });

  it('of a file lies where it lies in the file, and closing it leaves the whole open', async () => {
    let closed = 0;
    const file = { ...whole, file: { fd: 3, offset: 100, length: 10 }, close: async () => void closed++ };
    const part = sliceSource(file, 2, 5, 'part');
    expect(part.file).toEqual({ fd: 3, offset: 102, length: 5 });
    await part.close();
    expect(closed).toBe(0);
    expect('file' in slice).toBe(false);
  });
});

const contentOf = async (stream: ByteStream): Promise<string> => (await read(stream)).join('');

describe('memory as a source', () => {
  it('comes in chunks of the size asked for', async () => {
    expect(await read(memorySource(utf8('abcdefg'), 'm', 3).read())).toEqual(['abc', 'def', 'g']);
    expect(await read(memorySource(utf8('abcdefg'), 'm', 3).read({ offset: 2, length: 4 }))).toEqual(['cde', 'f']);
  });

  it('gives what is read at a place to the caller', async () => {
    const bytes = utf8('abc');
    const part = await memorySource(bytes, 'm').readAt(0, 2);
    part[0] = 0;
    expect(textOf(bytes)).toBe('abc');
  });

  it('stops when it is told to', async () => {
    const controller = new AbortController();
    const stream = memorySource(utf8('abcdef'), 'm', 2).read(undefined, controller.signal);
    const chunks: string[] = [];
    await expect(async () => {
      for await (const chunk of stream) {
        chunks.push(textOf(chunk));
        controller.abort(new Error('stop'));
      }
    }).rejects.toThrow('stop');
    expect(chunks).toEqual(['ab']);
  });
});
