import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES, type ErrorCode } from '../../src/base/error-code.js';
import { ToolError } from '../../src/base/error.js';
import { exitCodeOf } from '../../src/cli/exit-code.js';
import type { StopSignal } from '../../src/cli/io.js';
import { golden, run, runFailing } from './support/run.js';
import { inScratch } from './support/scratch.js';

inScratch();

const APP = golden('app/docker-save.tar');

describe('the exit code', () => {
  it('is 0 for what is done and 1 for a no', () => {
    expect([exitCodeOf('done'), exitCodeOf('no')]).toStrictEqual([0, 1]);
  });

  it('of every error is that of its class, and never 0', () => {
    const expected = { refusal: 1, usage: 2, input: 3, surroundings: 4, defect: 70, interrupted: 130, terminated: 143 };
    for (const [code, row] of Object.entries(ERROR_CODES)) {
      expect(exitCodeOf(new ToolError(code as ErrorCode, 'x')), code).toBe(expected[row.class]);
    }
  });

  it('is 3 for a bad input', async () => {
    writeFileSync('cut.tar', readFileSync(APP).subarray(0, 3000));
    expect(await runFailing(['inspect', 'cut.tar'])).toMatchObject({ code: 3, error: { code: 'TAR_TRUNCATED' } });
    writeFileSync('empty.tar', '');
    expect(await runFailing(['save', 'empty.tar', '-o', 'x'])).toMatchObject({
      code: 3,
      error: { code: 'ARCHIVE_EMPTY' },
    });
  });

  it.for<[string[], string]>([
    [['--max-members', '3'], 'LIMIT_MEMBERS'],
    [['--max-document', '100'], 'LIMIT_METADATA'],
  ])('is 3 beyond a limit: %j', async ([flags, code]) => {
    expect(await runFailing(['inspect', APP, ...flags])).toMatchObject({ code: 3, error: { code } });
  });

  it('is 3 beyond the size of decompressed data', async () => {
    expect(await runFailing(['inspect', golden('outer/tool.tar.gz'), '--max-layer-size', '1K'])).toMatchObject({
      code: 3,
      error: { code: 'LIMIT_DECOMPRESSED' },
    });
  });

  it('is 4 for the surroundings', async () => {
    expect(await runFailing(['inspect', './none.tar'])).toMatchObject({ code: 4, error: { code: 'FILE_NOT_FOUND' } });
    expect(await runFailing(['save', APP, '-o', 'none/x.tar'])).toMatchObject({
      code: 4,
      error: { code: 'FILE_NOT_FOUND' },
    });
    expect(await runFailing(['inspect', '-', '--tmp', './none'], { stdin: readFileSync(APP) })).toMatchObject({
      code: 4,
    });
  });

  it('is 4 when standard output is full, and says so', async () => {
    expect(await run(['digest', APP], { failure: 'ENOSPC' })).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(/^ingot: NO_SPACE: standard output: /) as unknown,
    });
  });

  it('is 4 when nobody reads standard output, and nothing is said', async () => {
    expect(await run(['save', APP, '-o', '-'], { failure: 'EPIPE' })).toMatchObject({ code: 4, stderr: '' });
    expect(await run(['ls', APP], { failure: 'EPIPE' })).toMatchObject({ code: 4, stderr: '' });
  });

  it('is 2 for an archive to a terminal', async () => {
    for (const argv of [
      ['save', APP, '-o', '-'],
      ['copy', APP, '-'],
      ['load', APP, '--to', '-'],
    ]) {
      const { code, stdout, stderr } = await run(argv, { terminal: ['stdout'] });
      expect({ code, stdout }).toStrictEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(/^ingot: OUTPUT_IS_TERMINAL: /);
    }
  });

  it('is 70 for a defect, which asks for a report; --debug shows where', async () => {
    const onStop = (): never => {
      throw new Error('not reached');
    };
    const onFault = (handler: (error: unknown) => void): (() => void) => {
      handler(new TypeError('undefined is not a function'));
      return () => {};
    };
    const { code, stderr } = await run(['inspect', APP], { onFault });
    expect(code).toBe(70);
    expect(stderr).toMatch(/^ingot: DEFECT: undefined is not a function\nhint: please report/);
    expect(stderr).not.toMatch(/ at /);
    expect((await run(['inspect', APP, '--debug'], { onFault })).stderr).toMatch(/TypeError: undefined[\s\S]* at /);
    await expect(run(['inspect', APP], { onStop })).rejects.toThrow('not reached');
  });

  it.for<[StopSignal, number]>([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 143],
  ])('after %s is %i', async ([signal, expected]) => {
    let released = 0;
    const { code, stderr, stdout } = await run(['save', APP, '-o', 'stopped.tar'], {
      onStop: (handler) => {
        handler(signal);
        return () => (released += 1);
      },
    });
    expect({ code, stdout, released }).toStrictEqual({ code: expected, stdout: '', released: 1 });
    expect(stderr).toBe(`ingot: ${signal === 'SIGINT' ? 'INTERRUPTED' : 'TERMINATED'}: stopped by ${signal}\n`);
  });
});
