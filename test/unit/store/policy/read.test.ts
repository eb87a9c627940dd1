import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../../../src/base/limits.js';
import { parsePolicy } from '../../../../src/store/policy/read.js';
import { failureOf } from '../../../support/memory-place.js';

const read = (value: unknown): ReturnType<typeof parsePolicy> =>
  parsePolicy(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)), 'policy.json', DEFAULT_LIMITS);

const rule = (parts: Readonly<Record<string, unknown>>): unknown => ({ version: 1, rules: [{ name: 'r', ...parts }] });

describe('a policy', () => {
  it('gets its defaults', async () => {
    expect(await read(rule({}))).toMatchObject({
      protect: [],
      limits: {},
      rules: [
        {
          name: 'r',
          repos: ['**'],
          tags: ['*'],
          match: 'any',
          state: 'tagged',
          count: 'tags',
          among: 'rule',
          per: { kind: 'repo' },
          by: 'tagged',
          otherwise: 'keep',
        },
      ],
    });
  });

  it('has units', async () => {
    const policy = await read({
      version: 1,
      defaults: { keepUnmatched: true, trash: '3d' },
      limits: { maxSize: '20GB', minFree: '10%', order: 'lru' },
      rules: [
        {
          name: 'r',
          count: 'images',
          keep: { last: 2, per: 'label:app', by: 'semver' },
          keepWithin: '1w',
          expire: { olderThan: '90d', moreThan: 5 },
        },
      ],
    });
    expect(policy).toMatchObject({
      trash: { milliseconds: 259_200_000 },
      limits: { maxSize: { bytes: 20_000_000_000 }, minFree: { percent: 10 } },
      rules: [
        {
          last: 2,
          per: { kind: 'label', key: 'app' },
          by: 'semver',
          keepWithin: { milliseconds: 604_800_000 },
          expire: { olderThan: { text: '90d' }, moreThan: 5 },
        },
      ],
    });
  });

  it.for<[line: string, value: unknown, pointer: string]>([
    ['is an object', '[]', ''],
    ['has a version', {}, '/version'],
    ['of this version', { version: 2 }, '/version'],
    ['has no other members', { version: 1, rule: [] }, '/rule'],
    ['keeps what is unmatched', { version: 1, defaults: { keepUnmatched: false } }, '/defaults/keepUnmatched'],
    ['rests for some time', { version: 1, defaults: { trash: '0s' } }, '/defaults/trash'],
    ['protects something', { version: 1, protect: [{}] }, '/protect/0'],
    ['protects whole digests', { version: 1, protect: [{ digests: ['sha256:12'] }] }, '/protect/0/digests/0'],
    ['has names for its rules', { version: 1, rules: [{}] }, '/rules/0/name'],
    ['has one name for one rule', { version: 1, rules: [{ name: 'a' }, { name: 'a' }] }, '/rules/1/name'],
    ['spells members as they are', rule({ keep_last: 3 }), '/rules/0/keep_last'],
    ['has durations', rule({ keepWithin: '30' }), '/rules/0/keepWithin'],
    ['has durations that end', rule({ expire: { olderThan: '1y' } }), '/rules/0/expire/olderThan'],
    ['has a condition under expire', rule({ expire: {} }), '/rules/0/expire'],
    ['knows no other word there', rule({ expire: 'all' }), '/rules/0/expire'],
    ['counts up to something', rule({ count: 'tags', keep: { last: -1 } }), '/rules/0/keep/last'],
    ['says what it counts for last', rule({ keep: { last: 1 } }), '/rules/0/count'],
    ['says what it counts for moreThan', rule({ expire: { moreThan: 1 } }), '/rules/0/count'],
    ['counts something', rule({ among: 'matching' }), '/rules/0/among'],
    [
      'expires what it counts',
      rule({ count: 'tags', keep: { last: 1 }, among: 'expiring', expire: 'rest' }),
      '/rules/0/among',
    ],
    ['groups in a known way', rule({ keep: { per: 'week' } }), '/rules/0/keep/per'],
    ['groups by a label with a name', rule({ keep: { per: 'label:' } }), '/rules/0/keep/per'],
    ['orders in a known way', rule({ keep: { by: 'created' } }), '/rules/0/keep/by'],
    ['has no tags for untagged', rule({ state: 'untagged', tags: ['a'] }), '/rules/0/tags'],
    ['has a pattern at least', rule({ tags: [] }), '/rules/0/tags'],
    ['has expressions that are some', rule({ tags: ['/(/'] }), '/rules/0/tags/0'],
    ['has repositories without tags', rule({ repos: ['app:1'] }), '/rules/0/repos/0'],
    ['has limits that are sizes', { version: 1, limits: { maxSize: 'much' } }, '/limits/maxSize'],
    ['has limits that can be', { version: 1, limits: { minFree: '200%' } }, '/limits/minFree'],
    ['goes by use alone', { version: 1, limits: { order: 'fifo' } }, '/limits/order'],
  ])('%s', async ([, value, pointer]) => {
    const error = await failureOf(() => read(value));
    expect([error.code, error.details.pointer, error.details.subject]).toEqual([
      'POLICY_INVALID',
      pointer,
      'policy.json',
    ]);
  });

  it('is JSON', async () => {
    expect((await failureOf(() => read('version: 1'))).code).toBe('JSON_SYNTAX');
    expect((await failureOf(() => read('{"version":1,"version":1}'))).code).toBe('JSON_DUPLICATE_KEY');
  });
});
