import { gzipSync } from 'node:zlib';

import { beforeAll, describe, expect, it } from 'vitest';

import type { ErrorCode } from '../../src/base/error-code.js';
import type { ErrorDetails } from '../../src/base/error.js';
import {
  type Files,
  archiveFile,
  archiveLink,
  flipped,
  replaced,
  tarOf,
  withBytes,
  without,
} from '../support/archive-builder.js';
import {
  type Json,
  FLAT_NAMES,
  buildImage,
  dockerFiles,
  hexOf,
  jsonBytes,
  layerTar,
} from '../support/image-builder.js';
import { DOCKER_NAMES, L1, L2, dockerBase, hybridBase, imageA, imageB } from './bases.js';
import { createWorkbench, expectAccepted, expectRefused, expectSameBytes, saved } from './outcome.js';

const bench = createWorkbench();

const CONFIG = FLAT_NAMES.config(imageA());
const MIB = 1024 * 1024;

/** The first item of `manifest.json` with other members. */
const item = (change: Json) => (items: readonly Json[]) => [{ ...items[0], ...change }];
const text = (change: (json: string) => string) => (bytes: Uint8Array) =>
  Buffer.from(change(Buffer.from(bytes).toString('latin1')), 'latin1');
const tags = (...names: readonly string[]): Files => dockerBase({ manifest: item({ RepoTags: names }) });
const manifestOfB = dockerFiles([{ built: imageB, names: ['evil:1'] }], {}, DOCKER_NAMES);
const membersOfB = JSON.stringify({ Config: FLAT_NAMES.config(imageB), Layers: ['l3.tar'] }).slice(1, -1);
const withB = (json: string): string => json.replace(/}]$/, `,${membersOfB}}]`);
const isLower = (key: string): string => key.toLowerCase();
const gzipped = (stored: Uint8Array): Files => dockerBase({ image: { layers: [{ ...L1, stored }, L2] } });
const zipped = gzipSync(L1.plain);
const big = (size: number) => (bytes: Uint8Array) => Buffer.concat([bytes, Buffer.alloc(size - bytes.length, ' ')]);
const FIFO = archiveFile('l1.tar', '', { type: '6' });
const V1_ID = 'f'.repeat(64);

interface Refused {
  readonly row: string;
  readonly what: string;
  readonly input: Files | Uint8Array;
  readonly code: ErrorCode;
  readonly details?: ErrorDetails;
}

