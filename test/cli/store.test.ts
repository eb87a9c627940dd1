import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { contextWith } from '../../src/operation/context.js';
import { tag } from '../../src/operation/stock/names.js';
import { gc, prune } from '../../src/operation/stock/prune.js';
import { DEFAULT_RMI, rmi } from '../../src/operation/stock/remove.js';
import type { FsckReport, StoreReport } from '../../src/operation/stock/report.js';
import type { LoadReport } from '../../src/operation/report.js';
import type { HistoryReport } from '../../src/operation/history.js';
import type { TreeLayersReport } from '../../src/operation/tree-layers.js';
import type { WhatRequiresReport } from '../../src/operation/what-requires.js';
import { golden, run, runFailing, runJson } from './support/run.js';
import { inScratch } from './support/scratch.js';

const at = inScratch();

const APP = golden('app/docker-save.tar');
const PUSHED = golden('app/skopeo-oci.tar');
const TRIO = golden('trio/docker-save-a.tar');
const NAME = 'registry.example/demo/app:1.0';
const MANIFEST = 'sha256:b711c79ee3b8e5b89eb8f1b63f5f3fd92708d62b133e662e9eb5a06560d781e1';
const CONFIG = 'sha256:69f0ba4a96afa2f184253636b7c5da2122cee87ffbad4a3278baa7da6f3dc836';

const root = (): string => at('store');
const stock = () => ({ ...contextWith({ pathExists: existsSync }), store: { root: root() } });
const load = async (...argv: string[]): Promise<LoadReport> =>
  (await runJson('load-report', ['load', ...argv])) as LoadReport;
const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');
const saved = async (...names: string[]): Promise<string> => {
  const { code, stderr } = await run(['save', ...names, '-o', 'saved.tar', '-q']);
  expect({ code, stderr }).toStrictEqual({ code: 0, stderr: '' });
  return sha256('saved.tar');
};
const blobFile = (digest: string): string => join(root(), 'blobs', digest.replace(':', '/'));

beforeEach(() => {
  rmSync(root(), { recursive: true, force: true });
});

