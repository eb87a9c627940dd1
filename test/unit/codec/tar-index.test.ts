import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { type ByteSource, memorySource, readAll } from '../../../src/base/bytes.js';
import type { FileTree } from '../../../src/base/file-tree.js';
import { DEFAULT_LIMITS, type Limits } from '../../../src/base/limits.js';
import { openTarTree } from '../../../src/codec/tar-index.js';
import {
  type RawHeader,
  base256,
  gnuLong,
  oldSparse,
  padded,
  paxHeader,
  paxSparse10,
  rawHeader,
  rawMember,
  rawTar,
} from '../../support/raw-tar.js';

const LIMITS: Limits = { ...DEFAULT_LIMITS, members: 100 };

const open = (tar: Uint8Array, limits: Limits = LIMITS): Promise<FileTree> =>
  openTarTree(memorySource(tar, 'test.tar'), { limits });

const text = async (tree: FileTree, path: string): Promise<string | undefined> => {
  const source = await tree.open(path);
  if (source === undefined) return undefined;
  const tooLarge = { code: 'LIMIT_METADATA', subject: path } as const;
  return Buffer.from(await readAll(source.read(), 1 << 20, tooLarge)).toString('utf8');
};

const member = (fields: RawHeader, body: string | Uint8Array = 'body'): Uint8Array => rawMember(fields, body);
const file = (name: string, body = 'body'): Uint8Array => rawMember({ name }, body);
const link = (name: string, target: string, type: '1' | '2' = '2'): Uint8Array =>
  rawMember({ name, link: target, type });
const ZERO = new Uint8Array(512);
const LONG = `${'d'.repeat(100)}/${'n'.repeat(120)}`;

/** [row, what, tar, paths and contents, codes of notes] */
type Accepted = readonly [
  row: string,
  what: string,
  tar: Uint8Array,
  contents: Readonly<Record<string, string>>,
  notes?: readonly string[],
];

