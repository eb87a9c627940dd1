import { memorySource, readAll } from '../../src/base/bytes.js';
import { ToolError } from '../../src/base/error.js';
import { DEFAULT_LIMITS } from '../../src/base/limits.js';
import { openTarTree } from '../../src/codec/tar-index.js';
import { readTar } from '../../src/codec/tar-read.js';
import { SHAPES, smallTar } from '../faults/small-archives.js';
import { gnuLong, oldSparse, paxHeader, paxSparse10, rawMember, rawTar } from '../support/raw-tar.js';
import { chunked } from '../unit/codec/decompress-outcome.js';
import { expectSame } from './expect-same.js';
import { fuzzTests } from './fuzz.js';
import { repairTar } from './repair.js';

const limits = { ...DEFAULT_LIMITS, sparseMap: 1000 };
const LARGE = { code: 'LIMIT_METADATA', subject: 'content' } as const;
const MAX_CONTENT = 1 << 18;

type Entries = readonly (readonly [path: string, type: string, size: number, content: string])[];
type Outcome = { readonly entries: Entries; readonly notes?: readonly string[] } | { readonly code: string };

const answer = async (read: () => Promise<Outcome>): Promise<Outcome> => {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ToolError && error.class === 'input') return { code: error.code };
    throw error;
  }
};

const contentOf = async (source: Parameters<typeof readAll>[0]): Promise<string> =>
  Buffer.from(await readAll(source, MAX_CONTENT, LARGE)).toString('latin1');

const indexed = (tar: Uint8Array, readAhead?: number): Promise<Outcome> =>
  answer(async () => {
    const tree = await openTarTree(memorySource(tar, 'x'), {
      limits,
      ...(readAhead === undefined ? {} : { readAhead }),
    });
    const entries: Entries[number][] = [];
    for (const { path, type, size } of tree.entries()) {
      const source = type === 'file' ? await tree.open(path) : undefined;
      entries.push([path, type, size, source === undefined ? '' : await contentOf(source.read())]);
    }
    return { entries, notes: tree.notes.map(({ code }) => code) };
  });

const streamed = (tar: Uint8Array, sizes: readonly number[]): Promise<Outcome> =>
  answer(async () => {
    const entries: Entries[number][] = [];
    for await (const { header, content } of readTar(chunked(tar, sizes), { subject: 'x', limits })) {
      entries.push([header.path, header.type, header.size, await contentOf(content)]);
    }
    return { entries };
  });

const SPARSE_MAP = [
  [2, 3],
  [6, 1],
  [8, 1],
  [10, 1],
  [12, 1],
] as const;

const sparse10 = (map: string, data: string): Uint8Array =>
  rawTar([
    paxHeader({ 'GNU.sparse.major': '0', 'GNU.sparse.minor': '1', 'GNU.sparse.map': map, 'GNU.sparse.size': '9' }),
    rawMember({ name: 's' }, data),
  ]);

fuzzTests({
  name: 'tar',
  seeds: [
    ...SHAPES.map(smallTar),
    rawTar([
      rawMember({ name: 'd/', type: '5' }),
      paxHeader({ path: 'pax', mtime: '1.5', size: '4' }),
      rawMember({ name: 'p' }, 'body'),
      rawMember({ name: 'l', type: '2', link: 'p' }),
      rawMember({ name: 'h', type: '1', link: 'pax' }),
    ]),
    rawTar([gnuLong('long'), gnuLong('to', 'K'), rawMember({ name: 'g', magic: 'gnu' }, 'x'.repeat(600))]),
    rawTar([
      oldSparse(
        's',
        20,
        SPARSE_MAP.map(([at, size]) => [at, size]),
        'abcdefg',
      ),
    ]),
    rawTar([paxSparse10('t', 8, '1\n1\n2\n', 'ab')]),
    rawTar([rawMember({ name: 'c', type: '3' }), rawMember({ name: 'v', magic: 'v7' }, 'v')]),
    sparse10('1,2,5,1', 'abc'),
  ],
  words: [
    'path=',
    'linkpath=',
    'size=',
    'mtime=',
    'uid=',
    'hdrcharset=BINARY',
    'GNU.sparse.map=',
    'GNU.sparse.size=',
    'GNU.sparse.numblocks=',
    'GNU.sparse.offset=',
    'GNU.sparse.numbytes=',
    'GNU.sparse.realsize=',
    'GNU.sparse.name=',
    'SCHILY.realsize=',
    '\n',
    '../',
    '/',
    '\0',
    'ustar\0',
    'ustar  \0',
    'x',
    'g',
    'L',
    'K',
    'S',
    'D',
    'M',
    'V',
    '1',
    '2',
    '00000000000\0',
    '77777777777\0',
    Buffer.from('800000000000000000000001', 'hex'),
    Buffer.alloc(512),
  ],
  changes: [(input, _random, havoc) => repairTar(havoc(input))],
  run: async (input, random) => {
    const index = await indexed(input);
    expectSame('the index with another read-ahead', await indexed(input, random.below(1200)), index);
    // Buffers, as files and sockets give them.
    const stream = await streamed(Buffer.from(input), []);
    const sizes = Array.from({ length: 200 }, () => random.below(600));
    expectSame('the stream in other chunks', await streamed(input, sizes), stream);
    return 'entries' in index;
  },
});
