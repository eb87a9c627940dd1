import { gzipSync } from 'node:zlib';

import { beforeAll, describe, expect, it } from 'vitest';

import type { ErrorCode } from '../../src/base/error-code.js';
import type { Limits } from '../../src/base/limits.js';
import { type Files, flipped, tarOf } from '../support/archive-builder.js';
import { MEDIA, digestOf } from '../support/image-builder.js';
import { L1, L2, dockerBase, layoutBase } from './bases.js';
import { ZSTD_LARGE_WINDOW, bzip2, hasPrograms, xz, zstdBomb, zstdSkippable, zstdStored } from './compressed.js';
import { createWorkbench, errorsAmong, expectAccepted, expectRefused, expectSameBytes, saved } from './outcome.js';

const bench = createWorkbench();

const join = (...parts: readonly (Uint8Array | string)[]): Buffer =>
  Buffer.concat(parts.map((part) => Buffer.from(part)));
const halves = (compress: (bytes: Uint8Array) => Uint8Array): Buffer =>
  join(compress(L1.plain.subarray(0, 700)), compress(L1.plain.subarray(700)));
const bytes = (count: number): Buffer => Buffer.alloc(count);
/** A gzip header with one of the flags that are reserved. */
const withFlag = (gzip: Uint8Array): Uint8Array => flipped(gzip, 3, 0x80);
const LIMIT_MEMBERS = { gzipMembers: 100 } as const;
const LIMIT_SIZE = { decompressed: 100_000 } as const;
const LIMIT_RATIO = { decompressedFree: 100_000 } as const;
const gzip = gzipSync(L1.plain);
const zstd = zstdStored(L1.plain);
/** The last member gives what the diffID asks for, so only what is ahead of it can be wrong. */
const crowd = (count: number): Buffer => join(...Array.from({ length: count }, () => gzipSync('')), gzip);
const zeros = (size: number): Buffer => gzipSync(bytes(size));

/** A compressed stream instead of one that gives the bytes of L1. */
interface Case {
  readonly row: string;
  readonly what: string;
  readonly format: 'gzip' | 'zstd' | 'bzip2' | 'xz';
  readonly stored: () => Uint8Array;
  /** What it is refused for. */
  readonly code?: ErrorCode;
  /** What is said of it where it is decompressed and accepted. */
  readonly note?: ErrorCode;
  readonly limits?: Partial<Limits>;
}

const CASES: readonly Case[] = [
  { row: 'Z', what: 'one member', format: 'gzip', stored: () => gzip },
  { row: 'Z01', what: 'two members', format: 'gzip', stored: () => halves(gzipSync) },
  {
    row: 'Z02',
    what: 'zeros behind it',
    format: 'gzip',
    stored: () => join(gzip, bytes(600)),
    note: 'GZIP_TRAILING_DATA',
  },
  {
    row: 'Z02',
    what: 'zeros and a member behind it',
    format: 'gzip',
    stored: () => join(gzip, bytes(8), gzip),
    code: 'GZIP_TRAILING_DATA',
  },
  {
    row: 'Z03',
    what: 'garbage behind it',
    format: 'gzip',
    stored: () => join(gzip, 'garbage'),
    code: 'GZIP_TRAILING_DATA',
  },
  { row: 'Z04', what: 'a bad CRC', format: 'gzip', stored: () => flipped(gzip, -8), code: 'GZIP_CORRUPT' },
  { row: 'Z04', what: 'a bad size', format: 'gzip', stored: () => flipped(gzip, -4), code: 'GZIP_CORRUPT' },
  { row: 'Z04', what: 'a cut', format: 'gzip', stored: () => gzip.subarray(0, -9), code: 'GZIP_CORRUPT' },
  {
    row: 'Z04',
    what: 'a cut in the trailer',
    format: 'gzip',
    stored: () => gzip.subarray(0, -1),
    code: 'GZIP_CORRUPT',
  },
  { row: 'Z04', what: 'a cut in the header', format: 'gzip', stored: () => gzip.subarray(0, 9), code: 'GZIP_CORRUPT' },
  { row: 'Z04', what: 'reserved flags', format: 'gzip', stored: () => withFlag(gzip), code: 'GZIP_CORRUPT' },
  { row: 'Z05', what: 'members up to the limit', format: 'gzip', stored: () => crowd(99), limits: LIMIT_MEMBERS },
  {
    row: 'Z05',
    what: 'a member more than the limit',
    format: 'gzip',
    stored: () => crowd(100),
    limits: LIMIT_MEMBERS,
    code: 'LIMIT_GZIP_MEMBERS',
  },
  {
    row: 'Z06',
    what: 'more bytes than the limit',
    format: 'gzip',
    stored: () => zeros(100_001),
    limits: LIMIT_SIZE,
    code: 'LIMIT_DECOMPRESSED',
  },
  {
    row: 'Z06',
    what: 'more bytes than the ratio allows',
    format: 'gzip',
    stored: () => zeros(1_000_000),
    limits: { ...LIMIT_RATIO, decompressionRatio: 500 },
    code: 'LIMIT_DECOMPRESSED',
  },
  {
    row: 'Z06',
    what: 'more bytes than the ratio allows',
    format: 'zstd',
    stored: () => zstdBomb(8),
    limits: LIMIT_RATIO,
    code: 'LIMIT_DECOMPRESSED',
  },
  { row: 'Z', what: 'one frame', format: 'zstd', stored: () => zstd },
  { row: 'Z07', what: 'a window of 2^41', format: 'zstd', stored: () => ZSTD_LARGE_WINDOW, code: 'ZSTD_WINDOW' },
  { row: 'Z08', what: 'two frames', format: 'zstd', stored: () => halves(zstdStored) },
  { row: 'Z08', what: 'a skippable frame first', format: 'zstd', stored: () => join(zstdSkippable(bytes(5)), zstd) },
  {
    row: 'Z08',
    what: 'a skippable frame in the middle',
    format: 'zstd',
    stored: () => halves((half) => join(zstdStored(half), zstdSkippable(bytes(5)))),
  },
  {
    row: 'Z08',
    what: 'a skippable frame alone',
    format: 'zstd',
    stored: () => zstdSkippable(bytes(5)),
    code: 'DIFFID_MISMATCH',
  },
  { row: 'Z09', what: 'a cut', format: 'zstd', stored: () => zstd.subarray(0, -1), code: 'ZSTD_CORRUPT' },
  {
    row: 'Z09',
    what: 'garbage behind it',
    format: 'zstd',
    stored: () => join(zstd, 'garbage'),
    code: 'ZSTD_TRAILING_DATA',
  },
  // The zstd program refuses it; here zeros to the end are the same trifle behind every format.
  {
    row: 'Z09',
    what: 'zeros behind it',
    format: 'zstd',
    stored: () => join(zstd, bytes(600)),
    note: 'ZSTD_TRAILING_DATA',
  },
  {
    row: 'Z09',
    what: 'zeros and a frame behind it',
    format: 'zstd',
    stored: () => join(zstd, bytes(8), zstd),
    code: 'ZSTD_TRAILING_DATA',
  },
  {
    row: 'Z',
    what: 'other bytes than the diffID says',
    format: 'gzip',
    stored: () => gzipSync(L2.plain),
    code: 'DIFFID_MISMATCH',
  },
];

