import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../../../src/base/limits.js';
import { type ConvertOptions, convertPolicy } from '../../../../src/store/policy/import/convert.js';
import { doublestarRepos, doublestarTags } from '../../../../src/store/policy/import/doublestar.js';
import { readExpression, searchPattern } from '../../../../src/store/policy/import/expression.js';
import { repoTest, tagTest } from '../../../../src/store/policy/match.js';
import { failureOf } from '../../../support/memory-place.js';

type Kind = ConvertOptions['from'];
type Convert = ReturnType<typeof convertPolicy>;

const convert = (from: Kind, value: unknown, options: Partial<ConvertOptions> = {}): Convert =>
  convertPolicy(
    Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
    'input',
    { from, for: 'registry.example/app', fix: false, allowWider: false, ...options },
    DEFAULT_LIMITS,
  );

const findingsOf = async (conversion: Convert): Promise<readonly string[]> =>
  (await conversion).findings.map(({ code, severity, pointer }) => `${severity} ${code} ${pointer}`);

const SELECTION = { tagStatus: 'tagged', tagPrefixList: ['v'], countType: 'imageCountMoreThan', countNumber: 3 };
const ecr = (selection: object, rule: object = {}): unknown => ({
  rules: [{ rulePriority: 1, selection: { ...SELECTION, ...selection }, action: { type: 'expire' }, ...rule }],
});

const RULE = {
  action: 'retain',
  template: 'always',
  params: {},
  tag_selectors: [{ kind: 'doublestar', decoration: 'matches', pattern: '**' }],
  scope_selectors: { repository: [{ kind: 'doublestar', decoration: 'repoMatches', pattern: '**' }] },
};
const harbor = (rule: object): unknown => ({ algorithm: 'or', rules: [{ ...RULE, ...rule }] });

const gcp = (condition: object, type = 'Delete'): unknown => [{ name: 'p', action: { type }, condition }];
const zot = (keepTags: readonly object[], rest: object = {}): unknown => ({
  policies: [{ repositories: ['**'], deleteReferrers: true, keepTags }],
  ...rest,
});

