import { describe, expect, it } from 'vitest';
import type { PolicyDocument } from '../../../../src/store/policy/language.js';
import { lintPolicy } from '../../../../src/store/policy/lint.js';
import { policyOf } from '../../../../src/store/policy/read.js';
import { digestFor, stockOf } from '../../../support/policy-stock.js';

const STOCK = stockOf([
  { image: 'a', names: { 'registry.example/app:pr-1': 5, 'registry.example/app:v1': 5 }, labels: { keep: 'yes' } },
]);

const lint = (document: Omit<PolicyDocument, 'version'>, stock?: typeof STOCK): readonly string[] =>
  lintPolicy(policyOf({ version: 1, ...document }, 'policy.json'), stock).map(
    ({ code, severity, pointer }) => `${severity} ${code} ${pointer}`,
  );

const OLD = { olderThan: '30d' };

describe('a policy without faults', () => {
  it('has no findings', () => {
    const rules = [
      { name: 'pr', tags: ['pr-*'], expire: OLD },
      { name: 'v', tags: ['v*'], count: 'tags', keep: { last: 3 }, expire: 'rest' },
    ] as const;
    expect(lint({ protect: [{ tags: ['v1'] }], rules })).toEqual([]);
    expect(lint({ protect: [{ tags: ['v1'] }], rules }, STOCK)).toEqual([]);
  });
});

describe('rules that never decide', () => {
  it.for<[line: string, first: object, then: object, isFound: boolean]>([
    ['the same', { tags: ['pr-*'] }, { tags: ['pr-*'] }, true],
    ['a wider one first', {}, { tags: ['pr-*'], repos: ['registry.example/**'] }, true],
    ['a tag of a pattern', { tags: ['pr-*', 'v*'] }, { tags: ['pr-1', 'v2'] }, true],
    ['one tag more', { tags: ['pr-*'] }, { tags: ['pr-1', 'v2'] }, false],
    ['other repositories', { repos: ['a/**'], tags: ['pr-*'] }, { tags: ['pr-*'] }, false],
    ['a rule that passes on', { tags: ['pr-*'], else: 'next' }, { tags: ['pr-*'] }, false],
    ['another state', { tags: ['pr-*'] }, { state: 'untagged' }, false],
    ['any state', { state: 'any', tags: ['pr-*'] }, { state: 'untagged' }, true],
    ['a rule for all of some tags', { tags: ['a*', 'b*'], match: 'all', count: 'images' }, { tags: ['a*'] }, false],
  ])('%s', ([, first, then, isFound]) => {
    const found = lint({
      rules: [
        { name: 'first', expire: OLD, ...first },
        { name: 'then', expire: OLD, ...then },
      ],
    }).filter((line) => line.includes('UNREACHABLE'));
    expect(found).toEqual(isFound ? ['error POLICY_UNREACHABLE /rules/1'] : []);
  });

  it('because of what the store holds', () => {
    const rules = [
      { name: 'first', tags: ['/^pr/'], expire: OLD },
      { name: 'then', tags: ['pr-*'], expire: OLD },
    ];
    expect(lint({ rules })).toEqual([]);
    expect(lint({ rules }, STOCK)).toEqual(['warning POLICY_UNREACHABLE /rules/1']);
  });
});

describe('what fits nothing', () => {
  it('is a rule', () => {
    expect(lint({ rules: [{ name: 'r', tags: ['rc-*'], expire: OLD }] }, STOCK)).toEqual([
      'warning POLICY_MATCHES_NOTHING /rules/0',
    ]);
  });

  it('is a part of a protection', () => {
    const protect = [
      { tags: ['v1', 'v2'] },
      { repos: ['registry.example/app', 'registry.example/ap'] },
      { labels: { keep: 'no' } },
      { digests: [digestFor('a'), digestFor('b')] },
    ];
    expect(lint({ protect, rules: [{ name: 'r', tags: ['pr-*'], expire: OLD }] }, STOCK)).toEqual([
      'warning POLICY_PROTECTS_NOTHING /protect/0/tags/1',
      'warning POLICY_PROTECTS_NOTHING /protect/1/repos/1',
      'warning POLICY_PROTECTS_NOTHING /protect/2/labels',
      'warning POLICY_PROTECTS_NOTHING /protect/3/digests/1',
    ]);
  });
});

describe('rules that could remove everything', () => {
  it.for<[line: string, rule: object, found: readonly string[]]>([
    ['all at once', { expire: 'rest' }, ['error POLICY_REMOVES_ALL /rules/0/expire']],
    ['all that is old', { expire: OLD }, ['warning POLICY_REMOVES_ALL /rules/0/expire']],
    ['all but some', { count: 'tags', keep: { last: 1 }, expire: OLD }, []],
    ['all beyond some', { count: 'tags', expire: { moreThan: 1 } }, []],
    ['all beyond none', { count: 'tags', expire: { moreThan: 0 } }, ['warning POLICY_REMOVES_ALL /rules/0/expire']],
    ['some tags', { tags: ['pr-*'], expire: 'rest' }, []],
    ['no tags', { state: 'untagged', expire: 'rest' }, []],
  ])('%s', ([, rule, found]) => {
    expect(lint({ rules: [{ name: 'r', ...rule }] })).toEqual(found);
  });

  it('after others have kept something', () => {
    const keep = { name: 'k', count: 'tags', keep: { last: 3 }, else: 'next' } as const;
    expect(lint({ rules: [keep, { name: 'r', expire: 'rest' }] })).toEqual([
      'warning POLICY_REMOVES_ALL /rules/1/expire',
    ]);
  });
});

describe('contradictions', () => {
  const tags = ['pr-*'];
  it.for<[line: string, document: Omit<PolicyDocument, 'version'>, pointer: string]>([
    ['ages', { rules: [{ name: 'r', tags, keepWithin: '90d', expire: OLD }] }, '/rules/0/expire/olderThan'],
    [
      'uses',
      { rules: [{ name: 'r', tags, keepUsedWithin: '5d', expire: { unusedFor: '5d' } }] },
      '/rules/0/expire/unusedFor',
    ],
    [
      'counts',
      { rules: [{ name: 'r', tags, count: 'tags', keep: { last: 5 }, expire: { moreThan: 4 } }] },
      '/rules/0/expire/moreThan',
    ],
    ['protections', { protect: [{ tags }], rules: [{ name: 'r', tags, expire: OLD }] }, '/rules/0'],
    ['whole repositories', { protect: [{ repos: ['**'] }], rules: [{ name: 'r', tags, expire: OLD }] }, '/rules/0'],
  ])('of %s', ([, document, pointer]) => {
    expect(lint(document)).toEqual([`error POLICY_CONTRADICTION ${pointer}`]);
  });
});

describe('idle parts', () => {
  it.for<[line: string, document: Omit<PolicyDocument, 'version'>, pointers: readonly string[]]>([
    ['nothing at all', {}, ['']],
    ['keep without expire', { rules: [{ name: 'r', count: 'tags', keep: { last: 1 } }] }, ['', '/rules/0/keep']],
    ['a rule without a word', { rules: [{ name: 'r', else: 'next' }] }, ['', '/rules/0']],
    ['limits alone', { limits: { maxSize: '1GB' } }, []],
  ])('%s', ([, document, pointers]) => {
    expect(lint(document)).toEqual(pointers.map((pointer) => `warning POLICY_IDLE ${pointer}`));
  });
});
