import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ERROR_CODES, type ErrorCode } from '../../src/base/error-code.js';
import { golden, run } from '../cli/support/run.js';

/** What somebody with the right to write may have put into a store. */
type Hostility = readonly [line: string, act: (root: string, outside: string) => void];

const state = (root: string, name: string): string => join(root, '.ingot', name);
const replaced = (path: string, text: string): void => {
  rmSync(path, { recursive: true, force: true });
  writeFileSync(path, text);
};
const linked = (path: string, target: string): void => {
  rmSync(path, { recursive: true, force: true });
  symlinkSync(target, path);
};
const emptied = (path: string): void => {
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path);
};
const firstBlob = (root: string): string =>
  join(root, 'blobs/sha256', readdirSync(join(root, 'blobs/sha256')).toSorted()[0] ?? '');
const everyBlob = (root: string): readonly string[] =>
  readdirSync(join(root, 'blobs/sha256')).map((name) => join(root, 'blobs/sha256', name));

const STATES = [
  'config.json',
  'refs.json',
  'trash.json',
  'facts.json',
  'links.json',
  'journal.ndjson',
  'journal.1.ndjson',
];
const LEASE = 'leases/01234567-89ab-cdef-0123-456789abcdef.json';
const TEXTS: readonly (readonly [name: string, text: string])[] = [
  ['empty', ''],
  ['no JSON', '\u0000\u0001{'],
  ['a list', '[]'],
  ['null', 'null'],
  ['of wrong types', '{"format":1,"refs":7,"images":[],"records":{},"facts":[],"lock":1,"documents":3,"types":{}}'],
  ['very deep', `{"format":1,"refs":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
  ['with a prototype', '{"format":1,"__proto__":{"x":1},"refs":{"__proto__":{"digest":"../../../x"}},"constructor":0}'],
  ['with numbers that are none', '{"format":1e999,"refs":{}}'],
];

const HOSTILITIES: readonly Hostility[] = [
  ...[...STATES, LEASE, 'lock'].flatMap((name): readonly Hostility[] => [
    [`${name} is a directory`, (root) => emptied(state(root, name))],
    [`${name} is a link to a file outside`, (root, outside) => linked(state(root, name), join(outside, 'file'))],
    [`${name} is a link to itself`, (root) => linked(state(root, name), state(root, name))],
  ]),
  ...['config.json', 'refs.json', 'trash.json', LEASE].flatMap((name): readonly Hostility[] =>
    TEXTS.map(([what, text]): Hostility => [`${name} is ${what}`, (root) => replaced(state(root, name), text)]),
  ),
  ...['ingest', 'leases', 'used', 'quarantine'].flatMap((name): readonly Hostility[] => [
    [`${name} is a file`, (root) => replaced(state(root, name), '')],
    [`${name} is a link to a directory outside`, (root, outside) => linked(state(root, name), outside)],
  ]),
  [
    'what is remembered is nonsense',
    (root) =>
      ['facts.json', 'links.json'].forEach((name) =>
        replaced(state(root, name), '{"format":1,"facts":[],"documents":3,"types":{}}'),
      ),
  ],
  ['the journal is nonsense', (root) => replaced(state(root, 'journal.ndjson'), `{"hash":1}\n[]\n\u0000`)],
  ['index.json is a link', (root, outside) => linked(join(root, 'index.json'), join(outside, 'file'))],
  ['index.json is a directory', (root) => emptied(join(root, 'index.json'))],
  ...TEXTS.map(([what, text]): Hostility => [
    `index.json is ${what}`,
    (root) => replaced(join(root, 'index.json'), text),
  ]),
  ['a blob is a link', (root, outside) => linked(firstBlob(root), join(outside, 'file'))],
  ['a blob is a directory', (root) => emptied(firstBlob(root))],
  ['every blob is empty', (root) => everyBlob(root).forEach((path) => replaced(path, ''))],
  ['there are no blobs', (root) => emptied(join(root, 'blobs/sha256'))],
  [
    'blobs/sha256 is a link to a directory outside',
    (root, outside) => {
      cpSync(join(root, 'blobs/sha256'), join(outside, 'blobs'), { recursive: true });
      linked(join(root, 'blobs/sha256'), join(outside, 'blobs'));
    },
  ],
  [
    'a name in the index leads out of the store',
    (root) => {
      const text = readFileSync(join(root, 'index.json'), 'utf8');
      replaced(
        join(root, 'index.json'),
        text.replace(/"digest":"sha256:[0-9a-f]{64}"/, '"digest":"sha256:../../../outside/file"'),
      );
    },
  ],
  [
    'a directory of a process has the name of a path',
    (root) => mkdirSync(state(root, 'ingest/..hidden'), { recursive: true }),
  ],
  [
    'the directory of state is a link to that of another store',
    (root, outside) => {
      renameSync(join(root, '.ingot'), join(outside, 'state'));
      symlinkSync(join(outside, 'state'), join(root, '.ingot'));
    },
  ],
];

const NAME = 'registry.example/demo/app:1.0';
const COMMANDS: readonly (readonly string[])[] = [
  ['images', '--json'],
  ['df'],
  ['save', NAME, '-o', 'OUT'],
  ['load', golden('hybrid/containerd-two.tar')],
  ['rmi', NAME],
  ['restore', NAME],
  ['gc', '--grace', '0'],
  ['fsck', '--repair'],
];

/** Every file outside with its content, and what is beside them. */
const census = (directory: string): readonly string[] =>
  readdirSync(directory, { withFileTypes: true, recursive: true })
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
    .map((path) => (path.endsWith('file') ? `${path}: ${readFileSync(path, 'utf8')}` : path));

describe('a store that somebody has meddled with', () => {
  let scratch: string;
  let outside: string;
  let root: string;
  beforeAll(async () => {
    scratch = mkdtempSync(join(tmpdir(), 'ingot-hostile-'));
    const { code } = await run(['load', golden('app/skopeo-oci.tar'), '--quiet', '--store', join(scratch, 'origin')]);
    const settings = await run(['store', 'migrate', '--fsync', 'no', '--store', join(scratch, 'origin')]);
    if (code !== 0 || settings.code !== 0) throw new Error('the store cannot be made');
    outside = join(scratch, 'outside');
    root = join(scratch, 'store');
  });
  beforeEach(() => {
    cpSync(join(scratch, 'origin'), root, { recursive: true });
    mkdirSync(outside);
    writeFileSync(join(outside, 'file'), 'precious');
  });
  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
    rmSync(outside, { recursive: true, force: true });
  });
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  it.for(HOSTILITIES)('%s: nothing breaks, nothing outside changes', { timeout: 60_000 }, async ([, act]) => {
    act(root, outside);
    const before = census(outside).filter((line) => !line.includes('/state') && !line.includes('/blobs'));
    for (const command of COMMANDS) {
      const argv = command.map((word) => (word === 'OUT' ? join(scratch, 'out.tar') : word));
      const { code, stderr } = await run([...argv, '--store', root, '--lock-wait', '2', '--quiet']);
      const error = /^ingot: ([A-Z_]+): /m.exec(stderr)?.[1];
      expect({ argv, code, stderr }).toMatchObject({ code: expect.toBeOneOf([0, 1, 2, 3, 4]) as unknown });
      if (code > 1) expect(ERROR_CODES[error as ErrorCode]).toBeDefined();
    }
    expect(readFileSync(join(outside, 'file'), 'utf8')).toBe('precious');
    expect(census(outside).filter((line) => !line.includes('/state') && !line.includes('/blobs'))).toEqual(before);
    for (const path of readdirSync(scratch)) expect(['origin', 'store', 'outside', 'out.tar']).toContain(path);
  });
});
