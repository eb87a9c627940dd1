import { gzipSync } from 'node:zlib';

import { beforeAll, describe, expect, it } from 'vitest';

import type { ErrorCode } from '../../src/base/error-code.js';
import type { ErrorDetails } from '../../src/base/error.js';
import type { Limits } from '../../src/base/limits.js';
import {
  type Files,
  archiveFile,
  archiveLink,
  fileAt,
  flipped,
  memberOf,
  replaced,
  tarOf,
} from '../support/archive-builder.js';
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
} from '../support/raw-tar.js';
import { L1, dockerBase } from './bases.js';
import { bzip2, hasPrograms } from './compressed.js';
import { createWorkbench, expectAccepted, expectRefused, expectSameBytes, saved } from './outcome.js';

const bench = createWorkbench();

const BASE = dockerBase();
const BASE_TAR = tarOf(BASE);
const LAYER = 'l1.tar';
/** The base with raw members ahead of all others. */
const ahead = (...members: readonly Uint8Array[]): Uint8Array => rawTar([...members, ...BASE.map(memberOf)]);
/** The base with raw members instead of the first layer. */
const asLayer = (...members: readonly Uint8Array[]): Uint8Array =>
  rawTar(BASE.flatMap((file) => (file.path === LAYER ? members : [memberOf(file)])));
/** The base with raw members after all others. */
const behind = (...members: readonly Uint8Array[]): Uint8Array => rawTar([...BASE.map(memberOf), ...members]);
const odd = (header: RawHeader): Uint8Array => behind(rawHeader({ name: 'odd', ...header }));
const extra = (name: string | Uint8Array): Uint8Array => rawMember({ name }, 'x');
const ZERO = new Uint8Array(512);
const layerOffset = Buffer.from(BASE_TAR).indexOf(LAYER, 1024 + 512);
const body = Buffer.from(fileAt(BASE, LAYER).bytes);
/** What the layer's zeros at the end leave to store. */
const stored = body.subarray(0, 1024).toString('latin1');
const meta = (size: number): Uint8Array => rawMember({ name: 'x', type: 'x' }, Buffer.alloc(size, '0'));

interface Refused {
  readonly row: string;
  readonly what: string;
  readonly tar: Uint8Array;
  readonly code: ErrorCode;
  readonly details?: ErrorDetails;
  readonly limits?: Partial<Limits>;
}

