import type { Cursor } from '../../../oci/decode.js';
import type { RuleDocument } from '../language.js';
import { tryDuration } from '../measure.js';
import { doublestarRepos } from './doublestar.js';
import { readExpression, searchPattern } from './expression.js';
import { type Findings, type Importer, RuleNames, checkKeys, countOf, documentOf, refuse } from './foreign.js';
import type { Scope } from './scope.js';

/**
 * Retention of zot: the first policy that fits a repository is for it; within it, the first entry of keepTags that fits
 * a tag; tags that no entry fits go.
 * @see https://zotregistry.dev/v2.1.11/articles/retention/
 */

/** A duration of Go, of those parts that people write. */
const durationOf = (cursor: Cursor): string => {
  const text = cursor.string();
  return /^(?:\d+h)?(?:\d+m)?(?:\d+s)?$/.test(text) && tryDuration(text) !== undefined
    ? text
    : refuse(cursor, 'a duration such as 168h');
};

/** How long images without a tag are left alone where nothing is said. */
const DEFAULT_DELAY = '24h';

const patternsOf = (cursor: Cursor, findings: Findings): readonly string[] => {
  const items = cursor.optional((field) => field.array()) ?? [];
  const patterns = items.flatMap((item): readonly string[] => {
    const expression = readExpression(item.string());
    if (expression !== undefined) return [searchPattern(expression)];
    findings.wider(item, 'the expression has no counterpart: without it, tags that it keeps would go');
    return [];
  });
  return items.length === 0 ? ['*'] : patterns;
};

const KEEP_KEYS = [
  'patterns',
  'mostRecentlyPushedCount',
  'mostRecentlyPulledCount',
  'pushedWithin',
  'pulledWithin',
] as const;

const keepRules = (
  entry: Cursor,
  name: string,
  repos: readonly string[],
  names: RuleNames,
  findings: Findings,
): readonly RuleDocument[] => {
  checkKeys(entry, KEEP_KEYS);
  const tags = patternsOf(entry.field('patterns'), findings);
  if (tags.length === 0) return [];
  const [pushed, pulled] = (['mostRecentlyPushedCount', 'mostRecentlyPulledCount'] as const).map((key) => {
    const count = entry.field(key).optional((field) => countOf(field, 0));
    return count === 0 ? undefined : count;
  });
  const [pushedWithin, pulledWithin] = (['pushedWithin', 'pulledWithin'] as const).map((key) =>
    entry.field(key).optional(durationOf),
  );
  const base = { repos, tags, count: 'tags' } as const;
  if (pushed === undefined && pulled === undefined && pushedWithin === undefined && pulledWithin === undefined)
    return [{ name: names.of(name), ...base }];
  const last = pushed ?? pulled;
  const main: RuleDocument = {
    ...base,
    name: names.of(name),
    ...(last === undefined
      ? {}
      : { among: 'matching', keep: { last, ...(pushed === undefined ? { by: 'used' } : {}) } }),
    ...(pushedWithin === undefined ? {} : { keepWithin: pushedWithin }),
    ...(pulledWithin === undefined ? {} : { keepUsedWithin: pulledWithin }),
    expire: 'rest',
  };
  if (pushed === undefined || pulled === undefined) return [main];
  // Two orders count, and what comes first in either stays.
  const byUse: RuleDocument = {
    ...base,
    name: names.of(`${name} by use`),
    among: 'matching',
    keep: { last: pulled, by: 'used' },
    else: 'next',
  };
  return [byUse, main];
};

const reposOf = (policy: Cursor, scope: Scope): readonly string[] => {
  const list = policy.field('repositories');
  const items = list.array();
  if (items.length === 0) refuse(list, 'at least one pattern');
  return items.map((item) => {
    const repos = doublestarRepos(item.string()) ?? refuse(item, 'a pattern');
    return 'glob' in repos ? scope.below(repos.glob) : scope.belowExpression(repos.source);
  });
};

const policyRules = (
  policy: Cursor,
  title: string,
  delay: string,
  scope: Scope,
  names: RuleNames,
  findings: Findings,
): readonly RuleDocument[] => {
  checkKeys(policy, ['repositories', 'deleteReferrers', 'deleteUntagged', 'keepTags']);
  const repos = reposOf(policy, scope);
  const entries = policy.field('keepTags').optional((field) => field.array(), 'null is absent') ?? [];
  const tagged = entries.flatMap((entry, at) =>
    keepRules(entry, `${title} keepTags ${at + 1}`, repos, names, findings),
  );
  const others: RuleDocument =
    entries.length === 0
      ? { name: names.of(`${title} tags`), repos }
      : { name: names.of(`${title} other tags`), repos, expire: 'rest' };
  if (policy.field('deleteReferrers').optional((field) => field.boolean()) !== true)
    findings.differs(policy, 'referrers go with what they refer to; here deleteReferrers is always true');
  const deletes = policy.field('deleteUntagged').optional((field) => field.boolean()) ?? true;
  const untagged: RuleDocument = {
    name: names.of(`${title} untagged`),
    repos,
    state: 'untagged',
    ...(deletes ? { expire: { olderThan: delay } } : {}),
  };
  return [...tagged, others, untagged];
};

/** The part of a whole configuration, or that part alone. */
const retentionIn = (cursor: Cursor, findings: Findings): Cursor => {
  if (!cursor.field('storage').present) return cursor;
  const storage = cursor.field('storage');
  const paths = storage.field('subPaths');
  if (paths.present) findings.notCarried(paths, 'only the retention of the main storage is read');
  return storage.field('retention');
};

export const importZot: Importer = (cursor, scope, findings) => {
  const retention = retentionIn(cursor, findings);
  checkKeys(retention, ['dryRun', 'delay', 'policies']);
  if (retention.field('dryRun').optional((field) => field.boolean()) === true)
    findings.wider(retention.field('dryRun'), 'the original removes nothing, since it is a dry run');
  const delay = retention.field('delay').optional(durationOf) ?? DEFAULT_DELAY;
  const names = new RuleNames();
  return documentOf(
    retention
      .field('policies')
      .array()
      .flatMap((policy, at) => policyRules(policy, `policy ${at + 1}`, delay, scope, names, findings)),
  );
};