describe('load', () => {
  it('goes into the store, and tells name, digest and image ID', async () => {
    const { code, stdout, stderr } = await run(['load', APP]);
    expect({ code, stderr }).toStrictEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n')).toStrictEqual([
      `${NAME} (linux/amd64)`,
      `  digest    ${MANIFEST}`,
      `  image ID  ${CONFIG}`,
      expect.stringMatching(/^loaded: 1 image into the store .*: \d+ blobs copied \(.*\)$/),
      '',
    ]);
  });

  it('copies nothing when everything is there, and says so', async () => {
    const first = await load(APP);
    expect(first.store).toMatchObject({ present: 0, names: [{ name: NAME, digest: MANIFEST, change: 'new' }] });
    expect(first.store?.copied).toBeGreaterThan(0);
    const again = await load(golden('app/podman-save.tar'));
    expect(again.store).toMatchObject({
      stored: 0,
      copied: 0,
      present: first.store?.blobs.length,
      names: [{ change: 'same' }],
    });
    expect(new Set(again.store?.blobs.map(({ arrival }) => arrival))).toEqual(new Set(['present']));
    expect((await run(['load', APP])).stdout).toMatch(/: nothing copied, all \d+ blobs were there\n$/);
  });

  it('says which blobs were there, when some were', async () => {
    await load(APP);
    const { stdout } = await run(['load', TRIO]);
    expect(stdout).toMatch(/^there: sha256:[0-9a-f]{64}: /m);
    expect(stdout).toMatch(/ copied \(.*\), \d+ blobs? (?:was|were) there\n$/);
  });

  it('renames, and into a name of the store', async () => {
    expect(await load(APP, '--name', `${NAME}=other:2`)).toMatchObject({
      store: { names: [{ name: 'docker.io/library/other:2' }] },
    });
    expect(await load(APP, '--to', 'store:third')).toMatchObject({
      store: { names: [{ name: 'docker.io/library/third:latest' }] },
    });
  });

  it('moves a name, unless that is not wanted or not allowed', async () => {
    await load(APP);
    expect((await runFailing(['load', PUSHED, '--no-clobber'])).error.code).toBe('NAME_TAKEN');
    await run(['store', 'migrate', '--immutable', 'registry.example/**']);
    expect((await runFailing(['load', PUSHED])).error.code).toBe('NAME_IMMUTABLE');
    const { stdout } = await run(['load', PUSHED, '--force']);
    expect(stdout).toContain(`\nmoved: ${NAME} `);
  });

  it('takes whole files by a hard link where it is told to, verified', async () => {
    await run(['copy', PUSHED, 'oci:source']);
    const report = await load('oci:source', '--link');
    const arrivals = new Set(report.store?.blobs.map(({ arrival }) => arrival));
    // A file system with clones needs no links.
    expect([['linked'], ['cloned']]).toContainEqual([...arrivals]);
    expect(report.store?.copied).toBe(0);
    const [blob] = report.store?.blobs ?? [];
    if (arrivals.has('linked')) expect(statSync(blobFile(blob?.digest ?? '')).nlink).toBe(2);
    rmSync(root(), { recursive: true });
    const bad = join('source', 'blobs', (blob?.digest ?? '').replace(':', '/'));
    const bytes = readFileSync(bad);
    bytes.writeUInt8(bytes.readUInt8(3) ^ 1, 3);
    chmodSync(bad, 0o644);
    writeFileSync(bad, bytes);
    expect((await runFailing(['load', 'oci:source', '--link'])).error.code).toBe('DIGEST_MISMATCH');
    expect((await run(['fsck'])).code).toBe(0);
    expect(existsSync(blobFile(blob?.digest ?? ''))).toBe(false);
  });

  it('hashes what is there with --paranoid, and replaces what is damaged', async () => {
    const { store } = await load(APP);
    const [blob] = store?.blobs ?? [];
    const path = blobFile(blob?.digest ?? '');
    const bytes = readFileSync(path);
    bytes.writeUInt8(bytes.readUInt8(0) ^ 1, 0);
    chmodSync(path, 0o644);
    writeFileSync(path, bytes);
    chmodSync(path, 0o444);
    expect((await load(APP)).store).toMatchObject({ stored: 0 });
    expect((await load(APP, '--paranoid')).store).toMatchObject({ stored: 1 });
    expect((await run(['fsck'])).code).toBe(0);
  });

  it.for([['--link'], ['--paranoid'], ['--no-clobber'], ['--force']])(
    'refuses %s for another place',
    async ([flag = '']) => {
      expect(await runFailing(['load', APP, '--to', 'oci:elsewhere', flag])).toMatchObject({
        code: 2,
        error: { code: 'USAGE', subject: flag },
      });
    },
  );
});

describe('save from the store', () => {
  it('gives the bytes of the archive that was loaded, whatever happened in between', async () => {
    await load(APP);
    const direct = await (async () => {
      await run(['save', APP, '-o', 'direct.tar', '-q']);
      return sha256('direct.tar');
    })();
    expect(await saved(NAME)).toBe(direct);
    await load(PUSHED, '--name', 'later:1');
    await load(TRIO);
    await tag(NAME, ['extra:1', 'extra:2'], {}, stock());
    await rmi(['extra:1', 'later:1'], DEFAULT_RMI, stock());
    await tag('extra:2', ['later:1'], {}, stock());
    await rmi(['extra:2', 'later:1'], { ...DEFAULT_RMI, purge: true }, stock());
    await prune({ all: false, filters: [], purge: false, dryRun: false, grace: 0 }, stock());
    await gc({ dryRun: false, grace: 0 }, stock());
    expect(await saved(NAME)).toBe(direct);
    expect(await saved(`store:${NAME}`)).toBe(direct);
  });

  it('puts several names into one archive, in any order', async () => {
    await load(TRIO);
    const { stdout } = await run(['save', TRIO, '-o', 'both.tar', '--json']);
    const names = (JSON.parse(stdout) as LoadReport).images.flatMap((image) => image.names);
    expect(names.length).toBeGreaterThan(1);
    expect(await saved(...names)).toBe(sha256('both.tar'));
    expect(await saved(...names.toReversed())).toBe(sha256('both.tar'));
    // A pattern that fits no path is one of names.
    expect(await saved('store:**')).toBe(sha256('both.tar'));
    expect(await saved('registry.example/**')).toBe(sha256('both.tar'));
  });

  it('refuses a pattern that nothing fits', async () => {
    await load(APP);
    expect((await runFailing(['save', 'store:none*', '-o', 'x.tar'])).error.code).toBe('FILE_NOT_FOUND');
    expect((await runFailing(['save', 'none*', '-o', 'x.tar'])).error.code).toBe('FILE_NOT_FOUND');
    expect(existsSync('x.tar')).toBe(false);
  });
});