const REFUSED: readonly Refused[] = [
  {
    row: 'T01',
    what: 'a wrong checksum',
    tar: flipped(BASE_TAR, layerOffset + 110),
    code: 'TAR_CHECKSUM',
    details: { offset: layerOffset },
  },
  {
    row: 'T01',
    what: 'a wrong checksum of the first header',
    tar: flipped(BASE_TAR, 110),
    code: 'TAR_CHECKSUM',
    details: { offset: 0 },
  },
  {
    row: 'T03',
    what: 'a cut in a header',
    tar: BASE_TAR.subarray(0, layerOffset + 100),
    code: 'TAR_TRUNCATED',
    details: { offset: layerOffset },
  },
  { row: 'T03', what: 'a cut in a body', tar: BASE_TAR.subarray(0, layerOffset + 600), code: 'TAR_TRUNCATED' },
  { row: 'T03', what: 'a cut between members', tar: BASE_TAR.subarray(0, layerOffset), code: 'BLOB_MISSING' },
  {
    row: 'T05',
    what: 'one zero block between members',
    tar: ahead(extra('a'), ZERO),
    code: 'TAR_LONE_ZERO_BLOCK',
    details: { offset: 1024 },
  },
  {
    row: 'T07',
    what: 'a second manifest.json in what the PAX size uncovers',
    tar: behind(paxHeader({ size: '0' }), rawMember({ name: 'cover' }, rawMember({ name: 'manifest.json' }, '[]'))),
    code: 'ARCHIVE_DUPLICATE',
    details: { subject: 'manifest.json' },
  },
  {
    row: 'T09',
    what: 'a PAX record of the wrong length',
    tar: ahead(paxHeader('99 path=a\n'), extra('a')),
    code: 'TAR_PAX_SYNTAX',
  },
  {
    row: 'T09',
    what: 'a PAX record of length 0',
    tar: ahead(paxHeader('0 path=a\n'), extra('a')),
    code: 'TAR_PAX_SYNTAX',
  },
  { row: 'T09', what: 'a PAX record without =', tar: ahead(paxHeader('7 path\n'), extra('a')), code: 'TAR_PAX_SYNTAX' },
  {
    row: 'T09',
    what: 'a PAX record without a newline',
    tar: ahead(paxHeader('9 path=ab'), extra('a')),
    code: 'TAR_PAX_SYNTAX',
  },
  {
    row: 'T10',
    what: 'a NUL in a PAX path',
    tar: asLayer(paxHeader({ path: `${LAYER}\0.gz` }), rawMember({ name: LAYER }, body)),
    code: 'TAR_NAME_NUL',
  },
  {
    row: 'T10',
    what: 'a NUL in a link target',
    tar: ahead(paxHeader({ linkpath: 'a\0b' }), rawHeader({ name: 'a', type: '2' })),
    code: 'TAR_NAME_NUL',
  },
  {
    row: 'T11',
    what: 'an extension header of 1 MiB + 1',
    tar: ahead(meta(2 ** 20 + 1), extra('a')),
    code: 'TAR_META_TOO_LARGE',
  },
  {
    row: 'T11',
    what: 'a long name of 1 MiB + 1',
    tar: ahead(gnuLong('n'.repeat(2 ** 20)), extra('a')),
    code: 'TAR_META_TOO_LARGE',
  },
  {
    row: 'T12',
    what: 'an extension header, then the end',
    tar: behind(paxHeader({ path: 'a' })),
    code: 'TAR_DANGLING_META',
  },
  {
    row: 'T12',
    what: 'a long name, then the end of the file',
    tar: rawTar([...BASE.map(memberOf), gnuLong('a')], new Uint8Array(0)),
    code: 'TAR_DANGLING_META',
  },
  ...['path', 'size', 'linkpath'].map((key) => ({
    row: 'T13',
    what: `a global ${key}`,
    tar: ahead(paxHeader({ [key]: '1' }, 'g')),
    code: 'TAR_GLOBAL_OVERRIDE' as const,
  })),
  { row: 'T14', what: 'a negative size', tar: odd({ size: base256(-1n) }), code: 'TAR_BAD_NUMBER' },
  { row: 'T14', what: 'a size that is not octal', tar: odd({ size: '00000000009\0' }), code: 'TAR_BAD_NUMBER' },
  {
    row: 'T14',
    what: 'a size that leads back to the header',
    tar: odd({ size: base256(-1024n) }),
    code: 'TAR_BAD_NUMBER',
  },
  {
    row: 'T14',
    what: 'a PAX size that is negative',
    tar: ahead(paxHeader({ size: '-1' }), extra('a')),
    code: 'TAR_PAX_VALUE',
  },
  { row: 'T15', what: 'a size of 2^53', tar: odd({ size: base256(2n ** 53n) }), code: 'TAR_BAD_NUMBER' },
  {
    row: 'T15',
    what: 'a size of 2^53-1, of which nothing is there',
    tar: odd({ size: base256(2n ** 53n - 1n) }),
    code: 'TAR_TRUNCATED',
  },
  {
    row: 'T16',
    what: 'a PAX mtime that is no time',
    tar: ahead(paxHeader({ mtime: 'abc' }), extra('a')),
    code: 'TAR_PAX_VALUE',
  },
  {
    row: 'T17',
    what: 'a sparse map past the real size',
    tar: asLayer(oldSparse(LAYER, 512, [[0, 1024]], stored)),
    code: 'TAR_SPARSE_INVALID',
  },
  {
    row: 'T17',
    what: 'a sparse map of more entries than the limit',
    tar: asLayer(paxSparse10(LAYER, body.length, `3\n${'0\n0\n'.repeat(3)}`, stored)),
    code: 'LIMIT_SPARSE_MAP',
    limits: { sparseMap: 2 },
  },
  {
    row: 'T18',
    what: 'a name of 4097 bytes',
    tar: ahead(paxHeader({ path: 'n'.repeat(4097) }), extra('a')),
    code: 'LIMIT_NAME',
  },
  {
    row: 'T18',
    what: 'a link target of 4097 bytes',
    tar: ahead(gnuLong('n'.repeat(4097), 'K'), rawHeader({ name: 'a', type: '2' })),
    code: 'LIMIT_NAME',
  },
  ...['', '/', '.'].map((name) => ({
    row: 'T20',
    what: `the name "${name}"`,
    tar: ahead(extra(name)),
    code: 'TAR_BAD_NAME' as const,
  })),
  ...['/abs', '../up', 'a/../../b', 'a/..'].map((name) => ({
    row: 'T21',
    what: `the name ${name}`,
    tar: ahead(extra(name)),
    code: 'ARCHIVE_UNSAFE_NAME' as const,
    details: { found: name },
  })),
  {
    row: 'T24',
    what: 'a name twice with other bytes',
    tar: ahead(extra('a'), rawMember({ name: './a' }, 'y')),
    code: 'ARCHIVE_DUPLICATE',
    details: { subject: 'a' },
  },
  {
    row: 'T24',
    what: 'a name for a file and a folder',
    tar: ahead(extra('a'), rawHeader({ name: 'a/', type: '5' })),
    code: 'ARCHIVE_DUPLICATE',
  },
  {
    row: 'T28',
    what: 'a member more than the limit',
    tar: ahead(...Array.from({ length: 8 }, (_, index) => rawHeader({ name: `f${index}` }))),
    code: 'LIMIT_MEMBERS',
    limits: { members: BASE.length + 7 },
  },
  { row: 'T29', what: 'an empty file', tar: new Uint8Array(0), code: 'ARCHIVE_EMPTY' },
  { row: 'T29', what: 'a tar of nothing', tar: rawTar([]), code: 'ARCHIVE_EMPTY' },
  {
    row: 'T29',
    what: 'a short text',
    tar: Buffer.from('hello'),
    code: 'ARCHIVE_UNKNOWN_FORMAT',
    details: { found: 'bytes 68656c6c6f' },
  },
  {
    row: 'T29',
    what: 'a long text',
    tar: Buffer.alloc(2000, 'hello'),
    code: 'ARCHIVE_UNKNOWN_FORMAT',
    details: { offset: 0 },
  },
  {
    row: 'T29',
    what: 'a tar of other files',
    tar: rawTar([extra('README')]),
    code: 'ARCHIVE_UNKNOWN_FORMAT',
    details: { found: 'README' },
  },
  ...Object.entries({
    zip: '504b0304',
    lz4: '04224d18',
    lzip: '4c5a4950',
    lzma: '5d000080',
    lzop: '894c5a4f',
    compress: '1f9d90',
    '7z': '377abcaf271c',
  }).map(([name, magic]) => ({
    row: 'T29',
    what: name,
    tar: Buffer.concat([Buffer.from(magic, 'hex'), Buffer.alloc(600, 'x')]),
    code: 'ARCHIVE_UNKNOWN_FORMAT' as const,
  })),
  { row: 'T29', what: 'gzip in gzip', tar: gzipSync(gzipSync(BASE_TAR)), code: 'ARCHIVE_UNKNOWN_FORMAT' },
  { row: 'T29', what: 'gzip of nothing', tar: gzipSync(''), code: 'ARCHIVE_EMPTY' },
  ...(hasPrograms
    ? [{ row: 'T29', what: 'gzip in bzip2', tar: bzip2(gzipSync(BASE_TAR)), code: 'ARCHIVE_UNKNOWN_FORMAT' as const }]
    : []),
];

