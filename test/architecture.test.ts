import { readFileSync, readdirSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Reference, type Token, onlyReexports, referencesOf, tokensOf } from './support/source-scan.js';

interface Room {
  readonly floor: number;
  /** The other rooms it may import. */
  readonly may: readonly string[];
  /** Modules of Node, without `node:`. */
  readonly node: readonly string[];
  /** npm packages. */
  readonly packages: readonly string[];
}

/** The house: who may import whom, and what of the outside world. */
const ROOMS: Readonly<Record<string, Room>> = {
  base: { floor: 0, may: [], node: ['crypto', 'fs', 'fs/promises'], packages: ['ajv'] },
  oci: { floor: 1, may: ['base'], node: [], packages: [] },
  codec: {
    floor: 1,
    may: ['base'],
    node: ['buffer', 'fs', 'stream', 'stream/promises', 'timers/promises', 'worker_threads', 'zlib'],
    packages: ['@bokuweb/zstd-wasm', 'fflate', 'tar-stream', 'xxhash-wasm'],
  },
  content: { floor: 2, may: ['base', 'oci'], node: [], packages: [] },
  layer: { floor: 3, may: ['base', 'oci', 'codec', 'content'], node: [], packages: [] },
  format: { floor: 3, may: ['base', 'oci', 'codec', 'content'], node: [], packages: [] },
  store: {
    floor: 3,
    may: ['base', 'oci', 'content'],
    node: ['child_process', 'crypto', 'fs', 'fs/promises', 'os', 'path'],
    packages: ['fs-native-extensions'],
  },
  transport: {
    floor: 3,
    may: ['base', 'oci', 'content'],
    node: [
      'child_process',
      'crypto',
      'fs',
      'fs/promises',
      'http',
      'https',
      'net',
      'os',
      'path',
      'stream',
      'stream/promises',
      'timers/promises',
      'tls',
    ],
    packages: ['undici'],
  },
  operation: {
    floor: 4,
    may: ['base', 'oci', 'codec', 'content', 'layer', 'format', 'store', 'transport'],
    node: [],
    packages: [],
  },
  cli: {
    floor: 5,
    may: ['base', 'oci', 'operation'],
    node: ['path', 'process', 'stream', 'tty', 'url', 'util'],
    packages: ['fast-glob', 'yargs'],
  },
};

/** Rooms that are designed and not yet built; the one that builds a room takes it out of here. */
const PLANNED: ReadonlySet<string> = new Set<string>();

/** The library's API: it belongs to no room and may re-export from all but the command line. */
const FRONT_DOOR = 'index.ts';

const MODULE = /\.ts$/;

/** Words of a path that say nothing about what is in it. */
const EMPTY_NAMES = new Set(['common', 'helper', 'helpers', 'misc', 'types', 'util', 'utils']);

/** What a source must not say, as a sequence of tokens. */
const FORBIDDEN: readonly (readonly string[])[] = [
  ['process', '.', 'exit'],
  ['process', '.', 'abort'],
  ['Date', '.', 'now'],
  ['new', 'Date', '(', ')'],
  ['new', 'Date', ';'],
  ['Math', '.', 'random'],
  ['Math', '.', 'pow'],
  ['**'],
  ['**='],
  ['localeCompare'],
  ['toLocaleString'],
  ['toLocaleLowerCase'],
  ['toLocaleUpperCase'],
  ['Intl'],
  ['CompressionStream'],
  ['require'],
  ['createRequire'],
  ['getBuiltinModule'],
  ['eval'],
];

/** All that `node:zlib` offers to compress with: its bytes change with the version of the platform. */
const ZLIB_COMPRESSORS =
  /^(?:create)?(?:Gzip|Deflate|DeflateRaw|BrotliCompress|ZstdCompress)$|^(?:gzip|deflate|deflateRaw|brotliCompress|zstdCompress)(?:Sync)?$|^(?:\*|default)$/;

interface Module {
  /** Relative to `src/`, with `/`. */
  readonly path: string;
  readonly room: string;
  readonly tokens: readonly Token[];
  readonly references: readonly Reference[];
}

interface Violation {
  readonly rule: string;
  readonly where: string;
  readonly what: string;
}

const roomOf = (path: string): string => (path.includes('/') ? path.slice(0, path.indexOf('/')) : '');

