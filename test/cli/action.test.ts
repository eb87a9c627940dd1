import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));
const APP = join(PROJECT, 'golden/inputs/app/docker-save.tar');
/** Of golden/cases/app-keep-plain-layers and of the image in it. */
const ARCHIVE = readFileSync(join(PROJECT, 'golden/cases/app-keep-plain-layers/archive.sha256'), 'utf8').split(' ')[0];
const IMAGE = 'sha256:b711c79ee3b8e5b89eb8f1b63f5f3fd92708d62b133e662e9eb5a06560d781e1';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ingot-action-'));
  writeFileSync(join(directory, 'outputs'), '');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** The script of action.yml, as the runner calls it. */
const run = (inputs: Readonly<Record<string, string>>): { status: number | null; outputs: string; stderr: string } => {
  const done = spawnSync('bash', [join(PROJECT, '.ci/action')], {
    cwd: directory,
    encoding: 'utf8',
    env: {
      PATH: process.env['PATH'],
      GITHUB_OUTPUT: join(directory, 'outputs'),
      GITHUB_STEP_SUMMARY: join(directory, 'summary'),
      INGOT_ACTION_OUTPUT: 'image.tar',
      ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INGOT_ACTION_${name}`, value])),
    },
  });
  return { status: done.status, stderr: done.stderr, outputs: readFileSync(join(directory, 'outputs'), 'utf8') };
};

describe('the action', () => {
  it('saves, verifies and tells the digest', () => {
    const { status, outputs, stderr } = run({ SOURCE: `${APP}\n` });
    expect(status, stderr).toBe(0);
    const [archive, sha256, images] = outputs.trimEnd().split('\n');
    expect([archive, sha256]).toEqual(['archive=image.tar', `sha256=sha256:${ARCHIVE}`]);
    expect(JSON.parse((images ?? '').replace('images=', ''))).toMatchObject([{ digest: IMAGE }]);
    expect(readFileSync(join(directory, 'summary'), 'utf8')).toContain(`\`${IMAGE}\``);
  });

  it('takes several sources, platforms and arguments, one a line', () => {
    const { status, stderr } = run({
      SOURCE: ['a', 'b'].map((name) => join(PROJECT, `golden/inputs/trio/docker-save-${name}.tar`)).join('\n'),
      ARGUMENTS: '--mtime\n1700000000',
    });
    expect(status, stderr).toBe(0);
  });

  it('fails without the digest that is expected, and tells none', () => {
    const { status, outputs } = run({ SOURCE: APP, EXPECT: `sha256:${'0'.repeat(64)}` });
    expect([status, outputs]).toEqual([1, '']);
    expect(run({ SOURCE: APP, EXPECT: IMAGE }).status).toBe(0);
  });

  it('takes no value for a command', () => {
    const { status, outputs } = run({ SOURCE: APP, OUTPUT: '$(touch made).tar', LAYERS: 'none; touch made' });
    expect([status, outputs]).toEqual([2, '']);
  });
});