const REFUSED: readonly Refused[] = [
  {
    row: 'D01',
    what: 'a second manifest.json',
    input: [...dockerBase(), ...manifestOfB],
    code: 'ARCHIVE_DUPLICATE',
    details: { subject: 'manifest.json' },
  },
  {
    row: 'D02',
    what: 'a second l1.tar with wrong bytes, last',
    input: [...dockerBase(), archiveFile('l1.tar', 'x')],
    code: 'ARCHIVE_DUPLICATE',
    details: { subject: 'l1.tar' },
  },
  {
    row: 'D02',
    what: 'a second l1.tar with wrong bytes, first',
    input: [archiveFile('l1.tar', 'x'), ...dockerBase()],
    code: 'ARCHIVE_DUPLICATE',
    details: { subject: 'l1.tar' },
  },
  {
    row: 'D03',
    what: 'keys of B once more',
    input: dockerBase({ manifestBytes: text(withB) }),
    code: 'JSON_DUPLICATE_KEY',
    details: { pointer: '/0/Config' },
  },
  {
    row: 'D04',
    what: 'keys of B in lower case beside those of A',
    input: dockerBase({
      manifestBytes: text((json) => json.replace(/}]$/, `,${membersOfB.replace(/"(Config|Layers)"/g, isLower)}}]`)),
    }),
    code: 'JSON_AMBIGUOUS_KEY',
    details: { pointer: '/0' },
  },
  {
    row: 'D05',
    what: 'data after the value',
    input: dockerBase({ manifestBytes: text((json) => `${json}[]`) }),
    code: 'JSON_TRAILING_DATA',
  },
  {
    row: 'D05',
    what: 'a byte order mark',
    input: dockerBase({ manifestBytes: text((json) => `\xef\xbb\xbf${json}`) }),
    code: 'JSON_BOM',
  },
  {
    row: 'D07',
    what: 'a layer outside the archive',
    input: dockerBase({ manifest: item({ Layers: ['../../../../etc/passwd', 'l2.tar'] }) }),
    code: 'ARCHIVE_UNSAFE_NAME',
    details: { pointer: '/0/Layers/0', found: '"../../../../etc/passwd"' },
  },
  {
    row: 'D07',
    what: 'a config outside the archive',
    input: dockerBase({ manifest: item({ Config: 'a/../../c.json' }) }),
    code: 'ARCHIVE_UNSAFE_NAME',
    details: { pointer: '/0/Config' },
  },
  {
    row: 'D07',
    what: 'an empty path',
    input: dockerBase({ manifest: item({ Layers: ['./', 'l2.tar'] }) }),
    code: 'SCHEMA_INVALID',
    details: { pointer: '/0/Layers/0' },
  },
  {
    row: 'D08',
    what: 'a layer that is a symbolic link to /etc/passwd',
    input: replaced(dockerBase(), 'l1.tar', archiveLink('l1.tar', '/etc/passwd')),
    code: 'LINK_UNRESOLVED',
    details: { subject: 'l1.tar', found: '/etc/passwd' },
  },
  {
    row: 'D09',
    what: 'a layer that is a symbolic link to itself',
    input: replaced(dockerBase(), 'l1.tar', archiveLink('l1.tar', 'l1.tar')),
    code: 'LINK_LOOP',
    details: { subject: 'l1.tar' },
  },
  {
    row: 'D11',
    what: "the name of the config is another hash's",
    input: dockerBase({ manifest: item({ Config: `${V1_ID}.json` }) }).map((file) =>
      file.path === CONFIG ? archiveFile(`${V1_ID}.json`, file.bytes) : file,
    ),
    code: 'CONFIG_NAME_MISMATCH',
    details: { expected: `sha256:${V1_ID}` },
  },
  {
    row: 'D12',
    what: 'a layer that differs from its diffID',
    input: withBytes(dockerBase(), 'l2.tar', (bytes) => flipped(bytes, 515)),
    code: 'DIFFID_MISMATCH',
    details: { expected: hexOf(L2.plain), found: hexOf(flipped(L2.plain, 515)) },
  },
  {
    row: 'D12',
    what: 'a layer that is longer than what has its diffID',
    input: withBytes(dockerBase(), 'l2.tar', (bytes) => Buffer.concat([bytes, Buffer.alloc(512)])),
    code: 'DIFFID_MISMATCH',
  },
  {
    row: 'D12',
    what: 'a compressed layer that differs from its diffID',
    input: withBytes(gzipped(zipped), 'l1.tar', () => gzipSync(L2.plain)),
    code: 'DIFFID_MISMATCH',
    details: { expected: hexOf(L1.plain), found: hexOf(L2.plain) },
  },
  {
    row: 'D12',
    what: 'a second file of one layer that differs from its diffID',
    input: [
      ...dockerFiles(
        [{ built: buildImage({ layers: [L1, L1] }), names: ['t:1'] }],
        { manifest: item({ Layers: ['l1.tar', 'copy.tar'] }) },
        DOCKER_NAMES,
      ),
      archiveFile('copy.tar', flipped(L1.plain, 3)),
    ],
    code: 'DIFFID_MISMATCH',
    details: { expected: hexOf(L1.plain) },
  },
  {
    row: 'D13',
    what: 'one layer fewer than diff_ids',
    input: dockerBase({ manifest: item({ Layers: ['l1.tar'] }) }),
    code: 'LAYER_COUNT_MISMATCH',
  },
  {
    row: 'D13',
    what: 'no Layers at all',
    input: dockerBase({ manifest: item({ Layers: null }) }),
    code: 'LAYER_COUNT_MISMATCH',
  },
  {
    row: 'D14',
    what: 'a config without rootfs',
    input: dockerBase({ image: { config: ({ rootfs: _rootfs, ...rest }) => rest } }),
    code: 'CONFIG_INVALID',
    details: { pointer: '/rootfs' },
  },
  { row: 'D15', what: 'a tag with ESC', input: tags('t:1\u001b[31m'), code: 'REFERENCE_INVALID' },
  {
    row: 'D15',
    what: 'a tag like a path',
    input: tags('../../x:1'),
    code: 'REFERENCE_INVALID',
    details: { subject: '../../x:1' },
  },
  {
    row: 'D15',
    what: 'a tag that is no UTF-8',
    input: dockerBase({ manifestBytes: text((json) => json.replace('t:1', 't:\xff1')) }),
    code: 'JSON_INVALID_UTF8',
  },
  {
    row: 'D16',
    what: 'null',
    input: dockerBase({ manifest: () => null }),
    code: 'SCHEMA_INVALID',
    details: { pointer: '' },
  },
  { row: 'D16', what: '[]', input: dockerBase({ manifest: () => [] }), code: 'ARCHIVE_EMPTY' },
  {
    row: 'D16',
    what: '{}',
    input: dockerBase({ manifest: () => ({}) }),
    code: 'SCHEMA_INVALID',
    details: { pointer: '' },
  },
  { row: 'D17', what: 'the tar is cut', input: tarOf(dockerBase()).subarray(0, 5000), code: 'TAR_TRUNCATED' },
  {
    row: 'D19',
    what: 'manifest.json of 21 MiB',
    input: dockerBase({ manifestBytes: big(21 * MIB) }),
    code: 'LIMIT_METADATA',
    details: { found: `${21 * MIB} bytes` },
  },
  {
    row: 'D20',
    what: 'absolute names of files',
    input: dockerBase().map((file) => ({ ...file, path: `/${file.path}` })),
    code: 'ARCHIVE_UNSAFE_NAME',
  },
  {
    row: 'D20',
    what: 'absolute names in manifest.json',
    input: dockerBase({ manifest: item({ Layers: ['/l1.tar', '/l2.tar'] }) }),
    code: 'ARCHIVE_UNSAFE_NAME',
    details: { pointer: '/0/Layers/0' },
  },
  {
    row: 'D22',
    what: 'a gzip layer with garbage behind it',
    input: gzipped(Buffer.concat([zipped, Buffer.from('garbage')])),
    code: 'GZIP_TRAILING_DATA',
  },
  { row: 'D22', what: 'a gzip layer with a bad CRC', input: gzipped(flipped(zipped, -8)), code: 'GZIP_CORRUPT' },
  {
    row: 'D23',
    what: 'a config of 5 MiB',
    input: dockerBase({ image: { configBytes: big(5 * MIB) } }),
    code: 'LIMIT_METADATA',
    details: { found: `${5 * MIB} bytes` },
  },
  {
    row: 'D24',
    what: 'a layer that is a FIFO',
    input: replaced(dockerBase(), 'l1.tar', FIFO),
    code: 'ARCHIVE_NOT_REGULAR',
    details: { subject: 'l1.tar', found: 'FIFO' },
  },
  {
    row: 'D24',
    what: 'a config that is a device',
    input: replaced(dockerBase(), CONFIG, archiveFile(CONFIG, '', { type: '3' })),
    code: 'ARCHIVE_NOT_REGULAR',
    details: { subject: CONFIG },
  },
  {
    row: 'D24',
    what: 'manifest.json is a folder',
    input: replaced(dockerBase(), 'manifest.json', archiveFile('manifest.json/', '', { type: '5' })),
    code: 'ARCHIVE_NOT_REGULAR',
    details: { subject: 'manifest.json' },
  },
  {
    row: 'D31',
    what: 'only the layout of before 1.10',
    input: [archiveFile('repositories', `{"t":{"1":"${V1_ID}"}}`), archiveFile(`${V1_ID}/json`, '{}')],
    code: 'ARCHIVE_LEGACY_V1',
  },
  {
    row: 'D34',
    what: 'a web application manifest',
    input: [archiveFile('manifest.json', '{"name":"app","icons":[]}')],
    code: 'ARCHIVE_UNKNOWN_FORMAT',
  },
  {
    row: 'D34',
    what: 'a list of something else',
    input: [archiveFile('manifest.json', '[{"name":"app"}]')],
    code: 'ARCHIVE_UNKNOWN_FORMAT',
  },
  { row: 'D', what: 'a config that is not there', input: without(dockerBase(), CONFIG), code: 'BLOB_MISSING' },
  { row: 'D', what: 'a layer that is not there', input: without(dockerBase(), 'l1.tar'), code: 'BLOB_MISSING' },
  {
    row: 'D',
    what: 'a layer of 0 bytes',
    input: withBytes(dockerBase(), 'l1.tar', () => new Uint8Array(0)),
    code: 'LAYER_EMPTY',
  },
  {
    row: 'D',
    what: 'one file for two diffIDs',
    input: dockerBase({ manifest: item({ Layers: ['l1.tar', 'l1.tar'] }) }),
    code: 'DIFFID_MISMATCH',
  },
];

