import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ByteStream, utf8 } from '../../../src/base/bytes.js';
import {
  extendDirectory,
  holdsFiles,
  readSmallFile,
  replaceDirectory,
} from '../../../src/transport/output-directory.js';
import {
  createOutputFile,
  isSpecialFile,
  writeOutputFile,
  writeSpecialFile,
} from '../../../src/transport/output-file.js';
import { scratchDirectory } from '../../../src/transport/scratch.js';
import { contentOf, failureOf } from '../../support/memory-place.js';

let folder: string;
const at = (...names: readonly string[]): string => join(folder, ...names);
const textAt = (...names: readonly string[]): string => readFileSync(at(...names), 'utf8');
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ingot-output-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function* chunks(...texts: readonly string[]): ByteStream {
  for (const text of texts) yield utf8(text);
}

describe('an output file', () => {
  it.for([false, true])('is there whole or not at all (durable: %s)', async (durable) => {
    writeFileSync(at('out'), 'before');
    const file = await createOutputFile(at('out'));
    await file.truncate(6);
    await file.write(utf8('def'), 3);
    await file.write(utf8('abc'), 0);
    expect(textAt('out')).toBe('before');
    await file.commit({ durable });
    await file.discard();
    expect(textAt('out')).toBe('abcdef');
    expect(readdirSync(folder)).toEqual(['out']);
  });

  it('that is discarded leaves the target as it was, and nothing else', async () => {
    writeFileSync(at('out'), 'before');
    const file = await createOutputFile(at('out'));
    await file.write(utf8('abc'), 0);
    expect(readdirSync(folder).length).toBe(2);
    await file.discard();
    await file.discard();
    expect(readdirSync(folder)).toEqual(['out']);
    expect(textAt('out')).toBe('before');
  });

  it('is written beside the target of a link, which stays a link', async () => {
    mkdirSync(at('elsewhere'));
    writeFileSync(at('elsewhere', 'real'), 'before');
    symlinkSync(join('elsewhere', 'real'), at('out'));
    const file = await createOutputFile(at('out'));
    await file.write(utf8('after'), 0);
    expect(readdirSync(at('elsewhere')).length).toBe(2);
    await file.commit({ durable: false });
    expect(lstatSync(at('out')).isSymbolicLink()).toBe(true);
    expect(textAt('elsewhere', 'real')).toBe('after');
    expect(readdirSync(folder).toSorted()).toEqual(['elsewhere', 'out']);
  });

  it.for<[umask: number, mode: number]>([
    [0o022, 0o644],
    [0o077, 0o600],
    [0o002, 0o664],
  ])('has under umask %i the mode %i', async ([umask, mode]) => {
    // Threads cannot change it, processes can.
    const before = process.umask(umask);
    try {
      await writeOutputFile(at('out'), utf8('x'));
    } finally {
      process.umask(before);
    }
    expect(statSync(at('out')).mode & 0o777).toBe(mode);
  });

  it('may have a long name, and one with odd characters', async () => {
    for (const name of ['x'.repeat(255), 'a b\n%s-\u202e', '-rf', 'é'.repeat(120)]) {
      await writeOutputFile(at(name), utf8('x'));
      expect(textAt(name)).toBe('x');
    }
    expect(readdirSync(folder).length).toBe(4);
  });

  it.for<[line: string, path: () => string, code: string]>([
    ['a directory', () => folder, 'DESTINATION_UNFIT'],
    ['a link to a directory', () => (symlinkSync(folder, at('link')), at('link')), 'DESTINATION_UNFIT'],
    ['something in a directory that is not there', () => at('no', 'out'), 'FILE_NOT_FOUND'],
    ['something below a file', () => (writeFileSync(at('file'), ''), at('file', 'out')), 'FILE_NOT_FOUND'],
  ])('is not %s', async ([, path, code]) => {
    const target = path();
    expect(await failureOf(() => createOutputFile(target))).toMatchObject({ code, details: { subject: target } });
  });

  it('that cannot take its place is removed all the same', async () => {
    const file = await createOutputFile(at('out'));
    mkdirSync(at('out'));
    await failureOf(() => file.commit({ durable: false }));
    await file.discard();
    expect(readdirSync(folder)).toEqual(['out']);
  });
});

describe('a special file', () => {
  it('is told from files and directories', async () => {
    writeFileSync(at('file'), '');
    symlinkSync('file', at('link'));
    execFileSync('mkfifo', [at('fifo')]);
    const kinds = await Promise.all(
      [at('file'), at('link'), folder, at('missing'), at('fifo'), '/dev/null'].map(isSpecialFile),
    );
    expect(kinds).toEqual([false, false, false, false, true, true]);
  });

  it('gets a stream in order', async () => {
    execFileSync('mkfifo', [at('fifo')]);
    const reading = (async () => {
      const handle = await open(at('fifo'), 'r');
      try {
        return await handle.readFile('utf8');
      } finally {
        await handle.close();
      }
    })();
    await writeSpecialFile(at('fifo'), chunks('abc', '', 'def'));
    expect(await reading).toBe('abcdef');
    await writeSpecialFile('/dev/null', chunks('x'));
  });

  it('that is full says so', async () => {
    expect((await failureOf(() => writeSpecialFile('/dev/full', chunks('x')))).code).toBe('NO_SPACE');
  });
});

