import { ToolError } from '../../../base/error.js';
import { parseJson } from '../../../base/json-parse.js';
import { utf8 } from '../../../base/bytes.js';
import { isJsonObject } from '../../../base/json.js';
import type { Cursor } from '../../../oci/decode.js';
import type { RuleDocument } from '../language.js';
import { doublestarRepos, doublestarSource, doublestarTags } from './doublestar.js';
import {
  type Findings,
  type Importer,
  RuleNames,
  checkKeys,
  choiceOf,
  countOf,
  documentOf,
  refuse,
} from './foreign.js';
import type { Scope } from './scope.js';

/**
 * Tag retention of Harbor: an artifact that one rule retains, stays; of a repository that a rule is for, all others go.
 * @see https://goharbor.io/docs/2.13.0/working-with-projects/working-with-images/create-tag-retention-rules/
 */

/** Rules that one project may have. */
const MOST_RULES = 15;

const TEMPLATES = [
  'always',
  'latestPushedK',
  'latestPulledN',
  'latestActiveK',
  'lastXDays',
  'nDaysSinceLastPush',
  'nDaysSinceLastPull',
] as const;

type Keep = Pick<RuleDocument, 'keep' | 'keepWithin' | 'keepUsedWithin' | 'among' | 'else'>;

const keepOf = (rule: Cursor, findings: Findings): Keep => {
  const template = choiceOf(rule.field('template'), TEMPLATES);
  const params = rule.field('params');
  if (template === 'always') {
    if (params.present) checkKeys(params, []);
    return {};
  }
  checkKeys(params, [template]);
  const count = countOf(params.field(template), template.startsWith('latest') ? 1 : 0);
  switch (template) {
    case 'latestPushedK':
      return { keep: { last: count }, among: 'matching', else: 'next' };
    case 'latestPulledN':
      findings.differs(rule.field('template'), 'an image that came and was never read counts as used when it came');
      return { keep: { last: count, by: 'used' }, among: 'matching', else: 'next' };
    case 'latestActiveK':
      return { keep: { last: count, by: 'used' }, among: 'matching', else: 'next' };
    case 'lastXDays':
    case 'nDaysSinceLastPush':
      return { keepWithin: `${count}d`, else: 'next' };
    case 'nDaysSinceLastPull':
      findings.differs(rule.field('template'), 'an image that came and was never read counts as used when it came');
      return { keepUsedWithin: `${count}d`, else: 'next' };
  }
};

interface Selector {
  readonly cursor: Cursor;
  readonly decoration: string;
  readonly pattern: string;
  readonly extras: string;
}

const selectorOf = (cursor: Cursor, decorations: readonly string[]): Selector => {
  checkKeys(cursor, ['kind', 'decoration', 'pattern', 'extras']);
  choiceOf(cursor.field('kind'), ['doublestar']);
  return {
    cursor,
    decoration: choiceOf(cursor.field('decoration'), decorations),
    pattern: cursor.field('pattern').string(),
    extras: cursor.field('extras').optional((field) => field.string()) ?? '',
  };
};

/** Whether a selector also takes artifacts without a tag. */
const takesUntagged = ({ cursor, decoration, extras }: Selector): boolean => {
  const byDefault = decoration === 'matches';
  let untagged = byDefault;
  if (extras !== '') {
    try {
      const value = parseJson(utf8(extras), { subject: cursor.subject, depth: 8 });
      untagged = isJsonObject(value) && value['untagged'] === true;
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      refuse(cursor.field('extras'), 'JSON, or nothing');
    }
  }
  return decoration === 'matches' ? untagged : !untagged;
};

const tagsOf = (rule: Cursor): Pick<RuleDocument, 'tags' | 'match' | 'state'> => {
  const list = rule.field('tag_selectors');
  const selectors = list.array().map((item) => selectorOf(item, ['matches', 'excludes']));
  if (selectors.length === 0) refuse(list, 'at least one selector');
  const tags = selectors.map(
    ({ cursor, decoration, pattern }) =>
      doublestarTags(pattern === '' ? '**' : pattern, decoration === 'excludes') ??
      refuse(cursor.field('pattern'), 'a pattern'),
  );
  const state = selectors.every(takesUntagged) ? 'any' : 'tagged';
  return { tags, ...(tags.length > 1 ? { match: 'all' } : {}), state };
};

const reposOf = (rule: Cursor, scope: Scope): readonly string[] => {
  const scopes = rule.field('scope_selectors');
  checkKeys(scopes, ['repository']);
  const list = scopes.field('repository');
  const selectors = list.array().map((item) => selectorOf(item, ['repoMatches', 'repoExcludes']));
  const [first] = selectors;
  if (first === undefined) return refuse(list, 'at least one selector');
  if (selectors.length === 1 && first.decoration === 'repoMatches') {
    const repos = doublestarRepos(first.pattern) ?? refuse(first.cursor.field('pattern'), 'a pattern');
    return ['glob' in repos ? scope.below(repos.glob) : scope.belowExpression(repos.source)];
  }
  // All must fit, and some must not.
  const parts = selectors.map(({ cursor, decoration, pattern }) => {
    const source = doublestarSource(pattern) ?? refuse(cursor.field('pattern'), 'a pattern');
    return decoration === 'repoMatches' ? `(?=(?:${source})$)` : `(?!(?:${source})$)`;
  });
  return [scope.belowExpression(`${parts.join('')}.*`)];
};

const RULE_KEYS = ['id', 'priority', 'disabled', 'action', 'template', 'params', 'tag_selectors', 'scope_selectors'];

export const importHarbor: Importer = (cursor, scope, findings) => {
  checkKeys(cursor, ['id', 'algorithm', 'rules', 'trigger', 'scope']);
  choiceOf(cursor.field('algorithm'), ['or']);
  const list = cursor.field('rules');
  const rules = list.array();
  if (rules.length === 0 || rules.length > MOST_RULES) refuse(list, `1 to ${MOST_RULES} rules`);
  const names = new RuleNames();
  const retained: RuleDocument[] = [];
  for (const [at, rule] of rules.entries()) {
    checkKeys(rule, RULE_KEYS);
    if (rule.field('disabled').optional((field) => field.boolean()) === true) {
      findings.differs(rule, 'the rule is disabled, and left out');
      continue;
    }
    choiceOf(rule.field('action'), ['retain']);
    const template = rule.field('template').string();
    retained.push({
      name: names.of(`${at + 1} ${template}`),
      repos: reposOf(rule, scope),
      ...tagsOf(rule),
      count: 'images',
      ...keepOf(rule, findings),
    });
  }
  if (retained.length === 0) return documentOf([]);
  const repos = [...new Set(retained.flatMap((rule) => rule.repos ?? []))];
  const rest: RuleDocument = { name: names.of('not retained'), repos, state: 'any', count: 'images', expire: 'rest' };
  return documentOf([...retained, rest]);
};
