import { ToolError } from '../../base/error.js';
import { excerpt } from '../../base/escape.js';
import { encodedOf } from '../../oci/digest.js';
import { namePattern } from '../../store/pattern.js';
import type { EngineImageRow } from './report.js';

export const ENGINE_FILTER_KEYS = ['dangling', 'label', 'reference', 'id', 'used'] as const;
type EngineFilterKey = (typeof ENGINE_FILTER_KEYS)[number];

/** `KEY=VALUE` or `KEY!=VALUE`. */
export interface EngineFilter {
  readonly key: EngineFilterKey;
  readonly isNot: boolean;
  readonly value: string;
}

/**
 * Reads `KEY=VALUE` or `KEY!=VALUE`. Filters by age are refused: an engine knows when an image was made and not when it
 * came, and reproducible images are all as old as 1970.
 * @throws {ToolError} USAGE
 */
export const parseEngineFilter = (text: string): EngineFilter => {
  const [, name = '', operator = '', value = ''] = /^([a-z-]+)(!?=)(.*)$/s.exec(text) ?? [];
  if (['until', 'before', 'since'].includes(name)) {
    throw new ToolError('USAGE', 'no filter by age: an image says when it was made, not when it came', {
      found: `"${excerpt(text)}"`,
      hint: 'reproducible images are all as old as 1970; filter by label= or reference=',
    });
  }
  const key = ENGINE_FILTER_KEYS.find((known) => known === name);
  if (key === undefined || value === '') {
    throw new ToolError('USAGE', 'not a filter', {
      expected: `KEY=VALUE or KEY!=VALUE with one of ${ENGINE_FILTER_KEYS.join(', ')}`,
      found: `"${excerpt(text)}"`,
    });
  }
  if ((key === 'dangling' || key === 'used') && !/^(?:true|false|1|0)$/.test(value)) {
    throw new ToolError('USAGE', 'not true or false', { found: `"${excerpt(text)}"` });
  }
  return { key, isNot: operator === '!=', value };
};

type RowTest = (row: EngineImageRow) => boolean;

const testOf = ({ key, value }: EngineFilter): RowTest => {
  const yes = value === 'true' || value === '1';
  switch (key) {
    case 'dangling':
      return ({ reason }) => (reason === 'dangling') === yes;
    case 'used':
      return ({ users }) => users.length > 0 === yes;
    case 'label': {
      const at = value.indexOf('=');
      const label = at < 0 ? value : value.slice(0, at);
      return ({ labels }) => Object.hasOwn(labels, label) && (at < 0 || labels[label] === value.slice(at + 1));
    }
    case 'reference': {
      const fits = namePattern(value);
      return ({ names }) => names.some(fits);
    }
    case 'id': {
      const hex = value.replace(/^sha256:/, '').toLowerCase();
      return ({ id }) => encodedOf(id).startsWith(hex);
    }
  }
};

/** Several values of one key are alternatives, except those with `!=`, which all must hold; every key must fit. */
export const testEngineFilters = (filters: readonly EngineFilter[]): RowTest => {
  const positive = new Map<EngineFilterKey, RowTest[]>();
  const negative: RowTest[] = [];
  for (const filter of filters) {
    const test = testOf(filter);
    if (filter.isNot) negative.push(test);
    else positive.set(filter.key, [...(positive.get(filter.key) ?? []), test]);
  }
  return (row) =>
    negative.every((test) => !test(row)) && [...positive.values()].every((tests) => tests.some((test) => test(row)));
};
