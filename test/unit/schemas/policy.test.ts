import { SHA256, describeSchema } from './schema-cases.js';

const within = (pointer: string, ...names: string[]): string[] => names.map((name) => `${pointer}/${name}`);
const FINDING = { code: 'POLICY_GUARD', severity: 'error', message: 'm', subject: 's', pointer: '/rules/0' };
const finding = (pointer: string): string[] => within(pointer, 'code', 'severity', 'message');
const POLICY = {
  version: 1,
  defaults: { keepUnmatched: true, trash: '7d' },
  protect: [{ repos: ['**'], tags: ['latest'], labels: { keep: 'yes', team: 'x' }, digests: [SHA256] }],
  rules: [
    {
      name: 'r',
      repos: ['registry.example/**'],
      tags: ['pr-*'],
      match: 'any',
      state: 'any',
      count: 'tags',
      among: 'rule',
      keep: { last: 10, per: 'label:app', by: 'semver' },
      keepWithin: '30d',
      keepUsedWithin: '14d',
      expire: { olderThan: '90d', unusedFor: '30d', moreThan: 10 },
      else: 'next',
    },
  ],
  limits: { maxSize: '20GB', minFree: '10%', order: 'lru' },
};

describeSchema({
  name: 'policy',
  full: POLICY,
  required: ['/version', '/rules/0/name'],
  open: ['/protect/0/labels'],
  // A word as well as an object, so that another type fails in another way.
  untyped: ['/rules/0/expire'],
  extensible: false,
  valid: [
    ['the least', '{"version":1}'],
    ['a rule that removes the rest', '{"version":1,"rules":[{"name":"r","expire":"rest"}]}'],
    ['sizes in all their forms', '{"version":1,"limits":{"maxSize":"1.5GiB","minFree":"500"}}'],
  ],
  invalid: [
    ['another version', '/version', '2'],
    ['no trash', '/defaults/trash', '"7"'],
    ['unmatched names that go', '/defaults/keepUnmatched', 'false'],
    ['a short digest', '/protect/0/digests/0', '"sha256:12"', 'DIGEST_INVALID'],
    ['an empty pattern', '/rules/0/tags/0', '""'],
    ['no pattern', '/rules/0/repos', '[]'],
    ['a name of two lines', '/rules/0/name', '"a\\nb"'],
    ['an unknown state', '/rules/0/state', '"dangling"'],
    ['a count of layers', '/rules/0/count', '"layers"'],
    ['an order by age', '/rules/0/keep/by', '"created"'],
    ['a group by week', '/rules/0/keep/per', '"week"'],
    ['half an image', '/rules/0/keep/last', '0.5'],
    ['fewer than none', '/rules/0/expire/moreThan', '-1'],
    ['a year', '/rules/0/expire/olderThan', '"1y"'],
    ['everything', '/rules/0/expire', '"all"'],
    ['no condition', '/rules/0/expire', '{}'],
    ['another size', '/limits/maxSize', '"20 GB"'],
    ['another order', '/limits/order', '"fifo"'],
  ],
});

describeSchema({
  name: 'policy-report',
  full: {
    store: '/s',
    policy: 'p.json',
    plan: SHA256,
    applied: true,
    decisions: [
      { subject: 'a:1', digest: SHA256, repo: 'a', action: 'remove', why: 'expired', rule: 'r', reason: 'old' },
    ],
    untagged: [{ name: 'a:2', digest: SHA256, change: 'removed', from: SHA256 }],
    removed: [{ digest: SHA256, names: ['a:1'], reason: 'old', expires: '2024-01-01T00:00:00.000Z' }],
    notes: [FINDING],
  },
  required: [
    ...within('', 'store', 'policy', 'plan', 'applied', 'decisions', 'untagged', 'removed', 'notes'),
    ...within('/decisions/0', 'subject', 'digest', 'repo', 'action', 'why', 'reason'),
    ...within('/untagged/0', 'name', 'digest', 'change'),
    ...within('/removed/0', 'digest', 'names', 'reason'),
    ...finding('/notes/0'),
  ],
  extensible: false,
  valid: [
    [
      'nothing',
      `{"store":"s","policy":"p","plan":"${SHA256}","applied":false,"decisions":[],"untagged":[],"removed":[],"notes":[]}`,
    ],
  ],
  invalid: [
    ['a plan that is no digest', '/plan', '"0"', 'DIGEST_INVALID'],
    ['another action', '/decisions/0/action', '"delete"'],
    ['another reason', '/decisions/0/why', '"because"'],
    ['an empty rule', '/decisions/0/rule', '""'],
    ['a time without its zone', '/removed/0/expires', '"2024-01-01"'],
  ],
});

describeSchema({
  name: 'policy-lint-report',
  full: { policy: 'p.json', store: '/s', sound: false, findings: [FINDING] },
  required: [...within('', 'policy', 'sound', 'findings'), ...finding('/findings/0')],
  extensible: false,
  valid: [['without a store', '{"policy":"p","sound":true,"findings":[]}']],
  invalid: [
    ['an empty store', '/store', '""'],
    ['an answer as text', '/sound', '"yes"'],
  ],
});

describeSchema({
  name: 'policy-convert-report',
  full: { source: 'i.json', from: 'ecr', converted: true, policy: { version: 1 }, findings: [FINDING], diff: ['+ a'] },
  required: [
    ...within('', 'source', 'from', 'converted', 'findings', 'diff'),
    '/policy/version',
    ...finding('/findings/0'),
  ],
  extensible: false,
  valid: [['nothing made', '{"source":"i","from":"acr","converted":false,"findings":[],"diff":[]}']],
  invalid: [
    ['another product', '/from', '"dockerhub"'],
    ['a policy of another version', '/policy/version', '2'],
    ['a diff as text', '/diff', '"+ a"'],
  ],
});
