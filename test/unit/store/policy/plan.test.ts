import { describe, expect, it } from 'vitest';
import {
  DAY,
  type ImageSketch,
  NOW,
  afterPlan,
  digestFor,
  goneOf,
  planOf,
  stockOf,
} from '../../../support/policy-stock.js';

const R = 'registry.example/app';
const named = (image: string, days: number | null, ...tags: string[]): ImageSketch => ({
  image,
  names: Object.fromEntries(tags.map((tag) => [tag.includes('/') ? tag : `${R}:${tag}`, days])),
});
const tags = (...names: string[]): string[] => names.map((name) => `${R}:${name}`).toSorted();

const decisionOf = (plan: ReturnType<typeof planOf>, subject: string): unknown => {
  const found = plan.decisions.find((decision) => decision.subject === subject);
  return found === undefined ? undefined : [found.action, found.why, found.rule];
};

const LAST_TWO = { name: 'two', count: 'tags', keep: { last: 2 }, expire: 'rest' } as const;

describe('the order', () => {
  it('is that of the store, whatever the images say and however many came at one time', () => {
    // All on one day: the store's numbers alone tell them apart.
    const stock = stockOf([named('a', 5, 'z'), named('b', 5, 'y'), named('c', 5, 'x')]);
    expect(goneOf(planOf({ rules: [LAST_TWO] }, stock))).toEqual(tags('z'));
  });

  it('does not depend on the order of the list', () => {
    const stock = stockOf([named('a', 5, 'z'), named('b', 5, 'y'), named('c', 5, 'x')]);
    const plan = planOf({ rules: [LAST_TWO] }, stock);
    expect(planOf({ rules: [LAST_TWO] }, { ...stock, images: stock.images.toReversed() })).toEqual(plan);
  });

  it('breaks ties by the tag as people count, then by the digest', () => {
    const stock = stockOf([named('a', 5, 'v9'), named('b', 5, 'v10'), named('c', 5, 'v2')]);
    const images = stock.images.map((image) => ({
      ...image,
      names: image.names.map((name) => ({ ...name, seq: 1 })),
    }));
    expect(goneOf(planOf({ rules: [LAST_TWO] }, { ...stock, images }))).toEqual(tags('v2'));
    const untagged = ['a', 'b', 'c'].map((image): ImageSketch => ({ image, untagged: 5, lastName: `${R}:x` }));
    const same = stockOf(untagged);
    const tied = { ...same, images: same.images.map((image) => ({ ...image, seq: 1 })) };
    const rule = { ...LAST_TWO, state: 'untagged', count: 'images' } as const;
    const last = ['a', 'b', 'c'].map(digestFor).toSorted().at(-1);
    expect(planOf({ rules: [rule] }, tied).remove.map(({ digest }) => digest)).toEqual([last]);
  });

  it.for([
    ['tagged', ['v1.10.0', 'v1.9.0']],
    ['name', ['v1.9.0', 'v1.10.0']],
    ['semver', ['v1.9.0', 'v1.10.0-rc']],
    ['used', ['v1.10.0', 'v1.10.1']],
  ] as const)('by %s', ([by, gone]) => {
    const stock = stockOf([
      { ...named('a', 40, 'v1.10.0'), used: 39 },
      { ...named('b', 30, 'v1.9.0'), used: 1 },
      { ...named('c', 20, 'v1.10.0-rc'), used: 2 },
      { ...named('d', 18, 'v1.10.1'), used: 17 },
    ]);
    const rule = { ...LAST_TWO, keep: { last: 2, by } };
    expect(goneOf(planOf({ rules: [rule] }, stock))).toEqual(tags(...gone));
  });
});

describe('groups', () => {
  const stock = stockOf([
    named('a', 60, 'v1.0.0'),
    named('b', 50, 'v1.0.1'),
    named('c', 40, 'v1.1.0'),
    named('d', 30, 'main'),
    named('e', 20, 'registry.example/other:v1.0.0'),
  ]);
  const one = { name: 'one', count: 'tags', expire: 'rest' } as const;

  it('are repositories', () => {
    const plan = planOf({ rules: [{ ...one, keep: { last: 1 } }] }, stock);
    expect(goneOf(plan)).toEqual(tags('v1.0.0', 'v1.0.1', 'v1.1.0'));
  });

  it('are minor versions, and what is no version stays', () => {
    const plan = planOf({ rules: [{ ...one, keep: { last: 1, per: 'semver-minor', by: 'semver' } }] }, stock);
    expect(goneOf(plan)).toEqual(tags('v1.0.0'));
    expect(decisionOf(plan, `${R}:main`)).toEqual(['keep', 'unknown', 'one']);
  });

  it('are values of a label, and what lacks it stays', () => {
    const labelled = stockOf([
      { ...named('a', 60, '1'), labels: { branch: 'x' } },
      { ...named('b', 50, '2'), labels: { branch: 'y' } },
      { ...named('c', 40, '3'), labels: { branch: 'x' } },
      named('d', 30, '4'),
    ]);
    const plan = planOf({ rules: [{ ...one, keep: { last: 1, per: 'label:branch' } }] }, labelled);
    expect(goneOf(plan)).toEqual(tags('1'));
    expect(decisionOf(plan, `${R}:4`)).toEqual(['keep', 'unknown', 'one']);
  });
});

