import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/command-table.js';
import { ROOT, run } from './support/run.js';
import { inScratch } from './support/scratch.js';

const at = inScratch();

const wordsOf = (line: string): readonly string[] =>
  [...line.matchAll(/(?:'[^']*'|[^\s'])+/g)].map(([word]) => word.replaceAll("'", ''));

/** Text without what differs from run to run: places, users, times, ids, and the blanks and sizes that follow from them. */
const settled = (text: string): string =>
  text
    .replaceAll(at('store'), '/home/you/.local/share/ingot')
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d/g, 'TIME')
    .replaceAll(/just now|\d+ [a-z]+ ago/g, 'AGE')
    .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'ID')
    .replaceAll(/^[0-9a-f]{8}(?= )/gm, 'ID')
    .replaceAll(/ +/g, ' ')
    .replaceAll(` ${userInfo().username} `, ' you ')
    .replaceAll(/^(state|total) .*$/gm, '$1')
    .replaceAll(/^ lock (?:ofd|flock)$/gm, ' lock KIND');

describe('docs/store.md', () => {
  const text = readFileSync(`${ROOT}docs/store.md`, 'utf8');
  const blocks = [...text.matchAll(/^```console\n\$ ingot (.*)\n([^`]*)```$/gm)].map(([, line = '', shown = '']) => ({
    line,
    shown,
  }));

  it('shows what the commands print', { timeout: 60_000 }, async () => {
    for (const { line, shown } of blocks) {
      const { code, stdout, stderr } = await run(wordsOf(line));
      const expected = { line, code: shown.startsWith('refused: ') ? 1 : 0, stderr: '', stdout: settled(shown) };
      expect({ line, code, stderr, stdout: settled(stdout) }).toEqual(expected);
    }
    expect(blocks.length).toBeGreaterThan(20);
  });

  it('shows every command of the store', () => {
    const named = ['images', 'tag', 'untag', 'rmi', 'restore', 'pin', 'lease', 'prune', 'gc', 'df', 'fsck', 'store'];
    expect(COMMANDS.map(({ name }) => name)).toEqual(expect.arrayContaining(named));
    for (const name of named) expect(text).toMatch(new RegExp(`ingot ${name}\\b|\`${name}\\b`));
  });

  it('has a section for each entry of its contents', () => {
    const entries = [...(/^Contents: (.*)$/m.exec(text)?.[1] ?? '').matchAll(/\[([^\]]+)\]\(#([^)]+)\)/g)];
    const headings = [...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
    expect(entries.map(([, title]) => title)).toEqual(headings);
    for (const [, title = '', anchor] of entries) expect(anchor).toBe(title.toLowerCase().replaceAll(' ', '-'));
  });
});

describe('README.md', () => {
  const text = readFileSync(`${ROOT}README.md`, 'utf8');
  const section = text.slice(text.indexOf('## First five minutes'), text.indexOf('## What people do with it'));
  const lines = [...section.matchAll(/^ingot (.*)$/gm)].map(([, line = '']) => line);

  beforeAll(async () => {
    await run(['store', 'reset', at('store')]);
  });

  it('has first five minutes that work', async () => {
    for (const line of lines) {
      const { code, stderr } = await run(wordsOf(line));
      expect({ line, code, stderr }).toEqual({ line, code: 0, stderr: '' });
    }
    expect(lines).toEqual(expect.arrayContaining(['load trio.tar', 'images']));
  });
});
