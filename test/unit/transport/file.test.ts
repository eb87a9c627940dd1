import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/base/limits.js';
import { isDirectory, openDirectoryTree } from '../../../src/transport/directory.js';
import { openFileSource } from '../../../src/transport/file.js';
import { hostThreads, pathExists } from '../../../src/transport/host.js';
import { contentOf, failureOf } from '../../support/memory-place.js';
import { withoutRoot } from '../../support/without-root.js';

let folder: string;
const at = (...names: readonly string[]): string => join(folder, ...names);
const listener = createServer();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ingot-file-'));
  writeFileSync(at('file'), 'content');
  writeFileSync(at('empty'), '');
  symlinkSync('file', at('link'));
  symlinkSync('nowhere', at('dangling'));
  symlinkSync('loop', at('loop'));
  mkdirSync(at('folder'));
  execFileSync('mkfifo', [at('fifo')]);
  await new Promise<void>((resolve) => listener.listen(at('socket'), resolve));
});
afterAll(async () => {
  await new Promise((resolve) => listener.close(resolve));
  rmSync(folder, { recursive: true });
});

describe('a file as a source', () => {
  it('has its size and content, and lies in an open file', async () => {
    const source = await openFileSource(at('file'), 'name');
    expect(source).toMatchObject({ size: 7, name: 'name', file: { offset: 0, length: 7 } });
    expect(await contentOf(source)).toBe('content');
    expect(await contentOf(await openFileSource(at('empty')))).toBe('');
  });

  it('may be reached over a link, unless links are not followed', async () => {
    expect(await contentOf(await openFileSource(at('link')))).toBe('content');
    expect(await failureOf(() => openFileSource(at('link'), 'name', { noFollow: true }))).toMatchObject({
      code: 'ARCHIVE_NOT_REGULAR',
      details: { subject: 'name', found: 'a symbolic link' },
    });
  });

  it.for<[name: string, code: string, found: string]>([
    ['missing', 'FILE_NOT_FOUND', 'ENOENT'],
    ['dangling', 'FILE_NOT_FOUND', 'ENOENT'],
    ['file/below', 'FILE_NOT_FOUND', 'ENOTDIR'],
    ['folder', 'ARCHIVE_NOT_REGULAR', 'a directory'],
    ['fifo', 'ARCHIVE_NOT_REGULAR', 'a FIFO'],
    ['socket', 'ARCHIVE_NOT_REGULAR', 'a socket'],
    ['loop', 'ARCHIVE_NOT_REGULAR', 'a symbolic link'],
    ['x'.repeat(300), 'IO', 'ENAMETOOLONG'],
  ])('is not %s', async ([name, code, found]) => {
    expect(await failureOf(() => openFileSource(at(name)))).toMatchObject({
      code,
      details: { subject: at(name), found },
    });
  });

  it('is not a device', async () => {
    expect(await failureOf(() => openFileSource('/dev/null'))).toMatchObject({
      code: 'ARCHIVE_NOT_REGULAR',
      details: { found: 'a device' },
    });
  });

  it('is not found by a code that its place asks for', async () => {
    const options = { notRegular: 'BLOB_NOT_REGULAR' } as const;
    expect((await failureOf(() => openFileSource(at('folder'), 'blob', options))).code).toBe('BLOB_NOT_REGULAR');
  });

  it('is denied without permission', async () => {
    writeFileSync(at('secret'), '');
    chmodSync(at('secret'), 0);
    chmodSync(folder, 0o755);
    await withoutRoot(async () => {
      await (await openFileSource(at('file'))).close();
      expect((await failureOf(() => openFileSource(at('secret')))).code).toBe('PERMISSION_DENIED');
    });
  });

  it('that becomes shorter while it is read is told, never a short read', async () => {
    writeFileSync(at('shrinking'), 'x'.repeat(100));
    const source = await openFileSource(at('shrinking'));
    truncateSync(at('shrinking'), 60);
    expect(await failureOf(() => source.readAt(50, 20))).toMatchObject({
      code: 'FILE_CHANGED',
      details: { found: '60' },
    });
    expect(await failureOf(() => contentOf(source))).toMatchObject({
      code: 'FILE_CHANGED',
      details: { subject: at('shrinking'), expected: '100 bytes', found: '60' },
    });
  });

  it('that becomes longer is read as it was', async () => {
    writeFileSync(at('growing'), 'abc');
    const source = await openFileSource(at('growing'));
    writeFileSync(at('growing'), 'abcdef');
    expect(await contentOf(source)).toBe('abc');
  });

  it('that was closed cannot be read', async () => {
    const source = await openFileSource(at('file'));
    await source.close();
    await source.close();
    await expect(source.readAt(0, 1)).rejects.toThrow(expect.objectContaining({ code: 'IO' }));
  });
});

