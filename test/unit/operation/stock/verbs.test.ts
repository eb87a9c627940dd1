import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadValidator, type SchemaName } from '../../../../src/base/schema.js';
import { initStock, migrateStock, resetStock, stockInfo } from '../../../../src/operation/stock/admin.js';
import { checkStore } from '../../../../src/operation/stock/check.js';
import { addLease, leases, removeLeases } from '../../../../src/operation/stock/lease.js';
import { pin, tag, untag } from '../../../../src/operation/stock/names.js';
import { pins } from '../../../../src/operation/stock/pins.js';
import { gc, prune } from '../../../../src/operation/stock/prune.js';
import { DEFAULT_RMI, type RmiOptions, rmi } from '../../../../src/operation/stock/remove.js';
import type { RmiReport } from '../../../../src/operation/stock/report.js';
import { restore, trash } from '../../../../src/operation/stock/restore.js';
import { df } from '../../../../src/operation/stock/usage.js';
import { DEFAULT_IMAGES, images } from '../../../../src/operation/stock/images.js';
import { blobFile } from '../../../../src/store/path.js';
import { loadLease, saveLease } from '../../../../src/store/lease.js';
import { openSession } from '../../../../src/store/session.js';
import { type MemoryImage, failureOf } from '../../../support/memory-place.js';
import { StoreFixture, library } from '../../../support/store-fixture.js';

let fixture: StoreFixture;
let a: MemoryImage;
let b: MemoryImage;
beforeEach(async () => {
  fixture = new StoreFixture();
  await fixture.open({ fsync: false });
  a = fixture.place.image({ layers: ['shared', 'a'] });
  b = fixture.place.image({ layers: ['shared', 'b'] });
  await fixture.put([
    [a.descriptor, 'app:1', 'app:latest'],
    [b.descriptor, 'base:1'],
  ]);
});
afterEach(() => fixture.remove());

const remove = (targets: readonly string[], options: Partial<RmiOptions> = {}): Promise<RmiReport> =>
  rmi(targets, { ...DEFAULT_RMI, ...options }, fixture.context());

const pruneAll = (options: Partial<Parameters<typeof prune>[0]> = {}): ReturnType<typeof prune> =>
  prune({ all: false, filters: [], purge: false, dryRun: false, grace: 0, ...options }, fixture.context());

const isStored = async (image: MemoryImage): Promise<boolean> =>
  existsSync(blobFile((await fixture.open()).paths, image.descriptor.digest));

const expectSchema = async (name: SchemaName, report: unknown): Promise<void> => {
  expect((await loadValidator(name, { all: true }))(JSON.parse(JSON.stringify(report)))).toEqual([]);
};