/** Oddities that change nothing: the output is that of the base. */
const SAME: readonly (readonly [row: string, what: string, tar: Uint8Array, notes?: readonly ErrorCode[]])[] = [
  ['T', 'the base', BASE_TAR],
  ['T02', 'a checksum over signed bytes', ahead(rawHeader({ name: 'é', checksum: 'signed' }))],
  ['T02', 'a checksum over unsigned bytes', ahead(rawHeader({ name: 'é' }))],
  [
    'T03',
    'a cut in the last padding',
    rawTar([...BASE.map(memberOf), extra('last')], new Uint8Array(0)).subarray(0, -100),
    ['TAR_NO_TRAILER'],
  ],
  ['T04', 'no zero blocks', tarOf(BASE, new Uint8Array(0)), ['TAR_NO_TRAILER']],
  ['T04', 'one zero block', tarOf(BASE, ZERO), ['TAR_NO_TRAILER']],
  ['T06', 'a second archive behind the end', Buffer.concat([BASE_TAR, BASE_TAR]), ['TAR_TRAILING_DATA']],
  ['T06', 'garbage behind the end', Buffer.concat([BASE_TAR, Buffer.from('x')]), ['TAR_TRAILING_DATA']],
  ['T06', 'zeros behind the end', Buffer.concat([BASE_TAR, Buffer.alloc(10_000)])],
  [
    'T07',
    'a PAX size larger than the field',
    asLayer(paxHeader({ size: String(body.length) }), rawHeader({ name: LAYER, size: 0 }), padded(body)),
  ],
  [
    'T07',
    'a PAX size smaller than the field',
    asLayer(paxHeader({ size: String(body.length) }), rawHeader({ name: LAYER, size: 100_000 }), padded(body)),
  ],
  [
    'T08',
    'a PAX size before a long name',
    asLayer(paxHeader({ size: String(body.length) }), gnuLong(LAYER), rawHeader({ name: 'x', size: 1 }), padded(body)),
  ],
  [
    'T08',
    'two PAX headers in a row',
    asLayer(paxHeader({ path: 'first' }), paxHeader({ path: LAYER }), rawMember({ name: 'x' }, body)),
    ['TAR_META_STACKED'],
  ],
  ['T13', 'a global comment', ahead(paxHeader({ comment: 'x', mtime: '1' }, 'g'))],
  [
    'T14b',
    'spaces in number fields',
    asLayer(rawMember({ name: LAYER, size: `${body.length.toString(8).padStart(11)} `, mode: '   644 \0' }, body)),
  ],
  [
    'T15',
    'a base-256 size',
    asLayer(rawMember({ name: LAYER, size: base256(BigInt(body.length)), uid: base256(2n ** 31n, 8) }, body)),
  ],
  [
    'T16',
    'times before 1970 and below a second',
    ahead(paxHeader({ mtime: '-1.5' }), rawMember({ name: 'a', mtime: base256(-5n) })),
  ],
  ['T17', 'an old sparse member', asLayer(oldSparse(LAYER, body.length, [[0, 1024]], stored))],
  ['T17', 'a PAX sparse member', asLayer(paxSparse10(LAYER, body.length, '1\n0\n1024\n', stored))],
  ['T18', 'a long name by GNU', asLayer(gnuLong(`${'./'.repeat(80)}${LAYER}`), rawMember({ name: 'cut' }, body))],
  [
    'T18',
    'a long name by PAX',
    asLayer(paxHeader({ path: `${'./'.repeat(80)}${LAYER}` }), rawMember({ name: 'cut' }, body)),
  ],
  ['T18', 'a long name in two fields', asLayer(rawMember({ name: LAYER, prefix: '././.' }, body))],
  ['T19', 'the dialect of v7', rawTar(BASE.map((file) => memberOf({ ...file, header: { magic: 'v7' } })))],
  [
    'T19',
    'the dialect of GNU',
    rawTar(BASE.map((file) => memberOf({ ...file, header: { magic: 'gnu', uname: 'root' } }))),
  ],
  ['T19', 'a volume label', ahead(rawHeader({ name: 'label', type: 'V', magic: 'gnu' }))],
  ['T19', 'a member of unknown type', ahead(rawMember({ name: 'a', type: '?' }, 'x')), ['TAR_TYPE_UNKNOWN']],
  ['T20', 'the folder ./', ahead(rawHeader({ name: './', type: '5' }))],
  ['T21', 'backslashes and drive letters', ahead(extra('C:\\x'), extra('C:'), extra('..\\..\\x'))],
  [
    'T22',
    'a chain of links that would escape',
    ahead(
      rawHeader({ name: 'a/b/c/up', type: '2', link: '../..' }),
      rawHeader({ name: 'a/b/escape', type: '2', link: 'c/up/../..' }),
      extra('a/b/escape/file'),
      rawHeader({ name: 'root', type: '1', link: 'a/b/escape/etc/passwd' }),
    ),
  ],
  ['T24', 'a name twice with the same bytes', ahead(extra('a'), extra('a')), ['ARCHIVE_DUPLICATE']],
  ['T24', 'a folder twice', ahead(rawHeader({ name: 'a/', type: '5' }), rawHeader({ name: './a/', type: '5' }))],
  [
    'T25',
    'names that some disks hold for one',
    ahead(extra('A'), extra('a'), extra('ß'), extra('ss'), extra('\u00e9'), extra('e\u0301'), extra('ﬁ')),
  ],
  ['T25', 'the layer in another case beside it', ahead(rawMember({ name: 'L1.tar' }, 'other'))],
  [
    'T26',
    'names that are no UTF-8',
    ahead(extra(Buffer.from('caf\xe9', 'latin1')), extra(Buffer.from('\xcb\xcf', 'latin1'))),
  ],
  [
    'T27',
    'a link that claims a body',
    ahead(rawHeader({ name: 'a', type: '2', link: 'b', size: 512 })),
    ['TAR_LINK_SIZE'],
  ],
  [
    'T28',
    'a path of 2000 folders',
    ahead(paxHeader({ path: 'd/'.repeat(2000) }), rawHeader({ name: 'd/', type: '5' })),
  ],
  [
    'D10',
    'a layer through a hard link',
    asLayer(rawMember({ name: 'real' }, body), memberOf(archiveLink(LAYER, 'real', '1'))),
  ],
];