describe('a directory as a tree', () => {
  it('is told from files, links followed', async () => {
    expect(await isDirectory(at('folder'))).toBe(true);
    expect(await isDirectory(at('link'))).toBe(false);
    expect((await failureOf(() => isDirectory(at('missing')))).code).toBe('FILE_NOT_FOUND');
  });

  it('has all entries by path, with types, sizes and targets', async () => {
    writeFileSync(at('folder', 'b'), 'bb');
    mkdirSync(at('folder', 'a'));
    writeFileSync(at('folder', 'a', 'c'), 'c');
    const tree = await openDirectoryTree(folder, DEFAULT_LIMITS);
    const entries = tree.entries().filter(({ path }) => !/grow|shrink|secret/.test(path));
    expect(entries).toEqual([
      { path: 'dangling', type: 'symlink', size: 0, linkTarget: 'nowhere' },
      { path: 'empty', type: 'file', size: 0 },
      { path: 'fifo', type: 'other', size: 0, typeName: 'a FIFO' },
      { path: 'file', type: 'file', size: 7 },
      { path: 'folder', type: 'directory', size: 0 },
      { path: 'folder/a', type: 'directory', size: 0 },
      { path: 'folder/a/c', type: 'file', size: 1 },
      { path: 'folder/b', type: 'file', size: 2 },
      { path: 'link', type: 'symlink', size: 0, linkTarget: 'file' },
      { path: 'loop', type: 'symlink', size: 0, linkTarget: 'loop' },
      { path: 'socket', type: 'other', size: 0, typeName: 'a socket' },
    ]);
    expect(tree.entry('folder/a/c')?.size).toBe(1);
    expect(await contentOf(await tree.open('folder/a/c'))).toBe('c');
    expect(await tree.open('nobody')).toBeUndefined();
    await tree.close();
  });

  it.for(['link', 'dangling', 'fifo', 'socket', 'folder'])('does not open %s', async (path) => {
    const tree = await openDirectoryTree(folder, DEFAULT_LIMITS);
    expect(await failureOf(() => tree.open(path))).toMatchObject({
      code: 'BLOB_NOT_REGULAR',
      details: { subject: `${folder}: ${path}` },
    });
  });

  it('does not open what became a link after it was listed', async () => {
    writeFileSync(at('swapped'), 'x');
    const tree = await openDirectoryTree(folder, DEFAULT_LIMITS);
    rmSync(at('swapped'));
    symlinkSync('file', at('swapped'));
    expect((await failureOf(() => tree.open('swapped'))).code).toBe('BLOB_NOT_REGULAR');
    rmSync(at('swapped'));
  });

  it('does not follow a directory that is a link', async () => {
    symlinkSync('folder', at('folder-link'));
    const tree = await openDirectoryTree(folder, DEFAULT_LIMITS);
    expect(tree.entry('folder-link')?.type).toBe('symlink');
    expect(tree.entry('folder-link/b')).toBeUndefined();
    rmSync(at('folder-link'));
  });

  it('holds no more entries than the limit', async () => {
    const limits = { ...DEFAULT_LIMITS, members: 3 };
    expect((await failureOf(() => openDirectoryTree(folder, limits))).code).toBe('LIMIT_MEMBERS');
    expect((await failureOf(() => openDirectoryTree(at('missing'), DEFAULT_LIMITS))).code).toBe('FILE_NOT_FOUND');
  });
});

it('the host says what is there, and how many threads', () => {
  expect(['file', 'link', 'folder', 'missing', 'dangling'].map((name) => pathExists(at(name)))).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
  expect(hostThreads()).toBeGreaterThanOrEqual(1);
});
