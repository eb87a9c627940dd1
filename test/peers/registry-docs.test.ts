import { copyFile, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { peerAvailable, makeScratch, runProgram, type Scratch } from './support/program.js';
import { type Registry, startRegistry } from './support/registry.js';

const file = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** The commands of a page, in their order. */
const commandsOf = (page: string): readonly string[] =>
  [...page.matchAll(/^```console\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']) =>
    block.split('\n').flatMap((line) => (line.startsWith('$ ') ? [line.slice(2)] : [])),
  );

describe.skipIf(!peerAvailable('docker-registry'))('the commands of a page run', () => {
  let scratch: Scratch;
  let registries: readonly Registry[];
  beforeEach(async () => {
    scratch = await makeScratch('registry-docs');
    registries = [await startRegistry(), await startRegistry()];
    await copyFile(file('golden/inputs/app/skopeo-oci.tar'), `${scratch.path}/app.tar`);
    await copyFile(file('golden/inputs/hybrid/containerd-two.tar'), `${scratch.path}/all.tar`);
  });
  afterEach(async () => {
    for (const registry of registries) await registry.stop();
    await scratch.remove();
  });

  it.for(['docs/registries.md', 'docs/scale.md'])('%s', { timeout: 240_000 }, async (path) => {
    const env = { INGOT_STORE: `${scratch.path}/store`, HOME: scratch.path };
    const ingot = (line: string): ReturnType<typeof runProgram> => {
      const [here, there] = registries.map(({ host }) => host);
      const own = line.replaceAll('registry.example', here ?? '').replaceAll('mirror.example', there ?? '');
      return runProgram('/bin/sh', ['-c', own.replace(/^ingot /, `${process.execPath} ${file('dist/cli/bin.js')} `)], {
        env,
        cwd: scratch.path,
      });
    };
    // What the pages say about a team's images supposes that there are some.
    for (const line of [
      'ingot copy app.tar store:team/base:1',
      'ingot copy app.tar docker://registry.example/team/app:1',
    ]) {
      expect([line, (await ingot(line)).code]).toEqual([line, 0]);
    }
    const lines = commandsOf(await readFile(file(path), 'utf8'));
    expect(lines.length).toBeGreaterThan(2);
    for (const line of lines) {
      const { code, stderr } = await ingot(line);
      expect([line, code, stderr]).toEqual([line, 0, '']);
    }
  });
});