describe('tag', () => {
  it('gives names, and says which images lose their last one', async () => {
    expect(await tag('app:1', ['base:1', 'registry.example/x:2'], {}, fixture.context())).toMatchObject({
      names: [
        { name: library('base:1'), digest: a.descriptor.digest, from: b.descriptor.digest, change: 'moved' },
        { name: 'registry.example/x:2', change: 'new' },
      ],
      dangling: [b.descriptor.digest],
    });
  });

  it('takes a digest, an image ID and the beginning of one', async () => {
    for (const [index, source] of [
      a.descriptor.digest,
      a.config.digest,
      a.config.digest.slice(7, 19),
      `${a.descriptor.digest.slice(7, 30)}`,
    ].entries()) {
      await tag(source, [`by:${index}`], {}, fixture.context());
      expect((await fixture.meanings())[library(`by:${index}`)]).toBe(a.descriptor.digest);
    }
  });

  it('names an image inside an index by its digest', async () => {
    const [amd, arm] = [fixture.place.image({ layers: ['amd'] }), fixture.place.image({ layers: ['arm'] })];
    await fixture.put([[fixture.place.index([amd.descriptor, arm.descriptor]), 'multi']]);
    await tag(arm.descriptor.digest, ['arm'], {}, fixture.context());
    expect((await fixture.meanings())[library('arm:latest')]).toBe(arm.descriptor.digest);
  });

  it.for([
    ['nowhere', 'REFERENCE_NOT_FOUND'],
    ['latest1', 'REFERENCE_NOT_FOUND'],
    ['1', 'REFERENCE_AMBIGUOUS'],
  ] as const)('of %s is refused: %s', async ([source, code]) => {
    expect((await failureOf(() => tag(source, ['x'], {}, fixture.context()))).code).toBe(code);
  });

  it('is all or nothing', async () => {
    expect((await failureOf(() => tag('app:1', ['new', 'base:1'], { noClobber: true }, fixture.context()))).code).toBe(
      'NAME_TAKEN',
    );
    expect((await failureOf(() => tag('app:1', ['new', 'Bad Name'], {}, fixture.context()))).code).toBe(
      'REFERENCE_INVALID',
    );
    expect(Object.keys(await fixture.meanings())).toHaveLength(3);
  });

  it('moves no name that a pattern protects', async () => {
    await fixture.open({ immutable: ['base:*'] });
    expect((await failureOf(() => tag('app:1', ['base:1'], {}, fixture.context()))).code).toBe('NAME_IMMUTABLE');
    expect(
      (await failureOf(() => untag(['base:1'], { force: false, ignoreMissing: false }, fixture.context()))).code,
    ).toBe('NAME_IMMUTABLE');
    await tag('app:1', ['base:1'], { force: true }, fixture.context());
  });
});

describe('untag', () => {
  it('leaves the image, without a name at the end', async () => {
    expect(await untag(['app:1'], { force: false, ignoreMissing: false }, fixture.context())).toMatchObject({
      dangling: [],
    });
    expect(await untag(['app', 'nowhere'], { force: false, ignoreMissing: true }, fixture.context())).toMatchObject({
      dangling: [a.descriptor.digest],
    });
    expect(await fixture.unnamed()).toEqual([a.descriptor.digest]);
  });

  it('takes no ID, and no name that is pinned', async () => {
    await pin(['app:1'], true, fixture.context());
    expect(
      (await failureOf(() => untag(['app:1'], { force: false, ignoreMissing: false }, fixture.context()))).code,
    ).toBe('IMAGE_PINNED');
    expect(
      (await failureOf(() => untag([a.config.digest], { force: false, ignoreMissing: false }, fixture.context()))).code,
    ).toBe('REFERENCE_NOT_FOUND');
  });
});

