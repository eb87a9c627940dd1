import { cpSync, rmSync } from 'node:fs';
import { afterEach, beforeAll, beforeEach, expect } from 'vitest';
import type { SchemaName } from '../../../src/base/schema.js';
import { golden, run, runFailing, runJson } from './run.js';

export const APP = 'registry.example/demo/app:1.0';
export const TOOL = 'registry.example/demo/tool:2';
export const APP_DIGEST = 'sha256:f945b867d7f5a9cb08714b4c9b666e1c054d9846173c5e6c621194f3c4abb0e8';
export const APP_ID = 'sha256:69f0ba4a96afa2f184253636b7c5da2122cee87ffbad4a3278baa7da6f3dc836';
export const TOOL_DIGEST = 'sha256:9589b011511feeaf1a6c8f5d9d6e19b653ecbde821009a062df0ed577c87c449';
export const TOOL_ID = 'sha256:11e51a2d8e4bae990728af25a3626b0bf36e0c1515123df828100e8849fc4a80';

/** Command lines over a store of their own with two images, filled anew for each test. */
export interface StockRunner {
  readonly root: string;
  /** Must succeed; gives what it prints on standard output. */
  readonly ok: (...argv: string[]) => Promise<string>;
  readonly run: (...argv: string[]) => ReturnType<typeof run>;
  readonly fail: (...argv: string[]) => ReturnType<typeof runFailing>;
  readonly json: (schema: SchemaName, ...argv: string[]) => Promise<unknown>;
  /** Names in the store, with the digest of each. */
  readonly names: () => Promise<Readonly<Record<string, string>>>;
}

/** In a scratch directory of the test file. */
export const withStock = (): StockRunner => {
  const root = 'stock';
  const options = { env: { INGOT_STORE: root } };
  const runner: StockRunner = {
    root,
    run: (...argv) => run(argv, options),
    ok: async (...argv) => {
      const { code, stdout, stderr } = await run(argv, options);
      expect({ code, stderr }, argv.join(' ')).toStrictEqual({ code: 0, stderr: '' });
      return stdout;
    },
    fail: (...argv) => runFailing(argv, options),
    json: (schema, ...argv) => runJson(schema, argv, options),
    names: async () => {
      const lines = (await runner.ok('images', '--format', '{{.Name}} {{.Digest}}')).trimEnd().split('\n');
      return Object.fromEntries(
        lines
          .filter((line) => line !== '')
          .map((line): [string, string] => {
            const [name = '', digest = ''] = line.split(' ');
            return [name, digest];
          }),
      );
    },
  };
  beforeAll(async () => {
    const env = { INGOT_STORE: 'filled' };
    expect((await run(['copy', golden('hybrid/containerd-two.tar'), 'store:'], { env })).code).toBe(0);
  });
  beforeEach(() => cpSync('filled', root, { recursive: true }));
  afterEach(() => rmSync(root, { recursive: true, force: true }));
  return runner;
};