const ACCEPTED: readonly Accepted[] = [
  ['T02', 'a checksum over signed bytes', rawTar([member({ name: 'é', checksum: 'signed' })]), { é: 'body' }],
  [
    'T03',
    'a cut in the last padding',
    rawTar([file('a')], new Uint8Array(0)).subarray(0, 520),
    { a: 'body' },
    ['TAR_NO_TRAILER'],
  ],
  ['T04', 'no zero blocks', rawTar([file('a')], new Uint8Array(0)), { a: 'body' }, ['TAR_NO_TRAILER']],
  ['T04', 'one zero block at the end', rawTar([file('a')], ZERO), { a: 'body' }, ['TAR_NO_TRAILER']],
  ['T04', 'nothing at all', new Uint8Array(0), {}, ['TAR_NO_TRAILER']],
  [
    'T06',
    'a second archive behind the end',
    rawTar([file('a'), rawTar([]), file('b')]),
    { a: 'body' },
    ['TAR_TRAILING_DATA'],
  ],
  [
    'T06',
    'garbage behind the end',
    rawTar([rawTar([file('a')])], Buffer.from('x')),
    { a: 'body' },
    ['TAR_TRAILING_DATA'],
  ],
  ['T06', 'zeros up to a record of 10 KiB', rawTar([file('a')], new Uint8Array(9216)), { a: 'body' }],
  [
    'T07',
    'a PAX size larger than the field',
    rawTar([paxHeader({ size: '600' }), rawHeader({ name: 'a', size: 4 }), padded('A'.repeat(600)), file('b')]),
    { a: 'A'.repeat(600), b: 'body' },
  ],
  [
    'T07',
    'a PAX size smaller than the field',
    rawTar([paxHeader({ size: '4' }), rawHeader({ name: 'a', size: 600 }), padded('body'), file('b')]),
    { a: 'body', b: 'body' },
  ],
  [
    'T08',
    'a PAX header before a long name',
    rawTar([paxHeader({ size: '3', path: 'pax' }), gnuLong('gnu'), rawHeader({ name: 'a', size: 9 }), padded('abc')]),
    { pax: 'abc' },
  ],
  [
    'T08',
    'two PAX headers in a row',
    rawTar([paxHeader({ path: 'first' }), paxHeader({ path: 'last' }), file('a')]),
    { last: 'body' },
    ['TAR_META_STACKED'],
  ],
  [
    'T08',
    'two long names in a row',
    rawTar([gnuLong('first'), gnuLong('last'), file('a')]),
    { last: 'body' },
    ['TAR_META_STACKED'],
  ],
  [
    'T10',
    'a NUL in a value that is no name',
    rawTar([paxHeader([['SCHILY.xattr.user.x', 'a\0b']]), file('a')]),
    { a: 'body' },
  ],
  [
    'T11',
    'a PAX body just at the limit',
    rawTar([paxHeader({ comment: 'c'.repeat(2 ** 20 - 17) }), file('a')]),
    { a: 'body' },
  ],
  [
    'T13',
    'a global header with harmless keys',
    rawTar([paxHeader({ comment: 'x', mtime: '1' }, 'g'), file('a')]),
    { a: 'body' },
  ],
  ['T14', 'a size in base-256', rawTar([member({ name: 'a', size: base256(4n) })]), { a: 'body' }],
  [
    'T14b',
    'spaces in number fields',
    rawTar([member({ name: 'a', mode: '   644 ', uid: '     0 ', size: '         4 ', mtime: '          0 ' })]),
    { a: 'body' },
  ],
  [
    'T14b',
    'a checksum of digits and spaces',
    rawTar([member({ name: 'spaced', checksum: ` ${sumOf('spaced')}  ` })]),
    { spaced: 'body' },
  ],
  ['T15', 'a uid of 2^31 in base-256', rawTar([member({ name: 'a', uid: base256(2n ** 31n, 8) })]), { a: 'body' }],
  [
    'T16',
    'a negative mtime, a fraction, a huge one',
    rawTar([
      member({ name: 'a', mtime: base256(-1n) }),
      paxHeader({ mtime: '-1.5' }),
      file('b'),
      paxHeader({ mtime: '9'.repeat(30) }),
      file('c'),
    ]),
    { a: 'body', b: 'body', c: 'body' },
  ],
  [
    'T17',
    'old GNU sparse',
    rawTar([
      oldSparse(
        's',
        10,
        [
          [2, 3],
          [7, 1],
        ],
        'abcd',
      ),
      file('b'),
    ]),
    { s: '\0\0abc\0\0d\0\0', b: 'body' },
  ],
  [
    'T17',
    'old GNU sparse with extension blocks',
    rawTar([
      oldSparse(
        's',
        60,
        Array.from({ length: 30 }, (_, i) => [2 * i, 1] as const),
        'x'.repeat(30),
      ),
      file('b'),
    ]),
    { s: 'x\0'.repeat(30), b: 'body' },
  ],
  [
    'T17',
    'sparse 0.0',
    rawTar([
      paxHeader([
        ['GNU.sparse.size', '6'],
        ['GNU.sparse.numblocks', '2'],
        ['GNU.sparse.offset', '0'],
        ['GNU.sparse.numbytes', '1'],
        ['GNU.sparse.offset', '4'],
        ['GNU.sparse.numbytes', '2'],
      ]),
      file('s', 'abc'),
    ]),
    { s: 'a\0\0\0bc' },
  ],
  [
    'T17',
    'sparse 0.1',
    rawTar([
      paxHeader({
        'GNU.sparse.size': '6',
        'GNU.sparse.numblocks': '1',
        'GNU.sparse.map': '1,3',
        'GNU.sparse.name': 's',
      }),
      file('x', 'abc'),
    ]),
    { s: '\0abc\0\0' },
  ],
  [
    'T17',
    'sparse 1.0',
    rawTar([paxSparse10('s', 8, '2\n1\n2\n5\n1\n', 'abc'), file('b')]),
    { s: '\0ab\0\0c\0\0', b: 'body' },
  ],
  [
    'T17',
    'sparse 1.0, nothing but a hole',
    rawTar([paxSparse10('s', 3, '1\n3\n0\n', ''), file('b')]),
    { s: '\0\0\0', b: 'body' },
  ],
  ['T18', 'a long GNU name', rawTar([gnuLong(LONG), file('cut')]), { [LONG]: 'body' }],
  ['T18', 'a long PAX name', rawTar([paxHeader({ path: LONG }), file('cut')]), { [LONG]: 'body' }],
  ['T18', 'a ustar prefix', rawTar([member({ name: 'n', prefix: 'p' })]), { 'p/n': 'body' }],
  ['T18', 'a redundant long name', rawTar([gnuLong('a'), file('a')]), { a: 'body' }],
  [
    'T18',
    'PAX beats GNU beats the field',
    rawTar([gnuLong('gnu'), paxHeader({ path: 'pax' }), file('field')]),
    { pax: 'body' },
  ],
  [
    'T19',
    'v7',
    rawTar([member({ name: 'a', magic: 'v7' }), rawMember({ name: 'd/', magic: 'v7', type: '\0' })]),
    { a: 'body' },
  ],
  ['T19', 'v7, where a prefix would stand', rawTar([member({ name: 'a', magic: 'v7', prefix: 'no' })]), { a: 'body' }],
  [
    'T19',
    'GNU, where a prefix would stand',
    rawTar([member({ name: 'a', magic: 'gnu', prefix: '12345' })]),
    { a: 'body' },
  ],
  [
    'T19',
    'star, whose prefix is shorter',
    rawTar([member({ name: 'n', prefix: 'p', at: { 476: '00000000000 00000000000 ', 508: 'tar\0' } })]),
    { 'p/n': 'body' },
  ],
  [
    'T19',
    'Solaris extended header and ACL',
    rawTar([paxHeader({ path: 'solaris' }, 'X'), member({ name: 'acl', type: 'A' }), file('a')]),
    { solaris: 'body' },
  ],
  [
    'T19',
    'GNU directory list and volume label',
    rawTar([member({ name: 'label', type: 'V', size: 0 }, ''), member({ name: 'd/', type: 'D' }), file('a')]),
    { a: 'body' },
  ],
  [
    'T19',
    'an unknown type',
    rawTar([member({ name: 'odd', type: 'Z' }), file('a')]),
    { a: 'body' },
    ['TAR_TYPE_UNKNOWN'],
  ],
  ['T19', 'a contiguous file', rawTar([member({ name: 'a', type: '7' })]), { a: 'body' }],
  ['T20', 'the folder ./', rawTar([rawMember({ name: './', type: '5' }), file('./a')]), { a: 'body' }],
  [
    'T21',
    'backslashes and drive letters',
    rawTar([file('C:\\a\\..\\b'), file('c:/d')]),
    { 'C:\\a\\..\\b': 'body', 'c:/d': 'body' },
  ],
  ['T21', 'dots and slashes without meaning', rawTar([file('././a//b/./c')]), { 'a/b/c': 'body' }],
  ['T24', 'a name twice with the same bytes', rawTar([file('a'), file('./a')]), { a: 'body' }, ['ARCHIVE_DUPLICATE']],
  [
    'T24',
    'a file and a hard link to its like',
    rawTar([file('b'), file('a'), link('a', 'b', '1')]),
    { a: 'body' },
    ['ARCHIVE_DUPLICATE'],
  ],
  [
    'T24',
    'a folder twice',
    rawTar([rawMember({ name: 'd/', type: '5' }), rawMember({ name: 'd', type: '5' }), file('d/a')]),
    { 'd/a': 'body' },
  ],
  [
    'T24',
    'a link twice',
    rawTar([file('a'), link('l', 'a'), link('l', 'a')]),
    { a: 'body', l: 'body' },
    ['ARCHIVE_DUPLICATE'],
  ],
  [
    'T25',
    'names that differ in case or form',
    rawTar([file('A', '1'), file('a', '2'), file('\u00e9', '3'), file('e\u0301', '4')]),
    { A: '1', a: '2', '\u00e9': '3', 'e\u0301': '4' },
  ],
  [
    'T26',
    'names that are no UTF-8',
    rawTar([member({ name: Buffer.from([0x61, 0xe9]) }, '1'), member({ name: Buffer.from([0x61, 0xe8]) }, '2')]),
    { 'a\udce9': '1', 'a\udce8': '2' },
  ],
  [
    'T27',
    'a link that claims a body',
    rawTar([member({ name: 'l', type: '2', link: 'a', size: 100 }, ''), file('a')]),
    { a: 'body', l: 'body' },
    ['TAR_LINK_SIZE'],
  ],
  [
    'T27',
    'a directory that claims a body',
    rawTar([member({ name: 'd/', type: '5', size: 100 }, ''), file('a')]),
    { a: 'body' },
    ['TAR_LINK_SIZE'],
  ],
  [
    'T27',
    'a device that claims a body',
    rawTar([member({ name: 'n', type: '3', size: 100 }, ''), file('a')]),
    { a: 'body' },
    ['TAR_LINK_SIZE'],
  ],
];

