import type { Duration, Rule } from './language.js';
import { type TagsTest, reposTest, tagsTest } from './match.js';
import { type Rank, type Unit, ranksOf, unitTime, unitUsed, unitsOf } from './rank.js';
import type { Candidate } from './stock.js';

/** Why something stays or goes. */
export type Why =
  /** No rule matches it, or none of those that do had anything to say. */
  | 'unmatched'
  /** The rule removes nothing. */
  | 'rule-keeps'
  | 'last'
  | 'recent'
  | 'used'
  /** What the rule asks about is not known. */
  | 'unknown'
  /** A condition of the rule does not hold yet. */
  | 'not-due'
  | 'expired';

/** What a rule says about a candidate. */
export interface Verdict {
  readonly action: 'keep' | 'expire';
  readonly why: Why | 'follows';
  /** Place in the policy, from 0; absent if no rule decided. */
  readonly rule?: number;
  /** In words, for people. */
  readonly reason: string;
}

type Opinion = Omit<Verdict, 'rule'>;

const keep = (why: Why, reason: string): Opinion => ({ action: 'keep', why, reason });

interface Conditions {
  readonly rule: Rule;
  readonly now: number;
  readonly ranks: ReadonlyMap<string, Rank>;
  /** Keys of the units that were counted. */
  readonly counted: ReadonlySet<string>;
}

const ordinal = (place: number): string => `number ${place + 1}`;

const among = (rule: Rule, group: string): string => `of ${group === '' ? 'the unnamed' : group} by ${rule.by}`;

const within = (time: number | undefined, now: number, { milliseconds }: Duration): boolean | undefined =>
  time === undefined ? undefined : now - time <= milliseconds;

/** What the keep parts say; undefined if they do not keep it. */
const keptBy = (unit: Unit, { rule, now, ranks, counted }: Conditions): Opinion | undefined => {
  if (rule.last !== undefined) {
    const rank = ranks.get(unit.key);
    if (rank === undefined && counted.has(unit.key))
      return keep('unknown', `no place in the order by ${rule.by}, so it stays`);
    if (rank !== undefined && rank.place < rule.last)
      return keep('last', `${ordinal(rank.place)} ${among(rule, rank.group)}, and the last ${rule.last} stay`);
  }
  const parts: readonly (readonly [Duration | undefined, number | undefined, Why, string])[] = [
    [rule.keepWithin, unitTime(unit), 'recent', 'changed'],
    [rule.keepUsedWithin, unitUsed(unit), 'used', 'used'],
  ];
  for (const [duration, time, why, verb] of parts) {
    if (duration === undefined) continue;
    const isWithin = within(time, now, duration);
    if (isWithin === undefined) return keep('unknown', `nobody knows when it was ${verb}, so it stays`);
    if (isWithin) return keep(why, `${verb} within ${duration.text}`);
  }
  return undefined;
};

/** Each condition with its answer; undefined where nobody knows. */
const conditionsOf = (
  unit: Unit,
  { rule, now, ranks }: Conditions,
): readonly (readonly [answer: boolean | undefined, text: string])[] => {
  const { expire } = rule;
  if (expire === undefined || expire === 'rest') return [];
  const { olderThan, unusedFor, moreThan } = expire;
  const age = (time: number | undefined, duration: Duration): boolean | undefined => {
    const isWithin = within(time, now, duration);
    return isWithin === undefined ? undefined : !isWithin;
  };
  const rank = ranks.get(unit.key);
  const place = rank === undefined ? '' : `${ordinal(rank.place)} ${among(rule, rank.group)}, `;
  return [
    ...(olderThan === undefined ? [] : [[age(unitTime(unit), olderThan), `older than ${olderThan.text}`] as const]),
    ...(unusedFor === undefined ? [] : [[age(unitUsed(unit), unusedFor), `unused for ${unusedFor.text}`] as const]),
    ...(moreThan === undefined
      ? []
      : [[rank === undefined ? undefined : rank.place >= moreThan, `${place}more than ${moreThan}`] as const]),
  ];
};

