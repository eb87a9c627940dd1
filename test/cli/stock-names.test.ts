import { describe, expect, it } from 'vitest';
import { inScratch } from './support/scratch.js';
import { APP, APP_DIGEST, APP_ID, TOOL, TOOL_DIGEST, withStock } from './support/stock.js';

inScratch();
const stock = withStock();

const NEW = 'registry.example/demo/app:new';

describe('tag', () => {
  it('gives names by name, digest, ID and short ID', async () => {
    expect(await stock.ok('tag', APP, NEW)).toBe(`tagged: ${NEW} -> ${APP_DIGEST}\n`);
    expect(await stock.ok('tag', APP, NEW)).toBe(`unchanged: ${NEW} -> ${APP_DIGEST}\n`);
    await stock.ok('tag', APP_DIGEST, 'by:digest');
    await stock.ok('tag', APP_ID, 'by:id');
    await stock.ok('tag', APP_ID.slice(7, 19), 'by:short');
    expect(await stock.names()).toEqual({
      'docker.io/library/by:digest': APP_DIGEST,
      'docker.io/library/by:id': APP_DIGEST,
      'docker.io/library/by:short': APP_DIGEST,
      [APP]: APP_DIGEST,
      [NEW]: APP_DIGEST,
      [TOOL]: TOOL_DIGEST,
    });
  });

  it('moves a name, and says which image has none now', async () => {
    const planned = await stock.ok('tag', '--dry-run', TOOL, APP);
    expect(planned).toBe(
      `would move: ${APP} -> ${TOOL_DIGEST} (was ${APP_DIGEST})\nwithout a name then: ${APP_DIGEST}\n`,
    );
    expect((await stock.names())[APP]).toBe(APP_DIGEST);
    expect(await stock.json('tag-report', 'tag', TOOL, APP)).toMatchObject({
      dryRun: false,
      names: [{ name: APP, change: 'moved', from: APP_DIGEST }],
      dangling: [APP_DIGEST],
    });
    expect((await stock.names())[APP]).toBe(TOOL_DIGEST);
  });

  it('keeps names that mean another image, all or none', async () => {
    expect(await stock.fail('tag', '--no-clobber', TOOL, NEW, APP)).toMatchObject({
      code: 1,
      error: { code: 'NAME_TAKEN', subject: APP, found: APP_DIGEST },
    });
    expect(Object.keys(await stock.names())).toEqual([APP, TOOL]);
  });

  it('compares and swaps', async () => {
    expect(await stock.fail('tag', '--expect-digest', TOOL_DIGEST, TOOL, APP)).toMatchObject({
      code: 1,
      error: { code: 'NAME_MOVED', expected: TOOL_DIGEST, found: APP_DIGEST },
    });
    expect((await stock.fail('tag', '--expect-digest', 'none', TOOL, APP)).error.code).toBe('NAME_MOVED');
    await stock.ok('tag', '--expect-digest', APP_DIGEST, TOOL, APP);
    await stock.ok('tag', '--expect-digest', 'none', TOOL, NEW);
    expect(await stock.names()).toMatchObject({ [APP]: TOOL_DIGEST, [NEW]: TOOL_DIGEST });
  });

  it.for([
    [['tag', APP], 'USAGE', 2],
    [['tag', '--expect-digest', 'none', APP, 'a', 'b'], 'USAGE', 2],
    [['tag', '--expect-digest', 'x', APP, 'a'], 'USAGE', 2],
    [['tag', APP, 'Bad Name'], 'REFERENCE_INVALID', 3],
    [['tag', 'nothing', 'a'], 'REFERENCE_NOT_FOUND', 2],
    [['tag', '--store', 'nowhere', APP, 'a'], 'STORE_MISSING', 2],
  ] as const)('refuses %j', async ([argv, code, exit]) => {
    expect(await stock.fail(...argv)).toMatchObject({ code: exit, error: { code } });
    expect(Object.keys(await stock.names())).toEqual([APP, TOOL]);
  });

  it('suggests names that are near', async () => {
    expect((await stock.fail('tag', 'registry.example/demo/ap:1.0', 'x')).error).toMatchObject({
      code: 'REFERENCE_NOT_FOUND',
      hint: `did you mean ${APP}?`,
    });
  });

  it('says nothing with --quiet', async () => {
    expect(await stock.ok('tag', '-q', APP, NEW)).toBe('');
  });
});