/** The checksum that a member of this name and body has, in octal. */
function sumOf(name: string): string {
  return Buffer.from(rawHeader({ name, size: 4 }).subarray(148, 154))
    .toString('latin1')
    .slice(1);
}

const flip = (tar: Uint8Array, at: number): Uint8Array => {
  const copy = tar.slice();
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
};

/** [row, what, tar, code] */
const REFUSED: readonly (readonly [string, string, Uint8Array, string])[] = [
  ['T01', 'a flipped bit in a header', flip(rawTar([file('a')]), 3), 'TAR_CHECKSUM'],
  ['T01', 'text instead of a tar', Buffer.from('hello '.repeat(200)), 'TAR_CHECKSUM'],
  ['T03', 'a cut in a header', rawTar([file('a'), file('b')]).subarray(0, 1024 + 100), 'TAR_TRUNCATED'],
  ['T03', 'a cut in a body', rawTar([file('a', 'x'.repeat(600))]).subarray(0, 900), 'TAR_TRUNCATED'],
  [
    'T03',
    'a cut in an extension header',
    rawTar([paxHeader({ path: LONG }), file('a')]).subarray(0, 600),
    'TAR_TRUNCATED',
  ],
  ['T05', 'one zero block, then a member', rawTar([file('a'), ZERO, file('b')]), 'TAR_LONE_ZERO_BLOCK'],
  ['T09', 'a record with a wrong length', rawTar([paxHeader('99 path=a\n'), file('a')]), 'TAR_PAX_SYNTAX'],
  ['T09', 'a record of length 0', rawTar([paxHeader('0 path=a\n'), file('a')]), 'TAR_PAX_SYNTAX'],
  ['T09', 'a record without =', rawTar([paxHeader('8 pathx\n'), file('a')]), 'TAR_PAX_SYNTAX'],
  ['T09', 'a record without a key', rawTar([paxHeader('5 =a\n'), file('a')]), 'TAR_PAX_SYNTAX'],
  ['T09', 'a record without newline', rawTar([paxHeader('10 path=ab'), file('a')]), 'TAR_PAX_SYNTAX'],
  ['T09', 'a record without digits', rawTar([paxHeader('+9 path=a\n'), file('a')]), 'TAR_PAX_SYNTAX'],
  ['T09', 'zeros behind the records', rawTar([paxHeader('9 path=a\n\0\0'), file('a')]), 'TAR_PAX_SYNTAX'],
  ['T10', 'a NUL in a PAX path', rawTar([paxHeader([['path', 'a\0b']]), file('a')]), 'TAR_NAME_NUL'],
  ['T10', 'a NUL in a PAX link', rawTar([paxHeader([['linkpath', 'a\0b']]), file('a')]), 'TAR_NAME_NUL'],
  ['T10', 'a NUL in an owner', rawTar([paxHeader([['uname', 'a\0b']]), file('a')]), 'TAR_NAME_NUL'],
  [
    'T10',
    'a NUL in the key of an attribute',
    rawTar([paxHeader([['SCHILY.xattr.a\0b', 'c']]), file('a')]),
    'TAR_NAME_NUL',
  ],
  ['T10', 'a NUL inside a long name', rawTar([gnuLong('a\0b'), file('a')]), 'TAR_NAME_NUL'],
  [
    'T11',
    'a PAX body just over the limit',
    rawTar([paxHeader({ comment: 'c'.repeat(2 ** 20 - 16) }), file('a')]),
    'TAR_META_TOO_LARGE',
  ],
  ['T11', 'a long name over the limit', rawTar([gnuLong('c'.repeat(2 ** 20)), file('a')]), 'TAR_META_TOO_LARGE'],
  [
    'T11',
    'an attribute of 8 MB',
    rawTar([paxHeader({ 'SCHILY.xattr.user.x': 'c'.repeat(8e6) }), file('a')]),
    'TAR_META_TOO_LARGE',
  ],
  ['T12', 'a PAX header, then the end', rawTar([file('a'), paxHeader({ path: 'b' })]), 'TAR_DANGLING_META'],
  ['T12', 'a PAX header, then nothing', rawTar([paxHeader({ path: 'b' })], new Uint8Array(0)), 'TAR_DANGLING_META'],
  ['T12', 'a long name, then the end', rawTar([gnuLong('b')]), 'TAR_DANGLING_META'],
  [
    'T12',
    'a PAX header, then a global one',
    rawTar([paxHeader({ path: 'b' }), paxHeader({ comment: 'c' }, 'g'), file('a')]),
    'TAR_DANGLING_META',
  ],
  ['T13', 'a global path', rawTar([paxHeader({ path: 'b' }, 'g'), file('a')]), 'TAR_GLOBAL_OVERRIDE'],
  ['T13', 'a global link path', rawTar([paxHeader({ linkpath: 'b' }, 'g'), file('a')]), 'TAR_GLOBAL_OVERRIDE'],
  ['T13', 'a global size', rawTar([paxHeader({ size: '1' }, 'g'), file('a')]), 'TAR_GLOBAL_OVERRIDE'],
  [
    'T13',
    'global keys without end',
    rawTar([paxHeader(Object.fromEntries(Array.from({ length: 257 }, (_, i) => [`k${i}`, 'v'])), 'g'), file('a')]),
    'TAR_META_TOO_LARGE',
  ],
  [
    'T24',
    'a sparse file twice',
    rawTar([oldSparse('s', 9, [[0, 1]], 'a'), oldSparse('s', 9, [[0, 1]], 'a')]),
    'ARCHIVE_DUPLICATE',
  ],
  ['T14', 'a negative size in base-256', rawTar([member({ name: 'a', size: base256(-1n) })]), 'TAR_BAD_NUMBER'],
  ['T14', 'a negative size in octal', rawTar([member({ name: 'a', size: '-0000000001\0' })]), 'TAR_BAD_NUMBER'],
  [
    'T14',
    'a negative volume label',
    rawTar([member({ name: 'a', type: 'V', size: base256(-512n) }, '')]),
    'TAR_BAD_NUMBER',
  ],
  ['T14', 'a size of other digits', rawTar([member({ name: 'a', size: '00000000008\0' })]), 'TAR_BAD_NUMBER'],
  ['T14', 'a number behind a number', rawTar([member({ name: 'a', size: '4 123\0' })]), 'TAR_BAD_NUMBER'],
  ['T15', 'a size beyond 2^53 - 1', rawTar([member({ name: 'a', size: base256(2n ** 53n) })]), 'TAR_BAD_NUMBER'],
  [
    'T15',
    'a size that fills the field',
    rawTar([member({ name: 'a', size: new Uint8Array(12).fill(0xbf) })]),
    'TAR_BAD_NUMBER',
  ],
  ['T16', 'a PAX mtime of letters', rawTar([paxHeader({ mtime: 'abc' }), file('a')]), 'TAR_PAX_VALUE'],
  ['T16', 'a PAX size of letters', rawTar([paxHeader({ size: 'abc' }), file('a')]), 'TAR_PAX_VALUE'],
  ['T16', 'a negative PAX size', rawTar([paxHeader({ size: '-1' }), file('a')]), 'TAR_PAX_VALUE'],
  ['T16', 'a PAX size beyond 2^53 - 1', rawTar([paxHeader({ size: '9007199254740992' }), file('a')]), 'TAR_PAX_VALUE'],
  ['T17', 'a map beyond the file', rawTar([oldSparse('s', 4, [[2, 3]], 'abc')]), 'TAR_SPARSE_INVALID'],
  [
    'T17',
    'a map that overlaps',
    rawTar([
      oldSparse(
        's',
        9,
        [
          [2, 3],
          [4, 1],
        ],
        'abcd',
      ),
    ]),
    'TAR_SPARSE_INVALID',
  ],
  [
    'T17',
    'a map out of order',
    rawTar([
      oldSparse(
        's',
        9,
        [
          [5, 3],
          [0, 1],
        ],
        'abcd',
      ),
    ]),
    'TAR_SPARSE_INVALID',
  ],
  ['T17', 'a map with less data than stored', rawTar([oldSparse('s', 9, [[2, 3]], 'abcd')]), 'TAR_SPARSE_INVALID'],
  ['T17', 'a map with more data than stored', rawTar([oldSparse('s', 9, [[2, 5]], 'abcd')]), 'TAR_SPARSE_INVALID'],
  ['T17', 'a sparse type without GNU fields', rawTar([member({ name: 's', type: 'S' })]), 'TAR_SPARSE_INVALID'],
  [
    'T17',
    'a map with odd numbers',
    rawTar([
      paxHeader({ 'GNU.sparse.size': '6', 'GNU.sparse.numblocks': '1', 'GNU.sparse.map': '1,3,4' }),
      file('s', 'abc'),
    ]),
    'TAR_SPARSE_INVALID',
  ],
  [
    'T17',
    'offsets without lengths',
    rawTar([
      paxHeader([
        ['GNU.sparse.size', '6'],
        ['GNU.sparse.numblocks', '1'],
        ['GNU.sparse.offset', '0'],
        ['GNU.sparse.offset', '3'],
      ]),
      file('s', 'abc'),
    ]),
    'TAR_SPARSE_INVALID',
  ],
  [
    'T17',
    'a version that does not exist',
    rawTar([
      paxHeader({ 'GNU.sparse.major': '2', 'GNU.sparse.minor': '0', 'GNU.sparse.realsize': '6' }),
      file('s', 'abc'),
    ]),
    'TAR_SPARSE_INVALID',
  ],
  ['T17', 'a 1.0 map that is cut', rawTar([paxSparse10('s', 9, '9\n1\n', '')]), 'TAR_SPARSE_INVALID'],
  ['T17', 'a 1.0 map without numbers', rawTar([paxSparse10('s', 9, 'x\n', '')]), 'TAR_SPARSE_INVALID'],
  ['T17', 'a 1.0 map of too many entries', rawTar([paxSparse10('s', 9, '1048577\n', '')]), 'LIMIT_SPARSE_MAP'],
  [
    'T17',
    'a 1.0 map larger than an extension may be',
    rawTar([paxSparse10('s', 9, `600000\n${'0\n0\n'.repeat(300_000)}`, '')]),
    'LIMIT_SPARSE_MAP',
  ],
  [
    'T17',
    'a file that is only a hole, of a petabyte',
    rawTar([oldSparse('s', 8 ** 11 - 1, [[0, 0]], '')]),
    'LIMIT_DECOMPRESSED',
  ],
  ['T18', 'a name over the limit', rawTar([gnuLong('n'.repeat(4097)), file('a')]), 'LIMIT_NAME'],
  ['T18', 'a link target over the limit', rawTar([gnuLong('n'.repeat(4097), 'K'), link('a', 'b')]), 'LIMIT_NAME'],
  ['T20', 'an empty name', rawTar([file('')]), 'TAR_BAD_NAME'],
  ['T20', 'the name /', rawTar([rawMember({ name: '/', type: '5' })]), 'TAR_BAD_NAME'],
  ['T20', 'the name .', rawTar([rawMember({ name: '.', type: '5' })]), 'TAR_BAD_NAME'],
  ['T20', 'a FIFO with the name ./', rawTar([rawMember({ name: './', type: '6' })]), 'TAR_BAD_NAME'],
  ['T21', 'an absolute name', rawTar([file('/manifest.json')]), 'ARCHIVE_UNSAFE_NAME'],
  ['T21', 'a name that climbs', rawTar([file('a/../b')]), 'ARCHIVE_UNSAFE_NAME'],
  ['T21', 'a name that leaves', rawTar([file('../../etc/passwd')]), 'ARCHIVE_UNSAFE_NAME'],
  ['T24', 'a name twice, of other size', rawTar([file('a', '1'), file('a', '22')]), 'ARCHIVE_DUPLICATE'],
  ['T24', 'a name twice, of other bytes', rawTar([file('a', '1'), file('a', '2')]), 'ARCHIVE_DUPLICATE'],
  [
    'T24',
    'a file and a folder of one name',
    rawTar([file('a'), rawMember({ name: 'a/', type: '5' })]),
    'ARCHIVE_DUPLICATE',
  ],
  [
    'T24',
    'two links of one name to other files',
    rawTar([file('a', '1'), file('b', '2'), link('l', 'a'), link('l', 'b')]),
    'ARCHIVE_DUPLICATE',
  ],
  ['T24', 'a file and a link that leads nowhere', rawTar([file('a'), link('a', 'gone')]), 'ARCHIVE_DUPLICATE'],
  [
    'T28',
    'more members than the limit',
    rawTar(Array.from({ length: 101 }, (_, i) => file(`f${i}`, ''))),
    'LIMIT_MEMBERS',
  ],
  [
    'T28',
    'extension headers without end',
    rawTar(Array.from({ length: 700 }, () => paxHeader({ a: 'b' }))),
    'LIMIT_MEMBERS',
  ],
  ['T28', 'a path of a million folders', rawTar([gnuLong('d/'.repeat(500_000)), file('a')]), 'LIMIT_NAME'],
  ['T28', 'a member of 8 GiB that is not there', rawTar([member({ name: 'a', size: 8 ** 11 - 1 })]), 'TAR_TRUNCATED'],
];