describe('faults of the outer tar', () => {
  let canonical: Buffer = Buffer.alloc(0);
  beforeAll(async () => {
    canonical = saved(await bench.save(bench.input(BASE_TAR))).archive;
  });

  it.for(REFUSED)('$row $what: $code', async ({ tar, code, details, limits }) => {
    await expectRefused(bench, bench.input(tar), code, details, limits === undefined ? {} : { limits });
  });

  it.for(SAME)('%s %s: the same image', async ([, , tar, notes]) => {
    expectSameBytes(await expectAccepted(bench, bench.input(tar), notes), canonical);
  });

  it('T23 a FIFO, device or socket that nothing refers to is nobody’s business', async () => {
    const specials: Files = ['3', '4', '6'].map((type) => archiveFile(`dev${type}`, '', { type }));
    expectSameBytes(await expectAccepted(bench, bench.input(tarOf([...specials, ...BASE]))), canonical);
  });

  it('T23 a layer behind a link to a device', async () => {
    const files = replaced(BASE, LAYER, archiveLink(LAYER, 'zero'), archiveFile('zero', '', { type: '3' }));
    await expectRefused(bench, bench.input(tarOf(files)), 'ARCHIVE_NOT_REGULAR', { found: 'character device' });
  });

  it('T17 a sparse layer is the file that it stands for', () => {
    expect(Buffer.from(L1.plain).equals(Buffer.concat([Buffer.from(stored, 'latin1'), Buffer.alloc(1024)]))).toBe(true);
  });
});
