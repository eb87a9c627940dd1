import { ToolError } from '../../base/error.js';
import { excerpt } from '../../base/escape.js';
import { encodedOf } from '../../oci/digest.js';
import { formatPlatform, parsePlatform } from '../../oci/platform.js';
import { namePattern } from '../../store/pattern.js';
import { resolveImage } from '../../store/resolve.js';
import { lastUsed } from '../../store/used.js';
import type { Store } from '../../store/store.js';
import { parseBytes, parseDuration, parseInstant } from './measure.js';
import type { Stock, StockImage } from './stock.js';

export const FILTER_KEYS = [
  'dangling',
  'label',
  'before',
  'since',
  'until',
  'reference',
  'id',
  'digest',
  'platform',
  'size',
  'unused-for',
  'leased',
  'pinned',
] as const;
export type FilterKey = (typeof FILTER_KEYS)[number];

/** `KEY=VALUE` or `KEY!=VALUE`; of one key one must fit, of all keys each must. */
export interface Filter {
  readonly key: FilterKey;
  readonly isNot: boolean;
  readonly value: string;
}

const isFilterKey = (text: string): text is FilterKey => (FILTER_KEYS as readonly string[]).includes(text);

/**
 * Reads `KEY=VALUE` or `KEY!=VALUE`; for sizes also `size>10MB` and `size<10MB`. `label!=K` is spelt `label!=K` as
 * Docker has it.
 * @throws {ToolError} USAGE
 */
export const parseFilter = (text: string): Filter => {
  const match = /^([a-z-]+)(!?=|[<>])(.*)$/s.exec(text);
  const [, key = '', operator = '', value = ''] = match ?? [];
  if (!isFilterKey(key) || (/^[<>]$/.test(operator) && key !== 'size')) {
    throw new ToolError('USAGE', 'not a filter', {
      expected: `KEY=VALUE or KEY!=VALUE with one of ${FILTER_KEYS.join(', ')}`,
      found: `"${excerpt(text)}"`,
    });
  }
  return { key, isNot: operator === '!=', value: /^[<>]$/.test(operator) ? `${operator}${value}` : value };
};

/** Whether an image, under one of its names or under none, is wanted. */
export type Test = (image: StockImage, name: string) => boolean;

const parseYes = (value: string): boolean => {
  if (value === 'true' || value === '1') return true;
  if (value === 'false' || value === '0') return false;
  throw new ToolError('USAGE', 'not true or false', { found: `"${excerpt(value)}"` });
};

const hexOf = (value: string): string => value.replace(/^sha256:/, '').toLowerCase();

const labelTest = (value: string): Test => {
  const at = value.indexOf('=');
  const key = at < 0 ? value : value.slice(0, at);
  return ({ facts: { labels } }) => Object.hasOwn(labels, key) && (at < 0 || labels[key] === value.slice(at + 1));
};

const sizeTest = (value: string): Test => {
  const bytes = parseBytes(value.replace(/^[<>]/, ''));
  if (value.startsWith('>')) return ({ facts }) => facts.size > bytes;
  if (value.startsWith('<')) return ({ facts }) => facts.size < bytes;
  return ({ facts }) => facts.size === bytes;
};

/** Later or earlier in the order in which the store got them: times of images that are reproducible say nothing. */
const orderTest = async (stock: Stock, value: string, isLater: boolean): Promise<Test> => {
  const { digest } = await resolveImage(stock.state, value, async () => stock.facts);
  const mark = stock.images.find((image) => image.digest === digest);
  return ({ seq }) => mark !== undefined && (isLater ? seq > mark.seq : seq < mark.seq);
};

const unusedTest = async (store: Store, stock: Stock, value: string): Promise<Test> => {
  const limit = stock.now - parseDuration(value) * 1000;
  const used = await lastUsed(store.paths);
  // Without a mark, the time it came counts: what nobody knows anything about is kept.
  return ({ digest, imported }) => Math.max(used.get(digest) ?? 0, imported) <= limit;
};

const testOf = async ({ key, value }: Filter, store: Store, stock: Stock): Promise<Test> => {
  switch (key) {
    case 'dangling': {
      const wanted = parseYes(value);
      return ({ isDangling }) => isDangling === wanted;
    }
    case 'leased': {
      const wanted = parseYes(value);
      return ({ leases }) => leases.length > 0 === wanted;
    }
    case 'pinned': {
      const wanted = parseYes(value);
      return ({ isPinned }) => isPinned === wanted;
    }
    case 'label':
      return labelTest(value);
    case 'before':
      return orderTest(stock, value, false);
    case 'since':
      return orderTest(stock, value, true);
    case 'until': {
      const limit = parseInstant(value, stock.now);
      return ({ imported }) => imported <= limit;
    }
    case 'reference': {
      const fits = namePattern(value);
      return (_image, name) => name !== '' && fits(name);
    }
    case 'id': {
      const hex = hexOf(value);
      return ({ facts: { imageID } }) => imageID !== undefined && encodedOf(imageID).startsWith(hex);
    }
    case 'digest': {
      const hex = hexOf(value);
      return ({ digest }) => encodedOf(digest).startsWith(hex);
    }
    case 'platform': {
      const wanted = formatPlatform(parsePlatform(value));
      return ({ facts }) =>
        facts.platforms.some((platform) => platform === wanted || platform.startsWith(`${wanted}/`));
    }
    case 'size':
      return sizeTest(value);
    case 'unused-for':
      return unusedTest(store, stock, value);
  }
};

/**
 * What all filters together ask. Several values of one key are alternatives, except those with `!=`, which all must
 * hold.
 * @throws {ToolError} USAGE, REFERENCE_NOT_FOUND, REFERENCE_AMBIGUOUS
 */
export const testFilters = async (filters: readonly Filter[], store: Store, stock: Stock): Promise<Test> => {
  const positive = new Map<FilterKey, Test[]>();
  const negative: Test[] = [];
  for (const filter of filters) {
    const test = await testOf(filter, store, stock);
    if (filter.isNot) negative.push(test);
    else positive.set(filter.key, [...(positive.get(filter.key) ?? []), test]);
  }
  return (image, name) =>
    negative.every((test) => !test(image, name)) &&
    [...positive.values()].every((tests) => tests.some((test) => test(image, name)));
};