describe('what is no policy of its product', () => {
  it.for<[line: string, from: Kind, value: unknown, pointer: string]>([
    ['nothing', 'ecr', {}, '/rules'],
    ['no rule', 'ecr', { rules: [] }, '/rules'],
    ['another member', 'ecr', { rules: [], policy: 1 }, '/policy'],
    ['keys with underscores', 'ecr', ecr({ count_number: 3 }), '/rules/0/selection/count_number'],
    ['an action as text', 'ecr', ecr({}, { action: 'expire' }), '/rules/0/action'],
    ['another action', 'ecr', ecr({}, { action: { type: 'delete' } }), '/rules/0/action/type'],
    ['no priority', 'ecr', ecr({}, { rulePriority: undefined }), '/rules/0/rulePriority'],
    ['tagged without tags', 'ecr', ecr({ tagPrefixList: undefined }), '/rules/0/selection/tagPatternList'],
    ['tags twice', 'ecr', ecr({ tagPatternList: ['a'] }), '/rules/0/selection/tagPatternList'],
    ['no tags', 'ecr', ecr({ tagPrefixList: [] }), '/rules/0/selection/tagPrefixList'],
    ['tags for untagged', 'ecr', ecr({ tagStatus: 'untagged' }), '/rules/0/selection/tagPrefixList'],
    [
      'five wildcards',
      'ecr',
      ecr({ tagPrefixList: undefined, tagPatternList: ['*a*b*c*d*'] }),
      '/rules/0/selection/tagPatternList/0',
    ],
    ['a count of none', 'ecr', ecr({ countNumber: 0 }), '/rules/0/selection/countNumber'],
    ['a count as text', 'ecr', ecr({ countNumber: '3' }), '/rules/0/selection/countNumber'],
    ['a unit for a count', 'ecr', ecr({ countUnit: 'days' }), '/rules/0/selection/countUnit'],
    ['no unit for an age', 'ecr', ecr({ countType: 'sinceImagePushed' }), '/rules/0/selection/countUnit'],
    ['weeks', 'ecr', ecr({ countType: 'sinceImagePushed', countUnit: 'weeks' }), '/rules/0/selection/countUnit'],
    [
      'any before others',
      'ecr',
      {
        rules: [
          {
            rulePriority: 1,
            selection: { ...SELECTION, tagStatus: 'any', tagPrefixList: undefined },
            action: { type: 'expire' },
          },
          { rulePriority: 2, selection: SELECTION, action: { type: 'expire' } },
        ],
      },
      '/rules/0/rulePriority',
    ],
    [
      'one priority twice',
      'ecr',
      { rules: Array(2).fill({ rulePriority: 1, selection: SELECTION, action: { type: 'expire' } }) },
      '/rules/1/rulePriority',
    ],
    ['an object', 'gcp', {}, ''],
    ['eleven policies', 'gcp', Array(11).fill({}), ''],
    ['no action', 'gcp', [{ name: 'p', condition: {} }], '/0/action'],
    ['no condition', 'gcp', [{ name: 'p', action: { type: 'Keep' } }], '/0'],
    ['another condition', 'gcp', gcp({ tagRegex: 'a' }), '/0/condition/tagRegex'],
    ['another state', 'gcp', gcp({ tagState: 'all' }), '/0/condition/tagState'],
    ['a duration of months', 'gcp', gcp({ olderThan: '3mo' }), '/0/condition/olderThan'],
    ['tags for untagged', 'gcp', gcp({ tagState: 'untagged', tagPrefixes: ['a'] }), '/0/condition/tagPrefixes'],
    [
      'a count to delete',
      'gcp',
      [{ name: 'p', action: { type: 'Delete' }, mostRecentVersions: { keepCount: 1 } }],
      '/0/mostRecentVersions',
    ],
    ['another algorithm', 'harbor', { algorithm: 'and', rules: [] }, '/algorithm'],
    ['no rule', 'harbor', { algorithm: 'or', rules: [] }, '/rules'],
    ['another template', 'harbor', harbor({ template: 'nothing' }), '/rules/0/template'],
    ['another action', 'harbor', harbor({ action: 'delete' }), '/rules/0/action'],
    ['no parameter', 'harbor', harbor({ template: 'latestPushedK' }), '/rules/0/params/latestPushedK'],
    ['no tags', 'harbor', harbor({ tag_selectors: [] }), '/rules/0/tag_selectors'],
    [
      'another kind of selector',
      'harbor',
      harbor({ tag_selectors: [{ kind: 'label', decoration: 'with', pattern: 'a' }] }),
      '/rules/0/tag_selectors/0/kind',
    ],
    [
      'a pattern left open',
      'harbor',
      harbor({ tag_selectors: [{ kind: 'doublestar', decoration: 'matches', pattern: '{a' }] }),
      '/rules/0/tag_selectors/0/pattern',
    ],
    ['no policies', 'zot', {}, '/policies'],
    ['another member', 'zot', zot([{ keep: 1 }]), '/policies/0/keepTags/0/keep'],
    ['days', 'zot', zot([{ pushedWithin: '7d' }]), '/policies/0/keepTags/0/pushedWithin'],
    ['no expression', 'gitlab', { keep_n: 1 }, '/name_regex'],
    ['another member', 'gitlab', { name_regex: 'a', keep: 1 }, '/keep'],
    ['a month', 'gitlab', { name_regex: 'a', older_than: '1month' }, '/older_than'],
    ['another command', 'acr', 'docker system prune', ''],
    ['no filter', 'acr', 'acr purge --ago 1d', '/filters'],
    ['no time', 'acr', "acr purge --filter 'a:.*'", '/ago'],
    ['a quote left open', 'acr', "acr purge --filter 'a:.*", ''],
    ['an unknown option', 'acr', 'acr purge --filter a:b --ago 1d --all', ''],
    ['a filter without a tag', 'acr', 'acr purge --filter app --ago 1d', '/filters/0'],
    ['another method', 'quay', { method: 'size', value: 1 }, '/method'],
    ['a number as a duration', 'quay', { method: 'creation_date', value: 7 }, '/value'],
    ['none', 'quay', { method: 'number_of_tags', value: 0 }, '/value'],
  ])('%s (%s)', async ([, from, value, pointer]) => {
    const error = await failureOf(() => convert(from, value));
    expect([error.code, error.details.pointer, error.details.subject]).toEqual([
      'POLICY_FOREIGN_INVALID',
      pointer,
      'input',
    ]);
  });
});

