import type { Cursor } from '../../../oci/decode.js';
import type { RuleDocument } from '../language.js';
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
 * Lifecycle policies of Amazon ECR.
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
 */

const COUNT_TYPES = ['imageCountMoreThan', 'sinceImagePushed', 'sinceImagePulled', 'sinceImageTransitioned'] as const;
const SELECTION_KEYS = [
  'tagStatus',
  'tagPatternList',
  'tagPrefixList',
  'storageClass',
  'countType',
  'countUnit',
  'countNumber',
];

/** Wildcards that one pattern may have. */
const MOST_WILDCARDS = 4;

const TAG_PART = /^[\w.-]+$/;

const patternsOf = (selection: Cursor): readonly string[] => {
  const patterns = selection.field('tagPatternList');
  const prefixes = selection.field('tagPrefixList');
  if (patterns.present === prefixes.present)
    return refuse(patterns, 'tagPatternList or tagPrefixList, since tagStatus is "tagged"');
  const list = patterns.present ? patterns : prefixes;
  const items = list.array();
  if (items.length === 0) refuse(list, 'at least one');
  return items.map((item) => {
    const text = item.string();
    if (!TAG_PART.test(patterns.present ? text.replaceAll('*', 'x') : text)) refuse(item, 'characters of tags');
    if (prefixes.present) return `${text}*`;
    if (text.split('*').length - 1 > MOST_WILDCARDS) refuse(item, `at most ${MOST_WILDCARDS} * in a pattern`);
    return text.replaceAll(/\*+/g, '*');
  });
};

const selectorOf = (selection: Cursor): Pick<RuleDocument, 'state' | 'tags' | 'match'> => {
  const status = choiceOf(selection.field('tagStatus'), ['tagged', 'untagged', 'any']);
  if (status === 'tagged') {
    const tags = patternsOf(selection);
    // Each pattern must fit one of the image's tags.
    return { state: 'tagged', tags, ...(tags.length > 1 ? { match: 'all' } : {}) };
  }
  for (const key of ['tagPatternList', 'tagPrefixList'])
    if (selection.field(key).present) refuse(selection.field(key), `nothing, since tagStatus is "${status}"`);
  return { state: status };
};

const expireOf = (selection: Cursor): Pick<RuleDocument, 'among' | 'expire'> => {
  const type = choiceOf(selection.field('countType'), COUNT_TYPES);
  const count = countOf(selection.field('countNumber'));
  const unit = selection.field('countUnit');
  if (type === 'imageCountMoreThan') {
    if (unit.present) refuse(unit, 'nothing, since countType is "imageCountMoreThan"');
    // Images that rules before it match are counted as well.
    return { among: 'matching', expire: { moreThan: count } };
  }
  choiceOf(unit, ['days']);
  return { expire: type === 'sinceImagePulled' ? { unusedFor: `${count}d` } : { olderThan: `${count}d` } };
};

const ruleOf = (cursor: Cursor, name: string, scope: Scope, findings: Findings): readonly RuleDocument[] => {
  const selection = cursor.field('selection');
  checkKeys(selection, SELECTION_KEYS);
  const selector = selectorOf(selection);
  const expire = expireOf(selection);
  const storage = selection.field('storageClass').optional((field) => choiceOf(field, ['standard', 'archive']));
  const isTransitioned = selection.field('countType').value === 'sinceImageTransitioned';
  if (isTransitioned && storage !== 'archive')
    refuse(selection.field('storageClass'), '"archive", since countType is "sinceImageTransitioned"');
  const action = cursor.field('action');
  checkKeys(action, ['type', 'targetStorageClass']);
  const type = choiceOf(action.field('type'), ['expire', 'transition']);
  if (type === 'transition') choiceOf(action.field('targetStorageClass'), ['archive']);
  if (storage === 'archive') {
    findings.notCarried(selection.field('storageClass'), 'there is no archive here: the rule is left out');
    return [];
  }
  const base = { name, repos: scope.exact, ...selector, count: 'images' } as const;
  if (type === 'expire') return [{ ...base, ...expire }];
  findings.notCarried(action, 'there is no archive here: what the rule matches stays, and no later rule removes it');
  return [base];
};

export const importEcr: Importer = (cursor, scope, findings) => {
  checkKeys(cursor, ['rules']);
  const list = cursor.field('rules');
  const rules = list.array();
  if (rules.length === 0) refuse(list, 'at least one rule');
  const names = new RuleNames();
  const byPriority = new Map<number, Cursor>();
  for (const rule of rules) {
    checkKeys(rule, ['rulePriority', 'description', 'selection', 'action']);
    const priority = countOf(rule.field('rulePriority'));
    if (byPriority.has(priority)) refuse(rule.field('rulePriority'), 'a number that no other rule has');
    byPriority.set(priority, rule);
  }
  const sorted = [...byPriority].toSorted(([a], [b]) => a - b);
  for (const [at, [, rule]] of sorted.entries()) {
    const status = rule.field('selection').field('tagStatus');
    if (
      status.value === 'any' &&
      at < sorted.length - 1 &&
      rule.field('selection').field('storageClass').value !== 'archive'
    )
      refuse(rule.field('rulePriority'), 'the highest number, since tagStatus is "any"');
  }
  return documentOf(
    sorted.flatMap(([priority, rule]) => {
      const text = rule.field('description').optional((field) => field.string());
      const name = names.of(text === undefined || text === '' ? `priority ${priority}` : `${priority} ${text}`);
      return ruleOf(rule, name, scope, findings);
    }),
  );
};
