import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadValidator } from '../../../../src/base/schema.js';
import { parseDigest } from '../../../../src/oci/digest.js';
import { addLease } from '../../../../src/operation/stock/lease.js';
import { pin, tag } from '../../../../src/operation/stock/names.js';
import { applyPolicy, planByPolicy } from '../../../../src/operation/stock/policy.js';
import { lintByPolicy } from '../../../../src/operation/stock/policy-lint.js';
import type { PolicyReport } from '../../../../src/operation/stock/policy-report.js';
import { prune } from '../../../../src/operation/stock/prune.js';
import { df } from '../../../../src/operation/stock/usage.js';
import { restore, trash } from '../../../../src/operation/stock/restore.js';
import { blobFile } from '../../../../src/store/path.js';
import { markUsed } from '../../../../src/store/used.js';
import type { PolicyDocument } from '../../../../src/store/policy/language.js';
import { type MemoryImage, failureOf } from '../../../support/memory-place.js';
import { DAY } from '../../../support/policy-stock.js';
import { StoreFixture } from '../../../support/store-fixture.js';

const R = 'registry.example/app';
let fixture: StoreFixture;
let path: string;

beforeEach(async () => {
  fixture = new StoreFixture();
  path = join(fixture.directory, 'policy.json');
  await fixture.open({ fsync: false });
});
afterEach(() => fixture.remove());

const write = (document: Omit<PolicyDocument, 'version'>): void =>
  writeFileSync(path, JSON.stringify({ version: 1, ...document }));

/** All images say the same about their age. */
const load = async (...tags: readonly string[]): Promise<MemoryImage> => {
  const image = fixture.place.image({ layers: ['base', tags.join(' ')], config: { created: '1970-01-01T00:00:00Z' } });
  await fixture.put([[image.descriptor, ...tags.map((name) => (name.includes('/') ? name : `${R}:${name}`))]]);
  return image;
};

const later = (days: number): void => {
  fixture.now += days * DAY;
};

const run = (
  work: typeof applyPolicy,
  options: Partial<Parameters<typeof applyPolicy>[1]> = {},
): Promise<PolicyReport> => work(path, { yesReally: false, ...options }, fixture.context());
const plan = (options: Parameters<typeof run>[1] = {}): Promise<PolicyReport> => run(planByPolicy, options);
const apply = (options: Parameters<typeof run>[1] = {}): Promise<PolicyReport> => run(applyPolicy, options);

const tagsLeft = async (): Promise<readonly string[]> =>
  Object.keys(await fixture.meanings()).map((name) => name.replace(`${R}:`, ''));

const whys = ({ decisions }: PolicyReport): Readonly<Record<string, string>> =>
  Object.fromEntries(decisions.map(({ subject, why }) => [subject.replace(`${R}:`, ''), why]));