/** Archives that mean the same image as the base. */
const SAME: readonly (readonly [row: string, what: string, input: Files | Uint8Array, notes?: readonly ErrorCode[]])[] =
  [
    ['D', 'the base', dockerBase()],
    [
      'D04',
      'only keys in lower case',
      dockerBase({ manifestBytes: text((json) => json.replace(/"(Config|RepoTags|Layers)"/g, isLower)) }),
      ['JSON_KEY_CASE'],
    ],
    ['D05', 'white space around the value', dockerBase({ manifestBytes: text((json) => ` \n${json}\r\n\t`) })],
    ['D10', 'a symbolic link, 1 hop', [archiveLink('x/l1.tar', '../real.tar'), ...renamed('real.tar')]],
    [
      'D10',
      'a symbolic link, 2 hops, targets first',
      [...renamed('real.tar'), archiveLink('x/middle', '../real.tar'), archiveLink('x/l1.tar', 'middle')],
    ],
    ['D10', 'a hard link ahead of its target', [archiveLink('x/l1.tar', 'real.tar', '1'), ...renamed('real.tar')]],
    [
      'D11',
      'config.json claims nothing',
      dockerBase({ manifest: item({ Config: 'config.json' }) }).map((file) =>
        file.path === CONFIG ? archiveFile('config.json', file.bytes) : file,
      ),
    ],
    ['D17', 'no zero blocks at the end', tarOf(dockerBase(), new Uint8Array(0)), ['TAR_NO_TRAILER']],
    [
      'D18',
      'a second archive behind the end',
      tarOf([...dockerBase()], tarOf([], Buffer.concat([Buffer.alloc(1024), tarOf(manifestOfB)]))),
      ['TAR_TRAILING_DATA'],
    ],
    ['D19', 'manifest.json of 2 MiB', dockerBase({ manifestBytes: big(2 * MIB) })],
    ['D20', 'files called ./x', dockerBase().map((file) => ({ ...file, path: `./${file.path}` }))],
    [
      'D20',
      './x in manifest.json',
      dockerBase({ manifest: item({ Config: `./${CONFIG}`, Layers: ['./l1.tar', './/l2.tar'] }) }),
    ],
    ['D25', 'manifest.json last', dockerBase().toReversed()],
    [
      'D25',
      'names in PAX headers alone',
      dockerBase().map((file) => ({ ...file, path: `${'./'.repeat(60)}${file.path}` })),
    ],
    [
      'D33',
      'v1 ids with ../ and parents in a circle',
      [...dockerBase(), archiveFile('x/json', '{"id":"../../x","parent":"../../x"}')],
    ],
    ['T24', 'the same file twice', [...dockerBase(), dockerBase()[2] ?? archiveFile('', '')], ['ARCHIVE_DUPLICATE']],
  ];

