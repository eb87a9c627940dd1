import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../src/base/limits.js';
import { type ConvertOptions, convertPolicy } from '../../src/store/policy/import/convert.js';
import { FOREIGN_KINDS } from '../../src/store/policy/import/foreign.js';
import { type Plan, planPolicy } from '../../src/store/policy/plan.js';
import { parsePolicy } from '../../src/store/policy/read.js';
import { type ImageSketch, goneOf, stockOf } from '../support/policy-stock.js';

const FOLDER = join(import.meta.dirname, '../../golden/policies');
const update = process.env['UPDATE_GOLDEN'] === '1';

/** Written by hand. */
interface PolicyCase {
  readonly title: string;
  readonly from: ConvertOptions['from'];
  readonly for?: string;
  readonly fix?: boolean;
  readonly allowWider?: boolean;
  /** What the product itself would remove, by its documentation. */
  readonly goes: readonly string[];
  readonly stock: readonly ImageSketch[];
}

const cases = readdirSync(FOLDER).filter((name) => name !== 'native');

const planText = ({ decisions }: Plan, sketches: readonly ImageSketch[]): string =>
  decisions
    .map(({ action, subject, rule, why, reason }) => {
      const name = sketches.find(({ image }) => subject.includes(goneDigest(image)))?.image ?? subject;
      return `${action}\t${name}\t${rule ?? '-'}\t${why}\t${reason}\n`;
    })
    .join('');

const goneDigest = (image: string): string => stockOf([{ image }]).images[0]?.digest ?? '';

describe('policies of other products', () => {
  it.for(cases)('%s', async (name) => {
    const folder = join(FOLDER, name);
    const golden = JSON.parse(readFileSync(join(folder, 'case.json'), 'utf8')) as PolicyCase;
    const input = readdirSync(folder).find((file) => file.startsWith('input.')) ?? '';
    const options = {
      from: golden.from,
      fix: golden.fix ?? false,
      allowWider: golden.allowWider ?? false,
      ...(golden.for === undefined ? {} : { for: golden.for }),
    };
    const { policy, findings, diff } = await convertPolicy(
      readFileSync(join(folder, input)),
      input,
      options,
      DEFAULT_LIMITS,
    );
    const native = `${JSON.stringify(policy, undefined, 2)}\n`;
    const read = await parsePolicy(Buffer.from(native), 'native.json', DEFAULT_LIMITS);
    const plan = planPolicy(read, stockOf(golden.stock));
    const findingLines = findings.map(
      ({ severity, code, pointer, message }) => `${severity}\t${code}\t${pointer}\t${message}\n`,
    );
    const files = new Map([
      ['native.json', native],
      ['findings.txt', findingLines.join('')],
      ['plan.txt', planText(plan, golden.stock)],
      ...(diff.length === 0 ? [] : [['diff.txt', `${diff.join('\n')}\n`] as const]),
    ]);
    expect(goneOf(plan, golden.stock)).toEqual(golden.goes.toSorted());
    if (update) for (const [file, text] of files) writeFileSync(join(folder, file), text);
    expect(readdirSync(folder).toSorted()).toEqual(['case.json', input, ...files.keys()].toSorted());
    for (const [file, text] of files) expect(readFileSync(join(folder, file), 'utf8'), file).toBe(text);
  });

  it('are of every product', () => {
    const froms = cases.map(
      (name) => (JSON.parse(readFileSync(join(FOLDER, name, 'case.json'), 'utf8')) as PolicyCase).from,
    );
    expect(new Set(froms)).toEqual(new Set(FOREIGN_KINDS));
  });

  it('and our own can be read', async () => {
    for (const file of readdirSync(join(FOLDER, 'native'))) {
      const bytes = readFileSync(join(FOLDER, 'native', file));
      expect((await parsePolicy(bytes, file, DEFAULT_LIMITS)).rules.length).toBeGreaterThan(0);
    }
  });
});