describe('a reference in the store', () => {
  beforeEach(async () => {
    await load(PUSHED);
  });

  it.for([
    ['verify'],
    ['inspect'],
    ['tree'],
    ['tree', '--layers'],
    ['tree', '--platforms'],
    ['tree', '--whatrequires'],
    ['history'],
    ['ls'],
    ['digest'],
    ['digest', '--images'],
    ['lock'],
    ['recipe'],
    ['explain-layers'],
  ])('is read by %s', async (argv) => {
    for (const text of [NAME, `store:${NAME}`, 'f945b867d7f5', '69f0ba4a96af']) {
      const { code, stdout, stderr } = await run([...argv, text]);
      expect({ code, stderr }).toStrictEqual({ code: 0, stderr: '' });
      expect(stdout).not.toBe('');
      expect((await run(['--json', ...argv, text])).code).toBe(0);
    }
  });

  it('is copied from and to', async () => {
    expect((await run(['copy', NAME, 'oci:out'])).code).toBe(0);
    expect((await run(['copy', 'oci:out', 'again:1'])).stdout).toMatch(/nothing copied/);
    expect((await run(['copy', NAME, 'store:third:1'])).stdout).toMatch(/nothing copied/);
    const lines = (await run(['digest', NAME, 'oci:out'])).stdout.split('\n');
    expect(lines[0]?.slice(0, 71)).toBe(lines[1]?.slice(0, 71));
  });

  it('that does not exist suggests near ones', async () => {
    expect(await runFailing(['inspect', 'registry.example/demo/ap:1.0'])).toMatchObject({
      code: 2,
      error: { code: 'REFERENCE_NOT_FOUND', hint: expect.stringContaining(NAME) as unknown },
    });
  });

  it('that is neither a path nor a name says so', async () => {
    const { error } = await runFailing(['inspect', 'whatever']);
    expect(error).toMatchObject({ code: 'REFERENCE_NOT_FOUND', expected: expect.stringContaining('path') as unknown });
    expect((await runFailing(['inspect', 'missing.tar'])).error.code).toBe('FILE_NOT_FOUND');
    expect((await runFailing(['inspect', './missing'])).error.code).toBe('FILE_NOT_FOUND');
    rmSync(root(), { recursive: true });
    expect((await runFailing(['inspect', 'whatever'])).error.code).toBe('FILE_NOT_FOUND');
    expect((await runFailing(['inspect', 'store:whatever'])).error.code).toBe('STORE_MISSING');
  });
});

