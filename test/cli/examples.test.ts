import { cpSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Command } from '../../src/cli/command.js';
import { COMMANDS } from '../../src/cli/command-table.js';
import { type ServedModel, serveModel } from '../support/engine-in-memory.js';
import { run } from './support/run.js';
import { inScratch } from './support/scratch.js';

inScratch();

/** The engine that the examples mean. */
let served: ServedModel;
beforeAll(async () => {
  served = await serveModel('docker 28 containerd');
  const { model } = served;
  model.addImage(['app:1']);
  model.addImage([]);
  model.addContainer('job', model.addImage(['job:1']), 'exited');
  model.addContainer('web', model.addImage(['web:1']), 'running');
});
afterAll(() => served.close());

const commands: Command[] = [];
for (const entry of COMMANDS) commands.push(await entry.load());

/** The words of a line as a shell takes them apart: single quotes are the only ones that examples use. */
const wordsOf = (line: string): readonly string[] =>
  [...line.matchAll(/(?:'[^']*'|[^\s'])+/g)].map(([word]) => word.replaceAll("'", ''));

/** What is in the store that each example finds. */
const GONE = 'registry.example/demo/gone:1';
const CONTENT = [
  ['copy', 'golden/inputs/hybrid/containerd-two.tar', 'store:'],
  ['tag', 'registry.example/demo/tool:2', GONE],
  ['rmi', GONE, 'registry.example/demo/tool:2'],
  ['copy', 'golden/inputs/hybrid/containerd-two.tar', 'store:'],
];

beforeAll(async () => {
  for (const argv of CONTENT) {
    const { code, stderr } = await run(argv, { env: { INGOT_STORE: 'filled' } });
    if (code !== 0) throw new Error(`${argv.join(' ')}: ${stderr}`);
  }
});

let stores = 0;

/** A store of its own. */
const copyStore = (): { readonly INGOT_STORE: string } => {
  const path = `store-${stores++}`;
  cpSync('filled', path, { recursive: true });
  return { INGOT_STORE: path };
};

describe.each(commands)('the examples of $name', ({ name, examples }) => {
  it('are shown by its help', async () => {
    const { code, stdout, stderr } = await run([name, '--help']);
    expect({ code, stderr }).toStrictEqual({ code: 0, stderr: '' });
    expect(examples.length).toBeGreaterThan(1);
    for (const { line } of examples) expect(stdout).toContain(`\n  ${line}\n`);
  });

  it.for(examples)('$line', async ({ line, exit = 0 }) => {
    const [program, ...words] = wordsOf(line);
    expect(program).toBe('ingot');
    // Redirections are the shell's business; everything else is the program's.
    const input = words.indexOf('<');
    const stdin = input < 0 ? undefined : readFileSync(words[input + 1] ?? '');
    const argv = words.slice(0, words.findIndex((word) => word === '<' || word === '>') >>> 0);
    const { code, stdout, stderr } = await run(argv, {
      env: { ...copyStore(), DOCKER_HOST: served.host },
      ...(stdin === undefined ? {} : { stdin }),
    });
    expect({ code, stderr }).toStrictEqual({ code: exit, stderr: '' });
    expect(stdout).not.toBe('');
  });
});
