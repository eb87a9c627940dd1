import type { Note } from '../../base/event.js';
import { type RuleUse, decide } from './decide.js';
import type { Duration, Policy, Protect, Rule } from './language.js';
import { protectTest, repoTest, tagTest } from './match.js';
import { type PolicyStock, candidatesOf } from './stock.js';

interface Named {
  readonly rule: Rule;
  readonly pointer: string;
}

const finding = (
  code: Note['code'],
  severity: Note['severity'],
  subject: string,
  message: string,
  pointer: string,
): Note => ({ code, severity, message, subject, pointer });

const isPlain = (pattern: string): boolean => !pattern.startsWith('/') && !/[*?]/.test(pattern);

/** Whether one pattern fits everything that the other does, as far as that can be seen. */
const covers = (general: string, special: string, all: readonly string[], test: typeof tagTest): boolean =>
  general === special || all.includes(general) || (isPlain(special) && test(general)(special));

const coversAll = (
  general: readonly string[],
  special: readonly string[],
  all: readonly string[],
  test: typeof tagTest,
): boolean => special.every((pattern) => general.some((wider) => covers(wider, pattern, all, test)));

const ALL_REPOS = ['**'];
const ALL_TAGS = ['*', '**'];

const coversRepos = (general: readonly string[], special: readonly string[]): boolean =>
  coversAll(general, special, ALL_REPOS, repoTest);
const coversTags = (general: readonly string[], special: readonly string[]): boolean =>
  coversAll(general, special, ALL_TAGS, tagTest);

const coversState = (general: Rule['state'], special: Rule['state']): boolean =>
  general === 'any' || general === special;

/** Whether a rule leaves nothing to a later one. */
const shadows = (earlier: Rule, later: Rule): boolean =>
  earlier.otherwise === 'keep' &&
  earlier.match === 'any' &&
  coversState(earlier.state, later.state) &&
  coversRepos(earlier.repos, later.repos) &&
  (later.state === 'untagged' || coversTags(earlier.tags, later.tags));

const protectsAll = (protect: Protect, rule: Rule): boolean =>
  Object.keys(protect.labels).length === 0 &&
  protect.digests === undefined &&
  (protect.repos === undefined || coversRepos(protect.repos, rule.repos)) &&
  (protect.tags === undefined || (rule.state === 'tagged' && coversTags(protect.tags, rule.tags)));

const isLonger = (a: Duration | undefined, b: Duration | undefined): boolean =>
  a !== undefined && b !== undefined && a.milliseconds >= b.milliseconds;

const contradictions = ({ rule, pointer }: Named, { protect }: Policy): readonly Note[] => {
  if (rule.expire === undefined) return [];
  const error = (message: string, place: string): Note =>
    finding('POLICY_CONTRADICTION', 'error', rule.name, message, `${pointer}${place}`);
  const { olderThan, unusedFor, moreThan } = rule.expire === 'rest' ? {} : rule.expire;
  return [
    ...(isLonger(rule.keepWithin, olderThan)
      ? [error('keepWithin keeps for longer than olderThan asks', '/expire/olderThan')]
      : []),
    ...(isLonger(rule.keepUsedWithin, unusedFor)
      ? [error('keepUsedWithin keeps for longer than unusedFor asks', '/expire/unusedFor')]
      : []),
    ...(rule.last !== undefined && moreThan !== undefined && rule.last > moreThan
      ? [error('keep.last keeps more than moreThan lets', '/expire/moreThan')]
      : []),
    ...(protect.some((entry) => protectsAll(entry, rule))
      ? [error('all that the rule could remove is protected', '')]
      : []),
  ];
};

const idleness = ({ rule, pointer }: Named): readonly Note[] => {
  if (rule.expire !== undefined) return [];
  const keeps = rule.last !== undefined || rule.keepWithin !== undefined || rule.keepUsedWithin !== undefined;
  if (keeps && rule.otherwise === 'keep')
    return [
      finding(
        'POLICY_IDLE',
        'warning',
        rule.name,
        'keeps everything, with its keep parts and without',
        `${pointer}/keep`,
      ),
    ];
  if (!keeps && rule.otherwise === 'next')
    return [finding('POLICY_IDLE', 'warning', rule.name, 'says nothing about anything', pointer)];
  return [];
};

/** Whether nothing says how much must be left. */
const isBoundless = ({ last, expire, tags, match, state }: Rule): boolean =>
  expire !== undefined &&
  (last ?? 0) === 0 &&
  (expire === 'rest' || (expire.moreThan ?? 0) === 0) &&
  state !== 'untagged' &&
  (match === 'any' ? tags.some((tag) => ALL_TAGS.includes(tag)) : tags.every((tag) => ALL_TAGS.includes(tag)));