/** As an outer compression only: no media type names a layer of these. */
const OUTER: readonly Case[] = [
  { row: 'Z12', what: 'one stream', format: 'bzip2', stored: () => bzip2(L1.plain) },
  { row: 'Z12', what: 'two streams', format: 'bzip2', stored: () => halves(bzip2) },
  {
    row: 'Z12',
    what: 'garbage behind it',
    format: 'bzip2',
    stored: () => join(bzip2(L1.plain), 'garbage'),
    code: 'BZIP2_TRAILING_DATA',
  },
  {
    row: 'Z12',
    what: 'a flipped bit',
    format: 'bzip2',
    stored: () => flipped(bzip2(L1.plain), 30),
    code: 'BZIP2_CORRUPT',
  },
  { row: 'Z13', what: 'one stream', format: 'xz', stored: () => xz(L1.plain) },
  { row: 'Z13', what: 'two streams', format: 'xz', stored: () => halves(xz) },
  { row: 'Z13', what: '4 zeros behind it', format: 'xz', stored: () => join(xz(L1.plain), bytes(4)) },
  {
    row: 'Z13',
    what: '3 zeros behind it',
    format: 'xz',
    stored: () => join(xz(L1.plain), bytes(3)),
    code: 'XZ_CORRUPT',
  },
  { row: 'Z13', what: 'garbage behind it', format: 'xz', stored: () => join(xz(L1.plain), 'junk'), code: 'XZ_CORRUPT' },
];

const BY_FORMAT: Readonly<Record<Case['format'], string>> = {
  gzip: MEDIA.layerGzip,
  zstd: MEDIA.layerZstd,
  bzip2: MEDIA.layer,
  xz: MEDIA.layer,
};

const layoutWith = (stored: Uint8Array, mediaType: string): Files =>
  layoutBase({ image: { layers: [{ ...L1, stored, mediaType }, L2] } });
const dockerWith = (stored: Uint8Array): Files => dockerBase({ image: { layers: [{ ...L1, stored }, L2] } });
const input = (files: Files): string => bench.input(tarOf(files));

