import type { Note } from '../../base/event.js';
import { compareBytes } from '../../base/order.js';
import { utf8 } from '../../base/bytes.js';
import { type Digest, digestOf, tryParseKnownDigest } from '../../oci/digest.js';
import { canonicalText } from '../canonical-text.js';
import { type Verdict, type Why, decide } from './decide.js';
import type { Policy } from './language.js';
import { chooseForLimits } from './limit.js';
import { protectTest } from './match.js';
import { type Candidate, type PolicyImage, type PolicyStock, candidatesOf } from './stock.js';

/** Why something stays or goes, in the whole of a policy and its store. */
export type Reason =
  | Why
  | 'protected'
  | 'pinned'
  | 'leased'
  | 'immutable'
  /** An index that stays contains it. */
  | 'contained'
  /** It goes or stays with what it refers to. */
  | 'follows'
  | 'limit';

/** What becomes of one name, or of one image without a name. */
export interface Decision {
  /** The name, or the digest. */
  readonly subject: string;
  readonly digest: Digest;
  readonly repo: string;
  /** `untag`: the name goes, and the image stays under others. `remove`: the image goes with it. */
  readonly action: 'keep' | 'untag' | 'remove';
  readonly why: Reason;
  /** Name of the rule that decided. */
  readonly rule?: string;
  readonly reason: string;
}

/** What a policy does to a store, before it is done. */
export interface Plan {
  /** Of the policy and of all that would be done; no time is in it. */
  readonly id: Digest;
  /** By name; images without a name last. */
  readonly decisions: readonly Decision[];
  /** Names that go from images that stay. */
  readonly untag: readonly { readonly name: string; readonly digest: Digest; readonly reason: string }[];
  /** Images that go with all of their names. */
  readonly remove: readonly { readonly digest: Digest; readonly names: readonly string[]; readonly reason: string }[];
  /** Why nothing may be done, as errors, and what the user should know. */
  readonly notes: readonly Note[];
}

interface Draft {
  readonly candidate: Candidate;
  readonly goes: boolean;
  readonly why: Reason;
  readonly rule?: string;
  readonly reason: string;
}

const FALLBACK_TAG = /^sha256-([0-9a-f]{64})(?:\.[\w-]+)?$/;

/** What a candidate refers to: its subject, or the image that its tag names as signing tools do. */
const subjectOf = ({ image, tag }: Candidate): Digest | undefined => {
  const hex = FALLBACK_TAG.exec(tag ?? '')?.[1];
  return image.subject ?? (hex === undefined ? undefined : tryParseKnownDigest(`sha256:${hex}`));
};

const NOT_DECIDED: Verdict = { action: 'keep', why: 'unmatched', reason: 'no rule decides about it' };

/** A policy with its protections ready to be asked. */
interface Shield {
  readonly policy: Policy;
  readonly protects: readonly ReturnType<typeof protectTest>[];
}

/** What the rules say, and above them what protects and holds. */
const overlay = ({ policy, protects }: Shield, candidate: Candidate, verdict: Verdict): Draft => {
  const { image, name, repo, tag, subject } = candidate;
  const rule = verdict.rule === undefined ? undefined : policy.rules[verdict.rule]?.name;
  const base = { candidate, ...(rule === undefined ? {} : { rule }) };
  const asked = { repo, ...(tag === undefined ? {} : { tag }), digest: image.digest, labels: image.labels };
  const at = protects.findIndex((protect) => protect(asked));
  if (at >= 0) return { candidate, goes: false, why: 'protected', reason: `protected by entry ${at + 1}` };
  const held = name?.held ?? image.held;
  if (verdict.action === 'expire' && held !== undefined)
    return { ...base, goes: false, why: held, reason: `${subject} would go: ${verdict.reason}; but it is ${held}` };
  return { ...base, goes: verdict.action === 'expire', why: verdict.why, reason: verdict.reason };
};

