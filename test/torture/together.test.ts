import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { golden } from '../cli/support/run.js';

const BIN = fileURLToPath(new URL('../../dist/cli/bin.js', import.meta.url));
const ACT = fileURLToPath(new URL('act.mjs', import.meta.url));
/** More than a pipe holds, so that the reader is in the middle of it until somebody takes it. */
const LAYERS = 6;
const BYTES = 400_000;

let directory: string;
let root: string;

const ingot = (...argv: readonly string[]): string => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, '--store', root, ...argv], { encoding: 'utf8' });
  expect({ argv, status, stderr }).toEqual({ argv, status: 0, stderr: '' });
  return stdout;
};
const blobs = (): number => readdirSync(join(root, 'blobs/sha256')).length;

beforeAll(() => {
  if (!existsSync(BIN)) throw new Error('make build first');
});
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ingot-together-'));
  root = join(directory, 'store');
  const { status } = spawnSync(process.execPath, [ACT, root, 'load', 'big:1', String(LAYERS), String(BYTES)]);
  if (status !== 0) throw new Error('the image cannot be loaded');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('processes that work on one store', () => {
  it('save an image to the end while others remove it, prune and collect', { timeout: 60_000 }, async () => {
    const expected = ingot('digest', 'big:1').slice(0, 71);
    const saving = spawn(process.execPath, [BIN, '--store', root, 'save', 'big:1', '-o', '-', '--quiet'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const hash = createHash('sha256');
    const { stdout } = saving;
    // The first bytes are there, so the reader has its lease; it waits for somebody to take the rest.
    await new Promise<void>((resolve) => {
      stdout.once('readable', () => resolve());
    });
    ingot('rmi', 'big:1', '--purge');
    ingot('prune', '--all', '--yes', '--grace', '0', '--empty-trash');
    ingot('gc', '--grace', '0', '--empty-trash');
    expect(blobs()).toBe(LAYERS + 2);
    for await (const chunk of stdout) hash.update(chunk as Buffer);
    const status = saving.exitCode ?? (await new Promise((resolve) => saving.once('exit', resolve)));
    expect(status).toBe(0);
    expect(`sha256:${hash.digest('hex')}`).toBe(expected);
    ingot('gc', '--grace', '0');
    expect(blobs()).toBe(0);
  });

  it('load one archive at the same time, and all of them have it', { timeout: 60_000 }, async () => {
    const archive = golden('trio/docker-save-a.tar');
    const statuses = await Promise.all(
      Array.from({ length: 5 }, () => {
        const child = spawn(process.execPath, [BIN, '--store', join(directory, 'new'), 'load', archive, '-q']);
        return new Promise((resolve) => child.once('exit', resolve));
      }),
    );
    expect(statuses).toEqual([0, 0, 0, 0, 0]);
    root = join(directory, 'new');
    expect(ingot('images', '--format', '{{.Name}}').trimEnd().split('\n')).toHaveLength(3);
    expect(ingot('fsck')).toMatch(/^sound: /);
  });
});