describe('what is read', () => {
  it.for(ACCEPTED)('%s %s', async ([, , tar, contents, notes]) => {
    const tree = await open(tar);
    const found: Record<string, string | undefined> = {};
    for (const path of Object.keys(contents)) found[path] = await text(tree, path);
    expect(found).toEqual(contents);
    expect(tree.notes.map(({ code }) => code)).toEqual(notes ?? []);
    const files = tree.entries().filter(({ type }) => type === 'file');
    expect(files.map(({ path }) => path).filter((path) => !(path in contents) && path !== 'b')).toEqual([]);
  });
});

describe('what is refused', () => {
  it.for(REFUSED)('%s %s: %s', async ([, , tar, code]) => {
    await expect(open(tar)).rejects.toMatchObject({ code });
  });

  it('limits hold exactly', async () => {
    const members = (count: number): Uint8Array => rawTar(Array.from({ length: count }, (_, i) => file(`f${i}`, '')));
    expect((await open(members(99))).entries()).toHaveLength(99);
    expect((await open(members(100))).entries()).toHaveLength(100);
    const name = (length: number): Uint8Array => rawTar([gnuLong('n'.repeat(length)), file('a')]);
    expect((await open(name(4096))).entries()).toHaveLength(1);
  });

  it('says where', async () => {
    const tar = rawTar([file('a'), flip(file('b'), 0)]);
    await expect(open(tar)).rejects.toMatchObject({ details: { subject: 'test.tar', offset: 1024 } });
  });
});