describe('what cannot be carried over', () => {
  it.for<[line: string, from: Kind, value: unknown, findings: readonly string[]]>([
    [
      'an archive',
      'ecr',
      ecr(
        { countType: 'sinceImagePulled', countUnit: 'days' },
        { action: { type: 'transition', targetStorageClass: 'archive' } },
      ),
      ['warning POLICY_NOT_CARRIED /rules/0/action'],
    ],
    [
      'what is in the archive',
      'ecr',
      ecr({ countType: 'sinceImageTransitioned', countUnit: 'days', storageClass: 'archive' }),
      ['warning POLICY_NOT_CARRIED /rules/0/selection/storageClass'],
    ],
    ['an age at most', 'gcp', gcp({ newerThan: '1d' }), ['warning POLICY_NOT_CARRIED /0/condition/newerThan']],
    [
      'versions by their names',
      'gcp',
      gcp({ versionNamePrefixes: ['sha256:a'] }),
      ['warning POLICY_NOT_CARRIED /0/condition/versionNamePrefixes'],
    ],
    ['a keep by age', 'gcp', gcp({ olderThan: '1d' }, 'Keep'), ['warning POLICY_NOT_CARRIED /0/condition/olderThan']],
    ['a dry run', 'zot', zot([], { dryRun: true }), ['error POLICY_WIDER /dryRun']],
    [
      'an expression that keeps',
      'zot',
      zot([{ patterns: ['[[:alpha:]]+'] }]),
      ['error POLICY_WIDER /policies/0/keepTags/0/patterns/0'],
    ],
    [
      'an expression that keeps',
      'gitlab',
      { name_regex: '.*', name_regex_keep: '\\pL+' },
      ['error POLICY_WIDER /name_regex_keep'],
    ],
    ['an expression that removes', 'gitlab', { name_regex: '\\Qa\\E' }, ['warning POLICY_NOT_CARRIED /name_regex']],
    ['a policy that is off', 'gitlab', { name_regex: '.*', enabled: false }, ['error POLICY_WIDER /enabled']],
    ['images that lose their tags only', 'acr', 'acr purge --filter a:b --ago 1d', ['error POLICY_WIDER /untagged']],
    [
      'locks',
      'acr',
      'acr purge --filter a:b --ago 1d --untagged --include-locked',
      ['warning POLICY_NOT_CARRIED /includeLocked'],
    ],
    [
      'an expression of Quay',
      'quay',
      { method: 'number_of_tags', value: 1, tagPattern: '[[:digit:]]' },
      ['warning POLICY_NOT_CARRIED /tagPattern'],
    ],
    ['a rule that is off', 'harbor', harbor({ disabled: true }), ['info POLICY_NOT_CARRIED /rules/0']],
  ])('%s (%s)', async ([, from, value, findings]) => {
    const conversion = convert(from, value);
    expect(await findingsOf(conversion)).toEqual(findings);
    const isRefused = findings.some((line) => line.startsWith('error'));
    expect((await conversion).policy === undefined).toBe(isRefused);
    const allowed = await convert(from, value, { allowWider: true });
    expect([allowed.policy?.version, allowed.findings.some(({ severity }) => severity === 'error')]).toEqual([
      1,
      false,
    ]);
  });

  it.for<[from: Kind, value: unknown]>([
    ['ecr', ecr({})],
    ['gcp', gcp({})],
    ['harbor', harbor({})],
    ['zot', zot([])],
    ['gitlab', { name_regex: 'a' }],
    ['acr', 'acr purge --filter a:b --ago 1d --untagged'],
    ['quay', { method: 'number_of_tags', value: 1 }],
  ])('is where the policy of %s lies, if nobody says', async ([from, value]) => {
    const { for: _for, ...options } = { for: '', from, fix: false, allowWider: false };
    const bytes = Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
    const conversion = convertPolicy(bytes, 'input', options, DEFAULT_LIMITS);
    expect([await findingsOf(conversion), (await conversion).policy]).toEqual([['error POLICY_WIDER '], undefined]);
    const wide = await convertPolicy(bytes, 'input', { ...options, allowWider: true }, DEFAULT_LIMITS);
    expect(wide.policy).toBeDefined();
    expect((await convert(from, value, { for: '**' })).policy).toEqual(wide.policy);
  });
});