describe('rmi', () => {
  it('takes a name, and the image with its last one', async () => {
    expect(await remove(['app:1'])).toMatchObject({ untagged: [{ name: library('app:1') }], removed: [] });
    expect(await remove(['app'])).toMatchObject({
      untagged: [],
      removed: [{ digest: a.descriptor.digest, names: [library('app:latest')] }],
    });
    expect(await isStored(a)).toBe(true);
    expect(await remove(['base:1'], { purge: true })).toMatchObject({ removed: [{ digest: b.descriptor.digest }] });
    await gc({ dryRun: false, grace: 0 }, fixture.context());
    expect([await isStored(a), await isStored(b)]).toEqual([true, false]);
  });

  it('takes both names of one image in one go', async () => {
    expect(await remove(['app:1', 'app'])).toMatchObject({
      removed: [{ names: [library('app:1'), library('app:latest')] }],
    });
    expect(Object.keys(await fixture.meanings())).toEqual([library('base:1')]);
  });

  it('refuses an ID with several names', async () => {
    const report = await remove([a.config.digest]);
    expect(report).toMatchObject({
      conflicts: [{ kind: 'multiple-names', code: 'IMAGE_HAS_NAMES', by: [library('app:1'), library('app:latest')] }],
      removed: [],
    });
    expect((await remove([a.config.digest], { force: true })).conflicts).toHaveLength(1);
    expect(Object.keys(await fixture.meanings())).toHaveLength(3);
    expect((await remove([a.config.digest], { allNames: true })).removed).toHaveLength(1);
    await expectSchema('rmi-report', report);
  });

  it('refuses what is pinned, leased or immutable, and removes nothing else either', async () => {
    await pin(['base:1'], true, fixture.context());
    expect(await remove(['app', 'base:1'])).toMatchObject({
      conflicts: [{ kind: 'pinned', code: 'IMAGE_PINNED' }],
      untagged: [],
    });
    await pin(['base:1'], false, fixture.context());
    await addLease(['base:1'], { purpose: 'build' }, fixture.context());
    expect(await remove(['app', 'base:1'])).toMatchObject({ conflicts: [{ kind: 'leased', code: 'IMAGE_LEASED' }] });
    await fixture.open({ immutable: ['app:*'] });
    expect(await remove(['app', 'base:1'])).toMatchObject({ conflicts: [{ kind: 'immutable' }, { kind: 'leased' }] });
    expect(Object.keys(await fixture.meanings())).toHaveLength(3);
    expect((await remove(['app', 'base:1'], { force: true })).removed).toHaveLength(1);
    await gc({ dryRun: false, grace: 0 }, fixture.context());
    expect(await isStored(b)).toBe(true);
  });

  it('is not hindered by processes that read', async () => {
    const session = await openSession(await fixture.open(), { digests: [], roots: [b.descriptor.digest] });
    expect((await remove(['base:1'])).conflicts).toEqual([]);
    await session.close();
  });

  it('takes names by pattern, of which one must fit', async () => {
    expect((await failureOf(() => remove(['app'], { patterns: ['none:*'] }))).code).toBe('REFERENCE_NOT_FOUND');
    expect(await remove([], { patterns: ['none:*'], ignoreMissing: true })).toMatchObject({ missing: ['none:*'] });
    expect((await remove([], { patterns: ['app'] })).removed).toMatchObject([{ digest: a.descriptor.digest }]);
  });

  it('says what is not there, and which name is near', async () => {
    const failure = await failureOf(() => remove(['bse:1']));
    expect(failure.code).toBe('REFERENCE_NOT_FOUND');
    expect(failure.hint).toContain(library('base:1'));
    expect(await remove(['bse:1'], { ignoreMissing: true })).toMatchObject({ missing: ['bse:1'] });
  });

  it('changes nothing in a dry run', async () => {
    const dry = await remove(['base:1'], { dryRun: true });
    expect(Object.keys(await fixture.meanings())).toHaveLength(3);
    expect(await remove(['base:1'])).toEqual({ ...dry, dryRun: false });
  });

  it('takes along what refers to the image, and only that', async () => {
    const [of, keep] = [
      fixture.place.artifact(b.descriptor, 'signature'),
      fixture.place.artifact(a.descriptor, 'other'),
    ];
    const second = fixture.place.artifact(of, 'signature of the signature');
    await fixture.put([[of], [keep], [second]]);
    const { removed } = await remove(['base:1']);
    expect(removed.map(({ digest }) => digest).toSorted()).toEqual(
      [b.descriptor.digest, of.digest, second.digest].toSorted(),
    );
    expect(await fixture.unnamed()).toEqual([keep.digest]);
    await restore(['base:1'], { force: false }, fixture.context());
    expect((await fixture.unnamed()).toSorted()).toEqual([keep.digest, of.digest, second.digest].toSorted());
  });
});

