import type { Cursor } from '../../../oci/decode.js';
import type { RuleDocument } from '../language.js';
import { tryDuration } from '../measure.js';
import { type Findings, type Importer, RuleNames, checkKeys, countOf, documentOf, refuse } from './foreign.js';
import type { Scope } from './scope.js';

/**
 * Cleanup policies of Google's Artifact Registry.
 * @see https://cloud.google.com/artifact-registry/docs/repositories/cleanup-policy
 */

/** Policies that one repository may have. */
const MOST_POLICIES = 10;

/** Words in any case: the console, the command line and the interface spell them differently. */
const wordOf = <const C extends string>(cursor: Cursor, words: readonly C[]): C => {
  const text = cursor.string().toLowerCase();
  return words.find((word) => word.toLowerCase() === text) ?? refuse(cursor, words.join(' or '));
};

const durationOf = (cursor: Cursor): string => {
  const text = cursor.string();
  return tryDuration(text) === undefined ? refuse(cursor, 'a duration such as 30d or 2592000s') : text;
};

const prefixesOf = (cursor: Cursor): readonly string[] =>
  cursor.optional((field) => {
    const texts = field.array().map((item) => {
      const text = item.string();
      return /^[\w.:@/-]+$/.test(text) ? text : refuse(item, 'a prefix of names');
    });
    return texts;
  }) ?? [];

const reposOf = (cursor: Cursor, scope: Scope): readonly string[] => {
  const prefixes = prefixesOf(cursor);
  return prefixes.length === 0 ? scope.tree : prefixes.map((prefix) => scope.below(`${prefix}**`));
};

const stateOf = (condition: Cursor): Pick<RuleDocument, 'state' | 'tags'> => {
  const state =
    condition
      .field('tagState')
      .optional((field) => wordOf(field, ['tagged', 'untagged', 'any', 'TAG_STATE_UNSPECIFIED'])) ?? 'any';
  const tags = prefixesOf(condition.field('tagPrefixes')).map((prefix) => `${prefix}*`);
  if (tags.length > 0) {
    if (state === 'untagged') refuse(condition.field('tagPrefixes'), 'nothing, since tagState is untagged');
    return { state: 'tagged', tags };
  }
  return { state: state === 'TAG_STATE_UNSPECIFIED' ? 'any' : state };
};

const keepMost = (cursor: Cursor, name: string, scope: Scope): RuleDocument => {
  checkKeys(cursor, ['packageNamePrefixes', 'keepCount']);
  return {
    name,
    repos: reposOf(cursor.field('packageNamePrefixes'), scope),
    state: 'any',
    count: 'images',
    among: 'matching',
    keep: { last: countOf(cursor.field('keepCount')) },
    else: 'next',
  };
};

const CONDITION_KEYS = [
  'tagState',
  'tagPrefixes',
  'versionNamePrefixes',
  'packageNamePrefixes',
  'olderThan',
  'newerThan',
];

const conditional = (
  condition: Cursor,
  name: string,
  isKeep: boolean,
  scope: Scope,
  findings: Findings,
): readonly RuleDocument[] => {
  checkKeys(condition, CONDITION_KEYS);
  const base = {
    name,
    repos: reposOf(condition.field('packageNamePrefixes'), scope),
    ...stateOf(condition),
    count: 'images',
  } as const;
  const [older, newer] = ['olderThan', 'newerThan'].map((key) => condition.field(key).optional(durationOf));
  const versions = condition.field('versionNamePrefixes');
  const hasVersions = prefixesOf(versions).length > 0;
  if (isKeep) {
    if (hasVersions) findings.notCarried(versions, 'has no counterpart: versions of any name are kept');
    if (older !== undefined)
      findings.notCarried(condition.field('olderThan'), 'has no counterpart in a keep: versions of any age are kept');
    return [newer === undefined || older !== undefined ? base : { ...base, keepWithin: newer, else: 'next' }];
  }
  if (hasVersions || newer !== undefined) {
    const place = hasVersions ? versions : condition.field('newerThan');
    findings.notCarried(place, 'has no counterpart in a delete: the policy is left out');
    return [];
  }
  return [{ ...base, expire: older === undefined ? 'rest' : { olderThan: older }, else: 'next' }];
};

/** What keeps comes first, so that it wins. */
export const importGcp: Importer = (cursor, scope, findings) => {
  const policies = cursor.array();
  if (policies.length === 0 || policies.length > MOST_POLICIES) refuse(cursor, `1 to ${MOST_POLICIES} policies`);
  const names = new RuleNames();
  const seen = new Set<string>();
  const keeps: RuleDocument[] = [];
  const deletes: RuleDocument[] = [];
  for (const policy of policies) {
    checkKeys(policy, ['name', 'id', 'action', 'condition', 'mostRecentVersions']);
    const text = policy.field('name').string();
    if (seen.has(text)) refuse(policy.field('name'), 'a name that no other policy has');
    seen.add(text);
    const action = policy.field('action');
    // The command line takes an object, the interface gives a word.
    if (typeof action.value !== 'string') checkKeys(action, ['type']);
    const type = wordOf(typeof action.value === 'string' ? action : action.field('type'), ['Delete', 'Keep']);
    const [condition, recent] = [policy.field('condition'), policy.field('mostRecentVersions')];
    if (condition.present === recent.present) refuse(policy, 'condition or mostRecentVersions');
    if (recent.present && type === 'Delete') refuse(recent, 'a condition, since the action is Delete');
    const name = names.of(text);
    if (recent.present) keeps.push(keepMost(recent, name, scope));
    else (type === 'Keep' ? keeps : deletes).push(...conditional(condition, name, type === 'Keep', scope, findings));
  }
  return documentOf([...keeps, ...deletes]);
};
