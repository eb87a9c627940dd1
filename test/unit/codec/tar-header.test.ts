import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { hashHex } from '../../../src/base/hash.js';
import {
  END_OF_TAR,
  type TarHeaderEntry,
  encodeTarHeader,
  paddingAfter,
  tarHeaderLength,
} from '../../../src/codec/tar-header.js';

const GIB = 1024 ** 3;
const SHA512 = `blobs/sha512/${'a'.repeat(128)}`;

const file = (path: string, size = 0, mtime = 0): TarHeaderEntry => ({ path, type: 'file', size, mtime });
const directory = (path: string, mtime = 0): TarHeaderEntry => ({ path, type: 'directory', size: 0, mtime });

/**
 * Entries, the form that their headers take, and how the sha256 of the headers begins. GNU tar vouches for the hashes: the second suite
 * compares every entry with it.
 */
const CASES: readonly (readonly [string, TarHeaderEntry, 'ustar' | 'posix', string])[] = [
  ['a file', file('oci-layout', 30), 'ustar', '1d8120dce56497c5'],
  ['an empty file', file('empty'), 'ustar', 'd6d405eb1453f27b'],
  ['a directory', directory('blobs'), 'ustar', '9496e2bde6463ea1'],
  ['a directory given with its slash', directory('blobs/sha256/'), 'ustar', '1a69d1a3e15a7f90'],
  ['a time', file('index.json', 7, 1_700_000_000), 'ustar', '2d4ccab6cf17cb07'],
  ['the last time', file('late', 0, 8 ** 11 - 1), 'ustar', 'f172f4566196ea3c'],
  ['a name of 100 bytes', file('n'.repeat(100), 1), 'ustar', '07bd349137ede609'],
  ['a directory of 100 bytes with its slash', directory('n'.repeat(99)), 'ustar', '86344940e491d0ce'],
  ['a name that is split', file(`${'p'.repeat(60)}/${'q'.repeat(60)}`, 1), 'ustar', '03ac4d159eaf7f76'],
  [
    'a prefix of 155 bytes and a name of 100',
    file(`${'p'.repeat(155)}/${'q'.repeat(100)}`, 1),
    'ustar',
    '192d1e707bab53aa',
  ],
  ['the longest prefix wins', file(`a/b/${'c'.repeat(60)}/d/${'e'.repeat(60)}/f`, 1), 'ustar', '43703808182eb97d'],
  ['a directory that is split', directory(`${'p'.repeat(60)}/${'q'.repeat(60)}`), 'ustar', '954560e342595aa2'],
  ['a name that is not ASCII', file('é', 1), 'ustar', '4f40ec33ca186670'],
  ['a sha512 blob', file(SHA512, 3), 'posix', '36771a8640f74dc6'],
  ['a sha512 blob with a time', file(SHA512, 3, 1_700_000_000), 'posix', '31677a0debcbe6db'],
  ['a long name without a folder', file('n'.repeat(120), 1), 'posix', 'e6bb8aecb1dd94fe'],
  ['a long directory', directory(`${'n'.repeat(90)}/${'m'.repeat(110)}`), 'posix', '2fad55cacaac6224'],
  ['a long name that is not ASCII', file(`${'é'.repeat(60)}`, 1), 'posix', '597af42dc2332628'],
  [
    'a name of many folders',
    file(`${'d'.repeat(90)}/${'d'.repeat(90)}/${'d'.repeat(90)}/f`, 1),
    'posix',
    '9a872d4d17a27f08',
  ],
  ['just under 8 GiB', file('big', 8 * GIB - 1), 'ustar', '391fe18c15462562'],
  ['8 GiB', file('blobs/big', 8 * GIB), 'posix', 'bd6ade683892a5cc'],
  [
    '8 GiB with a name that ustar would split',
    file(`${'p'.repeat(60)}/${'q'.repeat(60)}`, 8 * GIB),
    'posix',
    '0b4026aaf278ef78',
  ],
  ['8 GiB with a name that is not ASCII', file('é8', 9 * GIB), 'posix', '75ef57cae906f79f'],
  ['8 GiB of a sha512 blob', file(SHA512, 8 * GIB), 'posix', 'e64acda18de61544'],
];

