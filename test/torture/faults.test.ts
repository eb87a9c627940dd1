import { type SpawnSyncReturns, execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { collect } from '../../src/store/collect.js';
import { saveConfig } from '../../src/store/config.js';
import { fsck } from '../../src/store/fsck.js';
import { type Store, requireStore } from '../../src/store/store.js';
import { readState } from '../../src/store/transact.js';
import { library } from '../support/store-fixture.js';

const ACT = fileURLToPath(new URL('act.mjs', import.meta.url));
const isRoot = process.getuid?.() === 0;

const works = (program: string, ...args: string[]): boolean =>
  spawnSync(program, args, { stdio: 'ignore' }).status === 0;
const canTrace = works('strace', '-f', '-qq', '-o', '/dev/null', 'true');
const canMount =
  isRoot &&
  (() => {
    const probe = mkdtempSync(join(tmpdir(), 'ingot-mount-'));
    const can = works('mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', probe) && works('umount', probe);
    rmSync(probe, { recursive: true, force: true });
    return can;
  })();

/** Names as other code sees them: nothing of the process under test is used to look at what it has left. */
interface Outcome {
  readonly code?: string;
  readonly message?: string;
  readonly result?: unknown;
}

let directory: string;
let root: string;

const outcomeOf = ({ stdout, signal }: SpawnSyncReturns<string>): Outcome =>
  signal === 'SIGKILL' || stdout === '' ? { code: 'KILLED' } : (JSON.parse(stdout) as Outcome);

const run = (prefix: readonly string[], ...args: readonly string[]): Outcome => {
  const [program = process.execPath, ...rest] = [...prefix, process.execPath, ACT, root, ...args];
  const env = { ...process.env, UV_THREADPOOL_SIZE: '1' };
  return outcomeOf(spawnSync(program, rest, { encoding: 'utf8', env, timeout: 60_000 }));
};
const act = (...args: readonly string[]): Outcome => run([], ...args);

const store = (): Promise<Store> => requireStore({ root, lockWait: 10_000 });
const meanings = async (): Promise<Readonly<Record<string, string>>> =>
  Object.fromEntries((await readState(await store())).index.entries.map(({ nameText, digest }) => [nameText, digest]));

/** S-00: what is listed is whole, earlier names mean what they did, and a collection leaves nothing behind. */
const expectSound = async (before: Readonly<Record<string, string>>): Promise<void> => {
  expect(await meanings()).toMatchObject(before);
  const { findings } = await fsck(await store(), { repair: false, quick: false });
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  await collect(await store(), { grace: 0 });
  const { paths } = await store();
  const left = [paths.ingest, paths.leases]
    .flatMap((path) => readdirSync(path))
    .concat(readdirSync(paths.state).filter((name) => name.startsWith('.new-')));
  expect(left).toEqual([]);
  expect(await meanings()).toMatchObject(before);
};

beforeAll(() => {
  if (!existsSync(fileURLToPath(new URL('../../dist/store/store.js', import.meta.url))))
    throw new Error('make build first');
});
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ingot-faults-'));
  root = join(directory, 'store');
  const { code } = act('load', 'kept:1', '2', '2000');
  if (code !== undefined) throw new Error(`the store cannot be made: ${code}`);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const CALLS = 'write,pwrite64,fsync,rename,renameat2,unlink,mkdir,link,ftruncate,openat';

describe.skipIf(!canTrace)('a process that is killed at a system call', () => {
  const countOf = (...args: readonly string[]): number => {
    const trace = join(directory, 'trace');
    run(['strace', '-f', '-qq', '-o', trace, '-e', `trace=${CALLS}`], ...args);
    const counts = new Map<string, number>();
    for (const line of readFileSync(trace, 'utf8').split('\n'))
      counts.set(line.split(' ')[0] ?? '', (counts.get(line.split(' ')[0] ?? '') ?? 0) + 1);
    return Math.max(...counts.values());
  };
  const kill = (at: number): readonly string[] => [
    'strace',
    '-f',
    '-qq',
    '-o',
    '/dev/null',
    '-e',
    `trace=${CALLS}`,
    '-e',
    `inject=${CALLS}:signal=SIGKILL:when=${at}`,
  ];

  /** Calls at which a process is ended: all of them takes minutes, and CI can have that. */
  const POINTS = Number(process.env['INGOT_KILL_POINTS'] ?? '12');

  const VERBS: readonly { readonly args: readonly string[] }[] = [
    { args: ['load', 'new:1', '2', '3000'] },
    { args: ['rmi', 'kept:1'] },
    { args: ['tag', 'kept:1', 'other:1'] },
    { args: ['gc'] },
  ];
  it.for(VERBS)('while it does $args leaves a sound store', { timeout: 180_000 }, async ({ args }) => {
    cpSync(root, join(directory, 'origin'), { recursive: true });
    const renew = (): void => {
      rmSync(root, { recursive: true });
      cpSync(join(directory, 'origin'), root, { recursive: true });
    };
    const total = countOf(...args);
    expect(total).toBeGreaterThan(10);
    renew();
    const kept = args[0] === 'rmi' ? {} : await meanings();
    // The last calls are those that change something; those of the start of Node are all alike.
    const pointsFor = (scale: number): ReadonlySet<number> =>
      new Set(
        Array.from({ length: POINTS }, (_, index) =>
          Math.max(1, Math.floor(scale * total * (0.3 + (0.65 * index) / POINTS))),
        ),
      );
    let killed = 0;
    // Calls are counted for each thread, and which thread makes how many differs from run to run: a point may be beyond
    // the last call of the fastest thread. Then nearer ones are tried.
    for (let scale = 1; scale > 0.2 && killed <= POINTS / 3; scale *= 0.7) {
      for (const at of pointsFor(scale)) {
        renew();
        if (run(kill(at), ...args).code === 'KILLED') killed += 1;
        await expectSound(kept);
        const again = act(...args).code;
        expect(again, `${args[0]} after a kill at call ${at}`).toBeOneOf([undefined, 'REFERENCE_NOT_FOUND']);
      }
    }
    expect(killed).toBeGreaterThan(POINTS / 3);
  });
});

describe.skipIf(!canTrace)('a disk that fails', () => {
  const inject = (call: string, error: string): readonly string[] => [
    'strace',
    '-f',
    '-qq',
    '-o',
    '/dev/null',
    '-e',
    `trace=${call}`,
    '-e',
    `inject=${call}:error=${error}`,
  ];

  it.for([
    ['fsync', 'EIO', 'IO'],
    ['fsync', 'ENOSPC', 'NO_SPACE'],
    ['rename', 'EIO', 'IO'],
    ['rename', 'ENOSPC', 'NO_SPACE'],
    ['rename', 'EACCES', 'PERMISSION_DENIED'],
    ['link', 'EIO', 'IO'],
    ['mkdir', 'EACCES', 'PERMISSION_DENIED'],
  ] as const)('at %s with %s publishes nothing', async ([call, error, code]) => {
    const before = await meanings();
    expect(run(inject(call, error), 'load', 'new:1', '2', '3000').code).toBe(code);
    expect(Object.keys(await meanings())).toEqual(Object.keys(before));
    await expectSound(before);
    expect(act('load', 'new:1', '2', '3000').code).toBeUndefined();
  });

  it.for([
    ['rename', 'EIO', 'IO'],
    ['fsync', 'EIO', 'IO'],
  ] as const)('at %s with %s leaves names as they were', async ([call, error, code]) => {
    const before = await meanings();
    expect(run(inject(call, error), 'tag', 'kept:1', 'other:1').code).toBe(code);
    expect(run(inject(call, error), 'rmi', 'kept:1').code).toBe(code);
    await expectSound(before);
  });

  it('under the mark stops the collection', async () => {
    act('load', 'gone:1', '2', '2000');
    act('rmi', 'gone:1');
    act('load', 'gone:2', '2', '2000');
    const { paths } = await store();
    const before = await meanings();
    const manifest = before[library('kept:1')]!.slice('sha256:'.length);
    const path = join(paths.blobs, 'sha256', manifest);
    const blobs = readdirSync(join(paths.blobs, 'sha256')).length;
    const prefix = ['strace', '-f', '-qq', '-o', '/dev/null', '-P', path, '-e', 'trace=read,pread64,openat', '-e'];
    for (const call of ['read,pread64', 'openat']) {
      expect(run([...prefix, `inject=${call}:error=EIO`], 'gc').code).toBe('IO');
      expect(readdirSync(join(paths.blobs, 'sha256'))).toHaveLength(blobs);
    }
    await expectSound(before);
  });

  it('under the sweep leaves what it could not remove for the next time', async () => {
    act('load', 'gone:1', '2', '2000');
    act('rmi', 'gone:1');
    const before = await meanings();
    const { paths } = await store();
    const count = (): number => readdirSync(join(paths.blobs, 'sha256')).length;
    expect(
      run(['strace', '-f', '-qq', '-o', '/dev/null', '-e', 'trace=unlink', '-e', 'inject=unlink:error=EACCES'], 'gc')
        .code,
    ).toBe('PERMISSION_DENIED');
    expect(count()).toBe(8);
    await expectSound(before);
    expect(count()).toBe(4);
  });
});

describe.skipIf(!canMount)('a disk that is full', () => {
  const mounts: string[] = [];
  const mount = (...args: readonly string[]): void => {
    execFileSync('mount', args);
    mounts.push(args.at(-1) ?? '');
  };
  afterEach(() => {
    for (const path of mounts.splice(0).toReversed()) spawnSync('umount', ['-l', path]);
  });

  it.for([
    ['bytes', 'size=512k'],
    ['inodes', 'size=8m,nr_inodes=64'],
  ] as const)(
    'by %s says so, keeps what it has, and works again when there is room',
    { timeout: 120_000 },
    async ([, options]) => {
      mkdirSync(join(directory, 'small'));
      mount('-t', 'tmpfs', '-o', options, 'tmpfs', join(directory, 'small'));
      root = join(directory, 'small', 'store');
      const loaded: string[] = [];
      let failure: Outcome = {};
      for (let count = 0; count < 60 && failure.code === undefined; count++) {
        const name = `n:${count}`;
        failure = act('load', name, '3', '9000');
        if (failure.code === undefined) loaded.push(name);
      }
      expect(failure.code).toBe('NO_SPACE');
      expect(loaded.length).toBeGreaterThan(3);
      for (const name of loaded) expect(act('read', name).code).toBeUndefined();
      expect(Object.keys(await meanings()).toSorted()).toEqual(loaded.map(library).toSorted());
      expect(act('gc').code).toBeUndefined();
      expect(act('rmi', loaded[0]!).code).toBeUndefined();
      expect(act('gc').code).toBeUndefined();
      expect(act('load', 'n:again', '1', '100').code).toBeUndefined();
      await expectSound({});
    },
  );

  it('that may only be read is read, and nothing else', async () => {
    const before = await meanings();
    const lock = (await store()).paths.lock;
    rmSync(lock);
    mount('--bind', root, root);
    execFileSync('mount', ['-o', 'remount,ro,bind', root]);
    expect(act('images').code).toBeUndefined();
    expect(act('read', 'kept:1').code).toBeUndefined();
    expect(existsSync(lock)).toBe(false);
    for (const args of [['tag', 'kept:1', 'x:1'], ['rmi', 'kept:1'], ['gc'], ['load', 'x:1', '1', '1']]) {
      expect(act(...args).code, args.join(' ')).toBe('PERMISSION_DENIED');
    }
    expect(await meanings()).toEqual(before);
  });
});

describe('a process that may not', () => {
  it('open many files loads with those that it has, or says so', async () => {
    const before = await meanings();
    const withHandles = (count: number): readonly string[] => [
      'env',
      `ACT_HANDLES=${count}`,
      'sh',
      '-c',
      'ulimit -n 300; exec "$@"',
      'sh',
    ];
    for (const count of [1, 2, 3, 4, 5, 6, 8, 16, 32]) {
      expect(run(withHandles(count), 'load', 'wide:1', '90', '500').code, `${count} handles`).toBeOneOf([
        undefined,
        'TOO_MANY_FILES',
      ]);
      await expectSound(before);
    }
    expect(run(withHandles(100), 'load', 'wide:1', '90', '500').code).toBeUndefined();
    await expectSound(before);
  });

  it('write large files says so', async () => {
    const before = await meanings();
    expect(run(['sh', '-c', 'ulimit -f 40; exec "$@"', 'sh'], 'load', 'large:1', '1', '900000').code).toBe('NO_SPACE');
    await expectSound(before);
  });

  it.skipIf(!isRoot || !works('setpriv', '--version'))('write as another user reads, without a lease', async () => {
    for (const path of [directory, root]) chmodSync(path, 0o755);
    const other = ['setpriv', '--reuid=65534', '--clear-groups'];
    expect(run(other, 'images').code).toBeUndefined();
    expect(run(other, 'read', 'kept:1').code).toBeUndefined();
    for (const args of [['tag', 'kept:1', 'x:1'], ['gc']]) expect(run(other, ...args).code).toBe('PERMISSION_DENIED');
  });

  it.for(['077', '000'])('choose its umask %s makes blobs that nobody changes', async (umask) => {
    expect(run(['sh', '-c', `umask ${umask}; exec "$@"`, 'sh'], 'load', 'u:1', '1', '100').code).toBeUndefined();
    const { paths } = await store();
    const modes = readdirSync(join(paths.blobs, 'sha256')).map(
      (name) => statSync(join(paths.blobs, 'sha256', name)).mode & 0o777,
    );
    expect(new Set(modes)).toEqual(new Set([0o444]));
  });
});

describe('settings of the run', () => {
  afterAll(() => {});
  it('are read by a process that begins later', async () => {
    const made = await store();
    await saveConfig(made.paths, { ...made.config, immutable: ['kept'] }, made.limits);
    expect(act('load', 'kept:1', '1', '7').code).toBe('NAME_IMMUTABLE');
  });
});
