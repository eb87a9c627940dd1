import { lstatSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inScratch } from './support/scratch.js';
import { APP, APP_DIGEST, APP_ID, TOOL, TOOL_DIGEST, withStock } from './support/stock.js';

inScratch();
const stock = withStock();

const OTHER = 'registry.example/demo/app:other';

/** Bytes of all files, counted by somebody else. */
const bytesBelow = (path: string): number =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + lstatSync(join(entry.parentPath, entry.name)).size, 0);

interface Planned {
  readonly dryRun: boolean;
}

describe('rmi', () => {
  it('takes a name, and the image with its last one', async () => {
    await stock.ok('tag', APP, OTHER);
    expect(await stock.ok('rmi', APP)).toBe(`untagged: ${APP} (${APP_DIGEST})\n`);
    expect(await stock.ok('rmi', OTHER)).toMatch(
      new RegExp(`^removed: ${APP_DIGEST} ${OTHER} \\(in the trash until \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d\\)\\n$`),
    );
    expect(await stock.names()).toEqual({ [TOOL]: TOOL_DIGEST });
  });

  it('by an ID that has several names needs --all-names', async () => {
    await stock.ok('tag', APP, OTHER);
    const { code, stdout } = await stock.run('rmi', APP_ID.slice(7, 19));
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^refused: IMAGE_HAS_NAMES: 69f0ba4a96af: .*app:1\.0, .*app:other\n {2}hint: .*--all-names\n/,
    );
    expect(stdout).toMatch(/\nnothing was removed\n$/);
    expect((await stock.run('rmi', '--force', APP_ID)).code).toBe(1);
    expect(await stock.json('rmi-report', 'rmi', '--all-names', APP_ID)).toMatchObject({
      removed: [{ digest: APP_DIGEST, names: [APP, OTHER] }],
    });
    expect(await stock.names()).toEqual({ [TOOL]: TOOL_DIGEST });
  });

  it('by an ID that has one name takes it', async () => {
    expect(await stock.ok('rmi', APP_ID)).toContain(`removed: ${APP_DIGEST}`);
  });

  it.for([
    ['pinned', 'IMAGE_PINNED', ['pin', APP]],
    ['pinned', 'IMAGE_PINNED', ['pin', APP_DIGEST]],
    ['leased', 'IMAGE_LEASED', ['lease', 'add', APP]],
  ] as const)('refuses what is %s with %s: %j', async ([kind, code, before]) => {
    await stock.ok(...before);
    const { code: exit, stdout, stderr } = await stock.run('rmi', TOOL, APP);
    expect({ exit, stderr }).toEqual({ exit: 1, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^refused: ${code}: .*\\n {2}hint: `));
    expect(await stock.json('rmi-report', 'rmi', TOOL, APP)).toMatchObject({
      conflicts: [{ kind, code }],
      removed: [],
    });
    expect(Object.keys(await stock.names())).toEqual([APP, TOOL]);
    expect(await stock.ok('rmi', '--force', APP)).toContain(`removed: ${APP_DIGEST}`);
  });

  it('refuses what the store protects', async () => {
    const path = join(stock.root, '.ingot/config.json');
    const config = JSON.parse(await import('node:fs').then(({ readFileSync }) => readFileSync(path, 'utf8'))) as object;
    writeFileSync(path, JSON.stringify({ ...config, immutable: ['registry.example/demo/app:*'] }));
    expect(await stock.json('rmi-report', 'rmi', APP)).toMatchObject({
      conflicts: [{ kind: 'immutable', code: 'NAME_IMMUTABLE' }],
    });
    expect((await stock.run('rmi', APP)).code).toBe(1);
    expect(await stock.fail('tag', TOOL, APP)).toMatchObject({ code: 1, error: { code: 'NAME_IMMUTABLE' } });
    expect(await stock.fail('untag', APP)).toMatchObject({ code: 1, error: { code: 'NAME_IMMUTABLE' } });
    await stock.ok('tag', '--force', TOOL, APP);
  });

  it('takes names by pattern', async () => {
    expect(await stock.fail('rmi', '--reference', 'nothing:*')).toMatchObject({
      code: 2,
      error: { code: 'REFERENCE_NOT_FOUND', subject: 'nothing:*' },
    });
    expect(await stock.ok('rmi', '--reference', 'nothing:*', '--ignore-missing')).toBe('not there: nothing:*\n');
    expect(await stock.json('rmi-report', 'rmi', '--reference', 'registry.example/demo/a*')).toMatchObject({
      removed: [{ names: [APP] }],
    });
    expect(Object.keys(await stock.names())).toEqual([TOOL]);
  });

  it('shows the plan that it then carries out', async () => {
    const dry = (await stock.json('rmi-report', 'rmi', '--dry-run', APP)) as Planned;
    expect(await stock.ok('rmi', '--dry-run', APP)).toContain(`would remove: ${APP_DIGEST} ${APP}`);
    expect(Object.keys(await stock.names())).toEqual([APP, TOOL]);
    const done = (await stock.json('rmi-report', 'rmi', APP)) as Planned;
    const plain = (report: unknown): unknown => JSON.parse(JSON.stringify(report).replaceAll(/\d{4}-[-\dT:.]+Z/g, 'T'));
    expect(plain({ ...done, dryRun: true })).toEqual(plain(dry));
  });

  it.for([
    [['rmi'], 'USAGE', {}],
    [['rmi', APP, 'registry.example/demo/tol:2'], 'REFERENCE_NOT_FOUND', { hint: `did you mean ${TOOL}?` }],
    [['rmi', 'abcd'], 'REFERENCE_NOT_FOUND', {}],
  ] as const)('refuses %j, and removes nothing', async ([argv, code, details]) => {
    expect(await stock.fail(...argv)).toMatchObject({ code: 2, error: { code, ...details } });
    expect(Object.keys(await stock.names())).toEqual([APP, TOOL]);
  });

  it('lists what a short ID may mean', async () => {
    await stock.ok('copy', 'golden/inputs/app/docker-save.tar', 'store:registry.example/demo/app:saved');
    expect((await stock.fail('rmi', APP_ID)).error).toMatchObject({
      code: 'REFERENCE_AMBIGUOUS',
      found: expect.stringContaining(`${APP}, registry.example/demo/app:saved`) as string,
    });
  });

  it('says nothing with --quiet, but does not hide a refusal', async () => {
    await stock.ok('pin', TOOL);
    expect((await stock.run('rmi', '-q', TOOL)).stdout).toContain('IMAGE_PINNED');
    expect(await stock.ok('rmi', '-q', APP)).toBe('');
  });
});

describe('restore', () => {
  it('brings back names by a name, a digest and the beginning of an id', async () => {
    for (const by of ['name', 'digest', 'short', 'id'] as const) {
      await stock.ok('rmi', APP);
      const { trash } = (await stock.json('trash-report', 'restore', '--list')) as { trash: { id: string }[] };
      const id = trash[0]?.id.slice(0, 8) ?? '';
      const target = { name: APP, digest: APP_DIGEST, short: APP_DIGEST.slice(7, 19), id }[by];
      expect(await stock.ok('restore', '--dry-run', target)).toBe(`would restore: ${APP} -> ${APP_DIGEST}\n`);
      expect(await stock.ok('restore', target)).toBe(`restored: ${APP} -> ${APP_DIGEST}\n`);
      expect(await stock.names()).toEqual({ [APP]: APP_DIGEST, [TOOL]: TOOL_DIGEST });
    }
  });

  it('takes no name from another image unless told', async () => {
    await stock.ok('rmi', APP);
    await stock.ok('tag', TOOL, APP);
    expect(await stock.fail('restore', APP)).toMatchObject({ code: 1, error: { code: 'NAME_TAKEN' } });
    expect(await stock.json('restore-report', 'restore', APP, '--as', OTHER)).toMatchObject({
      restored: [{ names: [OTHER] }],
    });
  });

  it('lists what rests there', async () => {
    expect(await stock.ok('restore', '--list')).toMatch(/^ID +REMOVED +UNTIL +DIGEST +NAMES +BY +REASON\n$/);
    await stock.ok('rmi', APP);
    expect(await stock.ok('restore', '--list')).toMatch(
      /f945b867d7f5 +registry\.example\/demo\/app:1\.0 +\S+ +removed\n$/,
    );
    expect(await stock.ok('restore', '--list', '--no-trunc')).toContain(APP_DIGEST);
  });

  it.for([
    [['restore'], 'USAGE'],
    [['restore', '--list', APP], 'USAGE'],
    [['restore', '--as', OTHER, APP, TOOL], 'USAGE'],
    [['restore', APP], 'TRASH_NOT_FOUND'],
  ] as const)('refuses %j', async ([argv, code]) => {
    expect(await stock.fail(...argv)).toMatchObject({ code: 2, error: { code } });
  });
});

describe('prune and gc', () => {
  it('prune only shows its plan, until it is told --yes', async () => {
    await stock.ok('untag', APP);
    const dry = (await stock.json('prune-report', 'prune', '--grace', '0')) as Planned;
    expect(dry).toMatchObject({ dryRun: true, removed: [{ digest: APP_DIGEST, reason: 'dangling' }] });
    const text = await stock.ok('prune', '--grace', '0');
    expect(text).toMatch(
      new RegExp(
        `^would remove: ${APP_DIGEST} \\(dangling\\)\\nwould free: .*\\nnothing was removed; --yes does it\\n$`,
      ),
    );
    expect(await stock.names()).toHaveProperty('<none>');
    const before = bytesBelow(join(stock.root, 'blobs'));
    const done = (await stock.json('prune-report', 'prune', '--yes', '--grace', '0')) as Planned & {
      readonly collection: { readonly bytes: number };
    };
    expect({ ...done, dryRun: true }).toEqual(dry);
    expect(before - bytesBelow(join(stock.root, 'blobs'))).toBe(done.collection.bytes);
    expect(await stock.names()).toEqual({ [TOOL]: TOOL_DIGEST });
  });

  it('prune --all keeps what is pinned, and rests the others in the trash', async () => {
    await stock.ok('pin', TOOL);
    const text = await stock.ok('prune', '--all', '--yes');
    expect(text).toContain(`removed: ${APP_DIGEST} ${APP} (not needed; in the trash until `);
    expect(text).toContain(`kept: IMAGE_PINNED: ${TOOL}`);
    expect(Object.keys(await stock.names())).toEqual([TOOL]);
    await stock.ok('restore', APP);
    expect(await stock.ok('prune', '--all', '--filter', 'label!=registry.example.title', '--yes', '-q')).toBe('');
    expect(Object.keys(await stock.names())).toContain(APP);
  });

  it('gc removes what nothing needs', async () => {
    await stock.ok('rmi', '--purge', APP);
    expect(await stock.ok('gc')).toMatch(/^freed: 0 bytes in 0 blobs; \d+ blobs needed, \d+ too young to go\n$/);
    const dry = (await stock.json('gc-report', 'gc', '--dry-run', '--grace', '0')) as Planned;
    expect(await stock.ok('gc', '--dry-run', '--grace', '0')).toMatch(/^would remove: sha256:/);
    const done = (await stock.json('gc-report', 'gc', '--grace', '0')) as Planned;
    expect({ ...done, dryRun: true }).toEqual(dry);
    await stock.ok('rmi', TOOL);
    expect(await stock.ok('gc', '--empty-trash', '--grace', '0')).toMatch(/^removed: 1 record of the trash\nfreed: /);
    expect(readdirSync(join(stock.root, 'blobs/sha256'))).toEqual([]);
  });

  it.for([
    ['prune', '--yes', '--dry-run'],
    ['prune', 'x'],
    ['prune', '--grace', 'soon'],
    ['gc', 'x'],
  ])('refuse %j', async (argv) => {
    expect(await stock.fail(...argv)).toMatchObject({ code: 2, error: { code: 'USAGE' } });
  });
});

describe('df', () => {
  it('shows parts whose sum is what is on the disk', async () => {
    await stock.ok('rmi', APP);
    await stock.ok('images');
    const lines = (await stock.ok('df', '--format', '{{.Part}} {{.Bytes}}')).trim().split('\n');
    const parts = new Map(lines.map((line) => line.split(' ') as [string, string]));
    const total = Number(parts.get('total'));
    parts.delete('total');
    expect([...parts.values()].reduce((sum, bytes) => sum + Number(bytes), 0)).toBe(total);
    expect(total).toBe(bytesBelow(stock.root));
    expect(Number(parts.get('trash'))).toBeGreaterThan(0);
    expect(await stock.json('df-report', 'df')).toMatchObject({ total });
    expect(await stock.ok('df')).toMatch(/^PART +SIZE +BYTES\nunique +\S+ \S+ +\d+ +blobs of one image alone\n/);
  });

  it('shows each image', async () => {
    const text = await stock.ok('df', '-v');
    expect(text).toMatch(/^DIGEST +SIZE +UNIQUE +SHARED +NAMES\n/);
    expect(text).toContain(`  ${APP}\n`);
    const lines = (await stock.ok('df', '-v', '--format', '{{.Name}} {{.Bytes}} {{.UniqueBytes}} {{.SharedBytes}}'))
      .trim()
      .split('\n');
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      const [bytes, unique, shared] = line.split(' ').slice(1).map(Number);
      expect((unique ?? 0) + (shared ?? 0)).toBe(bytes);
      expect(shared).toBeGreaterThan(0);
    }
    expect(await stock.ok('df', '--format', 'table {{.Part}}\\t{{.Size}}')).toMatch(/^PART +SIZE\n/);
    expect(await stock.fail('df', '--format', '{{.Name}}')).toMatchObject({ code: 2, error: { code: 'USAGE' } });
  });

  it('of a store that nobody has made is nothing', async () => {
    expect(await stock.json('df-report', 'df', '--store', 'nowhere')).toMatchObject({ total: 0, images: [] });
  });
});