const parseModules = (sources: ReadonlyMap<string, string>): readonly Module[] =>
  [...sources].map(([path, source]) => {
    const tokens = tokensOf(source, path);
    return { path, room: roomOf(path), tokens, references: referencesOf(tokens) };
  });

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

/** The module that a relative specifier of another names. */
const targetOf = (from: string, specifier: string): string =>
  posix.join(posix.dirname(from), specifier).replace(/\.js$/, '.ts');

const isRelative = (specifier: string): boolean => /^\.{1,2}\//.test(specifier);

/** One rule about one reference of a module. */
const checkReference = (module: Module, reference: Reference, sources: ReadonlyMap<string, string>): Violation[] => {
  const where = `${module.path}:${reference.line}`;
  const { specifier } = reference;
  if (specifier === undefined)
    return [{ rule: 'literal', where, what: 'import() of something that is not a plain string' }];
  const room = ROOMS[module.room];
  if (isRelative(specifier)) {
    const target = targetOf(module.path, specifier);
    if (!specifier.endsWith('.js')) return [{ rule: 'extension', where, what: specifier }];
    if (!sources.has(target)) return [{ rule: 'exists', where, what: specifier }];
    const other = roomOf(target);
    if (module.path === FRONT_DOOR) return other === 'cli' ? [{ rule: 'front-door', where, what: specifier }] : [];
    if (other === module.room || (room?.may.includes(other) ?? false)) return [];
    return [{ rule: 'floors', where, what: `${module.room} imports ${other === '' ? 'the front door' : other}` }];
  }
  if (specifier.startsWith('node:')) {
    const found: Violation[] = [];
    if (!(room?.node.includes(specifier.slice('node:'.length)) ?? false))
      found.push({ rule: 'node', where, what: specifier });
    if (specifier === 'node:zlib') {
      for (const name of reference.names) {
        if (ZLIB_COMPRESSORS.test(name)) found.push({ rule: 'zlib', where, what: `${name} of node:zlib` });
      }
      if (reference.kind === 'dynamic') found.push({ rule: 'zlib', where, what: 'all of node:zlib' });
    }
    return found;
  }
  const found: Violation[] = [];
  if (!(room?.packages.includes(packageOf(specifier)) ?? false))
    found.push({ rule: 'package', where, what: specifier });
  if (reference.kind === 'export') found.push({ rule: 'package', where, what: `${specifier} is exported again` });
  return found;
};

/** A power of two (of 2, 8 or 16) is the same number on every engine; of other powers the last digit may differ. */
const isPowerOfTwo = (tokens: readonly Token[], index: number): boolean =>
  tokens[index]?.text === '**' && /^(?:2|8|16)n?$/.test(tokens[index - 1]?.text ?? '');

const checkWords = ({ path, tokens }: Module): Violation[] =>
  tokens.flatMap((token, index) =>
    isPowerOfTwo(tokens, index)
      ? []
      : FORBIDDEN.filter((words) =>
          words.every((word, offset) => {
            const other = tokens[index + offset];
            return (
              other !== undefined && (other.kind === 'word' || other.kind === 'punctuation') && other.text === word
            );
          }),
        ).map((words) => ({ rule: 'words', where: `${path}:${token.line}`, what: words.join(' ') })),
  );

const checkName = ({ path, room }: Module): Violation[] => {
  const found: Violation[] = [];
  const words = path.replace(/\.ts$/, '').split('/');
  if (!words.every((word) => /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(word)))
    found.push({ rule: 'kebab-case', where: path, what: path });
  if (words.some((word) => EMPTY_NAMES.has(word) || word.split('-').some((part) => /^utils?$/.test(part)))) {
    found.push({ rule: 'empty-name', where: path, what: path });
  }
  if (path !== FRONT_DOOR && !(room in ROOMS)) found.push({ rule: 'room', where: path, what: `no room ${room}` });
  return found;
};

/** A barrel hides who owns a name. The front door is the only one, and it is nothing else. */
const checkBarrel = ({ path, tokens, references }: Module): Violation[] => {
  const found: Violation[] = [];
  const reexportsOnly = onlyReexports(tokens);
  if (path === FRONT_DOOR && !reexportsOnly)
    found.push({ rule: 'front-door', where: path, what: 'more than re-exports' });
  if (path !== FRONT_DOOR && (reexportsOnly || /(?:^|\/)index\.ts$/.test(path))) {
    found.push({ rule: 'barrel', where: path, what: 'a file of re-exports' });
  }
  for (const { kind, names, line } of references) {
    if (kind === 'export' && names.includes('*'))
      found.push({ rule: 'barrel', where: `${path}:${line}`, what: 'export *' });
  }
  return found;
};