describe('untag', () => {
  it('takes names, and leaves the image', async () => {
    expect(await stock.ok('untag', '--dry-run', APP)).toContain(`would untag: ${APP}`);
    expect(await stock.ok('untag', APP)).toBe(`untagged: ${APP} (${APP_DIGEST})\nwithout a name now: ${APP_DIGEST}\n`);
    expect(await stock.names()).toEqual({ '<none>': APP_DIGEST, [TOOL]: TOOL_DIGEST });
    expect(await stock.json('tag-report', 'untag', '--ignore-missing', APP, TOOL)).toMatchObject({
      names: [{ name: TOOL, change: 'removed' }],
    });
  });

  it('refuses what is pinned, what is no name and what is not there, all or none', async () => {
    await stock.ok('pin', TOOL);
    expect(await stock.fail('untag', APP, TOOL)).toMatchObject({
      code: 1,
      error: { code: 'IMAGE_PINNED', subject: TOOL },
    });
    expect(await stock.fail('untag', APP_ID)).toMatchObject({ code: 2, error: { code: 'REFERENCE_NOT_FOUND' } });
    expect(await stock.fail('untag', APP, 'none')).toMatchObject({ code: 2, error: { code: 'REFERENCE_NOT_FOUND' } });
    expect(Object.keys(await stock.names())).toEqual([APP, TOOL]);
    await stock.ok('untag', '--force', TOOL);
  });
});

describe('pin and unpin', () => {
  it('mark names and images', async () => {
    expect(await stock.ok('pin', APP, TOOL_DIGEST)).toBe(`pinned: ${APP}\npinned: ${TOOL_DIGEST}\n`);
    expect(await stock.ok('pin', APP)).toBe(`already pinned: ${APP}\n`);
    expect((await stock.ok('pin', '--list')).split('\n')).toEqual([
      expect.stringMatching(/^PINNED +DIGEST$/),
      `${APP}  ${' '.repeat(TOOL_DIGEST.length - APP.length)}${APP_DIGEST}`,
      `${TOOL_DIGEST}  ${TOOL_DIGEST}`,
      '',
    ]);
    expect(await stock.json('pin-report', 'pin', '--list')).toMatchObject({
      pins: [{ subject: APP }, { subject: TOOL_DIGEST }],
    });
    expect(await stock.json('pin-report', 'unpin', APP, TOOL_DIGEST)).toMatchObject({
      pins: [
        { pinned: false, changed: true },
        { pinned: false, changed: true },
      ],
    });
    expect(await stock.json('pin-report', 'pin', '--list')).toMatchObject({ pins: [] });
    expect(await stock.json('pin-report', 'pin', '--list', '--store', 'nowhere')).toMatchObject({ pins: [] });
  });

  it.for([['pin'], ['pin', '--list', APP], ['unpin']])('need images: %j', async (argv) => {
    expect(await stock.fail(...argv)).toMatchObject({ code: 2, error: { code: 'USAGE' } });
  });
});

describe('lease', () => {
  it('keeps an image until it is removed or over', async () => {
    const id = (await stock.ok('lease', 'add', APP, '--expires', '24h', '--purpose', 'job', '--label', 'n=17')).trim();
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(await stock.json('lease-report', 'lease', 'ls')).toMatchObject({
      leases: [{ id, kind: 'user', purpose: 'job', labels: { n: '17' }, live: true, roots: [APP_DIGEST] }],
    });
    const [head, row] = (await stock.ok('lease', 'ls')).split('\n');
    expect(head).toMatch(/^LEASE +UNTIL +OWNER +PURPOSE +LABELS +HOLDS$/);
    expect(row).toContain(id.slice(0, 8));
    expect(row).toMatch(/job +n=17 +f945b867d7f5$/);
    expect(await stock.ok('lease', 'ls', '-q')).toBe(`${id}\n`);
    expect(await stock.ok('lease', 'ls', '--no-trunc')).toContain(APP_DIGEST);
    expect(await stock.fail('lease', 'rm', 'ffffffff-0000')).toMatchObject({
      code: 2,
      error: { code: 'LEASE_NOT_FOUND' },
    });
    expect(await stock.ok('lease', 'rm', id.slice(0, 8))).toBe(`removed: ${id}\n`);
    expect(await stock.json('lease-report', 'lease', 'ls')).toMatchObject({ leases: [] });
  });

  it('knows two leases of one beginning', async () => {
    await stock.ok('lease', 'add', APP);
    await stock.ok('lease', 'add', APP);
    const ids = (await stock.ok('lease', 'ls', '-q')).trim().split('\n');
    expect(ids).toHaveLength(2);
    await stock.ok('lease', 'rm', ...ids);
  });

  it.for([
    ['lease'],
    ['lease', 'list'],
    ['lease', 'ls', 'x'],
    ['lease', 'add'],
    ['lease', 'rm'],
    ['lease', 'add', APP, '--expires', 'soon'],
    ['lease', 'add', APP, '--label', 'x'],
  ])('refuses %j', async (argv) => {
    expect(await stock.fail(...argv)).toMatchObject({ code: 2, error: { code: 'USAGE' } });
  });
});
