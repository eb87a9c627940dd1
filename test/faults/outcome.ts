import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, expect } from 'vitest';

import type { ErrorCode } from '../../src/base/error-code.js';
import { type ErrorDetails, ToolError } from '../../src/base/error.js';
import type { Note } from '../../src/base/event.js';
import { DEFAULT_LIMITS, type Limits } from '../../src/base/limits.js';
import { DEFAULT_SETTINGS, PROFILES, type ProfileId } from '../../src/format/profile.js';
import { type OperationContext, contextWith } from '../../src/operation/context.js';
import { DEFAULT_TRANSFER, type TransferOptions } from '../../src/operation/prepare.js';
import type { SaveReport } from '../../src/operation/report.js';
import { save } from '../../src/operation/save.js';
import { verify } from '../../src/operation/verify/verify.js';

export interface RunOptions extends Partial<TransferOptions> {
  readonly profile?: ProfileId;
  readonly limits?: Partial<Limits>;
  readonly context?: Partial<OperationContext>;
}

export type Outcome =
  | { readonly state: 'saved'; readonly archive: Buffer; readonly report: SaveReport }
  | { readonly state: 'refused'; readonly error: ToolError };

/** Directories of one test file: where inputs lie, where the output goes, where temporary files may be meanwhile. */
export interface Workbench {
  readonly root: string;
  readonly output: string;
  readonly temporary: string;
  /** An input file with these bytes. */
  input(bytes: Uint8Array, name?: string): string;
  /** `save` to a file that exists already: it is replaced as a whole, or stays, and nothing lies beside it. */
  save(sources: string | readonly string[], options?: RunOptions): Promise<Outcome>;
  /** The findings of `verify`. */
  findings(source: string, options?: RunOptions): Promise<readonly Note[]>;
}

const BEFORE = 'what was there before';

/** In memory where that is possible: thousands of small files are written. */
const parentDirectory = (): string => (existsSync('/dev/shm') ? '/dev/shm' : tmpdir());

const isolated = (temporary: string, { limits, context }: RunOptions): OperationContext =>
  contextWith({ pathExists: existsSync, temporary, limits: { ...DEFAULT_LIMITS, ...limits }, ...context });

/** Where files may be: the target alone, and nothing temporary. */
const expectTidy = ({ output, temporary }: Pick<Workbench, 'output' | 'temporary'>): void => {
  expect(readdirSync(output)).toEqual(['target.tar']);
  expect(readdirSync(temporary)).toEqual([]);
};

export const createWorkbench = (): Workbench => {
  const root = mkdtempSync(join(parentDirectory(), 'ingot-test-'));
  const places = { output: join(root, 'out'), temporary: join(root, 'tmp') };
  const target = join(places.output, 'target.tar');
  mkdirSync(places.output);
  mkdirSync(places.temporary);
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  const run = async (sources: readonly string[], options: RunOptions): Promise<Outcome> => {
    const { profile = 'hybrid-1', limits: _limits, context: _context, ...transfer } = options;
    const settings = {
      profile: PROFILES[profile],
      settings: DEFAULT_SETTINGS,
      digest: false,
      ...DEFAULT_TRANSFER,
      ...transfer,
    };
    try {
      const report = await save(
        sources,
        { path: target, durable: false },
        settings,
        isolated(places.temporary, options),
      );
      return { state: 'saved', archive: readFileSync(target), report };
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      return { state: 'refused', error };
    }
  };

  return {
    root,
    ...places,
    input: (bytes, name = 'input.tar') => {
      writeFileSync(join(root, name), bytes);
      return join(root, name);
    },
    save: async (sources, options = {}) => {
      writeFileSync(target, BEFORE);
      const outcome = await run(typeof sources === 'string' ? [sources] : sources, options);
      if (outcome.state === 'refused') expect(readFileSync(target, 'utf8')).toBe(BEFORE);
      expectTidy(places);
      return outcome;
    },
    findings: async (source, options = {}) => {
      const report = await verify([source], { quick: false }, isolated(places.temporary, options));
      expect(report.verified).toBe(!report.findings.some(({ severity }) => severity === 'error'));
      expect(readdirSync(places.temporary)).toEqual([]);
      return report.findings;
    },
  };
};

/** Equal bytes; where they are not, the place of the first difference says more than a list of numbers. */
export const expectSameBytes = (found: Uint8Array, expected: Uint8Array | undefined): void => {
  const at = found.findIndex((byte, index) => byte !== expected?.[index]);
  const difference = at < 0 ? undefined : { at, text: Buffer.from(found.subarray(at, at + 60)).toString('latin1') };
  expect({ length: found.length, difference }).toEqual({ length: expected?.length, difference: undefined });
};

const codesOf = (notes: readonly Note[]): readonly ErrorCode[] =>
  [...new Set(notes.map(({ code }) => code))].toSorted();

export const errorsAmong = (notes: readonly Note[]): readonly Note[] =>
  notes.filter(({ severity }) => severity === 'error');

export const saved = (outcome: Outcome): Extract<Outcome, { readonly state: 'saved' }> => {
  if (outcome.state === 'refused') throw outcome.error;
  return outcome;
};

/** `save` refuses the input with the code, and `verify` finds the same. */
export const expectRefused = async (
  bench: Workbench,
  source: string,
  code: ErrorCode,
  details: ErrorDetails = {},
  options: RunOptions = {},
): Promise<void> => {
  const outcome = await bench.save(source, options);
  const findings = await bench.findings(source, options);
  const error =
    outcome.state === 'refused'
      ? { code: outcome.error.code, class: outcome.error.class, ...outcome.error.details }
      : outcome.state;
  expect(error).toMatchObject({ code, class: 'input', ...details });
  expect(errorsAmong(findings)).toContainEqual(expect.objectContaining({ code, ...details }));
};

/** `save` takes the input and notes just these codes, and `verify` finds no error. */
export const expectAccepted = async (
  bench: Workbench,
  source: string,
  notes: readonly ErrorCode[] = [],
  options: RunOptions = {},
): Promise<Buffer> => {
  const { archive, report } = saved(await bench.save(source, options));
  expect(codesOf(report.notes)).toEqual(notes.toSorted());
  expect(archive.length).toBe(report.archive.size);
  const findings = await bench.findings(source, options);
  expect(errorsAmong(findings)).toEqual([]);
  expect(codesOf(findings)).toEqual(expect.arrayContaining([...notes]));
  return archive;
};