/** The base with `l1.tar` under another name, and `x/l1.tar` in its place in the list. */
function renamed(name: string): Files {
  return dockerBase({ manifest: item({ Layers: ['x/l1.tar', 'l2.tar'] }) }).map((file) =>
    file.path === 'l1.tar' ? archiveFile(name, file.bytes) : file,
  );
}

const tarFile = (input: Files | Uint8Array): string => bench.input(input instanceof Uint8Array ? input : tarOf(input));

describe('faults of docker-archives', () => {
  let canonical: Buffer = Buffer.alloc(0);
  beforeAll(async () => {
    canonical = saved(await bench.save(tarFile(dockerBase()))).archive;
  });

  it.for(REFUSED)('$row $what: $code', async ({ input, code, details }) => {
    await expectRefused(bench, tarFile(input), code, details);
  });

  it.for(SAME)('%s %s: the same image', async ([, , input, notes]) => {
    expectSameBytes(await expectAccepted(bench, tarFile(input), notes), canonical);
  });

  it.for([
    ['two gzip members', Buffer.concat([gzipSync(L1.plain.subarray(0, 700)), gzipSync(L1.plain.subarray(700))])],
    ['one gzip member', zipped],
  ] as const)('D22 a layer of %s keeps its bytes, and without compression it is the base', async ([, stored]) => {
    const source = tarFile(gzipped(stored));
    const archive = await expectAccepted(bench, source);
    expect(archive.includes(stored)).toBe(true);
    expectSameBytes(await expectAccepted(bench, source, [], { layers: 'none' }), canonical);
  });

  it('D32 several images, several tags, none', async () => {
    const images = [
      { built: imageA(), names: ['t:1', 't:2', 'localhost:5000/x/y:z'] },
      { built: imageB },
      { built: buildImage({ layers: [L1, { plain: layerTar({ c: 'c' }) }] }), names: ['u'] },
    ];
    const outcome = saved(await bench.save(tarFile(dockerFiles(images))));
    expect(new Set(outcome.report.images.map(({ names }) => names.join(' ')))).toEqual(
      new Set(['docker.io/library/t:1 docker.io/library/t:2 localhost:5000/x/y:z', '', 'docker.io/library/u:latest']),
    );
  });

  it('D04 notes an odd key in a hybrid too', async () => {
    const manifestBytes = text((json) => json.replace('"RepoTags"', '"repoTags"'));
    await expectAccepted(bench, tarFile(hybridBase({ manifestBytes })), ['JSON_KEY_CASE']);
  });

  it('says nothing of the file system beside the archive', async () => {
    const secret = bench.input(jsonBytes({ secret: true }), 'l9.tar');
    const input = dockerBase({ manifest: item({ Layers: [secret, 'l2.tar'] }) });
    await expectRefused(bench, tarFile(input), 'ARCHIVE_UNSAFE_NAME', { pointer: '/0/Layers/0' });
  });
});