describe('policy apply', () => {
  it('does what policy plan says, into the trash, and nothing the second time', async () => {
    for (const name of ['1', '2', '3', '4']) await load(name);
    write({ rules: [{ name: 'two', count: 'tags', keep: { last: 2 }, expire: 'rest' }] });
    const planned = await plan();
    expect([planned.applied, planned.removed.flatMap(({ names }) => names).toSorted()]).toEqual([
      false,
      [`${R}:1`, `${R}:2`],
    ]);
    expect(await tagsLeft()).toHaveLength(4);
    const applied = await apply({ expect: planned.plan });
    expect({ ...applied, applied: false }).toEqual(planned);
    expect([applied.applied, await tagsLeft()]).toEqual([true, ['3', '4']]);
    expect((await trash(fixture.context())).trash.map(({ names, reason }) => [names, reason])).toContainEqual([
      [`${R}:1`],
      expect.stringContaining('two'),
    ]);
    const before = readFileSync((await fixture.open()).paths.journal, 'utf8');
    expect(await apply()).toMatchObject({ applied: true, untagged: [], removed: [] });
    expect(readFileSync((await fixture.open()).paths.journal, 'utf8')).toBe(before);
    await restore([`${R}:1`], { force: false }, fixture.context());
    expect(await tagsLeft()).toEqual(['1', '3', '4']);
  });

  it('fits its schema', async () => {
    await load('1');
    await load('2');
    const image = await load('3', '4');
    write({ rules: [{ name: 'r', tags: ['1', '3'], expire: 'rest' }] });
    const report = await apply();
    expect([report.untagged, report.removed.length]).toMatchObject([
      [{ name: `${R}:3`, digest: image.descriptor.digest }],
      1,
    ]);
    const validate = await loadValidator('policy-report', { all: true });
    expect(validate(JSON.parse(JSON.stringify(report)))).toEqual([]);
  });

  it('keeps the content until the trash is over', async () => {
    const image = await load('1');
    await load('2');
    write({ defaults: { trash: '2d' }, rules: [{ name: 'r', tags: ['1'], expire: 'rest' }] });
    await apply();
    const file = blobFile((await fixture.open()).paths, image.descriptor.digest);
    const clean = (): Promise<unknown> =>
      prune({ all: false, filters: [], purge: false, dryRun: false, grace: 0 }, fixture.context());
    later(1.9);
    await clean();
    expect(existsSync(file)).toBe(true);
    later(0.2);
    await clean();
    expect(existsSync(file)).toBe(false);
  });

  it('gives a name that it took from an image back', async () => {
    const image = await load('1', '2');
    write({ rules: [{ name: 'r', tags: ['1'], expire: 'rest' }] });
    await apply();
    expect(await tagsLeft()).toEqual(['2']);
    await restore([`${R}:1`], { force: false }, fixture.context());
    expect((await fixture.meanings())[`${R}:1`]).toBe(image.descriptor.digest);
  });

  it('does nothing if the plan is another than expected', async () => {
    await load('1');
    await load('2');
    await load('3');
    write({ rules: [{ name: 'r', count: 'tags', keep: { last: 2 }, expire: 'rest' }] });
    const { plan: expected } = await plan();
    await load('4');
    const refused = await apply({ expect: expected });
    expect([refused.applied, refused.notes]).toMatchObject([
      false,
      [{ code: 'POLICY_PLAN_CHANGED', severity: 'error', expected }],
    ]);
    expect(await tagsLeft()).toHaveLength(4);
  });

  it('stops before more than half of a repository, unless it is told to', async () => {
    for (const name of ['1', '2', '3']) await load(name);
    write({ rules: [{ name: 'r', count: 'tags', keep: { last: 1 }, expire: 'rest' }] });
    expect(await apply()).toMatchObject({
      applied: false,
      notes: [{ code: 'POLICY_GUARD', severity: 'error', subject: R }],
    });
    expect(await tagsLeft()).toHaveLength(3);
    expect((await plan()).notes).toMatchObject([{ code: 'POLICY_GUARD', severity: 'error' }]);
    expect(await apply({ yesReally: true })).toMatchObject({ applied: true, notes: [{ severity: 'info' }] });
    expect(await tagsLeft()).toEqual(['3']);
  });

  it('goes by the numbers of the store, not by the age that images claim', async () => {
    for (const name of ['9', '10', 'a']) await load(name);
    // Moved last, so it is the newest.
    const other = await load('x');
    await tag(other.descriptor.digest, [`${R}:9`], {}, fixture.context());
    write({ rules: [{ name: 'r', repos: [R], count: 'tags', keep: { last: 2 }, expire: 'rest' }] });
    await apply({ yesReally: true });
    expect(await tagsLeft()).toEqual(['9', 'x']);
  });

  it('orders an image that lost its name by when it came', async () => {
    const old = await load('latest');
    later(1);
    await load('latest', 'also');
    write({ rules: [{ name: 'r', state: 'any', count: 'images', keep: { last: 1 }, expire: 'rest' }] });
    const report = await plan();
    expect(report.removed.map(({ digest }) => digest)).toEqual([old.descriptor.digest]);
  });

  it('waits for the time that a rule gives', async () => {
    await load('1');
    later(20);
    await load('2');
    write({ rules: [{ name: 'r', expire: { olderThan: '14d' } }] });
    expect(whys(await plan())).toEqual({ '1': 'expired', '2': 'not-due' });
  });

  it('knows what was used', async () => {
    const [read, unread] = [await load('1'), await load('2')];
    later(40);
    await load('3');
    await markUsed(await fixture.open(), [read.descriptor.digest]);
    later(5);
    write({ rules: [{ name: 'r', expire: { unusedFor: '30d' } }] });
    const report = await plan();
    expect(whys(report)).toEqual({ '1': 'not-due', '2': 'expired', '3': 'not-due' });
    expect(report.removed.map(({ digest }) => digest)).toEqual([unread.descriptor.digest]);
  });

  it('leaves what is pinned, leased or immutable, and says so', async () => {
    const images = [];
    for (const name of ['pinned', 'digest', 'leased', 'immutable', 'free', 'young']) images.push(await load(name));
    await pin([`${R}:pinned`], true, fixture.context());
    await pin([images[1]?.descriptor.digest ?? ''], true, fixture.context());
    await addLease([`${R}:leased`], { purpose: 'test' }, fixture.context());
    await fixture.open({ immutable: ['**:immutable'] });
    write({ rules: [{ name: 'r', tags: ['/^(?!young$)/'], expire: 'rest' }] });
    expect(whys(await apply())).toEqual({
      pinned: 'pinned',
      digest: 'pinned',
      leased: 'leased',
      immutable: 'immutable',
      free: 'expired',
      young: 'unmatched',
    });
    expect(await tagsLeft()).toEqual(['digest', 'immutable', 'leased', 'pinned', 'young']);
  });

  it('protects by labels, those of the images of an index as well', async () => {
    const plain = fixture.place.image({ layers: ['1'] });
    const labelled = fixture.place.image({ layers: ['2'], config: { config: { Labels: { keep: 'yes' } } } });
    const index = fixture.place.index([labelled.descriptor]);
    await fixture.put([
      [plain.descriptor, `${R}:plain`],
      [labelled.descriptor, `${R}:one`],
      [index, `${R}:multi`],
    ]);
    write({ protect: [{ labels: { keep: 'yes' } }], rules: [{ name: 'r', expire: 'rest' }] });
    expect(whys(await plan())).toEqual({ plain: 'expired', one: 'protected', multi: 'protected' });
  });

  it('keeps the images of an index that stays, and takes along what refers to one that goes', async () => {
    const inner = fixture.place.image({ layers: ['1'] });
    const kept = fixture.place.index([inner.descriptor]);
    const gone = fixture.place.image({ layers: ['2'] });
    const signature = fixture.place.artifact(gone.descriptor);
    await fixture.put([
      [kept, `${R}:multi`],
      [inner.descriptor, `${R}:amd64`],
      [gone.descriptor, `${R}:gone`],
      [signature],
    ]);
    write({ rules: [{ name: 'r', tags: ['gone', 'amd64'], state: 'any', expire: 'rest' }] });
    const report = await apply();
    expect(whys(report)).toEqual({
      multi: 'unmatched',
      amd64: 'contained',
      gone: 'expired',
      [signature.digest]: 'follows',
    });
    expect((await trash(fixture.context())).trash.map(({ names }) => names)).toEqual([[`${R}:gone`]]);
    expect(await fixture.unnamed()).toEqual([]);
    await restore([`${R}:gone`], { force: false }, fixture.context());
    expect(await fixture.unnamed()).toEqual([signature.digest]);
  });

  it('removes for a limit what was not used for the longest time', async () => {
    const images = [await load('1'), await load('2'), await load('3')];
    later(1);
    await markUsed(
      await fixture.open(),
      images.slice(0, 1).map(({ descriptor }) => descriptor.digest),
    );
    const { parts } = await df(fixture.context());
    const rules = [{ name: 'r', expire: { olderThan: '90d' } }];
    write({ rules, limits: { maxSize: `${parts.unique + parts.shared}B` } });
    expect((await plan()).removed).toEqual([]);
    write({ rules, limits: { maxSize: `${parts.unique + parts.shared - 1}B` } });
    expect(await apply()).toMatchObject({ applied: true, removed: [{ names: [`${R}:2`] }], notes: [] });
    expect(await apply()).toMatchObject({ applied: true, removed: [] });
  });

  it('counts as free what the trash will give back', async () => {
    for (const name of ['1', '2', '3']) await load(name);
    write({ rules: [{ name: 'r', expire: { olderThan: '90d' } }], limits: { minFree: '0%', maxSize: '100%' } });
    expect((await plan()).removed).toEqual([]);
    write({ rules: [{ name: 'r', expire: { olderThan: '90d' } }], limits: { minFree: '100%' } });
    const report = await plan({ yesReally: true });
    expect([report.removed.length, report.notes.map(({ code }) => code)]).toEqual([
      3,
      ['POLICY_GUARD', 'POLICY_LIMIT_UNMET'],
    ]);
  });

  it('does nothing to a store whose documents cannot be read', async () => {
    const inner = fixture.place.image({ layers: ['1'] });
    const index = fixture.place.index([inner.descriptor]);
    await fixture.put([[index, `${R}:multi`]]);
    await load('2');
    const file = blobFile((await fixture.open()).paths, index.digest);
    chmodSync(file, 0o644);
    writeFileSync(file, readFileSync(file, 'utf8').replace('{', ' '));
    write({ rules: [{ name: 'r', expire: 'rest' }] });
    expect((await failureOf(() => apply())).code).toBe('BLOB_CORRUPT');
    expect(await tagsLeft()).toEqual(['2', 'multi']);
  });
});

