import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../src/base/error-code.js';
import { FOREIGN_KINDS } from '../../src/operation/stock/policy-convert.js';
import { ROOT, golden, run as runPlain, runFailing as failPlain, runJson as jsonPlain } from './support/run.js';
import { HOSTILE, UNSAFE } from './support/hostile.js';
import { inScratch } from './support/scratch.js';

const scratch = inScratch();
const NATIVE = `${ROOT}golden/policies/native/`;
const env = { INGOT_STORE: 'unset' };
const run = (argv: readonly string[]): ReturnType<typeof runPlain> => runPlain(argv, { env });
const runJson = (...given: Parameters<typeof jsonPlain>): Promise<unknown> => jsonPlain(given[0], given[1], { env });
const runFailing = (argv: readonly string[]): ReturnType<typeof failPlain> => failPlain(argv, { env });

beforeAll(() => {
  env.INGOT_STORE = scratch('store');
});

const write = (policy: object): string => {
  writeFileSync('policy.json', JSON.stringify({ version: 1, ...policy }));
  return 'policy.json';
};

interface Report {
  readonly plan: string;
  readonly applied: boolean;
  readonly decisions: readonly { readonly subject: string; readonly action: string; readonly why: string }[];
  readonly notes: readonly { readonly code: string }[];
}

describe('ingot policy', () => {
  beforeEach(async () => {
    rmSync(scratch('store'), { recursive: true, force: true });
    for (const name of ['app:1', 'app:2', 'app:3']) {
      const source = { 'app:1': 'docker-save', 'app:2': 'podman-oci', 'app:3': 'skopeo-oci' }[name];
      await runJson('copy-report', ['copy', golden(`app/${source}.tar`), `store:registry.example/demo/${name}`]);
    }
  });

  const LAST = { rules: [{ name: 'last', count: 'tags', keep: { last: 2 }, expire: 'rest' }] };

  it('plans, applies what was planned, and has nothing to do then', async () => {
    const path = write(LAST);
    const planned = (await runJson('policy-report', ['policy', 'plan', path])) as Report;
    const gone = ({ decisions }: Report): readonly string[] =>
      decisions.filter(({ action }) => action !== 'keep').map(({ subject }) => subject);
    expect([planned.applied, gone(planned)]).toEqual([false, ['registry.example/demo/app:1']]);
    const applied = (await runJson('policy-report', ['policy', 'apply', path, '--expect', planned.plan])) as Report;
    expect([applied.applied, applied.plan, gone(applied)]).toEqual([true, planned.plan, gone(planned)]);
    const again = (await runJson('policy-report', ['policy', 'apply', path])) as Report;
    expect([again.applied, gone(again)]).toEqual([true, []]);
    const { code, stdout, stderr } = await run(['policy', 'apply', path, '--expect', planned.plan]);
    expect([code, stderr, stdout.includes('error: POLICY_PLAN_CHANGED: ')]).toEqual([1, '', true]);
  });

  it('tells for each name which rule decides, and with --quiet only what goes', async () => {
    const path = write(LAST);
    const { code, stdout, stderr } = await run(['policy', 'plan', path]);
    const lines = stdout.trimEnd().split('\n');
    expect([code, stderr, lines.length]).toEqual([0, '', 5]);
    expect(lines[1]).toMatch(/^remove +registry\.example\/demo\/app:1 +sha256:[0-9a-f]{12} +last +\S/);
    expect(lines[4]).toMatch(/^would remove 1 image, keep 2; plan sha256:[0-9a-f]{64}$/);
    const quiet = await run(['policy', 'plan', path, '-q']);
    expect(
      quiet.stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split(/ +/)[0]),
    ).toEqual(['ACTION', 'remove']);
    expect((await run(['policy', 'apply', path, '-q'])).code).toBe(0);
    expect((await run(['policy', 'plan', path, '-q'])).stdout).toBe('');
  });

  it('stops at half of a repository with exit 1, and does it if it is told to', async () => {
    const path = write({ rules: [{ name: 'all', expire: 'rest' }] });
    for (const action of ['plan', 'apply']) {
      const { code, stdout } = await run(['policy', action, path]);
      expect([code, stdout.includes('error: POLICY_GUARD: registry.example/demo/app: ')]).toEqual([1, true]);
      expect(stdout).toContain('\nrefused: ');
    }
    expect(((await runJson('policy-report', ['policy', 'plan', path])) as Report).notes).toMatchObject([
      { code: 'POLICY_GUARD' },
    ]);
    const { code, stdout } = await run(['policy', 'apply', path, '--yes-really']);
    expect([code, stdout.includes('\nremoved 3 images, kept 0; plan ')]).toEqual([0, true]);
  });

  it('finds what is odd, with exit 1 for errors alone', async () => {
    const sound = await run([
      'policy',
      'lint',
      write({ rules: [{ name: 'r', tags: ['x'], expire: { olderThan: '1d' } }] }),
    ]);
    expect([sound.code, sound.stdout.split('\n')[0]]).toEqual([
      0,
      expect.stringMatching(/^warning: POLICY_MATCHES_NOTHING: r: /),
    ]);
    const path = write({ rules: [{ name: 'r', expire: 'rest' }] });
    const unsound = await run(['policy', 'lint', path]);
    expect([unsound.code, unsound.stdout.split('\n')[0]]).toEqual([
      1,
      expect.stringMatching(/^error: POLICY_REMOVES_ALL: r: /),
    ]);
    expect(await runJson('policy-lint-report', ['policy', 'lint', path])).toMatchObject({ sound: false });
  });

  it('shows names of rules without what a terminal obeys', async () => {
    const name = HOSTILE.replaceAll(/[\u0000-\u001f\u007f]/g, ''); // oxlint-disable-line no-control-regex
    const path = write({ rules: [{ name, count: 'tags', keep: { last: 2 }, expire: 'rest' }] });
    for (const action of ['plan', 'lint']) expect((await run(['policy', action, path])).stdout).not.toMatch(UNSAFE);
  });
});