describe('faults of compression', () => {
  const canonical = new Map<string, Buffer>();
  beforeAll(async () => {
    for (const layers of ['keep', 'none'] as const) {
      canonical.set(`layout ${layers}`, saved(await bench.save(input(layoutBase()), { layers })).archive);
      canonical.set(`docker ${layers}`, saved(await bench.save(input(dockerBase()), { layers })).archive);
    }
  });

  describe.for(CASES)('$row $format: $what', ({ stored, format, code, note, limits = {} }) => {
    const notes = note === undefined ? [] : [note];
    it('of a layer in a layout', async () => {
      const source = input(layoutWith(stored(), BY_FORMAT[format]));
      if (code === undefined) {
        // Only the docker-archive has a rule of its own for the manifest, which `none` applies to the layout too.
        expectSameBytes(
          await expectAccepted(bench, source, notes, { limits, layers: 'none' }),
          canonical.get('layout none'),
        );
        await expectAccepted(bench, source, notes, { limits, deep: true });
        return;
      }
      await expectRefused(bench, source, code, {}, { limits, layers: 'none' });
      await expectRefused(bench, source, code, {}, { limits, deep: true });
      // Kept as it is, the layer is opaque: its digest is right.
      saved(await bench.save(source, { limits }));
    });

    it('of a layer in a docker-archive, where nothing but the diffID vouches for it', async () => {
      const source = input(dockerWith(stored()));
      if (code === undefined) {
        expectSameBytes(
          await expectAccepted(bench, source, notes, { limits, layers: 'none' }),
          canonical.get('docker none'),
        );
        await expectAccepted(bench, source, notes, { limits });
        return;
      }
      await expectRefused(bench, source, code, {}, { limits });
    });
  });

  describe.for([...CASES, ...(hasPrograms ? OUTER : [])])('$row $format: $what', ({ stored, code, limits = {} }) => {
    it('of the whole file', async () => {
      const inside = Buffer.from(stored());
      if (code === undefined) {
        // Something that is no archive, but reads to its end: the format is unknown, not the compression corrupt.
        await expectRefused(bench, bench.input(inside), 'ARCHIVE_UNKNOWN_FORMAT', {}, { limits });
        return;
      }
      // A stream that is right but not what a diffID says is no archive either.
      const expected =
        code === 'DIFFID_MISMATCH' ? (inside.includes('*M\x18') ? 'ARCHIVE_EMPTY' : 'ARCHIVE_UNKNOWN_FORMAT') : code;
      await expectRefused(bench, bench.input(inside), expected, {}, { limits });
    });
  });

  const outer: readonly (readonly [
    what: string,
    pack: (tar: Uint8Array) => Uint8Array,
    notes?: readonly ErrorCode[],
  ])[] = [
    ['gzip', gzipSync],
    ['two gzip members', (tar) => join(gzipSync(tar.subarray(0, 999)), gzipSync(tar.subarray(999)))],
    ['gzip and zeros', (tar) => join(gzipSync(tar), bytes(600)), ['GZIP_TRAILING_DATA']],
    ['zstd', zstdStored],
    ['a skippable frame and zstd', (tar) => join(zstdSkippable(bytes(7)), zstdStored(tar))],
    ...(hasPrograms
      ? ([
          ['bzip2', bzip2],
          ['two bzip2 streams', (tar: Uint8Array) => join(bzip2(tar.subarray(0, 999)), bzip2(tar.subarray(999)))],
          ['xz', xz],
          ['xz and padding', (tar: Uint8Array) => join(xz(tar), bytes(4))],
        ] as const)
      : []),
  ];

  it.for(outer)('an archive in %s is the archive', async ([, pack, notes]) => {
    expectSameBytes(
      await expectAccepted(bench, bench.input(pack(tarOf(layoutBase()))), notes),
      canonical.get('layout keep'),
    );
    expectSameBytes(
      await expectAccepted(bench, bench.input(pack(tarOf(dockerBase()))), notes),
      canonical.get('docker keep'),
    );
  });

  it.for([
    ['gzip', 'bytes of a tar', MEDIA.layerGzip, L1.plain],
    ['gzip', 'bytes of zstd', MEDIA.layerGzip, zstd],
    ['plain', 'bytes of gzip', MEDIA.layer, gzip],
    ['zstd', 'bytes of gzip', MEDIA.layerZstd, gzip],
  ] as const)('Z10 media type %s, %s: MEDIATYPE_MISMATCH', async ([, , mediaType, stored]) => {
    const source = input(layoutWith(stored, mediaType));
    const finding = { code: 'MEDIATYPE_MISMATCH', subject: digestOf(stored), expected: mediaType };
    for (const layers of ['keep', 'none'] as const) {
      const { report } = saved(await bench.save(source, { layers }));
      expect(report.notes).toEqual([expect.objectContaining({ ...finding, severity: 'warning' })]);
    }
    expect(errorsAmong(await bench.findings(source))).toEqual([
      expect.objectContaining({ ...finding, severity: 'error' }),
    ]);
  });

  it.skipIf(!hasPrograms)('Z12 no media type names a bzip2 or xz layer', async () => {
    await expectRefused(bench, input(dockerWith(bzip2(L1.plain))), 'CODEC_UNSUPPORTED', { found: 'bzip2' });
    await expectRefused(bench, input(dockerWith(xz(L1.plain))), 'CODEC_UNSUPPORTED', { found: 'xz' });
  });

  it('Z11 a layer of 0 bytes whose diffID is the hash of nothing', async () => {
    const nothing = { plain: new Uint8Array(0) };
    await expectAccepted(bench, input(layoutBase({ image: { layers: [nothing, L2] } })));
    await expectAccepted(bench, input(layoutBase({ image: { layers: [nothing, L2] } })), [], { layers: 'none' });
  });
});