describe('what is counted', () => {
  const stock = stockOf([named('a', 30, '1'), named('b', 20, '2', '2-again'), named('c', 10, '3', 'x')]);

  it('are tags', () => {
    expect(goneOf(planOf({ rules: [LAST_TWO] }, stock))).toEqual(tags('1', '2', '2-again'));
  });

  it('are images, with all of their tags in the repository', () => {
    const rule = { ...LAST_TWO, count: 'images', tags: ['1', '2', '3'] } as const;
    expect(goneOf(planOf({ rules: [rule] }, stock))).toEqual(tags('1'));
    expect(goneOf(planOf({ rules: [{ ...rule, keep: { last: 1 } }] }, stock))).toEqual(tags('1', '2', '2-again'));
  });

  it('are images whose tags fit all patterns', () => {
    const rule = { name: 'both', count: 'images', tags: ['2', '*-again'], match: 'all', expire: 'rest' } as const;
    expect(goneOf(planOf({ rules: [rule] }, stock))).toEqual(tags('2', '2-again'));
  });

  it('is what the rule decides, or all that it matches, or what would expire', () => {
    const first = { name: 'first', tags: ['3', 'x'] };
    const then = { name: 'then', count: 'tags', keep: { last: 1 }, expire: { olderThan: '15d' } } as const;
    const gone = (among: 'rule' | 'matching' | 'expiring'): readonly string[] =>
      goneOf(planOf({ rules: [first, { ...then, among }] }, stock));
    expect(gone('rule')).toEqual(tags('1', '2'));
    expect(gone('matching')).toEqual(tags('1', '2', '2-again'));
    const all = { ...then, among: 'expiring' } as const;
    expect(goneOf(planOf({ rules: [all] }, stock))).toEqual(tags('1', '2'));
    expect(goneOf(planOf({ rules: [{ ...all, among: 'rule' }] }, stock))).toEqual(tags('1', '2', '2-again'));
  });
});