describe('restore', () => {
  it('brings back names and content until the trash is emptied', async () => {
    await remove(['app:1', 'app']);
    await gc({ dryRun: false, grace: 0 }, fixture.context());
    const resting = await trash(fixture.context());
    expect(resting.trash).toMatchObject([{ names: [library('app:1'), library('app:latest')], by: 'tester' }]);
    await expectSchema('trash-report', resting);
    await expectSchema('restore-report', await restore(['app'], { force: false }, fixture.context()));
    expect((await fixture.meanings())[library('app:1')]).toBe(a.descriptor.digest);
    expect((await trash(fixture.context())).trash).toEqual([]);
  });

  it('takes no name from another image unless told', async () => {
    await remove(['base:1']);
    await tag('app:1', ['base:1'], {}, fixture.context());
    expect((await failureOf(() => restore(['base:1'], { force: false }, fixture.context()))).code).toBe('NAME_TAKEN');
    await restore(['base:1'], { force: false, as: 'base:old' }, fixture.context());
    expect((await fixture.meanings())[library('base:old')]).toBe(b.descriptor.digest);
  });

  it('knows images by the beginning of a digest', async () => {
    await remove(['base:1', 'app', 'app:1']);
    const short = b.descriptor.digest.slice(7, 19);
    expect(await restore([short], { force: false }, fixture.context())).toMatchObject({
      restored: [{ digest: b.descriptor.digest }],
    });
    expect((await failureOf(() => restore([short], { force: false }, fixture.context()))).code).toBe('TRASH_NOT_FOUND');
  });

  it('knows what does not rest there', async () => {
    await remove(['base:1']);
    const failure = await failureOf(() => restore(['bas:1'], { force: false }, fixture.context()));
    expect(failure.code).toBe('TRASH_NOT_FOUND');
    expect(failure.hint).toContain(library('base:1'));
    fixture.now += 8 * 86_400_000;
    await gc({ dryRun: false, grace: 0 }, fixture.context());
    expect((await failureOf(() => restore(['base:1'], { force: false }, fixture.context()))).code).toBe(
      'TRASH_NOT_FOUND',
    );
    expect(await isStored(b)).toBe(false);
  });
});

describe('prune', () => {
  it('takes images without a name, by the plan of its dry run', async () => {
    await tag('app:1', ['base:1'], {}, fixture.context());
    const dry = await pruneAll({ dryRun: true });
    expect(dry.removed).toMatchObject([{ digest: b.descriptor.digest, names: [], reason: 'dangling' }]);
    expect(await isStored(b)).toBe(true);
    const done = await pruneAll();
    expect({ ...done, dryRun: true }).toEqual(dry);
    expect(done.collection.bytes).toBeGreaterThan(0);
    expect([await isStored(a), await isStored(b)]).toEqual([true, false]);
    await expectSchema('prune-report', done);
  });

  it('takes named ones only if told, into the trash, and skips what is held', async () => {
    await pin(['base:1'], true, fixture.context());
    const done = await pruneAll({ all: true });
    expect(done.removed).toMatchObject([{ digest: a.descriptor.digest }]);
    expect(done.removed[0]?.expires).toBeDefined();
    expect(done.kept).toMatchObject([{ kind: 'pinned', subject: library('base:1') }]);
    expect(await isStored(a)).toBe(true);
    await pruneAll({ emptyTrash: true });
    expect(await isStored(a)).toBe(false);
  });

  it('keeps an image if one of its names is wanted', async () => {
    const filters = [{ key: 'reference', isNot: false, value: 'app:1' }] as const;
    expect((await pruneAll({ all: true, filters })).removed).toEqual([]);
  });

  it('takes artifacts whose subject is gone, and leaves others', async () => {
    const ghost = fixture.place.image({ layers: ['ghost'] });
    await fixture.put([[fixture.place.artifact(ghost.descriptor)], [fixture.place.artifact(b.descriptor, 'kept')]]);
    expect((await pruneAll()).removed).toMatchObject([{ reason: 'its subject is gone' }]);
  });
});

