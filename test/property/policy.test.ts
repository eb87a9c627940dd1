import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PolicyDocument, ProtectDocument, RuleDocument } from '../../src/store/policy/language.js';
import type { Plan } from '../../src/store/policy/plan.js';
import type { PolicyStock } from '../../src/store/policy/stock.js';
import { type ImageSketch, afterPlan, digestFor, planOf, stockOf } from '../support/policy-stock.js';

const REPOS = ['registry.example/a', 'registry.example/b', 'docker.io/library/c'];
const TAGS = ['latest', 'v1.0.0', 'v1.0.1', 'v1.10.0', 'v2.0.0-rc.1', 'pr-1', 'pr-2', 'pr-10'];
const IMAGES = ['i', 'j', 'k', 'l', 'm', 'n'];

const days = fc.integer({ min: 0, max: 60 });
const duration = days.map((count) => `${count}d`);
const labels = fc.constantFrom<Readonly<Record<string, string>>>({}, { keep: 'yes' }, { app: 'x' }, { app: 'y' });

/** Images of a store: each name belongs to one of them. */
const sketches = fc
  .tuple(
    fc.uniqueArray(
      fc.tuple(fc.constantFrom(...REPOS), fc.constantFrom(...TAGS), fc.constantFrom(...IMAGES), fc.option(days)),
      {
        selector: ([repo, tag]) => `${repo}:${tag}`,
        maxLength: 14,
      },
    ),
    fc.tuple(
      ...IMAGES.map(() =>
        fc.record({
          labels,
          used: fc.option(days),
          untagged: days,
          held: fc.constantFrom(undefined, undefined, undefined, 'pinned' as const, 'leased' as const),
          contains: fc.subarray(IMAGES, { maxLength: 2 }),
          subject: fc.option(fc.constantFrom(...IMAGES), { freq: 5 }),
          lastName: fc.option(fc.constantFrom(...REPOS)),
          size: fc.nat(100),
        }),
      ),
    ),
  )
  .map(([names, images]) =>
    IMAGES.map((image, at): ImageSketch => {
      const { used, held, subject, lastName, contains, size, untagged, labels: own } = images[at] ?? never();
      const mine = names.filter(([, , owner]) => owner === image);
      const later = contains.filter((other) => other > image);
      return {
        image,
        names: Object.fromEntries(mine.map(([repo, tag, , age]) => [`${repo}:${tag}`, age])),
        ...(mine.length > 0 ? {} : { untagged }),
        ...(lastName === null || mine.length > 0 ? {} : { lastName: `${lastName}:gone` }),
        ...(used === null ? {} : { used }),
        ...(held === undefined ? {} : { held }),
        ...(subject === null || subject <= image ? {} : { subject }),
        labels: own,
        contains: later,
        blobs: { shared: 50, [image]: size },
      };
    }),
  );

const never = (): never => {
  throw new Error('an image too many');
};

const repos = fc.subarray(['**', ...REPOS, 'registry.example/*', 'nowhere.example/**'], { minLength: 1, maxLength: 2 });
const tags = fc.subarray(['*', 'v*', 'pr-*', 'latest', '/^v1\\./', 'none-*'], { minLength: 1, maxLength: 2 });

const rule = fc
  .record({
    repos: fc.option(repos),
    tags: fc.option(tags),
    match: fc.constantFrom<RuleDocument['match']>('any', 'all'),
    state: fc.constantFrom<RuleDocument['state']>('tagged', 'untagged', 'any'),
    count: fc.constantFrom<RuleDocument['count']>('tags', 'images'),
    last: fc.option(fc.nat(3)),
    per: fc.constantFrom('repo', 'semver-minor', 'label:app'),
    by: fc.constantFrom<NonNullable<RuleDocument['keep']>['by']>('tagged', 'imported', 'used', 'semver', 'name'),
    keepWithin: fc.option(duration),
    keepUsedWithin: fc.option(duration),
    expire: fc.oneof(
      fc.constant(undefined),
      fc.constant('rest' as const),
      fc
        .record({ olderThan: fc.option(duration), unusedFor: fc.option(duration), moreThan: fc.option(fc.nat(3)) })
        .filter((parts) => Object.values(parts).some((part) => part !== null)),
    ),
    among: fc.constantFrom<RuleDocument['among']>('rule', 'matching', 'expiring'),
    next: fc.boolean(),
  })
  .map((parts): Omit<RuleDocument, 'name'> => {
    const { expire, last, among } = parts;
    const conditions = Object.fromEntries(Object.entries(expire ?? {}).filter(([, part]) => part !== null));
    const counts = last !== null || (typeof expire === 'object' && expire.moreThan !== null);
    const usable = counts && (among !== 'expiring' || typeof expire === 'object');
    return {
      ...(parts.repos === null ? {} : { repos: parts.repos }),
      ...(parts.tags === null || parts.state === 'untagged' ? {} : { tags: parts.tags }),
      match: parts.match ?? 'any',
      state: parts.state ?? 'tagged',
      count: parts.count ?? 'tags',
      ...(usable ? { among: among ?? 'rule' } : {}),
      keep: { per: parts.per, by: parts.by ?? 'tagged', ...(last === null ? {} : { last }) },
      ...(parts.keepWithin === null ? {} : { keepWithin: parts.keepWithin }),
      ...(parts.keepUsedWithin === null ? {} : { keepUsedWithin: parts.keepUsedWithin }),
      ...(expire === undefined ? {} : { expire: expire === 'rest' ? expire : conditions }),
      ...(parts.next ? { else: 'next' } : {}),
    };
  });

