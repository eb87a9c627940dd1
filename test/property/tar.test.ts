import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { concatBytes, memorySource, readAll, streamOf } from '../../src/base/bytes.js';
import { ERROR_CODES } from '../../src/base/error-code.js';
import { ToolError } from '../../src/base/error.js';
import { DEFAULT_LIMITS } from '../../src/base/limits.js';
import {
  END_OF_TAR,
  type TarHeaderEntry,
  encodeTarHeader,
  paddingAfter,
  tarHeaderLength,
} from '../../src/codec/tar-header.js';
import { openTarTree } from '../../src/codec/tar-index.js';
import { parseTarNumber } from '../../src/codec/tar-number.js';
import { readTar } from '../../src/codec/tar-read.js';
import { base256, gnuLong, oldSparse, paxHeader, paxSparse10, rawMember, rawTar } from '../support/raw-tar.js';

const part = fc
  .string({
    minLength: 1,
    maxLength: 130,
    unit: fc.oneof(
      fc.constantFrom('a', 'b', '.', ' ', '\\'),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
    ),
  })
  .filter((text) => text !== '.' && text !== '..' && !/[/\0]/.test(text));
const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
const mtime = fc.integer({ min: 0, max: 8 ** 11 - 1 });

interface Written {
  readonly entry: TarHeaderEntry;
  readonly body: Uint8Array;
}
const written: fc.Arbitrary<Written> = fc.oneof(
  fc.record({ path, mtime, body: fc.uint8Array({ maxLength: 1500 }) }).map(({ body, ...rest }) => ({
    entry: { ...rest, type: 'file' as const, size: body.length },
    body,
  })),
  fc.record({ path, mtime }).map((rest) => ({
    entry: { ...rest, type: 'directory' as const, size: 0 },
    body: new Uint8Array(0),
  })),
);
const archive = fc.uniqueArray(written, { maxLength: 12, selector: ({ entry }) => entry.path });

const write = (items: readonly Written[]): Uint8Array =>
  concatBytes([
    ...items.flatMap(({ entry, body }) => [encodeTarHeader(entry), body, new Uint8Array(paddingAfter(body.length))]),
    END_OF_TAR,
  ]);

const LARGE = { code: 'LIMIT_METADATA', subject: 'test' } as const;
const limits = DEFAULT_LIMITS;

/** All that an index tells of a tar: entries, notes and contents, or the code of its error. */
const outcome = async (tar: Uint8Array, readAhead?: number): Promise<unknown> => {
  try {
    const options = { limits, ...(readAhead === undefined ? {} : { readAhead }) };
    const tree = await openTarTree(memorySource(tar, 'x'), options);
    const contents: [string, string, number, string][] = [];
    for (const { path: name, type, size } of tree.entries()) {
      const source = type === 'file' ? await tree.open(name) : undefined;
      const bytes = source === undefined ? new Uint8Array(0) : await readAll(source.read(), 1 << 20, LARGE);
      contents.push([name, type, size, Buffer.from(bytes).toString('latin1')]);
    }
    return { contents, notes: tree.notes.map(({ code }) => code) };
  } catch (error) {
    if (!(error instanceof ToolError) || error.class !== 'input') throw error;
    return error.code;
  }
};

/** The same from the streaming reader. */
const streamed = async (tar: Uint8Array): Promise<unknown> => {
  try {
    const contents: [string, string, number, string][] = [];
    for await (const { header, content } of readTar(streamOf(tar), { subject: 'x', limits })) {
      const bytes = await readAll(content, 1 << 20, LARGE);
      contents.push([header.path, header.type, header.size, Buffer.from(bytes).toString('latin1')]);
    }
    return contents;
  } catch (error) {
    if (!(error instanceof ToolError) || error.class !== 'input') throw error;
    return error.code;
  }
};