describe('images in groups', () => {
  it('say of a named image nothing that is true of its unnamed twin', async () => {
    // Two manifests of one config are two images of one image ID.
    const twin = fixture.place.image({ layers: ['shared', 'a'], manifest: { annotations: { twin: 'yes' } } });
    expect(twin.config.digest).toBe(a.config.digest);
    await fixture.put([[twin.descriptor, 'twin']]);
    await untag(['twin'], { force: false, ignoreMissing: false }, fixture.context());
    const { images: rows } = await images({ ...DEFAULT_IMAGES, group: true, sort: 'digest' }, fixture.context());
    const row = rows.find(({ imageID }) => imageID === a.config.digest);
    expect(row).toMatchObject({ reason: 'named', nameCount: 2, names: [library('app:1'), library('app:latest')] });
    expect(row?.digests).toHaveLength(2);
    expect(row).not.toHaveProperty('lastName');
  });
});

describe('a dry run', () => {
  it('says what a change of names would do, and does nothing', async () => {
    const context = fixture.context();
    const before = await fixture.meanings();
    expect(await tag('app:1', ['base:1'], { dryRun: true }, context)).toMatchObject({
      dryRun: true,
      names: [{ change: 'moved' }],
      dangling: [b.descriptor.digest],
    });
    const options = { force: false, ignoreMissing: false };
    expect(await untag(['base:1'], { ...options, dryRun: true }, context)).toMatchObject({ dryRun: true });
    expect(await fixture.meanings()).toEqual(before);
    await remove(['base:1']);
    const dry = await restore(['base:1'], { force: false, dryRun: true }, context);
    expect(await fixture.meanings()).not.toHaveProperty(library('base:1'));
    expect(await restore(['base:1'], { force: false }, context)).toEqual({ ...dry, dryRun: false });
    expect(await fixture.meanings()).toEqual(before);
  });
});

describe('what is pinned', () => {
  it('is listed: names and images', async () => {
    await pin(['base:1', a.descriptor.digest], true, fixture.context());
    const report = await pins(fixture.context());
    expect(report.pins.map(({ subject, digest }) => [subject, digest])).toEqual([
      [library('base:1'), b.descriptor.digest],
      [a.descriptor.digest, a.descriptor.digest],
    ]);
    await expectSchema('pin-report', report);
  });
});

describe('leases', () => {
  it('have labels, and are removed by the beginning of their id if no other begins so', async () => {
    const labels = { ['__proto__']: 'x', job: '17' };
    const [made] = (await addLease(['base:1'], { purpose: '', labels }, fixture.context())).leases;
    const [read] = (await leases(fixture.context())).leases;
    expect(Object.entries(read?.labels ?? {})).toEqual(Object.entries(labels));
    const id = made?.id ?? '';
    const store = await fixture.open();
    const lease = { ...(await loadLease(store, id))!, id: `${id.slice(0, -1)}${id.endsWith('0') ? '1' : '0'}` };
    await saveLease(store, lease);
    expect((await failureOf(() => removeLeases([id.slice(0, 8)], fixture.context()))).code).toBe('REFERENCE_AMBIGUOUS');
    expect((await failureOf(() => removeLeases([id.slice(0, 3)], fixture.context()))).code).toBe('LEASE_NOT_FOUND');
    await removeLeases([id], fixture.context());
    expect((await removeLeases([lease.id.slice(0, 8)], fixture.context())).leases).toMatchObject([{ id: lease.id }]);
  });

  it('are made, listed and removed', async () => {
    const made = await addLease(['base:1'], { purpose: 'build', duration: 60 }, fixture.context());
    await expectSchema('lease-report', made);
    const id = made.leases[0]!.id;
    expect((await leases(fixture.context())).leases).toMatchObject([{ id, live: true, roots: [b.descriptor.digest] }]);
    expect((await images({ ...DEFAULT_IMAGES, patterns: ['base'] }, fixture.context())).images).toMatchObject([
      { leased: true },
    ]);
    await removeLeases([id], fixture.context());
    expect((await leases(fixture.context())).leases).toEqual([]);
    for (const unknown of [id, '../../config']) {
      expect((await failureOf(() => removeLeases([unknown], fixture.context()))).code).toBe('LEASE_NOT_FOUND');
    }
  });

  it('of processes that run are theirs', async () => {
    const session = await openSession(await fixture.open(), { digests: [], roots: [b.descriptor.digest] });
    expect((await failureOf(() => removeLeases([session.id], fixture.context()))).code).toBe('LEASE_NOT_FOUND');
    await session.close();
  });
});

