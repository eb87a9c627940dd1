import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** What `npm pack` gives, installed into an empty project: by the oldest Node that package.json names, and the newest. */

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));
const MATRIX = process.env['INGOT_MATRIX_DIR'] ?? '/var/cache/ingot-matrix';
const VERSIONS = ['20.19.0', '26.10.0'];
const GOLDEN = readFileSync(join(PROJECT, 'golden/cases/app-keep-plain-layers/archive.sha256'), 'utf8').split(' ')[0];

let directory = '';
let tarball = '';
beforeAll(() => {
  execFileSync(
    join(PROJECT, '.ci/matrix/setup'),
    VERSIONS.map((version) => `node:${version}`),
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  directory = mkdtempSync(join(tmpdir(), 'ingot-packed-'));
  const listed = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', directory], {
    cwd: PROJECT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [packed] = JSON.parse(listed) as readonly { readonly filename: string }[];
  tarball = join(directory, packed?.filename ?? '');
}, 240_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const example = (): string => {
  const block = /## As a library\n\n```js\n([\s\S]*?)```/.exec(readFileSync(join(PROJECT, 'README.md'), 'utf8'))?.[1];
  if (block === undefined) throw new Error('the README has no example');
  return block;
};

describe.each(VERSIONS)('on Node %s', (version) => {
  const bin = join(MATRIX, 'runtime', `node-${version}`, 'bin');
  const env = { PATH: `${bin}:${process.env['PATH'] ?? ''}`, HOME: process.env['HOME'], TZ: 'UTC' };
  const node = join(bin, 'node');
  let project = '';

  beforeAll(() => {
    project = join(directory, `project-${version}`);
    mkdirSync(project);
    writeFileSync(join(project, 'package.json'), '{"name":"empty","private":true,"type":"module"}');
    // The npm of this machine fetches; install scripts would run with the Node under test, and there are none.
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', tarball], {
      cwd: project,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    cpSync(join(PROJECT, 'golden/inputs/app/docker-save.tar'), join(project, 'app.tar'));
  }, 240_000);

  it('is the Node that it says', () => {
    expect(execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()).toBe(`v${version}`);
  });

  it('runs the program', () => {
    const program = join(project, 'node_modules/.bin/ingot');
    const { name, version: own } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as Record<
      string,
      string
    >;
    const options = { cwd: project, env, encoding: 'utf8' } as const;
    expect(execFileSync(program, ['--version'], options)).toBe(`${name} ${own}\n`);
    const saved = spawnSync(program, ['save', 'app.tar', '-o', 'by-program.tar', '--digest', '--json'], options);
    expect(saved.status, saved.stderr).toBe(0);
    expect(JSON.parse(saved.stdout)).toMatchObject({ archive: { sha256: GOLDEN } });
    expect(spawnSync(program, ['verify', 'by-program.tar', '--json'], options).status).toBe(0);
    const loaded = spawnSync(program, ['copy', 'app.tar', 'store:'], {
      ...options,
      env: { ...env, INGOT_STORE: join(project, 'store') },
    });
    expect(loaded.status, loaded.stderr).toBe(0);
  });

  it("runs the README's example as a library", () => {
    writeFileSync(join(project, 'example.js'), example());
    const done = spawnSync(node, ['example.js'], { cwd: project, env, encoding: 'utf8' });
    expect(done.status, done.stderr).toBe(0);
    expect(done.stdout).toContain(GOLDEN);
  });

  it('brings what the documents and schemas need, and no sources of tests', () => {
    const root = join(project, 'node_modules', 'ingot');
    expect(readdirSync(root).toSorted()).toEqual(
      ['CHANGELOG.md', 'LICENSE', 'README.md', 'dist', 'docs', 'package.json', 'schemas', 'src'].toSorted(),
    );
  });
});