describe('canonical tars', () => {
  it('are read back the same by the index and by the stream', async () => {
    await fc.assert(
      fc.asyncProperty(archive, async (items) => {
        const tar = write(items);
        const expected = items.map(({ entry, body }) => [
          entry.path,
          entry.type,
          body.length,
          Buffer.from(body).toString('latin1'),
        ]);
        expect(await outcome(tar)).toEqual({ contents: expected, notes: [] });
        const names = expected.map(([name, type, ...rest]) => [
          type === 'directory' ? `${name}/` : name,
          type,
          ...rest,
        ]);
        expect(await streamed(tar)).toEqual(names);
      }),
    );
  });

  it('have headers of the length foretold', () => {
    fc.assert(
      fc.property(written, fc.maxSafeNat(), ({ entry }, size) => {
        const sized = entry.type === 'file' ? { ...entry, size } : entry;
        expect(encodeTarHeader(sized).length).toBe(tarHeaderLength(sized));
      }),
    );
  });

  it('are indexed alike with any read-ahead', async () => {
    await fc.assert(
      fc.asyncProperty(archive, fc.integer({ min: 0, max: 20_000 }), async (items, readAhead) => {
        const tar = write(items);
        expect(await outcome(tar, readAhead)).toEqual(await outcome(tar));
      }),
    );
  });
});

/** A bit of everything, small enough to be cut at every byte. */
const MIXED = rawTar([
  rawMember({ name: 'd/', type: '5' }),
  paxHeader({ path: 'pax', mtime: '1.5' }),
  rawMember({ name: 'p' }, 'body'),
  gnuLong('long'),
  rawMember({ name: 'g', magic: 'gnu' }, 'x'.repeat(600)),
  oldSparse(
    's',
    20,
    [
      [2, 3],
      [6, 1],
      [8, 1],
      [10, 1],
      [12, 1],
    ],
    'abcdefg',
  ),
  paxSparse10('t', 8, '1\n1\n2\n', 'ab'),
  rawMember({ name: 'l', type: '2', link: 'p' }),
]);

describe('damaged tars', () => {
  it('cut at any byte: a code or a note, and only whole members', async () => {
    const whole = (await outcome(MIXED)) as { contents: unknown[] };
    expect(whole.contents).toHaveLength(6);
    for (let length = 0; length < MIXED.length; length += 1) {
      const cut = await outcome(MIXED.subarray(0, length));
      if (typeof cut === 'string') expect(ERROR_CODES).toHaveProperty(cut);
      else {
        const { contents, notes } = cut as { contents: unknown[]; notes: string[] };
        expect(whole.contents.slice(0, contents.length)).toEqual(contents);
        expect(notes).toEqual(length === MIXED.length ? [] : ['TAR_NO_TRAILER']);
      }
    }
  });

  it('cut at any byte, streamed', async () => {
    expect(await streamed(MIXED)).toHaveLength(6);
    for (let length = 0; length < MIXED.length; length += 37) {
      const cut = await streamed(MIXED.subarray(0, length));
      if (typeof cut === 'string') expect(ERROR_CODES).toHaveProperty(cut);
    }
  });

  it('changed bytes, with the checksum as it was or made right, never crash or hang', async () => {
    const changes = fc.array(fc.tuple(fc.nat({ max: MIXED.length - 1 }), fc.nat({ max: 255 })), {
      minLength: 1,
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(changes, fc.boolean(), async (list, repair) => {
        const tar = MIXED.slice();
        for (const [at, value] of list) {
          tar[at] = value;
          if (repair) repairChecksum(tar.subarray(at - (at % 512), at - (at % 512) + 512));
        }
        await outcome(tar);
        await streamed(tar);
      }),
      { numRuns: 300 },
    );
  });
});

/** Makes the checksum of a block right if it holds a header. */
function repairChecksum(block: Uint8Array): void {
  if (Buffer.from(block.subarray(257, 262)).toString('latin1') !== 'ustar') return;
  block.fill(0x20, 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.set(Buffer.from(`${sum.toString(8).padStart(6, '0')}\0 `), 148);
}

describe('numbers', () => {
  it('in octal and in base-256 are read as written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 8 ** 11 - 1 }), fc.maxSafeInteger(), (small, any) => {
        const digits = small.toString(8);
        for (const text of [
          digits.padStart(11, '0'),
          digits.padStart(12, '0'),
          digits.padStart(11, ' '),
          `${digits} `,
        ]) {
          if (text.length <= 12) expect(parseTarNumber(Buffer.from(text.padEnd(12, '\0')))).toBe(small);
        }
        expect(parseTarNumber(base256(BigInt(any)))).toBe(any);
      }),
    );
  });
});