describe('--fix', () => {
  const wrong = {
    rules: [
      { selection: { tag_status: 'tagged', count_type: 'imageCountMoreThan', count_number: 10 }, action: 'expire' },
    ],
  };

  it('puts one form right, and says what', async () => {
    const { policy, findings, diff } = await convert('ecr', wrong, { fix: true });
    expect(policy?.rules).toMatchObject([{ tags: ['*'], count: 'images', expire: { moreThan: 10 } }]);
    expect(new Set(findings.map(({ code }) => code))).toEqual(new Set(['POLICY_FIXED']));
    expect(diff).toContain('+       "action": {');
    expect(diff).toContain('-       "action": "expire"');
  });

  it('does nothing to what is right', async () => {
    const { findings, diff, policy } = await convert('ecr', ecr({}), { fix: true });
    expect([findings, diff, policy]).toEqual([[], [], (await convert('ecr', ecr({}))).policy]);
  });

  it('does not guess', async () => {
    const odd = { rules: [{ ...wrong.rules[0], selection: { tag_status: 'tagged', count: 10 } }] };
    expect((await failureOf(() => convert('ecr', odd, { fix: true }))).details.pointer).toBe(
      '/rules/0/selection/count',
    );
  });
});

describe('expressions of other engines', () => {
  it.for([
    ['^v\\d+\\.\\d+$', 'v1.2', true],
    ['v1\\-rc', 'v1-rc', true],
    ['\\Av1\\z', 'v1', true],
    ['\\Av1\\z', 'v11', false],
    ['(?i)rc', '1-RC', true],
    ['(?P<major>\\d+)\\.x', '1.x', true],
    ['[\\w-]+\\_a', 'b_a', true],
  ] as const)('%s against %s: %s', ([source, tag, expected]) => {
    const expression = readExpression(source);
    expect(expression === undefined ? undefined : tagTest(searchPattern(expression))(tag)).toBe(expected);
  });

  it.for(['[[:alpha:]]', '\\pL', '\\Qa\\E', '(?s).', '(?U)a+', '(', 'a{2,1}', '[]a]', '\\h', '(?>a)', '(?i:a)'])(
    '%s is refused',
    (source) => {
      expect(readExpression(source)).toBeUndefined();
    },
  );
});

describe('patterns of doublestar', () => {
  it.for([
    ['**', 'anything', true],
    ['v*', 'v1', true],
    ['{latest,v?}', 'latest', true],
    ['{latest,v?}', 'v1', true],
    ['{latest,v?}', 'v10', false],
    ['{a,{b,c}}d', 'cd', true],
    ['[0-9]*', '1.0', true],
    ['[!0-9]*', '1.0', false],
    ['[^0-9]*', 'v1', true],
    ['a\\*', 'a*', true],
    ['a\\*', 'ab', false],
  ] as const)('%s against the tag %s: %s', ([pattern, tag, expected]) => {
    expect(tagTest(doublestarTags(pattern) ?? '')(tag)).toBe(expected);
    expect(tagTest(doublestarTags(pattern, true) ?? '')(tag)).toBe(!expected);
  });

  it.for([
    ['**', 'a/b', true],
    ['a/*', 'a/b', true],
    ['a/*', 'a/b/c', false],
    ['a/**', 'a/b/c', true],
    ['a/**', 'a', true],
    ['**/c', 'a/b/c', true],
    ['**/c', 'c', true],
    ['**/c', 'abc', false],
    ['a/**/c', 'a/c', true],
    ['a/**/c', 'a/x/y/c', true],
    ['a**', 'ab', true],
    ['a**', 'a/b', false],
  ] as const)('%s against the repository %s: %s', ([pattern, repo, expected]) => {
    const found = doublestarRepos(pattern);
    if (found === undefined) throw new Error('a malformed pattern');
    expect('glob' in found ? repoTest(found.glob)(repo) : new RegExp(`^(?:${found.source})$`).test(repo)).toBe(
      expected,
    );
  });

  it.for(['{a', '[a', '[]', '{a,[b}'])('%s is malformed', (pattern) => {
    expect([doublestarTags(pattern), doublestarRepos(pattern)]).toEqual([undefined, undefined]);
  });
});
