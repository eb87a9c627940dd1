import { describe, expect, it } from 'vitest';
import { type ByteStream, utf8 } from '../../../src/base/bytes.js';
import { PullReader } from '../../../src/codec/pull-reader.js';
import { always, chunked } from './decompress-outcome.js';

const ALPHABET = utf8('abcdefghijklmnopqrstuvwxyz');
const textOf = (bytes: Uint8Array, count: number): string => Buffer.from(bytes.subarray(0, count)).toString('latin1');

describe('PullReader', () => {
  it.for([1, 2, 3, 5, 7, 26, 100])('gives contiguous bytes out of chunks of %i', async (size) => {
    const reader = new PullReader(chunked(ALPHABET, always(size)));
    let seen = '';
    for (const count of [1, 4, 0, 9, 2, 10]) {
      expect(await reader.fill(count)).toBe(true);
      seen += textOf(reader.buffered, count);
      reader.skip(count);
      expect(reader.offset).toBe(seen.length);
    }
    expect(seen).toBe('abcdefghijklmnopqrstuvwxyz');
    expect(await reader.fill(1)).toBe(false);
    expect(await reader.fill(0)).toBe(true);
  });

  it('gives no Buffer, whose slices share memory with the producer', async () => {
    const chunk = Buffer.from('abcdef');
    const reader = new PullReader(chunked(chunk, []));
    await reader.fill(6);
    const kept = reader.buffered.slice(0, 3);
    chunk.fill(0);
    expect(textOf(kept, 3)).toBe('abc');
  });

  it('keeps what is left at the end', async () => {
    const reader = new PullReader(chunked(ALPHABET, always(4)));
    expect(await reader.fill(27)).toBe(false);
    expect(textOf(reader.buffered, 26)).toBe('abcdefghijklmnopqrstuvwxyz');
  });

  it('passes over empty chunks', async () => {
    const stream = async function* (): ByteStream {
      yield new Uint8Array(0);
      yield utf8('a');
      yield new Uint8Array(0);
      yield utf8('b');
    };
    const reader = new PullReader(stream());
    expect(await reader.fill(2)).toBe(true);
    expect(textOf(reader.buffered, 2)).toBe('ab');
  });

  it('closes its stream once, and reads no more', async () => {
    let closed = 0;
    const stream = async function* (): ByteStream {
      try {
        for (;;) yield utf8('x');
      } finally {
        closed += 1;
      }
    };
    const reader = new PullReader(stream());
    await reader.fill(1);
    await reader.close();
    await reader.close();
    expect(closed).toBe(1);
    expect(await reader.fill(2)).toBe(false);
  });
});