describe('tree and history', () => {
  const BASE = 'registry.example/demo/base:1';
  const TOOL = 'registry.example/demo/tool:2';

  beforeEach(async () => {
    await load(TRIO);
  });

  it('show the layers of images, and who shares them', async () => {
    const report = (await runJson('tree-layers-report', ['tree', '--layers', 'store:'])) as TreeLayersReport;
    const byName = new Map(report.images.map((image) => [image.names[0], image]));
    expect(byName.get(BASE)?.layers).toMatchObject([{ present: true, topOf: [BASE], alsoIn: [NAME, TOOL] }]);
    expect(byName.get(TOOL)?.layers[0]).toEqual({ ...byName.get(BASE)?.layers[0], alsoIn: [NAME, BASE] });
    const { stdout } = await run(['tree', '--layers', TRIO]);
    expect(stdout.match(/top of: registry.example\/demo\/base:1 {2}also in: /g)?.length).toBeGreaterThan(2);
  });

  it('show platforms, and which of them are there', async () => {
    const argv = ['tree', '--platforms', golden('multi/skopeo-all.tar')];
    expect(await runJson('tree-platforms-report', argv)).toMatchObject({
      images: [{ platforms: [{ platform: 'linux/amd64', present: true }, { platform: 'linux/arm64/v8' }] }],
    });
    await load(golden('multi/skopeo-all.tar'), '--platform', 'linux/amd64', '--allow-sparse');
    const sparse = await runJson('tree-platforms-report', ['tree', '--platforms', 'registry.example/demo/multi:1']);
    expect(sparse).toMatchObject({
      images: [
        {
          platforms: [
            { platform: 'linux/amd64', present: true },
            { present: false, size: 0 },
          ],
        },
      ],
    });
    expect((await run(['tree', '--platforms', 'registry.example/demo/multi:1'])).stdout).toMatch(/missing\n$/);
  });

  it('show what in the store requires an image, a layer or a config', async () => {
    const ask = async (text: string): Promise<WhatRequiresReport> =>
      (await runJson('tree-whatrequires-report', ['tree', '--whatrequires', text])) as WhatRequiresReport;
    const how = ({ requiredBy }: WhatRequiresReport): readonly unknown[] =>
      requiredBy.map((image) => [image.names[0], image.how, image.layers]);
    expect(how(await ask(BASE))).toEqual([
      [NAME, 'built-on', 1],
      [BASE, 'same', 1],
      [TOOL, 'built-on', 1],
    ]);
    expect(how(await ask(TOOL))).toEqual([
      [NAME, 'shares', 1],
      [BASE, 'shares', 1],
      [TOOL, 'same', 2],
    ]);
    // Compressed layers of an archive are the same layers.
    expect(how(await ask(PUSHED))).toContainEqual([NAME, 'same', 4]);
    const layer = 'sha256:7ce4fd414e2d1aeecf57a99911aee1a2b77f9b4374ffb213d374b57f9d6fbecf';
    expect(await ask(layer)).toMatchObject({ blob: layer, images: [] });
    expect(how(await ask(layer)).length).toBe(3);
    expect(how(await ask(CONFIG))).toContainEqual([NAME, 'same', 4]);
    const nothing = `sha256:${'0'.repeat(64)}`;
    expect((await runFailing(['tree', '--whatrequires', nothing])).error.code).toBe('REFERENCE_NOT_FOUND');
    expect((await runFailing(['tree', '--layers', '--platforms', BASE])).error.code).toBe('USAGE');
  });

  it('read the base of an image that Buildah made', async () => {
    await load(golden('built/buildah-oci.tar'), '--name', 'buildah:1');
    const report = (await runJson('history-report', ['history', 'buildah:1'])) as HistoryReport;
    const steps = report.images.flatMap(({ history }) => history);
    expect(steps.filter(({ from }) => from !== undefined)).toMatchObject([{ from: 'registry.example/demo/built:1' }]);
    // Each layer stands beside a step that made one.
    expect(steps.filter(({ layer }) => layer !== undefined).every(({ emptyLayer }) => !emptyLayer)).toBe(true);
    expect(steps.findIndex(({ from }) => from !== undefined)).toBeGreaterThan(0);
  });
});