describe('policy lint', () => {
  it('looks at the policy alone where there is no store', async () => {
    write({ rules: [{ name: 'r', tags: ['none'], expire: { olderThan: '1d' } }] });
    const other = { ...fixture.context({ root: join(fixture.directory, 'elsewhere') }) };
    expect(await lintByPolicy(path, other)).toEqual({ policy: path, sound: true, findings: [] });
    expect(await lintByPolicy(path, fixture.context())).toMatchObject({
      store: fixture.root,
      sound: true,
      findings: [{ code: 'POLICY_MATCHES_NOTHING' }],
    });
  });

  it('fits its schema', async () => {
    write({ rules: [{ name: 'r', expire: 'rest' }] });
    const report = await lintByPolicy(path, fixture.context());
    expect(report.sound).toBe(false);
    const validate = await loadValidator('policy-lint-report', { all: true });
    expect(validate(JSON.parse(JSON.stringify(report)))).toEqual([]);
  });
});

describe('a plan', () => {
  it('needs a store, a policy and a digest', async () => {
    write({ rules: [] });
    const nowhere = fixture.context({ root: join(fixture.directory, 'elsewhere') });
    expect((await failureOf(() => planByPolicy(path, { yesReally: false }, nowhere))).code).toBe('STORE_MISSING');
    expect((await failureOf(() => planByPolicy(`${path}.gone`, { yesReally: false }, fixture.context()))).code).toBe(
      'FILE_NOT_FOUND',
    );
    writeFileSync(path, '{"version":3}');
    expect((await failureOf(() => plan())).code).toBe('POLICY_INVALID');
    expect(parseDigest((await (write({ rules: [] }), plan())).plan)).toMatch(/^sha256:/);
  });
});
