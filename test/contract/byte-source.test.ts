import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ByteRange, type ByteSource, memorySource, sliceSource } from '../../src/base/bytes.js';
import { CHUNK_SIZE, DEFAULT_LIMITS } from '../../src/base/limits.js';
import { openTarTree } from '../../src/codec/tar-index.js';
import { openFileSource } from '../../src/transport/file.js';
import { scratchDirectory } from '../../src/transport/scratch.js';
import { rawMember, rawTar } from '../support/raw-tar.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ingot-contract-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const fileAt = async (bytes: Uint8Array): Promise<ByteSource> => {
  const path = join(folder, `file-${bytes.length}`);
  writeFileSync(path, bytes);
  return openFileSource(path);
};

/** Every kind of source, made to hold the given bytes. */
const KINDS: readonly (readonly [kind: string, make: (bytes: Uint8Array) => Promise<ByteSource>])[] = [
  ['memory', async (bytes) => memorySource(bytes, 'memory')],
  ['memory in small chunks', async (bytes) => memorySource(bytes, 'memory', 7)],
  ['a file', fileAt],
  [
    'a slice of memory',
    async (bytes) =>
      sliceSource(
        memorySource(Buffer.concat([Buffer.from('head'), bytes, Buffer.from('tail')]), 'whole'),
        4,
        bytes.length,
        'slice',
      ),
  ],
  [
    'a slice of a slice of a file',
    async (bytes) => {
      const file = await fileAt(Buffer.concat([Buffer.from('head'), bytes, Buffer.from('tail')]));
      const outer = sliceSource(file, 1, bytes.length + 6, 'outer');
      return { ...sliceSource(outer, 3, bytes.length, 'inner'), close: () => file.close() };
    },
  ],
  [
    'a member of a tar',
    async (bytes) => {
      const tar = rawTar([
        rawMember({ name: 'before' }, 'x'),
        rawMember({ name: 'member' }, bytes),
        rawMember({ name: 'behind' }, 'x'),
      ]);
      const source = await (await openTarTree(memorySource(tar, 'tar'), { limits: DEFAULT_LIMITS })).open('member');
      if (source === undefined) throw new Error('no member');
      return source;
    },
  ],
  [
    'a spooled stream',
    async (bytes) => {
      const scratch = scratchDirectory(folder);
      const source = await scratch.spool(memorySource(bytes, 'stream', 11).read(), 'spooled');
      return { ...source, close: async () => (await source.close(), scratch.remove()) };
    },
  ],
];

const BYTES = Buffer.from(Array.from({ length: 1000 }, (_, index) => (index * 7) % 251));

/** What a range of the bytes is, by the standard's own slice. */
const partOf = (bytes: Uint8Array, { offset, length }: ByteRange): Buffer =>
  Buffer.from(bytes.slice(offset, length === undefined ? undefined : offset + length));

const readOf = async (source: ByteSource, range?: ByteRange): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of source.read(range)) {
    expect(chunk.length).toBeGreaterThan(0);
    // A chunk is the producer's: what is kept of it is copied.
    chunks.push(Buffer.from(chunk));
  }
  return Buffer.concat(chunks);
};

describe.for(KINDS)('%s', ([, make]) => {
  const within = async (bytes: Uint8Array, use: (source: ByteSource) => Promise<void>): Promise<void> => {
    const source = await make(bytes);
    try {
      await use(source);
    } finally {
      await source.close();
    }
  };

  it('has a size and all its bytes, any number of times', () =>
    within(BYTES, async (source) => {
      expect(source.size).toBe(BYTES.length);
      expect(source.name).not.toBe('');
      for (let time = 0; time < 3; time++) expect((await readOf(source)).equals(BYTES)).toBe(true);
    }));

  it('gives any range, cut where the source ends', () =>
    within(BYTES, async (source) => {
      const place = fc.oneof(fc.nat(1100), fc.constantFrom(0, 1, 999, 1000, 1001));
      await fc.assert(
        fc.asyncProperty(place, fc.option(place, { nil: undefined }), async (offset, length) => {
          const range = length === undefined ? { offset } : { offset, length };
          expect((await readOf(source, range)).equals(partOf(BYTES, range))).toBe(true);
          const wanted = length ?? 5;
          expect(
            Buffer.from(await source.readAt(offset, wanted)).equals(partOf(BYTES, { offset, length: wanted })),
          ).toBe(true);
        }),
        { numRuns: 40 },
      );
    }));

  it('may be read at two places at once', () =>
    within(BYTES, async (source) => {
      const [first, second] = [source.read({ offset: 0, length: 500 }), source.read({ offset: 500 })].map((stream) =>
        stream[Symbol.asyncIterator](),
      );
      const parts: [Buffer[], Buffer[]] = [[], []];
      for (let open = 2; open > 0;) {
        open = 0;
        for (const [index, iterator] of [first, second].entries()) {
          const next = await iterator?.next();
          if (next === undefined || next.done === true) continue;
          open++;
          parts[index]?.push(Buffer.from(next.value));
        }
      }
      expect(Buffer.concat(parts.flat()).equals(BYTES)).toBe(true);
    }));

  it('may be left early and read again', () =>
    within(BYTES, async (source) => {
      for await (const _ of source.read()) break;
      expect((await readOf(source)).equals(BYTES)).toBe(true);
    }));

  it('gives what is read at a place to the caller', () =>
    within(BYTES, async (source) => {
      const part = await source.readAt(10, 20);
      part.fill(0);
      expect(Buffer.from(await source.readAt(10, 20)).equals(BYTES.subarray(10, 30))).toBe(true);
    }));

  it('stops when it is told to', () =>
    within(BYTES, async (source) => {
      const stopped = async (): Promise<void> => {
        for await (const _ of source.read(undefined, AbortSignal.abort(new Error('stop'))));
      };
      await expect(stopped()).rejects.toThrow('stop');
    }));

  it('may be empty', () =>
    within(Buffer.alloc(0), async (source) => {
      expect([source.size, (await readOf(source)).length, (await source.readAt(0, 10)).length]).toEqual([0, 0, 0]);
    }));

  it('may be larger than a chunk', () => {
    const large = Buffer.alloc(2 * CHUNK_SIZE + 3, 'large ');
    return within(large, async (source) => {
      expect((await readOf(source)).equals(large)).toBe(true);
      const across = { offset: CHUNK_SIZE - 5, length: 10 };
      expect((await readOf(source, across)).equals(partOf(large, across))).toBe(true);
      expect((await source.readAt(1, large.length)).length).toBe(large.length - 1);
    });
  });

  it('that says it lies in a file lies there', () =>
    within(BYTES, async (source) => {
      if (source.file === undefined) return;
      const { fd, offset, length } = source.file;
      const { readSync } = await import('node:fs');
      const buffer = Buffer.alloc(length);
      readSync(fd, buffer, 0, length, offset);
      expect(buffer.equals(BYTES)).toBe(true);
    }));
});