describe('links', () => {
  const chain = (count: number): Uint8Array[] => Array.from({ length: count }, (_, i) => link(`l${i}`, `l${i + 1}`));

  it.for([
    ['from its folder', [file('a/x'), link('b/l', '../a/x')], 'b/l'],
    ['to what comes later', [link('b/l', '../a/x'), file('a/x')], 'b/l'],
    ['from the root of the archive', [file('a/x'), link('b/l', '/a/x')], 'b/l'],
    ['a hard link by its archive name', [file('a/x'), link('b/l', 'a/x', '1')], 'b/l'],
    ['a hard link with ./', [file('a/x'), link('b/l', './a/x', '1')], 'b/l'],
    ['eight hops', [...chain(8), file('l8')], 'l0'],
  ] as const)('are followed: %s', async ([, members, path]) => {
    expect(await text(await open(rawTar([...members])), path)).toBe('body');
  });

  it.for([
    ['to nothing', [link('l', 'gone')], 'LINK_UNRESOLVED'],
    ['to an empty target', [link('l', '')], 'LINK_UNRESOLVED'],
    ['to a file of the system', [link('l', '/etc/passwd')], 'LINK_UNRESOLVED'],
    ['out of the archive', [link('l', '../../etc/passwd')], 'LINK_UNRESOLVED'],
    ['out of the archive by an absolute hard link', [link('l', '/etc/passwd', '1')], 'ARCHIVE_UNSAFE_NAME'],
    ['out of the archive by a hard link', [link('l', '../x', '1')], 'ARCHIVE_UNSAFE_NAME'],
    ['to itself', [link('l', 'l')], 'LINK_LOOP'],
    ['in a circle', [link('l', 'm'), link('m', 'l')], 'LINK_LOOP'],
    ['over nine hops', [link('l', 'l0'), ...chain(8), file('l8')], 'LINK_LOOP'],
    ['to a folder', [rawMember({ name: 'd', type: '5' }), link('l', 'd')], 'ARCHIVE_NOT_REGULAR'],
  ] as const)('are refused when opened: %s', async ([, members, code]) => {
    const tree = await open(rawTar([...members]));
    await expect(tree.open('l')).rejects.toMatchObject({ code });
  });

  it.for([
    ['3', 'character device'],
    ['4', 'block device'],
    ['6', 'FIFO'],
    ['M', 'continuation of a file from another volume'],
    ['5', 'directory'],
  ])('T23 a member of type %s is no file', async ([type, found]) => {
    const tree = await open(rawTar([rawMember({ name: 'x', type: type ?? '' })]));
    await expect(tree.open('x')).rejects.toMatchObject({ code: 'ARCHIVE_NOT_REGULAR', details: { found } });
  });
});

