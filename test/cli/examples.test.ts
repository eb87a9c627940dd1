import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Command } from '../../src/cli/command.js';
import { COMMANDS } from '../../src/cli/command-table.js';
import { run } from './support/run.js';
import { inScratch } from './support/scratch.js';

const scratch = inScratch();

const commands: Command[] = [];
for (const entry of COMMANDS) commands.push(await entry.load());

describe.each(commands)('the examples of $name', ({ name, examples }) => {
  it('are shown by its help', async () => {
    const { code, stdout, stderr } = await run([name, '--help']);
    expect({ code, stderr }).toStrictEqual({ code: 0, stderr: '' });
    expect(examples.length).toBeGreaterThan(1);
    for (const { line } of examples) expect(stdout).toContain(`\n  ${line}\n`);
  });

  it.for(examples)('$line', async ({ line, exit = 0 }) => {
    const [program, ...words] = line.split(' ');
    expect(program).toBe('ingot');
    // Redirections are the shell's business; everything else is the program's.
    const input = words.indexOf('<');
    const stdin = input < 0 ? undefined : readFileSync(words[input + 1] ?? '');
    const argv = words.slice(0, words.findIndex((word) => word === '<' || word === '>') >>> 0);
    const { code, stdout, stderr } = await run(argv, {
      env: { INGOT_STORE: scratch('store') },
      ...(stdin === undefined ? {} : { stdin }),
    });
    expect({ code, stderr }).toStrictEqual({ code: exit, stderr: '' });
    expect(stdout).not.toBe('');
  });
});