const removals = ({ rule, pointer }: Named, earlier: readonly Rule[]): readonly Note[] => {
  if (!isBoundless(rule)) return [];
  const isTimed = rule.keepWithin !== undefined || rule.keepUsedWithin !== undefined || typeof rule.expire === 'object';
  const keepsFirst = earlier.some(({ repos }) => coversRepos(repos, rule.repos));
  return [
    finding(
      'POLICY_REMOVES_ALL',
      isTimed || keepsFirst ? 'warning' : 'error',
      rule.name,
      isTimed
        ? 'could remove every tag of a repository that rests for long enough'
        : 'removes every tag that it decides',
      `${pointer}/expire`,
    ),
  ];
};

const shadowing = ({ rule, pointer }: Named, earlier: readonly Rule[]): readonly Note[] => {
  const shadow = earlier.find((other) => shadows(other, rule));
  return shadow === undefined
    ? []
    : [
        finding(
          'POLICY_UNREACHABLE',
          'error',
          rule.name,
          `never decides: "${shadow.name}" does for all that it matches`,
          pointer,
        ),
      ];
};

const useOf = ({ rule, pointer }: Named, use: RuleUse | undefined): readonly Note[] => {
  if (use === undefined) return [];
  if (use.matched === 0)
    return [finding('POLICY_MATCHES_NOTHING', 'warning', rule.name, 'matches nothing in the store', pointer)];
  if (use.decided === 0 && rule.otherwise === 'keep')
    return [
      finding('POLICY_UNREACHABLE', 'warning', rule.name, 'rules before it decide about all that it matches', pointer),
    ];
  return [];
};

/** Each pattern, label and digest of a protection by itself, so that the one that is misspelt is named. */
const partsOf = (protect: Protect): readonly (readonly [pointer: string, text: string, part: Protect])[] => [
  ...(protect.repos ?? []).map((text, at): [string, string, Protect] => [
    `/repos/${at}`,
    text,
    { ...protect, repos: [text] },
  ]),
  ...(protect.tags ?? []).map((text, at): [string, string, Protect] => [
    `/tags/${at}`,
    text,
    { ...protect, tags: [text] },
  ]),
  ...(protect.digests ?? []).map((text, at): [string, string, Protect] => [
    `/digests/${at}`,
    text,
    { ...protect, digests: [text] },
  ]),
  ...Object.entries(protect.labels).map(([key, value]): [string, string, Protect] => [
    '/labels',
    `${key}=${value}`,
    protect,
  ]),
];

const protections = ({ protect }: Policy, stock: PolicyStock): readonly Note[] => {
  const candidates = candidatesOf(stock.images).map(({ repo, tag, image }) => ({
    repo,
    ...(tag === undefined ? {} : { tag }),
    digest: image.digest,
    labels: image.labels,
  }));
  return protect.flatMap((entry, at) =>
    partsOf(entry)
      .filter(([, , part]) => !candidates.some(protectTest(part)))
      .map(([pointer, text]) =>
        finding(
          'POLICY_PROTECTS_NOTHING',
          'warning',
          text,
          'protects nothing in the store',
          `/protect/${at}${pointer}`,
        ),
      ),
  );
};

const isHarmless = ({ rules, limits }: Policy): boolean =>
  rules.every(({ expire }) => expire === undefined) && limits.maxSize === undefined && limits.minFree === undefined;

/**
 * What is odd about a policy, by itself and, where there is a store, for what the store holds.
 */
export const lintPolicy = (policy: Policy, stock?: PolicyStock): readonly Note[] => {
  const uses = stock === undefined ? undefined : decide(policy.rules, candidatesOf(stock.images), stock.now).uses;
  const named = policy.rules.map((rule, at): Named => ({ rule, pointer: `/rules/${at}` }));
  return [
    ...(isHarmless(policy)
      ? [finding('POLICY_IDLE', 'warning', 'policy', 'removes nothing: no rule has an expire part', '')]
      : []),
    ...named.flatMap((rule, at) => {
      const earlier = policy.rules.slice(0, at);
      const shadowed = shadowing(rule, earlier);
      return [
        ...shadowed,
        ...contradictions(rule, policy),
        ...idleness(rule),
        ...removals(rule, earlier),
        ...(shadowed.length > 0 ? [] : useOf(rule, uses?.[at])),
      ];
    }),
    ...(stock === undefined ? [] : protections(policy, stock)),
  ];
};