describe('rules', () => {
  const stock = stockOf([
    named('a', 100, 'pr-1'),
    named('b', 50, 'pr-2'),
    named('c', 10, 'pr-3'),
    named('d', 400, 'v1'),
  ]);

  it('decide in their order, each tag once', () => {
    const plan = planOf(
      {
        rules: [
          { name: 'second', tags: ['pr-2'] },
          { name: 'all', tags: ['pr-*'], expire: { olderThan: '30d' } },
        ],
      },
      stock,
    );
    expect(goneOf(plan)).toEqual(tags('pr-1'));
    expect(plan.decisions.map(({ subject, why, rule }) => [subject, why, rule])).toEqual([
      [`${R}:pr-1`, 'expired', 'all'],
      [`${R}:pr-2`, 'rule-keeps', 'second'],
      [`${R}:pr-3`, 'not-due', 'all'],
      [`${R}:v1`, 'unmatched', undefined],
    ]);
  });

  it('may leave what they do not keep to the next', () => {
    const keep = { name: 'keep', keepWithin: '60d', else: 'next' } as const;
    const plan = planOf({ rules: [keep, { name: 'rest', tags: ['pr-*'], expire: 'rest' }] }, stock);
    expect(goneOf(plan)).toEqual(tags('pr-1'));
    expect(decisionOf(plan, `${R}:pr-2`)).toEqual(['keep', 'recent', 'keep']);
    expect(decisionOf(plan, `${R}:v1`)).toEqual(['keep', 'unmatched', undefined]);
  });

  it('need every condition', () => {
    const used = stockOf([
      { ...named('a', 100, '1'), used: 1 },
      { ...named('b', 100, '2'), used: 50 },
      named('c', 100, '3'),
      named('d', 10, '4'),
    ]);
    const rule = { name: 'r', count: 'tags', expire: { olderThan: '30d', unusedFor: '20d', moreThan: 2 } } as const;
    expect(goneOf(planOf({ rules: [rule] }, used))).toEqual(tags('1', '2').slice(1));
  });

  it('keep for any of their keep parts', () => {
    const used = stockOf([
      { ...named('a', 100, '1'), used: 3 },
      named('b', 90, '2'),
      named('c', 2, '3'),
      named('d', 1, '4'),
    ]);
    const rule = { ...LAST_TWO, keep: { last: 1 }, keepWithin: '7d', keepUsedWithin: '5d' } as const;
    expect(goneOf(planOf({ rules: [rule] }, used))).toEqual(tags('2'));
  });

  it('keep what is exactly as old as they ask', () => {
    const rule = { name: 'r', expire: { olderThan: '50d' } };
    expect(goneOf(planOf({ rules: [rule] }, stock))).toEqual(tags('pr-1', 'v1'));
  });

  it('find images without a name only if they say so', () => {
    const sketches: ImageSketch[] = [
      { image: 'a', untagged: 50, lastName: `${R}:x` },
      { image: 'b', untagged: 10, lastName: `${R}:x` },
      { image: 'c', untagged: 50 },
    ];
    const old = { name: 'r', expire: { olderThan: '30d' } };
    const gone = (parts: object): readonly string[] =>
      goneOf(planOf({ rules: [{ ...old, ...parts }] }, stockOf(sketches)), sketches);
    expect(gone({})).toEqual([]);
    expect(gone({ state: 'untagged' })).toEqual(['a', 'c']);
    expect(gone({ state: 'any', tags: ['pr-*'] })).toEqual(['a', 'c']);
    expect(gone({ state: 'untagged', repos: ['registry.example/**'] })).toEqual(['a']);
  });

  it('take a label of a layout for a tag of no repository', () => {
    const labels = stockOf([{ image: 'a', names: { '1': 50, tool: 50 } }]);
    const rule = { name: 'r', tags: ['1'], expire: { olderThan: '30d' } };
    expect(goneOf(planOf({ rules: [rule] }, labels))).toEqual(['1']);
    expect(goneOf(planOf({ rules: [{ ...rule, repos: ['docker.io/**'] }] }, labels))).toEqual([]);
  });
});

describe('what is not known', () => {
  it.for([
    ['olderThan', { expire: { olderThan: '1d' } }],
    ['unusedFor', { expire: { unusedFor: '1d' } }],
    ['keepWithin', { keepWithin: '1d', expire: 'rest' }],
    ['keepUsedWithin', { keepUsedWithin: '1d', expire: 'rest' }],
    ['keep.last', { count: 'tags', keep: { last: 0 }, expire: 'rest' }],
    ['moreThan', { count: 'tags', expire: { moreThan: 0 } }],
    [
      'the order among what expires',
      { count: 'tags', keep: { last: 0, by: 'semver' }, among: 'expiring', expire: { olderThan: '1d' } },
    ],
  ] as const)('stays: %s', ([, parts]) => {
    const stock = stockOf([named('a', null, 'odd'), named('b', 500, '1.0.0')]);
    const plan = planOf({ rules: [{ name: 'r', ...parts }] }, stock);
    expect([decisionOf(plan, `${R}:odd`), goneOf(plan)]).toEqual([['keep', 'unknown', 'r'], tags('1.0.0')]);
  });

  it('comes from the future, and stays', () => {
    const stock = stockOf([named('a', -10, '1'), named('b', 5, '2')]);
    expect(goneOf(planOf({ rules: [{ name: 'r', expire: { olderThan: '0s' } }] }, stock))).toEqual(tags('2'));
  });
});

describe('an image with several names', () => {
  const both = named('a', 50, 'old', 'other', 'registry.example/elsewhere:old');

  it('loses a name and stays', () => {
    const plan = planOf({ rules: [{ name: 'r', tags: ['old'], repos: [R], expire: 'rest' }] }, stockOf([both]));
    expect([plan.untag.map(({ name }) => name), plan.remove]).toEqual([tags('old'), []]);
  });

  it('goes when all of them go', () => {
    const plan = planOf({ rules: [{ name: 'r', expire: 'rest' }] }, stockOf([both]));
    expect([plan.untag, plan.remove.map(({ names }) => names.length)]).toEqual([[], [3]]);
  });
});

