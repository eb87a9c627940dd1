import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { ToolEvent } from '../../src/base/event.js';
import { type OperationContext, contextWith } from '../../src/operation/context.js';
import { archiveFile, tarOf } from './archive-builder.js';

type Files = Readonly<Record<string, string | Uint8Array>>;

/** A tar of files, in the order of the record. */
export const tarOfRecord = (files: Files): Uint8Array =>
  tarOf(Object.entries(files).map(([path, body]) => archiveFile(path, body)));

/** A folder for the tests of one file, removed behind them. */
export const testFolder = (): {
  /** A path inside. */
  readonly at: (...names: readonly string[]) => string;
  readonly writeFile: (name: string, content: string | Uint8Array) => string;
  readonly writeTar: (name: string, files: Files) => string;
  readonly writeFolder: (name: string, files: Files) => string;
  /** Temporary files of operations lie in the folder, too, so that what stays is seen. */
  readonly context: (more?: Partial<OperationContext>) => OperationContext;
} => {
  let root = '';
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'ingot-test-'));
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  const at = (...names: readonly string[]): string => join(root, ...names);
  const writeFile = (name: string, content: string | Uint8Array): string => {
    mkdirSync(dirname(at(name)), { recursive: true });
    writeFileSync(at(name), content);
    return at(name);
  };
  return {
    at,
    writeFile,
    writeTar: (name, files) => writeFile(name, tarOfRecord(files)),
    writeFolder: (name, files) => {
      for (const [path, content] of Object.entries(files)) writeFile(join(name, path), content);
      return at(name);
    },
    context: (more = {}) => contextWith({ pathExists: existsSync, temporary: root, ...more }),
  };
};

/** An observer that keeps what it is told. */
export const recorder = (): { readonly events: ToolEvent[]; readonly observer: (event: ToolEvent) => void } => {
  const events: ToolEvent[] = [];
  return { events, observer: (event) => void events.push(event) };
};