describe('ingot policy convert', () => {
  const ecr = `${ROOT}golden/policies/ecr-snake-case/input.json`;
  const gitlab = `${ROOT}golden/policies/gitlab/input.json`;

  it('writes a policy that it can read, and says the rest aside', async () => {
    const { code, stdout, stderr } = await run([
      'policy',
      'convert',
      gitlab,
      '--from',
      'gitlab',
      '--for',
      'registry.example/team/app',
    ]);
    expect([code, stdout]).toEqual([0, readFileSync(`${ROOT}golden/policies/gitlab/native.json`, 'utf8')]);
    expect(stderr).toMatch(/^info: POLICY_NOT_CARRIED: /);
    writeFileSync('native.json', stdout);
    expect((await run(['policy', 'lint', 'native.json', '--store', scratch('none')])).code).toBe(0);
  });

  it('writes it to a file', async () => {
    const argv = ['policy', 'convert', gitlab, '--from', 'gitlab', '--for', 'registry.example/team/app'];
    const { code, stdout } = await run([...argv, '-o', 'out.json', '-q']);
    expect([code, stdout, readFileSync('out.json', 'utf8')]).toEqual([0, '', (await run([...argv, '-q'])).stdout]);
  });

  it('fixes only if it is told to, and shows how', async () => {
    const argv = ['policy', 'convert', ecr, '--from', 'ecr', '--for', 'registry.example/app'];
    const { code, error } = await runFailing(argv);
    expect([code, error.code]).toEqual([3, 'POLICY_FOREIGN_INVALID']);
    const fixed = await run([...argv, '--fix']);
    expect([
      fixed.code,
      fixed.stderr.includes('+       "rulePriority": 1,'),
      fixed.stderr.includes('POLICY_FIXED'),
    ]).toEqual([0, true, true]);
    expect(await runJson('policy-convert-report', [...argv, '--fix'])).toMatchObject({
      converted: true,
      diff: readFileSync(`${ROOT}golden/policies/ecr-snake-case/diff.txt`, 'utf8').trimEnd().split('\n'),
    });
  });

  it('refuses what would remove more, unless it is allowed', async () => {
    const argv = ['policy', 'convert', gitlab, '--from', 'gitlab'];
    const refused = await run(argv);
    expect([refused.code, refused.stdout, refused.stderr.includes('error: POLICY_WIDER: ')]).toEqual([1, '', true]);
    expect(await runJson('policy-convert-report', argv)).toMatchObject({ converted: false });
    expect((await run([...argv, '-q'])).stdout).toContain('error: POLICY_WIDER: ');
    const allowed = await run([...argv, '--allow-wider']);
    expect([allowed.code, allowed.stderr.includes('warning: POLICY_WIDER: ')]).toEqual([0, true]);
  });
});

describe('the command line of policy', () => {
  const path = `${NATIVE}releases.json`;
  it.for<[argv: readonly string[]]>([
    [['policy']],
    [['policy', 'plan']],
    [['policy', 'remove', path]],
    [['policy', '__proto__', path]],
    [['policy', 'plan', path, 'more']],
    [['policy', 'plan', path, '--fix']],
    [['policy', 'lint', path, '--yes-really']],
    [['policy', 'plan', path, '--expect', 'latest']],
    [['policy', 'convert', path]],
    [['policy', 'convert', path, '--from', 'dockerhub']],
  ])('%j is wrong', async ([argv]) => {
    const { code, error } = await runFailing(argv);
    expect([code, error.code]).toEqual([2, 'USAGE']);
  });

  it('needs a store to plan for', async () => {
    const { code, error } = await runFailing(['policy', 'plan', path, '--store', scratch('none')]);
    expect([code, error.code]).toEqual([2, 'STORE_MISSING']);
  });
});

describe('docs/policies.md', () => {
  const text = readFileSync(`${ROOT}docs/policies.md`, 'utf8');
  const blocks = [...text.matchAll(/^```console\n\$ ingot (.*)\n([^`]*)```$/gm)].map(([, line = '', output = '']) => ({
    line,
    output,
  }));

  it('shows what the commands print', async () => {
    rmSync(scratch('store'), { recursive: true, force: true });
    for (const { line, output } of blocks) {
      const { code, stdout } = await run(line.split(' '));
      const [shown = '', cut] = output.split('  …\n');
      expect({ line, stdout: cut === undefined ? stdout : stdout.slice(0, shown.length) }).toEqual({
        line,
        stdout: shown,
      });
      expect([line, code]).toEqual([line, line.includes('--expect') ? 1 : 0]);
    }
    expect(blocks.length).toBeGreaterThan(9);
  });

  it('shows the policy that it is about, and what --fix does', () => {
    expect(text).toContain(readFileSync(`${NATIVE}releases.json`, 'utf8'));
    expect(text).toContain(readFileSync(`${ROOT}golden/policies/ecr-snake-case/diff.txt`, 'utf8'));
  });

  it('knows every product and every finding', () => {
    for (const kind of FOREIGN_KINDS) expect(text).toContain(`| \`${kind}\`: `);
    for (const code of Object.keys(ERROR_CODES).filter((name) => name.startsWith('POLICY_')))
      if (code !== 'POLICY_FOREIGN_INVALID' && code !== 'POLICY_FIXED') expect(text).toContain(`\`${code}\``);
  });
});