describe('protection', () => {
  const stock = stockOf([
    { ...named('a', 50, 'latest', '1'), labels: { keep: 'yes' } },
    named('b', 50, '2'),
    named('c', 50, '3', 'registry.example/other:3'),
  ]);
  const all = [{ name: 'all', expire: 'rest' }] as const;

  it.for([
    [{ tags: ['latest'] }, ['1', '2', '3', 'registry.example/other:3']],
    [{ labels: { keep: 'yes' } }, ['2', '3', 'registry.example/other:3']],
    [{ labels: { keep: 'y*' } }, ['2', '3', 'registry.example/other:3']],
    [{ labels: { keep: 'no' } }, ['1', '2', '3', 'latest', 'registry.example/other:3']],
    [{ digests: [digestFor('c')] }, ['1', '2', 'latest']],
    [{ repos: ['registry.example/other'] }, ['1', '2', '3', 'latest']],
    [{ repos: [R], tags: ['3'] }, ['1', '2', 'latest', 'registry.example/other:3']],
  ] as const)('%j', ([protect, gone]) => {
    const names = gone.map((name) => (name.includes('/') ? name : `${R}:${name}`));
    expect(goneOf(planOf({ protect: [protect], rules: all }, stock))).toEqual(names.toSorted());
  });

  it('takes nothing from the count of others', () => {
    const three = stockOf([named('a', 30, '1'), named('b', 20, '2'), named('c', 10, 'latest')]);
    expect(goneOf(planOf({ protect: [{ tags: ['latest'] }], rules: [LAST_TWO] }, three))).toEqual(tags('1'));
  });
});

describe('what is held', () => {
  it.for(['pinned', 'leased'] as const)('stays and is told: %s', (held) => {
    const stock = stockOf([{ ...named('a', 50, '1', '2'), held }, named('b', 50, '3')]);
    const plan = planOf({ rules: [{ name: 'r', expire: 'rest' }] }, stock);
    expect(goneOf(plan)).toEqual(tags('3'));
    expect(decisionOf(plan, `${R}:1`)).toEqual(['keep', held, 'r']);
  });

  it.for(['pinned', 'immutable'] as const)('stays by its name: %s', (held) => {
    const stock = stockOf([{ ...named('a', 50, '1', '2'), heldNames: { [`${R}:1`]: held } }]);
    const plan = planOf({ rules: [{ name: 'r', expire: 'rest' }] }, stock);
    expect([plan.untag.map(({ name }) => name), plan.remove]).toEqual([tags('2'), []]);
    expect(decisionOf(plan, `${R}:1`)).toEqual(['keep', held, 'r']);
  });
});

describe('indexes and referrers', () => {
  const sketches: ImageSketch[] = [
    { ...named('index', 50, 'multi'), contains: ['amd64', 'inner', 'deep'] },
    { image: 'amd64', untagged: 90 },
    { ...named('inner', 90, 'inner'), contains: ['deep'] },
    { image: 'deep', untagged: 90 },
    { image: 'signature', subject: 'amd64' },
    { image: 'signed signature', subject: 'signature' },
    named('fallback', 5, `sha256-${digestFor('index').slice(7)}.sig`),
    named('orphan tag', 500, `sha256-${'0'.repeat(64)}.sig`),
    { image: 'stray', subject: 'nowhere' },
  ];
  const rules = [
    { name: 'multi', tags: ['multi'], expire: { olderThan: '70d' } },
    { name: 'all', state: 'any', expire: { olderThan: '60d' } },
  ] as const;

  it('keep what they contain', () => {
    const plan = planOf({ rules }, stockOf(sketches));
    expect(goneOf(plan, sketches)).toEqual([`${R}:sha256-${'0'.repeat(64)}.sig`]);
    expect(decisionOf(plan, digestFor('deep'))).toEqual(['keep', 'contained', 'all']);
    expect(decisionOf(plan, `${R}:inner`)).toEqual(['keep', 'contained', 'all']);
    expect(decisionOf(plan, digestFor('signature'))).toEqual(['keep', 'follows', undefined]);
  });

  it('take with them what refers to them', () => {
    const plan = planOf({ rules: [{ name: 'all', state: 'any', expire: { olderThan: '40d' } }] }, stockOf(sketches));
    expect(goneOf(plan, sketches)).toEqual(
      [
        ...tags('multi', 'inner', `sha256-${digestFor('index').slice(7)}.sig`, `sha256-${'0'.repeat(64)}.sig`),
        'amd64',
        'deep',
        'signature',
        'signed signature',
      ].toSorted(),
    );
  });

  it('stay if they are protected, though what they refer to goes', () => {
    const plan = planOf(
      {
        protect: [{ tags: ['sha256-*'] }, { digests: [digestFor('signature')] }],
        rules: [{ name: 'all', state: 'any', expire: { olderThan: '40d' } }],
      },
      stockOf(sketches),
    );
    expect(goneOf(plan, sketches)).toEqual([...tags('multi', 'inner'), 'amd64', 'deep'].toSorted());
  });
});