describe('the tree', () => {
  it('lists in stored order', async () => {
    const tree = await open(rawTar([file('z'), rawMember({ name: 'd/', type: '5' }), link('l', 'z'), file('a', '')]));
    expect(tree.entries().map(({ path, type, size }) => [path, type, size])).toEqual([
      ['z', 'file', 4],
      ['d', 'directory', 0],
      ['l', 'symlink', 0],
      ['a', 'file', 0],
    ]);
    expect(tree.entry('l')?.linkTarget).toBe('z');
    expect(tree.entry('nothing')).toBeUndefined();
    expect(await tree.open('nothing')).toBeUndefined();
  });

  it('keeps the place in the file, except for sparse members', async () => {
    const tar = rawTar([file('a'), oldSparse('s', 10, [[2, 3]], 'abc')]);
    const path = join(mkdtempSync(join(tmpdir(), 'tar-index-')), 'file');
    writeFileSync(path, Buffer.concat([new Uint8Array(100), tar]));
    const fd = openSync(path, 'r');
    const source: ByteSource = { ...memorySource(tar, 'x'), file: { fd, offset: 100, length: tar.length } };
    const tree = await openTarTree(source, { limits: LIMITS });
    closeSync(fd);
    rmSync(dirname(path), { recursive: true });
    expect((await tree.open('a'))?.file).toEqual({ fd, offset: 612, length: 4 });
    const sparse = await tree.open('s');
    expect(sparse?.file).toBeUndefined();
    expect(sparse?.size).toBe(10);
    expect(Buffer.from((await sparse?.readAt(1, 3)) ?? []).toString()).toBe('\0ab');
  });

  it('stops when told to', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    const opened = openTarTree(memorySource(rawTar([file('a')]), 'x'), { limits: LIMITS, signal });
    await expect(opened).rejects.toThrow('enough');
  });

  it('does not read bodies', async () => {
    let read = 0;
    const tar = rawTar(Array.from({ length: 10 }, (_, i) => file(`f${i}`, 'x'.repeat(1 << 20))));
    const memory = memorySource(tar, 'x');
    const source: ByteSource = {
      ...memory,
      readAt: (offset, length) => {
        read += length;
        return memory.readAt(offset, length);
      },
    };
    await openTarTree(source, { limits: LIMITS });
    expect(read).toBeLessThan(100_000);
  });

  it('bounds its notes', async () => {
    const odd = Array.from({ length: 300 }, (_, i) => member({ name: `o${i}`, type: 'Z' }));
    const tree = await open(rawTar(odd), { ...LIMITS, members: 1000 });
    expect(tree.notes).toHaveLength(101);
    expect(tree.notes.at(-1)).toMatchObject({ code: 'TAR_TYPE_UNKNOWN', found: '200 more' });
  });
});