describe('store', () => {
  const report = async (...argv: string[]): Promise<StoreReport> =>
    (await runJson('store-report', ['store', ...argv])) as StoreReport;

  it('is made, once', async () => {
    expect(await report('init')).toMatchObject({ store: root(), created: true, images: 0 });
    expect(await report('init')).toMatchObject({ created: false });
    expect((await run(['store', 'init'])).stdout).toMatch(/^there already: /);
  });

  it('is made of a layout that is there, if that is wanted', async () => {
    await run(['copy', PUSHED, `oci:${root()}`]);
    expect((await runFailing(['store', 'init'])).error.code).toBe('STORE_FOREIGN');
    expect(await report('init', '--adopt')).toMatchObject({ created: true, images: 1, names: 1 });
    expect((await run(['verify', NAME])).code).toBe(0);
  });

  it('tells about itself', async () => {
    expect((await runFailing(['store', 'info'])).error.code).toBe('STORE_MISSING');
    await load(APP);
    expect(await report('info')).toMatchObject({ images: 1, names: 1, resting: 0, settings: { trash: 604_800 } });
    expect((await run(['store', 'info'])).stdout).toContain('\n  trash         7d\n');
  });

  it('changes its settings', async () => {
    await report('init');
    const argv = ['--trash', '30d', '--grace', '10m', '--lease', '2h', '--ref-name', 'tag', '--fsync', 'no'];
    const settings = { trash: 2_592_000, grace: 600, lease: 7200, refName: 'tag', fsync: false };
    expect(await report('migrate', ...argv, '--immutable', 'a', '--immutable', 'b*')).toMatchObject({
      settings: { ...settings, immutable: ['a', 'b*'] },
    });
    expect(await report('migrate', '--immutable', '-')).toMatchObject({ settings: { ...settings, immutable: [] } });
    expect((await runFailing(['store', 'info', '--trash', '1d'])).error.code).toBe('USAGE');
    expect((await runFailing(['store', 'migrate', '--trash', 'long'])).error.code).toBe('USAGE');
  });

  it('is emptied only where its path is typed', async () => {
    await load(APP);
    expect(await runFailing(['store', 'reset'])).toMatchObject({ code: 2, error: { code: 'USAGE' } });
    expect(await runFailing(['store', 'reset', '/'])).toMatchObject({ code: 2, error: { expected: root() } });
    expect(await report('info')).toMatchObject({ images: 1 });
    expect(await report('reset', root())).toMatchObject({ images: 0, names: 0, resting: 0 });
    expect(readdirSync(join(root(), 'blobs', 'sha256'))).toEqual([]);
  });

  it.for([[['nonsense']], [['info', 'more']], [['info', '--adopt']], [[]]])('refuses %j', async ([argv]) => {
    expect(await runFailing(['store', ...(argv ?? [])])).toMatchObject({ code: 2, error: { code: 'USAGE' } });
  });
});

describe('fsck', () => {
  const report = async (...argv: string[]): Promise<FsckReport> =>
    (await runJson('fsck-report', ['fsck', ...argv])) as FsckReport;

  it('says yes', async () => {
    await load(APP);
    expect(await run(['fsck'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^sound: .*: nothing found; \d+ blobs hashed, /) as unknown,
    });
    expect(await report('--quick')).toMatchObject({ sound: true, findings: [], blobs: 0 });
    expect((await run(['fsck', '-q'])).stdout).toBe('');
  });

  it('says no with exit status 1, and puts right what can be', async () => {
    const { store } = await load(APP);
    const [blob] = store?.blobs ?? [];
    const path = blobFile(blob?.digest ?? '');
    chmodSync(path, 0o644);
    writeFileSync(path, 'damaged');
    const { code, stdout } = await run(['fsck']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^error: BLOB_CORRUPT: sha256:/m);
    expect(stdout).toMatch(/^not sound: .*$/m);
    expect(await report()).toMatchObject({ sound: false });
    expect(await report('--repair')).toMatchObject({ repaired: expect.arrayContaining([blob?.digest]) as unknown });
    // The content is gone until it is loaded again.
    expect((await run(['fsck'])).code).toBe(1);
    await load(APP);
    expect((await run(['fsck'])).code).toBe(0);
  });
});
