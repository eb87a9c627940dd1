import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PART_FIELDS, USAGE_FIELDS } from '../../../src/cli/render/df.js';
import { IMAGE_FIELDS } from '../../../src/cli/render/images.js';
import { INSPECT_FIELDS } from '../../../src/cli/render/inspect-fields.js';
import { FUNCTION_NAMES } from '../../../src/cli/template/function.js';

const document = readFileSync(join(import.meta.dirname, '../../../docs/format.md'), 'utf8');

/** Words of the first column of the tables between two texts. */
const documented = (from: string, to?: string): readonly string[] => {
  const start = document.indexOf(from);
  expect(start, from).toBeGreaterThan(0);
  const part = document.slice(start, to === undefined ? undefined : document.indexOf(to, start));
  return [...part.matchAll(/^\| (`[^|]*`) \|/gm)]
    .flatMap(([, cell = '']) => [...cell.matchAll(/`\.?(\w+)`/g)].map(([, word = '']) => word))
    .toSorted();
};

describe('docs/format.md', () => {
  it.for<[name: string, words: readonly string[], from: string, to?: string]>([
    ['functions', FUNCTION_NAMES, '| function |', '## Fields of `images`'],
    ['images', IMAGE_FIELDS, '## Fields of `images`', '## Fields of `inspect`'],
    ['inspect', INSPECT_FIELDS, '## Fields of `inspect`', '## Fields of `df`'],
    ['df', PART_FIELDS, '## Fields of `df`', 'With `--verbose`'],
    ['df --verbose', USAGE_FIELDS, 'With `--verbose`, a row'],
  ])('documents all words of %s and no others', ([, words, from, to]) => {
    expect(documented(from, to)).toEqual(words.toSorted());
  });
});
