import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { caseNames, readCase, runCase } from './golden-case.js';
import { type TarMember, listingOf, readTar } from './read-tar.js';

/**
 * Others say what the golden archives are. The command for GNU tar is the one that `docs/canonical-archive.md` gives to
 * users; a program that is not there is skipped, except with `INGOT_REQUIRE_PEERS=1`.
 */

const DOCUMENT = new URL('../../docs/canonical-archive.md', import.meta.url);

const available = (program: string, version: RegExp): boolean => {
  const found = version.test(spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout ?? '');
  if (!found && process.env['INGOT_REQUIRE_PEERS'] === '1') throw new Error(`${program} is not installed`);
  return found;
};

const hasGnuTar = available('tar', /^tar \(GNU tar\)/);
const hasBsdtar = available('bsdtar', /^bsdtar/);
const hasPython = available('python3', /^Python 3/);

/** The options in the document's block that begins with `tar -C`, words apart. */
const documentedCommand = (): readonly string[] => {
  const block = /```sh\n(tar -C unpacked [\s\S]*?)\n```/.exec(readFileSync(DOCUMENT, 'utf8'))?.[1];
  if (block === undefined) throw new Error('the document gives no command');
  return block.replaceAll('\\\n', ' ').split(/\s+/).slice(1);
};

/** Names of a golden archive are its own and known to be safe. */
const unpack = (members: readonly TarMember[], folder: string): void => {
  for (const member of members) {
    const path = join(folder, member.path);
    if (member.type === 'directory') mkdirSync(path, { recursive: true });
    else writeFileSync(path, member.body);
  }
};

const run = (program: string, args: readonly string[], cwd: string): Buffer => {
  const done = spawnSync(program, args, {
    cwd,
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC0', TAR_OPTIONS: '', POSIXLY_CORRECT: undefined },
    maxBuffer: 1 << 28,
  });
  if (done.status !== 0) throw new Error(`${program}: ${done.stderr.toString('utf8')}`);
  return done.stdout;
};

const PYTHON = `
import json, sys, tarfile
with tarfile.open(sys.argv[1], errorlevel=2) as tar:
    print(json.dumps([[m.name + ("/" if m.isdir() else ""), m.size, m.mode, m.uid, m.gid, m.uname, m.gname, int(m.mtime),
                       m.offset, m.isdir(), m.isreg()] for m in tar]))
`;

describe('other readers and writers of tar agree about the golden archives', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ingot-oracle-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(caseNames())('%s', async (name) => {
    const golden = readCase(name);
    const [first] = golden.runs;
    if (first === undefined) throw new Error('a case without a run');
    const { archive } = await runCase(golden, first);
    const members = readTar(archive);
    const place = join(folder, name);
    mkdirSync(join(place, 'unpacked'), { recursive: true });
    unpack(members, join(place, 'unpacked'));
    writeFileSync(join(place, 'archive.tar'), archive);
    writeFileSync(join(place, 'entries.txt'), members.map(({ path }) => `${path}\n`).join(''));
    const paths = members.map(({ path }) => path);

    if (hasGnuTar) {
      const command = documentedCommand().map((word) =>
        word === '--mtime=@0' ? `--mtime=@${golden.options.mtime ?? 0}` : word,
      );
      run('tar', command, place);
      expect(readFileSync(join(place, 'rebuilt.tar')).equals(archive), 'GNU tar writes the same').toBe(true);
      const listing = run('tar', ['--numeric-owner', '--full-time', '-tvf', 'archive.tar'], place).toString('utf8');
      expect(listing).toBe(listingOf(members));
      if (members.every(({ path }) => path.length <= 100)) {
        const ustar = command
          .filter((word) => !word.startsWith('--pax-option'))
          .map((word) => (word === '--format=posix' ? '--format=ustar' : word));
        run('tar', ustar, place);
        expect(readFileSync(join(place, 'rebuilt.tar')).equals(archive), 'as ustar too').toBe(true);
      }
    }
    if (hasBsdtar) {
      expect(run('bsdtar', ['-tf', 'archive.tar'], place).toString('utf8').split('\n').slice(0, -1)).toEqual(paths);
    }
    if (hasPython) {
      const listed: unknown = JSON.parse(run('python3', ['-c', PYTHON, 'archive.tar'], place).toString('utf8'));
      expect(listed).toEqual(
        members.map(({ path, type, size, mtime, headerOffset }) => {
          const isDirectory = type === 'directory';
          return [
            path,
            size,
            isDirectory ? 0o755 : 0o644,
            0,
            0,
            '',
            '',
            mtime,
            headerOffset,
            isDirectory,
            !isDirectory,
          ];
        }),
      );
    }
  });

  it('says when a program is missing', () => {
    expect([hasGnuTar, hasBsdtar, hasPython].includes(false) && process.env['INGOT_REQUIRE_PEERS'] === '1').toBe(false);
  });
});