const judge = (unit: Unit, conditions: Conditions): Opinion | 'next' => {
  const { rule } = conditions;
  const kept = keptBy(unit, conditions);
  if (kept !== undefined) return kept;
  if (rule.expire === 'rest') return { action: 'expire', why: 'expired', reason: 'not among what the rule keeps' };
  if (rule.expire === undefined) {
    return rule.otherwise === 'next' ? 'next' : keep('rule-keeps', 'the rule removes nothing');
  }
  const answers = conditionsOf(unit, conditions);
  const unmet = answers.filter(([answer]) => answer === false);
  if (unmet.length > 0) {
    if (rule.otherwise === 'next') return 'next';
    return keep('not-due', `not yet: ${unmet.map(([, text]) => text).join(', ')}`);
  }
  if (answers.some(([answer]) => answer === undefined)) return keep('unknown', 'what the rule asks about is not known');
  return { action: 'expire', why: 'expired', reason: answers.map(([, text]) => text).join(', ') };
};

interface Matcher {
  readonly repos: (repo: string) => boolean;
  readonly tags: TagsTest;
}

const matches = (unit: Unit, rule: Rule, { repos, tags }: Matcher): boolean => {
  const [first] = unit.members;
  if (first === undefined || !repos(first.repo)) return false;
  const names = unit.members.flatMap(({ tag }) => (tag === undefined ? [] : [tag]));
  if (names.length === 0) return rule.state !== 'tagged';
  return rule.state !== 'untagged' && tags(names);
};

/** The units of a rule that would expire if the number of them did not matter. */
const expiring = (units: readonly Unit[], rule: Rule, now: number): readonly Unit[] => {
  const { last: _last, expire, ...rest } = rule;
  const { moreThan: _moreThan, ...times } = typeof expire === 'object' ? expire : {};
  const timed: Rule = { ...rest, expire: times };
  return units.filter((unit) => {
    const opinion = judge(unit, { rule: timed, now, ranks: new Map(), counted: new Set() });
    return opinion !== 'next' && opinion.action === 'expire';
  });
};

/** What a rule matches and what it decides, for those who ask about the rules themselves. */
export interface RuleUse {
  readonly matched: number;
  readonly decided: number;
  readonly expired: number;
}

export interface Verdicts {
  readonly of: ReadonlyMap<string, Verdict>;
  readonly uses: readonly RuleUse[];
}

/**
 * What the rules say about each candidate, by its subject: the first rule that matches it and has something to say.
 * What is not in the result, no rule decides.
 */
export const decide = (rules: readonly Rule[], candidates: readonly Candidate[], now: number): Verdicts => {
  const verdicts = new Map<string, Verdict>();
  const uses: RuleUse[] = [];
  for (const [at, rule] of rules.entries()) {
    const matcher = { repos: reposTest(rule.repos), tags: tagsTest(rule.tags, rule.match) };
    const fits = (unit: Unit): boolean => matches(unit, rule, matcher);
    const matching = unitsOf(candidates, rule).filter(fits);
    const open = candidates.filter(({ subject }) => !verdicts.has(subject));
    const mine = unitsOf(open, rule).filter(fits);
    const pool = rule.among === 'matching' ? matching : rule.among === 'expiring' ? expiring(mine, rule, now) : mine;
    const counted = new Set(pool.map(({ key }) => key));
    const conditions: Conditions = { rule, now, ranks: ranksOf(pool, rule), counted };
    let [decided, expired] = [0, 0];
    for (const unit of mine) {
      const opinion = judge(unit, conditions);
      if (opinion === 'next') continue;
      decided += unit.members.length;
      if (opinion.action === 'expire') expired += unit.members.length;
      for (const { subject } of unit.members) verdicts.set(subject, { ...opinion, rule: at });
    }
    const matched = matching.reduce((sum, { members }) => sum + members.length, 0);
    uses.push({ matched, decided, expired });
  }
  return { of: verdicts, uses };
};
