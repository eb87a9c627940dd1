import type { Cursor } from '../../../oci/decode.js';
import { isJsonArray } from '../../../base/json.js';
import type { RuleDocument } from '../language.js';
import { tryDuration } from '../measure.js';
import { missPattern, readExpression, searchPattern } from './expression.js';
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
 * Auto-prune policies of Quay; each removes by itself.
 * @see https://docs.projectquay.io/manage_quay.html#red-hat-quay-namespace-auto-pruning-overview
 */

const countIn = (cursor: Cursor): number =>
  typeof cursor.value === 'string' && /^[1-9]\d{0,5}$/.test(cursor.value) ? Number(cursor.value) : countOf(cursor);

const durationIn = (cursor: Cursor): string => {
  const text = cursor.string();
  return tryDuration(text) === undefined ? refuse(cursor, 'a duration such as 7d') : text;
};

const ruleOf = (policy: Cursor, name: string, scope: Scope, findings: Findings): readonly RuleDocument[] => {
  checkKeys(policy, ['uuid', 'method', 'value', 'tagPattern', 'tagPatternMatches']);
  const method = choiceOf(policy.field('method'), ['number_of_tags', 'creation_date']);
  const value = policy.field('value');
  const text = policy.field('tagPattern').optional((field) => field.string(), 'null is absent') ?? '';
  const isFit = policy.field('tagPatternMatches').optional((field) => field.boolean(), 'null is absent') ?? true;
  const expression = readExpression(text);
  if (expression === undefined) {
    findings.notCarried(policy.field('tagPattern'), 'the expression has no counterpart: the policy is left out');
    return [];
  }
  const pattern = text === '' ? '*' : isFit ? searchPattern(expression) : missPattern(expression);
  const base = { name, repos: scope.tree, tags: [pattern], count: 'tags', else: 'next' } as const;
  return [
    method === 'number_of_tags'
      ? { ...base, among: 'matching', expire: { moreThan: countIn(value) } }
      : { ...base, expire: { olderThan: durationIn(value) } },
  ];
};

/** One policy, a list of them, or what the interface answers. */
const policiesIn = (cursor: Cursor): readonly Cursor[] => {
  if (isJsonArray(cursor.value)) return cursor.array();
  if (!cursor.field('policies').present) return [cursor];
  checkKeys(cursor, ['policies']);
  return cursor.field('policies').array();
};

export const importQuay: Importer = (cursor, scope, findings) => {
  const names = new RuleNames();
  return documentOf(
    policiesIn(cursor).flatMap((policy) => {
      const method = policy.field('method').value;
      return ruleOf(policy, names.of(typeof method === 'string' ? method : 'policy'), scope, findings);
    }),
  );
};