/** A package enters the house through one file. */
const checkPackages = (modules: readonly Module[]): Violation[] => {
  const importers = new Map<string, Set<string>>();
  for (const { path, references } of modules) {
    for (const { specifier } of references) {
      if (specifier === undefined || isRelative(specifier) || specifier.startsWith('node:')) continue;
      const name = packageOf(specifier);
      importers.set(name, (importers.get(name) ?? new Set()).add(path));
    }
  }
  return [...importers]
    .filter(([, paths]) => paths.size > 1)
    .map(([name, paths]) => ({
      rule: 'package',
      where: [...paths].join(', '),
      what: `${name} enters through ${paths.size} files`,
    }));
};

/** Cycles among modules, type-only imports included: the modules of each strongly connected part. */
const cyclesOf = (modules: readonly Module[]): readonly (readonly string[])[] => {
  const edges = new Map(
    modules.map(({ path, references }) => [
      path,
      references.flatMap(({ specifier }) =>
        specifier !== undefined && isRelative(specifier) ? [targetOf(path, specifier)] : [],
      ),
    ]),
  );
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const cycles: string[][] = [];
  const visit = (path: string): number => {
    const place = order.size;
    order.set(path, place);
    stack.push(path);
    let low = place;
    for (const next of edges.get(path) ?? []) {
      if (!edges.has(next)) continue;
      if (!order.has(next)) low = Math.min(low, visit(next));
      else if (stack.includes(next)) low = Math.min(low, order.get(next) ?? low);
    }
    lowest.set(path, low);
    if (low === place) {
      const part = stack.splice(stack.indexOf(path));
      if (part.length > 1 || (edges.get(path) ?? []).includes(path)) cycles.push(part);
    }
    return low;
  };
  for (const path of edges.keys()) if (!order.has(path)) visit(path);
  return cycles;
};

const violationsOf = (sources: ReadonlyMap<string, string>): readonly Violation[] => {
  const modules = parseModules(sources);
  return [
    ...modules.flatMap((module) => [
      ...module.references.flatMap((reference) => checkReference(module, reference, sources)),
      ...checkWords(module),
      ...checkName(module),
      ...checkBarrel(module),
    ]),
    ...checkPackages(modules),
    ...cyclesOf(modules).map((part) => ({ rule: 'cycle', where: part.join(' → '), what: `${part.length} modules` })),
  ];
};

const SRC = fileURLToPath(new URL('../src/', import.meta.url));