const byDigest = (drafts: readonly Draft[]): ReadonlyMap<Digest, readonly Draft[]> => {
  const groups = new Map<Digest, Draft[]>();
  for (const draft of drafts) {
    const { digest } = draft.candidate.image;
    const group = groups.get(digest);
    if (group === undefined) groups.set(digest, [draft]);
    else group.push(draft);
  }
  return groups;
};

/** Images all of whose names go. */
const goingOf = (drafts: readonly Draft[]): ReadonlySet<Digest> =>
  new Set([...byDigest(drafts)].filter(([, group]) => group.every(({ goes }) => goes)).map(([digest]) => digest));

/** What an index that stays contains, stays too, with all of its names. */
const keepContained = (
  drafts: readonly Draft[],
  going: ReadonlySet<Digest>,
  images: readonly PolicyImage[],
): readonly Draft[] => {
  const owners = new Map<Digest, string>();
  for (const { digest, names, contains } of images) {
    if (going.has(digest)) continue;
    const title = names.map(({ name }) => name).toSorted(compareBytes)[0] ?? digest;
    for (const child of contains) {
      const other = owners.get(child);
      if (other === undefined || compareBytes(title, other) < 0) owners.set(child, title);
    }
  }
  return drafts.map((draft) => {
    const owner = owners.get(draft.candidate.image.digest);
    if (owner === undefined || !draft.goes) return draft;
    return { ...draft, goes: false, why: 'contained', reason: `part of ${owner}, which stays` };
  });
};

/** What refers to an image goes when all that has the image goes, and stays with it otherwise. */
const follow = (
  shield: Shield,
  followers: readonly Candidate[],
  drafts: readonly Draft[],
  images: readonly PolicyImage[],
): readonly Draft[] => {
  const going = new Set(goingOf(drafts));
  const ownersOf = new Map<Digest, Digest[]>();
  for (const { digest, contains } of images) {
    for (const part of [digest, ...contains]) {
      const owners = ownersOf.get(part);
      if (owners === undefined) ownersOf.set(part, [digest]);
      else owners.push(digest);
    }
  }
  const isGone = (subject: Digest): boolean => ownersOf.get(subject)?.every((owner) => going.has(owner)) ?? false;
  const judge = (candidate: Candidate): Draft => {
    const subject = subjectOf(candidate);
    if (subject === undefined || !isGone(subject))
      return { candidate, goes: false, why: 'follows', reason: `refers to ${subject ?? 'an image'}` };
    return overlay(shield, candidate, { action: 'expire', why: 'follows', reason: `refers to ${subject}, which goes` });
  };
  let found = followers.map(judge);
  for (let known = going.size; ; known = going.size) {
    for (const digest of goingOf(found)) going.add(digest);
    if (known === going.size) return found;
    found = followers.map(judge);
  }
};

/** Each of the two may keep what the other lets go, so both are asked until nothing changes; less goes each time. */
const settle = (
  shield: Shield,
  ruled: readonly Draft[],
  followers: readonly Candidate[],
  images: readonly PolicyImage[],
): readonly Draft[] => {
  let drafts: readonly Draft[] = [...ruled, ...follow(shield, followers, ruled, images)];
  for (;;) {
    const going = goingOf(drafts);
    const kept = keepContained(ruled, going, images);
    const next = [...kept, ...keepContained(follow(shield, followers, kept, images), going, images)];
    if (goingOf(next).size === going.size) return next;
    drafts = next;
  }
};

/** Share of a repository's names, in percent, beyond which nothing is done unless the user insists. */
const MOST_OF_REPO = 50;

const guard = (decisions: readonly Decision[], named: ReadonlySet<string>): readonly Note[] => {
  const repos = new Map<string, { all: number; going: number }>();
  for (const { repo, subject, action } of decisions) {
    if (!named.has(subject)) continue;
    const counts = repos.get(repo) ?? { all: 0, going: 0 };
    counts.all += 1;
    if (action !== 'keep') counts.going += 1;
    repos.set(repo, counts);
  }
  return [...repos]
    .filter(([, { all, going }]) => going * 100 > all * MOST_OF_REPO)
    .toSorted(([a], [b]) => compareBytes(a, b))
    .map(([subject, { all, going }]) => ({
      code: 'POLICY_GUARD',
      severity: 'error',
      message: 'more than half of a repository would go',
      subject,
      expected: `at most ${MOST_OF_REPO} % of ${all} names`,
      found: `${going}`,
    }));
};