describe('the guard', () => {
  const half = stockOf([named('a', 50, '1'), named('b', 1, '2'), named('c', 50, 'registry.example/other:1')]);
  const rules = [{ name: 'r', repos: [R], expire: { olderThan: '30d' } }];

  it('lets half of a repository go', () => {
    expect(planOf({ rules }, half).notes).toEqual([]);
  });

  it('stops more than half', () => {
    const plan = planOf({ rules: [{ name: 'r', expire: { olderThan: '30d' } }] }, half);
    expect(plan.notes).toMatchObject([
      { code: 'POLICY_GUARD', severity: 'error', subject: 'registry.example/other', found: '1' },
    ]);
  });

  it('does not count images without a name', () => {
    const untagged = stockOf([{ image: 'a', untagged: 50, lastName: `${R}:1` }]);
    expect(planOf({ rules: [{ name: 'r', state: 'untagged', expire: 'rest' }] }, untagged).notes).toEqual([]);
  });
});

describe('limits', () => {
  const sketches: ImageSketch[] = [
    { ...named('a', 10, '1'), used: 9, blobs: { base: 50, a: 10 } },
    { ...named('b', 9, '2'), used: 1, blobs: { base: 50, b: 10 } },
    { ...named('c', 8, '3'), used: 5, blobs: { base: 50, c: 10 } },
    { ...named('d', 100, 'registry.example/other:1'), used: 90, blobs: { d: 100 } },
  ];
  const rules = [{ name: 'r', repos: [R], expire: { olderThan: '30d' } }];
  const stock = stockOf(sketches, { size: 1000, free: 100, pending: 20 });

  it('take the least recently used first, and only as much as needed', () => {
    const plan = planOf({ rules, limits: { maxSize: '165B' } }, stock);
    expect([goneOf(plan), plan.notes.map(({ code }) => code)]).toEqual([tags('1', '3'), ['POLICY_GUARD']]);
    expect(decisionOf(plan, `${R}:1`)).toEqual(['remove', 'limit', 'r']);
    expect(goneOf(planOf({ rules, limits: { maxSize: '170B' } }, stock))).toEqual(tags('1'));
    expect(goneOf(planOf({ rules, limits: { maxSize: '180B' } }, stock))).toEqual([]);
  });

  it('count blobs that several images share once', () => {
    expect(planOf({ rules, limits: { maxSize: '180B' } }, stock).notes).toEqual([]);
  });

  it('never take what no rule decides, what a rule keeps, or what is held; then they are not met', () => {
    const plan = planOf(
      {
        protect: [{ tags: ['2'] }],
        rules: [{ name: 'k', tags: ['3'], count: 'tags', keep: { last: 1 }, expire: { olderThan: '30d' } }, ...rules],
        limits: { maxSize: '10B' },
      },
      stock,
    );
    expect(goneOf(plan)).toEqual(tags('1'));
    expect(plan.notes).toMatchObject([{ code: 'POLICY_LIMIT_UNMET', severity: 'warning', found: '170 bytes' }]);
  });

  it('know the file system, and what the trash gives back', () => {
    expect(goneOf(planOf({ rules, limits: { minFree: '12%' } }, stock))).toEqual([]);
    expect(goneOf(planOf({ rules, limits: { minFree: '13%' } }, stock))).toEqual(tags('1'));
  });

  it('take nothing more the second time', () => {
    const policy = { rules, limits: { maxSize: '170B' } };
    const plan = planOf(policy, stock);
    expect(goneOf(planOf(policy, afterPlan(stock, plan)))).toEqual([]);
  });
});

describe('the id of a plan', () => {
  const stock = stockOf([named('a', 50, '1'), named('b', 1, '2')]);
  const rules = [{ name: 'r', expire: { olderThan: '30d' } }];

  it('is that of what goes, whatever the time', () => {
    const { id } = planOf({ rules }, stock);
    expect(planOf({ rules }, { ...stock, now: NOW + DAY }).id).toBe(id);
    expect(planOf({ rules }, { ...stock, now: NOW + 100 * DAY }).id).not.toBe(id);
    expect(planOf({ rules: [{ name: 'other', expire: { olderThan: '30d' } }] }, stock).id).not.toBe(id);
  });
});
