import type { JsonValue } from '../../../base/json.js';
import { Cursor } from '../../../oci/decode.js';
import type { RuleDocument } from '../language.js';
import { tryDuration } from '../measure.js';
import { readExpression, searchPattern } from './expression.js';
import { type Findings, type Importer, RuleNames, checkKeys, countOf, documentOf, refuse } from './foreign.js';
import type { Scope } from './scope.js';

/**
 * `acr purge` of Azure, whose policy is a command line.
 * @see https://learn.microsoft.com/azure/container-registry/container-registry-auto-purge
 */

/** Words as a shell splits them; quotes hold together. Undefined if one is left open. */
const wordsOf = (text: string): readonly string[] | undefined => {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const unit = text.charAt(at);
    if (quote !== '') {
      if (unit === quote) quote = '';
      else if (unit === '\\' && quote === '"' && /["\\]/.test(text.charAt(at + 1))) word += text.charAt(++at);
      else word += unit;
    } else if (unit === '"' || unit === "'") {
      quote = unit;
      word ??= '';
    } else if (/\s/.test(unit)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = `${word ?? ''}${unit}`;
  }
  if (quote !== '') return undefined;
  return word === undefined ? words : [...words, word];
};

const VALUES: Readonly<Record<string, string>> = {
  '--filter': 'filter',
  '-f': 'filter',
  '--ago': 'ago',
  '--keep': 'keep',
  '--registry': 'registry',
  '-r': 'registry',
  '--concurrency': 'concurrency',
  '--filter-timeout-seconds': 'timeout',
  '--repository-page-size': 'page',
};
const SWITCHES: Readonly<Record<string, string>> = {
  '--untagged': 'untagged',
  '--dry-run': 'dryRun',
  '--include-locked': 'includeLocked',
};

/**
 * The command line as a document: options by their name, filters as a list.
 * @throws {ToolError} POLICY_FOREIGN_INVALID
 */
export const acrDocument = (text: string, subject: string): JsonValue => {
  const place = new Cursor(text.trim(), subject);
  const words = wordsOf(text.replaceAll(/\\\r?\n/g, ' ')) ?? refuse(place, 'quotes that are closed');
  if (words[0] !== 'acr' || words[1] !== 'purge') refuse(place, 'acr purge with its options');
  const document: { [key: string]: JsonValue } = {};
  const filters: string[] = [];
  for (let at = 2; at < words.length; at++) {
    const [, option = '', given] = /^(-[^=]*)(?:=([\s\S]*))?$/.exec(words[at] ?? '') ?? [];
    const isSwitch = Object.hasOwn(SWITCHES, option);
    if (isSwitch && given === undefined) document[SWITCHES[option] ?? ''] = true;
    else if (Object.hasOwn(VALUES, option)) {
      const value = given ?? words[++at] ?? refuse(place, `a value after ${option}`);
      if (VALUES[option] === 'filter') filters.push(value);
      else document[VALUES[option] ?? ''] = value;
    } else refuse(new Cursor(words[at] ?? '', subject), 'an option of acr purge');
  }
  return { ...document, filters };
};

/** Where the repository ends: the one colon that belongs to no group or class. */
const splitFilter = (cursor: Cursor): readonly [repo: string, tag: string] => {
  const text = cursor.string();
  const colons: number[] = [];
  let isClass = false;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charAt(at);
    if (unit === '\\') at += 1;
    else if (unit === '[') isClass = true;
    else if (unit === ']') isClass = false;
    else if (unit === ':' && !isClass && !/\(\?[imsU-]*$/.test(text.slice(0, at))) colons.push(at);
  }
  const [colon] = colons;
  if (colon === undefined || colons.length > 1 || colon === 0 || colon === text.length - 1)
    return refuse(cursor, 'REPOSITORY:TAG with an expression for each');
  return [text.slice(0, colon), text.slice(colon + 1)];
};

const reposOf = (source: string, scope: Scope): string | undefined => {
  if (/^[a-z0-9_/-]+$/.test(source)) return scope.below(source);
  if (source === '.*') return scope.below('**');
  const expression = readExpression(source);
  return expression === undefined || expression.flags !== '' ? undefined : scope.belowExpression(expression.source);
};

const agoOf = (cursor: Cursor): string => {
  const text = cursor.string();
  return /^(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s)?$/.test(text) && tryDuration(text) !== undefined
    ? text
    : refuse(cursor, 'a duration such as 7d or 2d3h6m');
};

const keepOf = (cursor: Cursor): number =>
  cursor.optional((field) =>
    countOf(new Cursor(/^\d{1,6}$/.test(field.string()) ? Number(field.value) : field.value, field.subject), 0),
  ) ?? 0;

const filterRules = (cursor: Cursor, scope: Scope, findings: Findings): ReadonlyMap<string, readonly string[]> => {
  const rules = new Map<string, string[]>();
  for (const filter of cursor.array()) {
    const [repo, tag] = splitFilter(filter);
    const repos = reposOf(repo, scope);
    const tags = readExpression(tag);
    if (repos === undefined || tags === undefined) {
      findings.notCarried(filter, 'an expression has no counterpart: the filter is left out');
      continue;
    }
    rules.set(repos, [...(rules.get(repos) ?? []), searchPattern(tags)]);
  }
  return rules;
};

export const importAcr: Importer = (cursor, scope, findings) => {
  checkKeys(cursor, [...Object.values(VALUES), ...Object.values(SWITCHES), 'filters']);
  const ago = agoOf(cursor.field('ago'));
  const last = keepOf(cursor.field('keep'));
  if (cursor.field('filters').array().length === 0) refuse(cursor.field('filters'), 'at least one --filter');
  if (cursor.field('dryRun').present)
    findings.wider(cursor.field('dryRun'), 'the original removes nothing, since it is a dry run');
  if (cursor.field('includeLocked').present)
    findings.notCarried(cursor.field('includeLocked'), 'what is pinned, leased or immutable here stays');
  const names = new RuleNames();
  const filters = filterRules(cursor.field('filters'), scope, findings);
  const rules = [...filters].map(([repos, tags], at): RuleDocument => ({
    name: names.of(`filter ${at + 1}`),
    repos: [repos],
    tags,
    count: 'tags',
    ...(last === 0 ? {} : { among: 'expiring', keep: { last } }),
    expire: { olderThan: ago },
    else: 'next',
  }));
  if (!cursor.field('untagged').present) {
    findings.wider(
      cursor.field('untagged'),
      'without --untagged an image stays when its last tag goes; here it goes too',
    );
    return documentOf(rules);
  }
  const untagged: RuleDocument = {
    name: names.of('untagged'),
    repos: [...filters.keys()],
    state: 'untagged',
    expire: { olderThan: ago },
  };
  return documentOf(filters.size === 0 ? [] : [...rules, untagged]);
};