describe('a directory that gets files', () => {
  it('shows each when it is complete, and keeps what it has', async () => {
    writeFileSync(at('kept'), 'kept');
    const output = await extendDirectory(folder);
    const part = await output.create('a/b/new');
    await part.truncate(3);
    await part.write(utf8('new'), 0);
    expect(existsSync(at('a'))).toBe(false);
    await part.commit();
    expect(textAt('a', 'b', 'new')).toBe('new');
    expect(await output.sizeOf('a/b/new')).toBe(3);
    expect(await contentOf(await output.open('a/b/new'))).toBe('new');
    const lost = await output.create('lost');
    await lost.discard();
    await output.close();
    expect(readdirSync(folder).toSorted()).toEqual(['a', 'kept']);
  });

  it('is made where it is not there, with those above it', async () => {
    const output = await extendDirectory(at('x', 'y'));
    await (await output.create('new')).commit();
    await output.close();
    expect(readdirSync(at('x', 'y'))).toEqual(['new']);
  });

  it('goes again if it was made and got nothing', async () => {
    await (await extendDirectory(at('x'))).close();
    expect(existsSync(at('x'))).toBe(false);
    mkdirSync(at('old'));
    await (await extendDirectory(at('old'))).close();
    expect(existsSync(at('old'))).toBe(true);
  });

  it('replaces files, and links by files', async () => {
    writeFileSync(at('outside'), 'outside');
    mkdirSync(at('in'));
    writeFileSync(at('in', 'file'), 'old');
    symlinkSync('../outside', at('in', 'link'));
    const output = await extendDirectory(at('in'));
    expect(await output.sizeOf('link')).toBeUndefined();
    expect((await failureOf(() => output.open('link'))).code).toBe('BLOB_NOT_REGULAR');
    for (const path of ['file', 'link']) {
      const part = await output.create(path);
      await part.write(utf8('new'), 0);
      await part.commit();
    }
    await output.close();
    expect([textAt('in', 'file'), textAt('in', 'link'), textAt('outside')]).toEqual(['new', 'new', 'outside']);
  });

  it('cannot be a file', async () => {
    writeFileSync(at('file'), '');
    await expect(extendDirectory(at('file'))).rejects.toThrow(expect.objectContaining({ class: 'surroundings' }));
    expect((await failureOf(() => holdsFiles(at('file')))).code).toBe('DESTINATION_UNFIT');
  });

  it('is asked whether it holds anything', async () => {
    mkdirSync(at('empty'));
    symlinkSync('empty', at('link'));
    expect(await Promise.all([folder, at('empty'), at('link'), at('missing')].map((path) => holdsFiles(path)))).toEqual(
      [true, false, false, false],
    );
  });

  it('gives a small file, or none', async () => {
    writeFileSync(at('small'), 'abc');
    expect(Buffer.from((await readSmallFile(folder, 'small')) ?? []).toString()).toBe('abc');
    expect(await readSmallFile(folder, 'missing')).toBeUndefined();
  });
});

describe('a directory that is replaced', () => {
  const fill = async (path: string, commit: boolean): Promise<void> => {
    const output = await replaceDirectory(path);
    try {
      const part = await output.create('file');
      await part.write(utf8('new'), 0);
      await part.commit();
      if (commit) await output.commit();
    } finally {
      await output.close();
    }
  };

  it('is the new one as a whole', async () => {
    mkdirSync(at('out'));
    writeFileSync(at('out', 'old'), 'old');
    await fill(at('out'), true);
    expect(readdirSync(at('out'))).toEqual(['file']);
    expect(readdirSync(folder)).toEqual(['out']);
  });

  it('stays as it was if the new one is not complete', async () => {
    mkdirSync(at('out'));
    writeFileSync(at('out', 'old'), 'old');
    await fill(at('out'), false);
    expect(readdirSync(at('out'))).toEqual(['old']);
    expect(readdirSync(folder)).toEqual(['out']);
  });

  it('may not be there yet', async () => {
    await fill(at('x', 'out'), true);
    expect(textAt('x', 'out', 'file')).toBe('new');
    await fill(at('never'), false);
    expect(existsSync(at('never'))).toBe(false);
  });
});

describe('a scratch directory', () => {
  it('is private, made when first used, and goes', async () => {
    const scratch = scratchDirectory(folder);
    expect(readdirSync(folder)).toEqual([]);
    const file = await scratch.create();
    const [made = ''] = readdirSync(folder);
    expect(statSync(at(made)).mode & 0o777).toBe(0o700);
    expect(readdirSync(at(made)).map((name) => statSync(at(made, name)).mode & 0o777)).toEqual([0o600]);
    await file.seal();
    await file.seal();
    await scratch.remove();
    expect(readdirSync(folder)).toEqual([]);
    await scratch.remove();
  });

  it('keeps a stream under a name, to be read any number of times', async () => {
    const scratch = scratchDirectory(folder);
    const source = await scratch.spool(chunks('abc', '', 'def'), 'name');
    expect(source).toMatchObject({ size: 6, name: 'name' });
    expect(Buffer.from(await source.readAt(2, 2)).toString()).toBe('cd');
    expect(await contentOf(source)).toBe('abcdef');
    await scratch.remove();
  });

  it('frees a file that is discarded, and leaves the others', async () => {
    const scratch = scratchDirectory(folder);
    const [one, two] = [await scratch.create(), await scratch.create()];
    await one.discard();
    await two.seal();
    expect(await contentOf(await two.open())).toBe('');
    expect(readdirSync(at(readdirSync(folder)[0] ?? '')).length).toBe(1);
    await scratch.remove();
  });

  it('passes the failure of a stream on', async () => {
    const scratch = scratchDirectory(folder);
    const broken = async function* (): ByteStream {
      yield utf8('abc');
      throw new Error('broken');
    };
    await expect(scratch.spool(broken(), 'name')).rejects.toThrow('broken');
    await scratch.remove();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('needs a place to be in', async () => {
    const scratch = scratchDirectory(at('missing'));
    expect(await failureOf(() => scratch.create())).toMatchObject({
      code: 'FILE_NOT_FOUND',
      details: { subject: at('missing') },
    });
    await scratch.remove().catch(() => {});
  });
});