describe('canonical headers', () => {
  it.for(CASES)('%s', ([, entry, form, expected]) => {
    const header = encodeTarHeader(entry);
    expect(header.length % 512).toBe(0);
    expect(header.length > 512).toBe(form === 'posix');
    expect(tarHeaderLength(entry)).toBe(header.length);
    expect(hashHex('sha256', header).slice(0, 16)).toBe(expected);
  });

  it.for([
    ['an empty path', { path: '' }],
    ['an absolute path', { path: '/a' }],
    ['a path that climbs', { path: 'a/../b' }],
    ['a path with a dot', { path: './a' }],
    ['an empty component', { path: 'a//b' }],
    ['a file with a slash at its end', { path: 'a/' }],
    ['a NUL', { path: 'a\0b' }],
    ['half a surrogate pair', { path: 'a\ud800' }],
    ['a negative size', { size: -1 }],
    ['a size with a fraction', { size: 0.5 }],
    ['a size beyond 2^53 - 1', { size: 2 ** 53 }],
    ['a directory with a size', { type: 'directory' as const, size: 1 }],
    ['a negative time', { mtime: -1 }],
    ['a time with a fraction', { mtime: 1.5 }],
    ['a time of twelve octal digits', { mtime: 8 ** 11 }],
    ['no number', { mtime: Number.NaN }],
  ] as const)('%s is a defect', ([, change]) => {
    const entry = { ...file('a'), ...change };
    expect(() => encodeTarHeader(entry)).toThrow(expect.objectContaining({ code: 'DEFECT' }));
    expect(() => tarHeaderLength(entry)).toThrow(expect.objectContaining({ code: 'DEFECT' }));
  });

  it('pads to blocks and ends with two', () => {
    expect([0, 1, 511, 512, 513].map(paddingAfter)).toEqual([0, 511, 1, 0, 511]);
    expect(END_OF_TAR).toEqual(new Uint8Array(1024));
  });
});

const gnuTar = spawnSync('tar', ['--version'], { encoding: 'utf8' }).stdout?.startsWith('tar (GNU tar)') ?? false;

describe.runIf(gnuTar || process.env['INGOT_REQUIRE_PEERS'] === '1')('GNU tar writes the same', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tar-header-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const FORMS = {
    ustar: ['--format=ustar'],
    posix: ['--format=posix', '--pax-option=delete=atime,delete=ctime,exthdr.name=%d/PaxHeaders/%f'],
  };

  /** What GNU tar makes of the entry, as far as `length` bytes; it is stopped there, before it reads a large file. */
  const peer = (entry: TarHeaderEntry, form: readonly string[], length: number): Uint8Array => {
    const path = join(folder, entry.path);
    mkdirSync(entry.type === 'directory' ? path : dirname(path), { recursive: true });
    if (entry.type === 'file') {
      closeSync(openSync(path, 'w'));
      truncateSync(path, entry.size);
    }
    const mode = entry.type === 'file' ? '0644' : '0755';
    const out = join(folder, 'headers.out');
    const flags = `-b1 ${form.join(' ')} --owner=0 --group=0 --numeric-owner --mode=${mode} --mtime=@${entry.mtime}`;
    const script = `tar ${flags} --no-recursion -cf - -C "$1" -- "$2" | head -c ${length} > "$3"; cat "$3"`;
    const done = spawnSync('sh', ['-c', script, 'sh', folder, entry.path, out], { encoding: 'buffer' });
    rmSync(path, { recursive: true, force: true });
    return new Uint8Array(done.stdout);
  };

  it.for(CASES)('%s', ([, entry, form]) => {
    const header = encodeTarHeader(entry);
    expect(Buffer.from(header).equals(peer(entry, FORMS[form], header.length))).toBe(true);
  });

  it('a whole archive, in one command of either format', () => {
    const entries = [
      file('oci-layout', 30),
      directory('blobs'),
      directory('blobs/sha512'),
      file(SHA512, 1000),
      file('blobs/b', 512),
    ];
    for (const entry of entries) {
      mkdirSync(join(folder, entry.type === 'directory' ? entry.path : dirname(entry.path)), { recursive: true });
      if (entry.type === 'file') writeFileSync(join(folder, entry.path), new Uint8Array(entry.size));
    }
    const args = [
      '-b1',
      ...FORMS.posix,
      '--owner=0',
      '--group=0',
      '--numeric-owner',
      '--mode=u=rwX,go=rX',
      '--mtime=@0',
    ];
    const paths = entries.map(({ path }) => path);
    const done = spawnSync('tar', [...args, '--no-recursion', '-cf', '-', '-C', folder, '--', ...paths]);
    const ours = entries.flatMap((entry) => [
      encodeTarHeader(entry),
      new Uint8Array(entry.size + paddingAfter(entry.size)),
    ]);
    expect(Buffer.concat([...ours, END_OF_TAR]).equals(done.stdout)).toBe(true);
  });
});