const byName = (a: Draft, b: Draft): number =>
  Number(a.candidate.tag === undefined) - Number(b.candidate.tag === undefined) ||
  compareBytes(a.candidate.subject, b.candidate.subject);

/** Whether something refers to an image of the store, listed or inside another; without a name, to any image. */
const isFollower = (candidate: Candidate, present: ReadonlySet<Digest>): boolean => {
  const subject = subjectOf(candidate);
  if (subject === undefined || subject === candidate.image.digest) return false;
  return candidate.tag === undefined || present.has(subject);
};

const idOf = (policy: Policy, untag: Plan['untag'], remove: Plan['remove']): Digest =>
  digestOf(
    utf8(
      canonicalText({
        policy: policy.document,
        remove: remove.map(({ digest, names }) => ({ digest, names })),
        untag: untag.map(({ digest, name }) => ({ digest, name })),
      }),
    ),
  );

/**
 * What a policy does to a store. The same for the same policy and stock: neither a clock nor the order of the images
 * matters.
 */
export const planPolicy = (policy: Policy, stock: PolicyStock): Plan => {
  const all = candidatesOf(stock.images);
  const present = new Set(stock.images.flatMap(({ digest, contains }) => [digest, ...contains]));
  const followers = all.filter((candidate) => isFollower(candidate, present));
  const following = new Set(followers.map(({ subject }) => subject));
  const candidates = all.filter(({ subject }) => !following.has(subject));
  const shield = { policy, protects: policy.protect.map(protectTest) };
  const verdicts = decide(policy.rules, candidates, stock.now).of;
  const ruled = candidates.map((candidate) =>
    overlay(shield, candidate, verdicts.get(candidate.subject) ?? NOT_DECIDED),
  );
  const chosen = chooseForLimits(policy.limits, ruled, stock);
  const limited = ruled.map((draft): Draft => {
    const reason = chosen.going.get(draft.candidate.image.digest);
    return reason === undefined || draft.goes ? draft : { ...draft, goes: true, why: 'limit', reason };
  });
  const drafts = settle(shield, limited, followers, stock.images).toSorted(byName);
  const going = goingOf(drafts);
  const decisions = drafts.map(({ candidate, goes, why, rule, reason }): Decision => ({
    subject: candidate.subject,
    digest: candidate.image.digest,
    repo: candidate.repo,
    action: going.has(candidate.image.digest) ? 'remove' : goes ? 'untag' : 'keep',
    why,
    ...(rule === undefined ? {} : { rule }),
    reason,
  }));
  const untag = decisions
    .filter(({ action }) => action === 'untag')
    .map(({ subject, digest, rule, reason }) => ({
      name: subject,
      digest,
      reason: rule === undefined ? reason : `${rule}: ${reason}`,
    }));
  const remove = [...byDigest(drafts)]
    .filter(([digest]) => going.has(digest))
    .map(([digest, group]) => ({
      digest,
      names: group.flatMap(({ candidate }) => (candidate.tag === undefined ? [] : [candidate.subject])),
      reason: [...new Set(group.map(({ rule, reason }) => (rule === undefined ? reason : `${rule}: ${reason}`)))].join(
        '; ',
      ),
    }))
    .toSorted((a, b) => compareBytes(a.digest, b.digest));
  const named = new Set(candidates.filter(({ tag }) => tag !== undefined).map(({ subject }) => subject));
  return {
    id: idOf(policy, untag, remove),
    decisions,
    untag,
    remove,
    notes: [...guard(decisions, named), ...chosen.notes],
  };
};
