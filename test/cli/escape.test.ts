import { writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { HOSTILE, UNSAFE, hostileArchive } from './support/hostile.js';
import { run, runJson } from './support/run.js';
import { inScratch } from './support/scratch.js';

inScratch();

beforeAll(() => {
  writeFileSync('hostile.tar', hostileArchive());
});

describe('text that a terminal would obey', () => {
  it.for([
    'inspect',
    'history',
    'history --no-trunc',
    'tree',
    'ls',
    'ls -l',
    'load --list',
    'digest --images',
    'verify',
  ])('is spelt out by %s, with and without a terminal', async (command) => {
    for (const terminal of [[], ['stdout', 'stderr']] as const) {
      const { stdout, stderr } = await run([...command.split(' '), 'hostile.tar'], { terminal });
      expect(stdout).not.toBe('');
      expect(stdout + stderr).not.toMatch(UNSAFE);
    }
  });

  it('is exact in JSON, where it is spelt out too', async () => {
    const report = await runJson('inspect-report', ['inspect', 'hostile.tar']);
    expect(report).toMatchObject({ images: [{ author: HOSTILE, labels: { [HOSTILE]: HOSTILE } }] });
    for (const command of ['inspect', 'history', 'ls']) {
      expect((await run([command, 'hostile.tar', '--json'])).stdout).not.toMatch(UNSAFE);
    }
  });

  it('is spelt out in errors', async () => {
    const { stderr } = await run(['inspect', `./\u001b[31m.tar`, '--debug']);
    expect(stderr).toMatch(/\\x1b\[31m/);
    expect(stderr).not.toMatch(UNSAFE);
  });

  it('stays in documents, except on a terminal', async () => {
    expect((await run(['inspect', '--config', 'hostile.tar'])).stdout).toContain('\u202e');
    expect((await run(['inspect', '--config', 'hostile.tar'], { terminal: ['stdout'] })).stdout).not.toMatch(UNSAFE);
  });
});

describe('numbers and keys of foreign documents', () => {
  it('keep their spelling in JSON', async () => {
    const { jsonText } = await import('../../src/cli/render/json.js');
    const { parseJson } = await import('../../src/base/json-parse.js');
    const text = '{\n  "a": [\n    1.0,\n    1e400,\n    -0\n  ],\n  "__proto__": {\n    "b": []\n  },\n  "c": {}\n}\n';
    expect(jsonText(parseJson(Buffer.from(text), { subject: 'x', depth: 9 }))).toBe(text);
  });
});
