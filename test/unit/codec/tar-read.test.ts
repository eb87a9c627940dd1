import { describe, expect, it } from 'vitest';

import { type ByteStream, readAll } from '../../../src/base/bytes.js';
import { DEFAULT_LIMITS } from '../../../src/base/limits.js';
import { type TarEntryHeader, readTar } from '../../../src/codec/tar-read.js';
import {
  base256,
  bytesOf,
  gnuLong,
  oldSparse,
  padded,
  paxHeader,
  paxSparse10,
  rawHeader,
  rawMember,
  rawTar,
} from '../../support/raw-tar.js';
import { chunked } from './decompress-outcome.js';

const file = (name: string, body = 'body'): Uint8Array => rawMember({ name }, body);

/** A producer that reuses its memory, as the contract of streams allows. */
async function* chunksOf(bytes: Uint8Array, size: number): ByteStream {
  const buffer = new Uint8Array(size);
  for (let at = 0; at < bytes.length; at += size) {
    const chunk = bytes.subarray(at, at + size);
    buffer.set(chunk);
    yield buffer.subarray(0, chunk.length);
    buffer.fill(0xff);
  }
}

interface Listing {
  readonly entries: readonly (TarEntryHeader & { readonly text: string })[];
  readonly notes: readonly string[];
}

const list = async (tar: Uint8Array, chunk = 1000): Promise<Listing> => {
  const entries: (TarEntryHeader & { text: string })[] = [];
  const notes: string[] = [];
  const options = {
    subject: 'layer',
    limits: DEFAULT_LIMITS,
    onNote: ({ code }: { code: string }) => notes.push(code),
  };
  for await (const { header, content } of readTar(chunksOf(tar, chunk), options)) {
    const bytes = await readAll(content, 1 << 20, { code: 'LIMIT_METADATA', subject: header.path });
    entries.push({ ...header, text: Buffer.from(bytes).toString('utf8') });
  }
  return { entries, notes };
};

const texts = ({ entries }: Listing): Record<string, string> =>
  Object.fromEntries(entries.map(({ path, text }) => [path, text]));

describe('what is read', () => {
  it('every field, as stored', async () => {
    const { entries, notes } = await list(
      rawTar([
        rawMember({ name: 'etc/', type: '5', mode: 0o40755, mtime: 5, uname: 'root', gname: 'wheel' }),
        rawMember({ name: '/../odd', mode: 0o4755, uid: 1000, gid: 2000 }, 'x'),
        rawMember({ name: 's', type: '2', link: '../../x' }),
        rawMember({ name: 'h', type: '1', link: 'etc/a' }),
        rawMember({ name: 'null', type: '3', at: { 329: '0000001\0', 337: '0000003\0' } }),
        rawMember({ name: 'sda', type: '4' }),
        rawMember({ name: 'p', type: '6' }),
        paxHeader({ uid: '3000000', uname: 'é', mtime: '-1.25', 'SCHILY.xattr.security.capability': 'c' }),
        file('cap'),
        rawMember({ name: 'old', uid: base256(-2n, 8), mtime: base256(-1n) }),
      ]),
    );
    expect(notes).toEqual([]);
    expect(entries.map(({ path, type, text }) => [path, type, text])).toEqual([
      ['etc/', 'directory', ''],
      ['/../odd', 'file', 'x'],
      ['s', 'symlink', ''],
      ['h', 'hardlink', ''],
      ['null', 'character-device', ''],
      ['sda', 'block-device', ''],
      ['p', 'fifo', ''],
      ['cap', 'file', 'body'],
      ['old', 'file', ''],
    ]);
    expect(entries[0]).toMatchObject({ mode: 0o40755, mtime: 5, uname: 'root', gname: 'wheel', size: 0 });
    expect(entries[1]).toMatchObject({ mode: 0o4755, uid: 1000, gid: 2000, size: 1 });
    expect(entries[2]?.linkTarget).toBe('../../x');
    expect(entries[3]?.linkTarget).toBe('etc/a');
    expect(entries[4]?.device).toEqual({ major: 1, minor: 3 });
    expect(entries[7]).toMatchObject({ uid: 3_000_000, uname: 'é', mtime: -1.25 });
    expect(entries[7]?.pax.get('SCHILY.xattr.security.capability')).toBe('c');
    expect(entries[8]).toMatchObject({ uid: -2, mtime: -1 });
  });

  it.for([
    ['v7', [rawMember({ name: 'a', magic: 'v7' }, 'body')], { a: 'body' }],
    ['a signed checksum', [rawMember({ name: 'é', checksum: 'signed' }, 'body')], { é: 'body' }],
    [
      'a directory that claims a body',
      [rawMember({ name: 'd', type: '5', size: 100 }), file('a')],
      { d: '', a: 'body' },
    ],
    ['a link that claims a body', [rawMember({ name: 'l', type: '2', size: 100 }), file('a')], { l: '', a: 'body' }],
    ['an empty PAX header', [paxHeader({}), file('a'), file('b')], { a: 'body', b: 'body' }],
    [
      'a PAX size against the field',
      [paxHeader({ size: '600' }), rawHeader({ name: 'a', size: 4 }), padded('A'.repeat(600)), file('b')],
      { a: 'A'.repeat(600), b: 'body' },
    ],
    [
      'a long name whose cut ends with a slash',
      [gnuLong(`${'d'.repeat(99)}/x`), file(`${'d'.repeat(99)}/`)],
      { [`${'d'.repeat(99)}/x`]: 'body' },
    ],
    ['old GNU sparse', [oldSparse('s', 10, [[2, 3]], 'abc'), file('b')], { s: '\0\0abc\0\0\0\0\0', b: 'body' }],
    ['sparse 1.0', [paxSparse10('s', 8, '1\n1\n2\n', 'ab'), file('b')], { s: '\0ab\0\0\0\0\0', b: 'body' }],
    ['GNU directory list', [rawMember({ name: 'd/', type: 'D' }, 'Ya\0'), file('a')], { 'd/': '', a: 'body' }],
    [
      'names that are no UTF-8',
      [rawMember({ name: Buffer.from([0xe9]) }), rawMember({ name: Buffer.from([0xe8]) })],
      { '\udce9': '', '\udce8': '' },
    ],
    ['a name twice', [file('a', '1'), file('a', '2')], { a: '2' }],
  ] as const)('%s', async ([, members, expected]) => {
    const tar = rawTar([...members]);
    for (const chunk of [1, 511, 512, 100_000]) expect(texts(await list(tar, chunk))).toEqual(expected);
  });

  it.for([
    ['nothing', new Uint8Array(0), ['TAR_NO_TRAILER']],
    ['no zero blocks', rawTar([file('a')], new Uint8Array(0)), ['TAR_NO_TRAILER']],
    ['a cut padding', rawTar([file('a')]).subarray(0, 520), ['TAR_NO_TRAILER']],
    ['one zero block', rawTar([file('a')], new Uint8Array(512)), ['TAR_NO_TRAILER']],
    ['a second archive', rawTar([rawTar([]), rawTar([])], rawTar([file('b')])), ['TAR_TRAILING_DATA']],
    ['an unknown type', rawTar([rawMember({ name: 'z', type: 'Z' }, 'x'), file('a')]), ['TAR_TYPE_UNKNOWN']],
  ] as const)('notes: %s', async ([, tar, codes]) => {
    expect((await list(tar)).notes).toEqual(codes);
  });
});

