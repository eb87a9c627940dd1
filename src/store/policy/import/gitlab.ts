import type { Cursor } from '../../../oci/decode.js';
import type { RuleDocument } from '../language.js';
import { tryDuration } from '../measure.js';
import { readExpression, searchPattern } from './expression.js';
import { type Importer, checkKeys, countOf, documentOf, refuse } from './foreign.js';

/**
 * Cleanup policies of GitLab's container registry.
 * @see https://docs.gitlab.com/user/packages/container_registry/reduce_container_registry_storage/#how-the-cleanup-policy-works
 */

const WRAPPERS = ['container_expiration_policy_attributes', 'container_expiration_policy'];

/** As the interface takes it, or the policy alone. */
const policyIn = (cursor: Cursor): Cursor => {
  const key = WRAPPERS.find((name) => cursor.field(name).present);
  if (key === undefined) return cursor;
  checkKeys(cursor, [key]);
  return cursor.field(key);
};

const textOf = (cursor: Cursor): string | undefined => {
  const text = cursor.optional((field) => field.string(), 'null is absent');
  return text === '' ? undefined : text;
};

/** GitLab puts the ends around the text as it stands, so that in `a|b` one belongs to each half. */
const anchored = (text: string): string | undefined => {
  const expression = readExpression(text);
  if (expression === undefined) return undefined;
  return searchPattern({ ...expression, source: `^${expression.source}$` });
};

const KEYS = [
  'cadence',
  'enabled',
  'keep_n',
  'older_than',
  'name_regex',
  'name_regex_delete',
  'name_regex_keep',
  'next_run_at',
];

export const importGitlab: Importer = (cursor, scope, findings) => {
  const policy = policyIn(cursor);
  checkKeys(policy, KEYS);
  if (policy.field('enabled').optional((field) => field.boolean()) === false)
    findings.wider(policy.field('enabled'), 'the original removes nothing, since it is not enabled');
  if (policy.field('cadence').present) findings.differs(policy.field('cadence'), 'Ingot runs when it is run');
  const [remove, keep] = [
    policy.field('name_regex_delete').present ? policy.field('name_regex_delete') : policy.field('name_regex'),
    policy.field('name_regex_keep'),
  ];
  const [removeText, keepText] = [textOf(remove), textOf(keep)];
  if (removeText === undefined) return refuse(remove, 'an expression of tags that may go');
  const repos = scope.tree;
  const rules: RuleDocument[] = [{ name: 'latest', repos, tags: ['latest'] }];
  if (keepText !== undefined) {
    const pattern = anchored(keepText);
    if (pattern === undefined) findings.wider(keep, 'the expression has no counterpart: tags that it keeps would go');
    else rules.push({ name: 'name_regex_keep', repos, tags: [pattern] });
  }
  const pattern = anchored(removeText);
  if (pattern === undefined) {
    findings.notCarried(remove, 'the expression has no counterpart: nothing would go');
    return documentOf(rules);
  }
  const last = policy.field('keep_n').optional((field) => countOf(field, 0), 'null is absent');
  const older = policy.field('older_than').optional((field) => {
    const text = field.string();
    return tryDuration(text) === undefined ? refuse(field, 'a duration such as 14d') : text;
  }, 'null is absent');
  if (last !== undefined)
    findings.differs(policy.field('keep_n'), 'counted in the order of the store, not by the age of the images');
  rules.push({
    name: policy.field('name_regex_delete').present ? 'name_regex_delete' : 'name_regex',
    repos,
    tags: [pattern],
    count: 'tags',
    ...(last === undefined ? {} : { keep: { last } }),
    expire: older === undefined ? 'rest' : { olderThan: older },
  });
  return documentOf(rules);
};
