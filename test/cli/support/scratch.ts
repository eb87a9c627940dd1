import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { ROOT } from './run.js';

/** A directory of its own for a test file, with `golden` in it, which is the directory of the process meanwhile. */
export const inScratch = (): ((path: string) => string) => {
  const before = process.cwd();
  let directory = '';
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'ingot-cli-'));
    symlinkSync(join(ROOT, 'golden'), join(directory, 'golden'));
    process.chdir(directory);
  });
  afterAll(() => {
    process.chdir(before);
    rmSync(directory, { recursive: true, force: true });
  });
  return (path) => join(directory, path);
};