describe('what is refused', () => {
  it.for([
    ['no tar', bytesOf('hello '.repeat(200)), 'TAR_CHECKSUM'],
    ['a cut body', rawTar([file('a', 'x'.repeat(600))]).subarray(0, 900), 'TAR_TRUNCATED'],
    ['a cut header', rawTar([file('a')]).subarray(0, 100), 'TAR_TRUNCATED'],
    ['a cut extension header', rawTar([gnuLong('x'), file('a')]).subarray(0, 513), 'TAR_TRUNCATED'],
    ['a lone zero block', rawTar([file('a'), new Uint8Array(512), file('b')]), 'TAR_LONE_ZERO_BLOCK'],
    ['a malformed PAX record', rawTar([paxHeader('9 path=a'), file('a')]), 'TAR_PAX_SYNTAX'],
    ['a negative size', rawTar([rawMember({ name: 'a', size: base256(-1n) })]), 'TAR_BAD_NUMBER'],
    ['a dangling PAX header', rawTar([paxHeader({ path: 'a' })]), 'TAR_DANGLING_META'],
    ['a bomb of holes', rawTar([oldSparse('s', 8 ** 11 - 1, [[0, 0]], '')]), 'LIMIT_DECOMPRESSED'],
    ['a part of another volume', rawTar([rawMember({ name: 'a', type: 'M' }, 'x')]), 'TAR_TYPE_UNKNOWN'],
  ] as const)('%s: %s', async ([, tar, code]) => {
    await expect(list(tar)).rejects.toMatchObject({ code });
  });

  it('what the stream throws', async () => {
    async function* failing(): ByteStream {
      yield rawTar([file('a')]).subarray(0, 700);
      throw new RangeError('gone');
    }
    const entries = readTar(failing(), { subject: 'layer', limits: DEFAULT_LIMITS });
    await expect(entries.next().then(() => entries.next())).rejects.toThrow('gone');
  });
});

describe('leaving early', () => {
  it('a content half read, or not at all, is passed over', async () => {
    const large = 'x'.repeat(300_000);
    const seen: string[] = [];
    const tar = rawTar([file('a', large), file('b', large), file('c')]);
    for await (const { header, content } of readTar(chunksOf(tar, 5000), { subject: 'l', limits: DEFAULT_LIMITS })) {
      if (header.path === 'a') for await (const _ of content) break;
      seen.push(header.path);
    }
    expect(seen).toEqual(['a', 'b', 'c']);
  });

  it('the whole closes the stream', async () => {
    let closed = false;
    async function* endless(): ByteStream {
      try {
        for (let index = 0; ; index += 1) yield file(`f${index}`);
      } finally {
        closed = true;
      }
    }
    for await (const _ of readTar(endless(), { subject: 'l', limits: DEFAULT_LIMITS })) break;
    expect(closed).toBe(true);
  });
});

describe('readTar of Buffers', () => {
  it('leaves the bytes of the producer as they are', async () => {
    const tar = Buffer.from(rawTar([file('a'), oldSparse('s', 8, [[2, 3]], 'abc')]));
    const before = Buffer.from(Uint8Array.from(tar));
    const paths: string[] = [];
    for await (const { header } of readTar(chunked(tar, []), { subject: 'x', limits: DEFAULT_LIMITS }))
      paths.push(header.path);
    expect(paths).toEqual(['a', 's']);
    expect(tar.equals(before)).toBe(true);
  });
});