/** Every file below `src/`, whatever it is. */
const filesOnDisk = (): readonly string[] =>
  readdirSync(SRC, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(SRC.length).replaceAll('\\', '/').replace(/^\//, ''))
    .sort();

const readSources = (): ReadonlyMap<string, string> =>
  new Map(
    filesOnDisk()
      .filter((path) => MODULE.test(path))
      .map((path) => [path, readFileSync(posix.join(SRC, path), 'utf8')]),
  );

describe('the table of rooms', () => {
  it('leads downwards only', () => {
    for (const [name, { floor, may }] of Object.entries(ROOMS)) {
      for (const other of may) expect(ROOMS[other]?.floor, `${name} → ${other}`).toBeLessThan(floor);
    }
  });

  it('is the folders of src', () => {
    const folders = new Set(filesOnDisk().map(roomOf).filter(Boolean));
    const built = Object.keys(ROOMS).filter((name) => !PLANNED.has(name));
    expect([...folders].sort()).toStrictEqual(built.sort());
  });
});

describe('the sources', () => {
  const sources = readSources();
  const modules = parseModules(sources);

  it('keep every rule of the house', () => {
    const lines = violationsOf(sources).map(({ rule, where, what }) => `${rule}: ${where}: ${what}`);
    expect(lines).toStrictEqual([]);
  });

  it('are all seen', () => {
    const others = filesOnDisk().filter((path) => !sources.has(path) && path !== 'README.md');
    expect(others).toStrictEqual([]);
    expect(modules.map(({ path }) => path)).toStrictEqual([...sources.keys()]);
    expect(modules.length).toBeGreaterThan(40);
    expect(sources.has(FRONT_DOOR)).toBe(true);
    expect(modules.filter(({ tokens }) => tokens.length === 0).map(({ path }) => path)).toStrictEqual([]);
    for (const [name] of Object.entries(ROOMS).filter(([room]) => !PLANNED.has(room))) {
      expect(modules.filter(({ room }) => room === name).length, name).toBeGreaterThan(0);
    }
  });

  it('have as many imports as a plain search of their lines finds', () => {
    const plain = /^(?:import '|(?:import|export|\}).*\bfrom ')([^'\n]+)';?$/gm;
    for (const { path, references } of modules) {
      const searched = [...(sources.get(path) ?? '').matchAll(plain)].map((match) => match[1]);
      const scanned = references
        .filter(({ kind }) => kind === 'import' || kind === 'export')
        .map(({ specifier }) => specifier);
      expect(scanned, path).toStrictEqual(searched);
    }
    expect(modules.flatMap(({ references }) => references).length).toBeGreaterThan(modules.length);
  });
});

describe('a violation is caught', () => {
  const CLEAN: Readonly<Record<string, string>> = {
    'index.ts': "export { load } from './operation/load.js';\nexport type { Digest } from './oci/digest.js';\n",
    'base/bytes.ts': "import { createHash } from 'node:crypto';\nexport const bytes = createHash;\n",
    'oci/digest.ts':
      "import { bytes } from '../base/bytes.js';\nexport type Digest = string;\nexport const digest = bytes;\n",
    'codec/gzip.ts':
      "import { crc32, inflateRawSync as inflate } from 'node:zlib';\nexport const gzip = [crc32, inflate];\n",
    'operation/load.ts': "import type { Digest } from '../oci/digest.js';\nexport const load = (d: Digest) => d;\n",
    'cli/main.ts': "import { load } from '../operation/load.js';\nexport const main = load;\n",
  };

  const rulesFor = (changes: Readonly<Record<string, string>>): readonly string[] => [
    ...new Set(violationsOf(new Map(Object.entries({ ...CLEAN, ...changes }))).map(({ rule }) => rule)),
  ];

  it('and nothing else is', () => {
    expect(rulesFor({})).toStrictEqual([]);
    expect(
      rulesFor({
        'base/words.ts': [
          '// process.exit(1); Math.random()',
          'export const text = \'Date.now()\' + "new Date()" + `a ** b ${String(1)} Math.pow(1, 2)`;',
          '/* import x from "yargs" */',
          'export const pattern = (s: string): boolean => !/[\'"`]|Date.now()/.test(s) && 4 / 2 / 1 > 1;',
          'export const at = new Date(0);',
          'export const size = 2 ** 33 + Number(2n ** 3n);',
          '',
        ].join('\n'),
      }),
    ).toStrictEqual([]);
  });

  it.for<[rule: string, path: string, source: string]>([
    ['floors', 'base/up.ts', "import { digest } from '../oci/digest.js';\nexport const a = digest;\n"],
    ['floors', 'base/up.ts', "import type { Digest } from '../oci/digest.js';\nexport type A = Digest;\n"],
    ['floors', 'base/up.ts', "export type A = import('../oci/digest.js').Digest;\n"],
    ['floors', 'base/up.ts', "export const a = () => import('../oci/digest.js');\n"],
    ['floors', 'base/up.ts', "export { digest } from '../oci/digest.js';\nexport const a = 1;\n"],
    ['floors', 'base/up.ts', "export const a = new URL('../oci/digest.js', import.meta.url);\n"],
    [
      'floors',
      'base/up.ts',
      "import {\n  // a comment\n  digest,\n} from '../oci/digest.js';\nexport const a = digest;\n",
    ],
    ['floors', 'base/up.ts', 'import "../oci/digest.js";\nexport const a = `${await import("../oci/digest.js")}`;\n'],
    ['floors', 'oci/side.ts', "import { gzip } from '../codec/gzip.js';\nexport const a = gzip;\n"],
    ['floors', 'cli/deep.ts', "import { gzip } from '../codec/gzip.js';\nexport const a = gzip;\n"],
    ['floors', 'cli/door.ts', "import { load } from '../index.js';\nexport const a = load;\n"],
    ['front-door', 'index.ts', "export { main } from './cli/main.js';\n"],
    ['front-door', 'index.ts', "import { load } from './operation/load.js';\nexport const api = load;\n"],
    ['barrel', 'oci/all.ts', "export { digest } from './digest.js';\n"],
    ['barrel', 'oci/index.ts', 'export const a = 1;\n'],
    ['barrel', 'oci/all.ts', "export * from './digest.js';\nexport const a = 1;\n"],
    ['node', 'oci/disk.ts', "import { readFileSync } from 'node:fs';\nexport const a = readFileSync;\n"],
    ['node', 'operation/disk.ts', "export const a = await import('node:fs');\n"],
    ['package', 'oci/schema.ts', "import Ajv from 'ajv/dist/2020.js';\nexport const a = Ajv;\n"],
    ['package', 'base/fs.ts', "import { readFileSync } from 'fs';\nexport const a = readFileSync;\n"],
    ['package', 'base/schema.ts', "export { Ajv } from 'ajv';\nexport const a = 1;\n"],
    ['literal', 'base/any.ts', 'export const a = (name: string) => import(name);\n'],
    ['literal', 'base/any.ts', 'export const a = () => import(`./bytes.js`);\n'],
    ['extension', 'base/ext.ts', "import { bytes } from './bytes';\nexport const a = bytes;\n"],
    ['exists', 'base/gone.ts', "import { bytes } from './gone-too.js';\nexport const a = bytes;\n"],
    ['zlib', 'codec/deflate.ts', "import { gzipSync } from 'node:zlib';\nexport const a = gzipSync;\n"],
    [
      'zlib',
      'codec/deflate.ts',
      "import { createDeflateRaw as inflate } from 'node:zlib';\nexport const a = inflate;\n",
    ],
    ['zlib', 'codec/deflate.ts', "import * as z from 'node:zlib';\nexport const a = z;\n"],
    ['zlib', 'codec/deflate.ts', "import z from 'node:zlib';\nexport const a = z;\n"],
    ['words', 'base/word.ts', 'export const a = () => process.exit(1);\n'],
    ['words', 'base/word.ts', 'export const a = Date\n  .now();\n'],
    ['words', 'base/word.ts', 'export const a = new Date();\n'],
    ['words', 'base/word.ts', 'export const a = `${Math.random()}`;\n'],
    ['words', 'base/word.ts', 'export const a = Math.pow(2, 3);\n'],
    ['words', 'base/word.ts', 'export const a = 12 ** 3;\n'],
    ['words', 'base/word.ts', 'export const a = (x: number) => x ** 3;\n'],
    ['words', 'base/word.ts', "export const a = 'a'.localeCompare('b');\n"],
    ['words', 'base/word.ts', "export const a = new CompressionStream('gzip');\n"],
    ['words', 'base/word.ts', "import { createRequire } from 'node:module';\nexport const a = createRequire;\n"],
    ['kebab-case', 'base/fileTree.ts', 'export const a = 1;\n'],
    ['empty-name', 'base/utils.ts', 'export const a = 1;\n'],
    ['empty-name', 'base/utils/path.ts', 'export const a = 1;\n'],
    ['room', 'kitchen/oven.ts', 'export const a = 1;\n'],
    ['cycle', 'base/bytes.ts', "import type { B } from './b.js';\nexport type A = B;\nexport const bytes = 1;\n"],
  ])('%s: %s', ([rule, path, source]) => {
    const other = { 'base/b.ts': "import type { A } from './bytes.js';\nexport type B = A;\n" };
    expect(rulesFor({ ...(rule === 'cycle' ? other : {}), [path]: source })).toContain(rule);
  });

  it('when a package enters through two files', () => {
    const source = "import { Gzip } from 'fflate';\nexport const a = Gzip;\n";
    expect(rulesFor({ 'codec/one.ts': source })).toStrictEqual([]);
    expect(rulesFor({ 'codec/one.ts': source, 'codec/two.ts': source })).toStrictEqual(['package']);
  });

  it.for(["const a = 'open", 'const a = `open ${1', 'const a = {', '/* open', 'const a = /open'])(
    'and a source that cannot be scanned is an error: %s',
    (source) => {
      expect(() => tokensOf(source)).toThrow('cannot scan');
    },
  );
});