const rules = fc
  .array(rule, { maxLength: 4 })
  .map((list) => list.map((parts, at): RuleDocument => ({ ...parts, name: `rule ${at}` })));

const protect: fc.Arbitrary<ProtectDocument> = fc.oneof(
  repos.map((list) => ({ repos: list })),
  tags.map((list) => ({ tags: list })),
  fc.constant({ labels: { keep: 'yes' } }),
  fc.constantFrom(...IMAGES).map((image) => ({ digests: [digestFor(image)] })),
  fc.tuple(repos, tags).map(([some, list]) => ({ repos: some, tags: list })),
);

type Unversioned = Omit<PolicyDocument, 'version'>;

const policy: fc.Arbitrary<Unversioned> = fc.record({ rules, protect: fc.array(protect, { maxLength: 2 }) });
const limits = fc.record({ maxSize: fc.nat(400).map((size) => `${size}B`) });
const limited: fc.Arbitrary<Unversioned> = fc
  .tuple(policy, limits)
  .map(([parts, some]) => ({ ...parts, limits: some }));

const gone = (plan: Plan): ReadonlySet<string> =>
  new Set(plan.decisions.filter(({ action }) => action !== 'keep').map(({ subject }) => subject));

/** Stocks with the time and the disk that the sketches do not tell. */
const stock: fc.Arbitrary<PolicyStock> = sketches.map((list) => stockOf(list));

describe('any policy', () => {
  it('decides about everything once, and its lists say the same as its decisions', () => {
    fc.assert(
      fc.property(limited, stock, (parts, images) => {
        const plan = planOf(parts, images);
        const subjects = images.images.flatMap(({ digest, names }) =>
          names.length === 0 ? [digest] : names.map(({ name }) => name),
        );
        expect(plan.decisions.map(({ subject }) => subject).toSorted()).toEqual(subjects.toSorted());
        const listed = [
          ...plan.untag.map(({ name }) => name),
          ...plan.remove.flatMap(({ digest, names }) => (names.length === 0 ? [digest] : names)),
        ];
        expect(new Set(listed)).toEqual(gone(plan));
      }),
    );
  });

  it('never lets go of what is protected, held or unknown, nor of what an image that stays contains', () => {
    fc.assert(
      fc.property(limited, stock, (parts, images) => {
        const plan = planOf(parts, images);
        const removed = new Set(plan.remove.map(({ digest }) => digest));
        const protectedBy = planOf({ rules: [], protect: parts.protect ?? [] }, images).decisions;
        const safe = new Set(protectedBy.filter(({ why }) => why === 'protected').map(({ subject }) => subject));
        for (const subject of gone(plan)) expect(safe.has(subject)).toBe(false);
        for (const { digest, held, contains } of images.images) {
          if (held !== undefined) expect(removed.has(digest)).toBe(false);
          if (!removed.has(digest)) for (const part of contains) expect(removed.has(part)).toBe(false);
        }
      }),
    );
  });

  it('removes an image only if all of its names go, and a name only if a rule, a limit or its subject says so', () => {
    fc.assert(
      fc.property(limited, stock, (parts, images) => {
        const plan = planOf(parts, images);
        const leaving = gone(plan);
        for (const { digest, names } of plan.remove) {
          const image = images.images.find((other) => other.digest === digest);
          expect(names.toSorted()).toEqual(image?.names.map(({ name }) => name).toSorted());
        }
        for (const { subject, why } of plan.decisions)
          if (leaving.has(subject)) expect(['expired', 'limit', 'follows']).toContain(why);
      }),
    );
  });

  it('removes no more when something is protected in addition', () => {
    fc.assert(
      fc.property(policy, protect, stock, (parts, more, images) => {
        const before = gone(planOf(parts, images));
        const after = gone(planOf({ ...parts, protect: [...(parts.protect ?? []), more] }, images));
        for (const subject of after) expect(before.has(subject)).toBe(true);
      }),
    );
  });

  it('removes nothing if it matches nothing', () => {
    fc.assert(
      fc.property(rules, stock, (list, images) => {
        const elsewhere = list.map((one) => ({ ...one, repos: ['nowhere.example/**'] }));
        expect(gone(planOf({ rules: elsewhere, limits: { maxSize: '1B' } }, images)).size).toBe(0);
      }),
    );
  });

  it('makes the same plan for every order of the images', () => {
    fc.assert(
      fc.property(limited, stock, fc.integer(), (parts, images, seed) => {
        const shuffled = images.images.toSorted(
          (a, b) => ((a.digest.charCodeAt(10) * seed) % 7) - ((b.digest.charCodeAt(10) * seed) % 7),
        );
        expect(planOf(parts, { ...images, images: shuffled })).toEqual(planOf(parts, images));
      }),
    );
  });
});

/** Rules that count what other rules decide, or what else would go, may let more go once some are gone. */
const settled = policy.map(({ rules: list = [], ...rest }): Unversioned => ({ ...rest, rules: list }));

describe('a policy that was applied', () => {
  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(settled, stock, (parts, images) => {
        const plan = planOf(parts, images);
        const again = planOf(parts, afterPlan(images, plan));
        expect([again.untag, again.remove]).toEqual([[], []]);
      }),
    );
  });
});
