import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES, type ErrorCode } from '../../../src/base/error-code.js';

const root = join(import.meta.dirname, '../../..');
const document = readFileSync(join(root, 'docs/errors.md'), 'utf8');
const codes = Object.keys(ERROR_CODES) as ErrorCode[];

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name));

const textOf = (folder: string, except: RegExp): string =>
  filesBelow(join(root, folder))
    .filter((path) => !except.test(path))
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n');

describe('docs/errors.md', () => {
  it.for(codes)('documents %s', (code) => {
    expect(document).toContain(`| \`${code}\` | ${ERROR_CODES[code].meaning} |`);
  });

  it('documents nothing else', () => {
    const documented = [...document.matchAll(/^\| `([A-Z0-9_]+)` \|/gm)].map((match) => match[1]);
    expect(new Set(documented)).toEqual(new Set(codes));
    expect(documented).toHaveLength(codes.length);
  });
});

describe('every code', () => {
  const source = textOf('src', /error-code\.ts$/);
  const tests = textOf('test', /errors\.test\.ts$/);

  it.for(codes)('%s is used by the source', (code) => {
    expect(source).toMatch(new RegExp(`['"\`]${code}['"\`]`));
  });

  it.for(codes)('%s is tested', (code) => {
    expect(tests).toMatch(new RegExp(`\\b${code}\\b`));
  });
});