describe('the store itself', () => {
  it('is told about', async () => {
    const info = await stockInfo(fixture.context());
    expect(info).toMatchObject({ format: 1, created: false, names: 3, images: 2, leases: 0, resting: 0 });
    await expectSchema('store-report', info);
    expect((await failureOf(() => stockInfo(fixture.context({ root: join(fixture.directory, 'no') })))).code).toBe(
      'STORE_MISSING',
    );
    expect(await initStock({ adopt: false }, fixture.context({ root: join(fixture.directory, 'new') }))).toMatchObject({
      created: true,
      names: 0,
    });
  });

  it('changes its settings', async () => {
    const settings = { grace: 1, immutable: ['x'] };
    expect((await migrateStock({ settings }, fixture.context())).settings).toMatchObject(settings);
    expect((await stockInfo(fixture.context())).settings).toMatchObject(settings);
  });

  it('is emptied only by whoever names its path, and not under anybody at work', async () => {
    expect((await failureOf(() => resetStock('/', fixture.context()))).code).toBe('USAGE');
    const session = await openSession(await fixture.open(), { digests: [], roots: [] });
    expect((await failureOf(() => resetStock(fixture.root, fixture.context()))).code).toBe('IMAGE_LEASED');
    await session.close();
    expect(await resetStock(fixture.root, fixture.context())).toMatchObject({ names: 0, images: 0 });
    await fixture.put([[a.descriptor, 'again']]);
    expect((await checkStore({ repair: false, quick: false }, fixture.context())).findings).toEqual([]);
  });

  it('is examined', async () => {
    const report = await checkStore({ repair: false, quick: true }, fixture.context());
    expect(report).toMatchObject({ sound: true, blobs: 0 });
    await expectSchema('fsck-report', report);
  });
});

describe('every report', () => {
  it('keeps to its schema', async () => {
    const context = fixture.context();
    await expectSchema('tag-report', await tag('app:1', ['base:1'], {}, context));
    await expectSchema('pin-report', await pin(['app:1', b.descriptor.digest], true, context));
    await expectSchema('images-report', await images({ ...DEFAULT_IMAGES, all: true }, context));
    await expectSchema('df-report', await df(context));
    await expectSchema('gc-report', await gc({ dryRun: true }, context));
  });

  it('of a store that nobody has made is empty', async () => {
    const nowhere = fixture.context({ root: join(fixture.directory, 'nowhere') });
    expect((await images(DEFAULT_IMAGES, nowhere)).images).toEqual([]);
    expect((await df(nowhere)).total).toBe(0);
    expect((await leases(nowhere)).leases).toEqual([]);
    expect((await trash(nowhere)).trash).toEqual([]);
    expect((await failureOf(() => remove(['x'], {}).then(() => rmi(['x'], DEFAULT_RMI, nowhere)))).class).toBe('usage');
    expect(existsSync(join(fixture.directory, 'nowhere'))).toBe(false);
  });
});

describe('facts', () => {
  it.for(['', 'garbage', '{"format":1,"facts":{"sha256:x":1}}', '[]'])(
    'are computed again when the memory of them is %j',
    async (text) => {
      const { paths } = await fixture.open();
      const before = await images(DEFAULT_IMAGES, fixture.context());
      expect(existsSync(paths.facts)).toBe(true);
      writeFileSync(paths.facts, text);
      expect(await images(DEFAULT_IMAGES, fixture.context())).toEqual(before);
      expect(readFileSync(paths.facts, 'utf8')).toContain(a.config.digest);
    },
  );
});
