import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { evaluateTemplate } from '../../../src/cli/template/evaluate.js';
import { parseTemplate } from '../../../src/cli/template/parse.js';
import type { Fields } from '../../../src/cli/template/value.js';
import { failureOf } from '../../support/memory-place.js';

interface Case {
  readonly template: string;
  /** What Go made of it; null for an error. */
  readonly text: string | null;
}

const path = join(import.meta.dirname, '../../../golden/template/cases.json');
const cases = JSON.parse(readFileSync(path, 'utf8')) as readonly Case[];

/** As in golden/template/peer.go. */
const ROW: Fields = {
  ID: 'sha256:0123456789abcdef',
  Names: ['a:1', 'b:2'],
  Size: 1500,
  Labels: new Map([
    ['k', 'v'],
    ['x.y', 'z'],
  ]),
  Ok: true,
  Empty: [],
  Sub: { A: 'x', N: [1, 2, 3] },
  Zero: 0,
  Blank: '',
};

describe('a template', () => {
  it.for(cases)('says what it says in Go: $template', async ({ template, text }) => {
    const make = (): string => evaluateTemplate(parseTemplate(template), ROW);
    if (text === null) expect((await failureOf(make)).code).toBe('USAGE');
    else expect(make()).toBe(text);
  });

  it('has many cases, right and wrong', () => {
    expect(cases.filter(({ text }) => text === null).length).toBeGreaterThan(50);
    expect(cases.filter(({ text }) => text !== null).length).toBeGreaterThan(100);
  });
});
