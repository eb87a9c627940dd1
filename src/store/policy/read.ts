import { ToolError } from '../../base/error.js';
import type { JsonValue } from '../../base/json.js';
import { parseJson } from '../../base/json-parse.js';
import type { Limits as ReadLimits } from '../../base/limits.js';
import { loadValidator } from '../../base/schema.js';
import { tryParseReference } from '../../oci/reference.js';
import type {
  Duration,
  Expire,
  Limits,
  Per,
  Policy,
  PolicyDocument,
  Protect,
  ProtectDocument,
  Rule,
  RuleDocument,
} from './language.js';
import { patternFault } from './match.js';
import { amountOf, durationOf } from './measure.js';

/** Says no, with a place. */
type Refuse = (pointer: string, expected: string, found: string) => never;

const refuseIn =
  (subject: string): Refuse =>
  (pointer, expected, found) => {
    throw new ToolError('POLICY_INVALID', 'not a lifecycle policy', {
      subject,
      pointer,
      expected,
      found,
      hint: 'docs/policies.md describes the language',
    });
  };

const ANY_REPO: readonly string[] = ['**'];
const ANY_TAG: readonly string[] = ['*'];

const readDuration = (text: string | undefined, pointer: string, refuse: Refuse): Duration | undefined =>
  text === undefined ? undefined : (durationOf(text) ?? refuse(pointer, 'a duration such as 30d', text));

const checkPatterns = (patterns: readonly string[] | undefined, pointer: string, refuse: Refuse): void => {
  for (const [at, pattern] of (patterns ?? []).entries()) {
    const fault = patternFault(pattern);
    if (fault !== undefined) refuse(`${pointer}/${at}`, 'a pattern', fault);
  }
};

/** A tag in a pattern of repositories would make it fit nothing. */
const checkRepos = (patterns: readonly string[] | undefined, pointer: string, refuse: Refuse): void => {
  checkPatterns(patterns, pointer, refuse);
  for (const [at, pattern] of (patterns ?? []).entries()) {
    if (pattern.startsWith('/')) continue;
    const plain = pattern.replaceAll(/\*\*|\*|\?/g, 'x');
    if (pattern.includes('@') || tryParseReference(`${plain}:x`) === undefined)
      refuse(`${pointer}/${at}`, 'a pattern of repositories, without a tag', pattern);
  }
};

const readPer = (text: string | undefined): Per =>
  text === undefined || text === 'repo'
    ? { kind: 'repo' }
    : text === 'semver-minor'
      ? { kind: 'semver-minor' }
      : { kind: 'label', key: text.slice('label:'.length) };

const readExpire = (expire: RuleDocument['expire'], pointer: string, refuse: Refuse): 'rest' | Expire | undefined => {
  if (expire === undefined || expire === 'rest') return expire;
  const olderThan = readDuration(expire.olderThan, `${pointer}/olderThan`, refuse);
  const unusedFor = readDuration(expire.unusedFor, `${pointer}/unusedFor`, refuse);
  return {
    ...(olderThan === undefined ? {} : { olderThan }),
    ...(unusedFor === undefined ? {} : { unusedFor }),
    ...(expire.moreThan === undefined ? {} : { moreThan: expire.moreThan }),
  };
};

const readRule = (rule: RuleDocument, pointer: string, refuse: Refuse): Rule => {
  checkRepos(rule.repos, `${pointer}/repos`, refuse);
  checkPatterns(rule.tags, `${pointer}/tags`, refuse);
  const expire = readExpire(rule.expire, `${pointer}/expire`, refuse);
  const counts = rule.keep?.last !== undefined || (typeof expire === 'object' && expire.moreThan !== undefined);
  if (counts && rule.count === undefined)
    refuse(`${pointer}/count`, '"tags" or "images", since the rule counts', 'nothing');
  if (rule.among !== undefined && !counts) refuse(`${pointer}/among`, 'a rule that counts', 'a rule that does not');
  if (rule.among === 'expiring' && typeof expire !== 'object')
    refuse(`${pointer}/among`, 'conditions under expire', 'none');
  if (rule.state === 'untagged' && rule.tags !== undefined)
    refuse(`${pointer}/tags`, 'none, since the state is untagged', 'patterns');
  const keepWithin = readDuration(rule.keepWithin, `${pointer}/keepWithin`, refuse);
  const keepUsedWithin = readDuration(rule.keepUsedWithin, `${pointer}/keepUsedWithin`, refuse);
  return {
    name: rule.name,
    repos: rule.repos ?? ANY_REPO,
    tags: rule.tags ?? ANY_TAG,
    match: rule.match ?? 'any',
    state: rule.state ?? 'tagged',
    count: rule.count ?? 'tags',
    among: rule.among ?? 'rule',
    ...(rule.keep?.last === undefined ? {} : { last: rule.keep.last }),
    per: readPer(rule.keep?.per),
    by: rule.keep?.by ?? 'tagged',
    ...(keepWithin === undefined ? {} : { keepWithin }),
    ...(keepUsedWithin === undefined ? {} : { keepUsedWithin }),
    ...(expire === undefined ? {} : { expire }),
    otherwise: rule.else ?? 'keep',
  };
};

const readProtect = (protect: ProtectDocument, pointer: string, refuse: Refuse): Protect => {
  checkRepos(protect.repos, `${pointer}/repos`, refuse);
  checkPatterns(protect.tags, `${pointer}/tags`, refuse);
  return { ...protect, labels: protect.labels ?? {} };
};

const readLimits = (limits: PolicyDocument['limits'], refuse: Refuse): Limits => {
  const amount = (key: 'maxSize' | 'minFree'): Limits => {
    const text = limits?.[key];
    if (text === undefined) return {};
    return { [key]: amountOf(text) ?? refuse(`/limits/${key}`, 'a size such as 20GB, or at most 100%', text) };
  };
  return { ...amount('maxSize'), ...amount('minFree') };
};

/**
 * The meaning of a document that fits the schema.
 * @throws {ToolError} POLICY_INVALID
 */
export const policyOf = (document: PolicyDocument, subject: string): Policy => {
  const refuse = refuseIn(subject);
  const rules = (document.rules ?? []).map((rule, at) => readRule(rule, `/rules/${at}`, refuse));
  const names = new Set<string>();
  for (const [at, { name }] of rules.entries()) {
    if (names.has(name)) refuse(`/rules/${at}/name`, 'a name that no other rule has', name);
    names.add(name);
  }
  const trash = readDuration(document.defaults?.trash, '/defaults/trash', refuse);
  if (trash?.milliseconds === 0) refuse('/defaults/trash', 'some time, since what goes rests', trash.text);
  return {
    ...(trash === undefined ? {} : { trash }),
    protect: (document.protect ?? []).map((protect, at) => readProtect(protect, `/protect/${at}`, refuse)),
    rules,
    limits: readLimits(document.limits, refuse),
    document,
  };
};

/** @throws {ToolError} POLICY_INVALID */
export const policyFromJson = async (value: JsonValue, subject: string): Promise<Policy> => {
  const [issue] = (await loadValidator('policy'))(value);
  if (issue !== undefined) refuseIn(subject)(issue.pointer, issue.expected, issue.found);
  return policyOf(value as unknown as PolicyDocument, subject);
};

/**
 * Reads a policy from its file.
 * @param subject what the file is called in errors
 * @throws {ToolError} POLICY_INVALID, JSON_*
 */
export const parsePolicy = (bytes: Uint8Array, subject: string, limits: ReadLimits): Promise<Policy> =>
  policyFromJson(parseJson(bytes, { subject, depth: limits.jsonDepth }), subject);
