import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadValidator } from '../../../src/base/schema.js';
import { collect } from '../../../src/store/collect.js';
import { saveLease } from '../../../src/store/lease.js';
import { requireStore } from '../../../src/store/store.js';
import { readState } from '../../../src/store/transact.js';
import { gc } from '../../../src/operation/stock/prune.js';
import { pin, tag } from '../../../src/operation/stock/names.js';
import { DEFAULT_RMI, rmi } from '../../../src/operation/stock/remove.js';
import { failureOf } from '../../support/memory-place.js';
import { StoreFixture } from '../../support/store-fixture.js';

const LEASE = '01234567-89ab-cdef-0123-456789abcdef';

let fixture: StoreFixture;
beforeEach(async () => {
  fixture = new StoreFixture();
  const image = fixture.place.image();
  await fixture.put([[image.descriptor, 'app', 'app:2']]);
});
afterEach(() => fixture.remove());

const path = async (name: 'config' | 'refs' | 'trash' | 'index'): Promise<string> => (await fixture.open()).paths[name];

describe('the files of the state', () => {
  it('keep to their schemas', async () => {
    const context = fixture.context();
    await pin(['app'], true, context);
    await tag('app', ['other'], {}, context);
    const second = fixture.place.image({ layers: ['two'] });
    await fixture.put([[second.descriptor, 'second']]);
    await tag('app', ['second'], {}, context);
    await pin([second.descriptor.digest], true, context);
    await rmi(['app:2', 'other'], { ...DEFAULT_RMI, force: true }, context);
    await rmi(['app'], { ...DEFAULT_RMI, force: true }, context);
    await rmi(['second'], DEFAULT_RMI, context);
    const store = await requireStore(fixture.settings());
    const digest = second.descriptor.digest;
    const lease = {
      id: LEASE,
      kind: 'user',
      owner: 'o',
      purpose: 'p',
      created: 0,
      expires: 1,
      digests: [digest],
      roots: [digest],
    } as const;
    await saveLease(store, lease);
    const { paths } = store;
    const files = [
      ['store-config', paths.config],
      ['store-refs', paths.refs],
      ['store-trash', paths.trash],
      ['store-lease', `${paths.leases}/${LEASE}.json`],
    ] as const;
    for (const [name, file] of files) {
      const text = readFileSync(file, 'utf8');
      expect((await loadValidator(name, { all: true }))(JSON.parse(text)), `${name}: ${text}`).toEqual([]);
    }
    expect(readFileSync(paths.refs, 'utf8')).toContain('replacedBy');
  });

  it.for(['config', 'refs', 'trash'] as const)('a %s of a newer format is left alone', async (name) => {
    const file = await path(name);
    writeFileSync(file, '{"format":2,"anything":[]}');
    const failure = await failureOf(async () => readState(await requireStore(fixture.settings())));
    expect(failure.code).toBe('STORE_VERSION');
    expect(readFileSync(file, 'utf8')).toBe('{"format":2,"anything":[]}');
  });

  it.for([
    ['nothing', ''],
    ['half of it', '{"format":1,"refs":{"a'],
    ['zeros', '\0'.repeat(100)],
    ['no object', '[]'],
    ['no format', '{}'],
    ['format zero', '{"format":0}'],
    ['a format of text', '{"format":"1"}'],
    ['deep nesting', `{"format":1,"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`],
    ['a key twice', '{"format":1,"format":1}'],
    ['a wrong digest', '{"format":1,"seq":1,"images":{},"refs":{"a":{"digest":"sha256:../../x"}}}'],
  ])('%s instead of the records is refused, and nothing is removed', async ([, text = '']) => {
    writeFileSync(await path('refs'), text);
    const failure = await failureOf(() => gc({ dryRun: false, grace: 0 }, fixture.context()));
    expect(failure.code).toBe('STORE_STATE_INVALID');
    expect(failure.hint).toContain('fsck');
  });

  it('records cut at any length are refused or whole', async () => {
    const file = await path('refs');
    const whole = readFileSync(file);
    for (let length = 0; length < whole.length; length += 7) {
      writeFileSync(file, whole.subarray(0, length));
      expect((await failureOf(() => fixture.state())).code).toBe('STORE_STATE_INVALID');
    }
  });

  it.for(['config', 'refs', 'trash', 'index'] as const)('a link instead of %s is not followed', async (name) => {
    const file = await path(name);
    const copy = `${fixture.directory}/copy`;
    writeFileSync(copy, '{"format":1}');
    rmSync(file, { force: true });
    symlinkSync(copy, file);
    expect((await failureOf(async () => readState(await requireStore(fixture.settings())))).code).toBe(
      'STORE_TAMPERED',
    );
  });

  it('a FIFO does not make anybody wait', async () => {
    const file = await path('refs');
    rmSync(file);
    execFileSync('mkfifo', [file]);
    expect((await failureOf(() => fixture.state())).code).toBe('STORE_TAMPERED');
  });

  it('a directory is no state', async () => {
    const file = await path('trash');
    rmSync(file, { force: true });
    mkdirSync(file);
    expect((await failureOf(() => fixture.state())).code).toBe('STORE_TAMPERED');
  });

  it('a file beyond the limit is not read', async () => {
    const file = await path('refs');
    const limits = { ...(await fixture.open()).limits, storeState: 1000 };
    truncateSync(file, 1001);
    const failure = await failureOf(async () => readState(await requireStore(fixture.settings({ limits }))));
    expect(failure.code).toBe('STORE_STATE_INVALID');
  });

  it('a lease that cannot be read stops the collector', async () => {
    const store = await fixture.open();
    writeFileSync(`${store.paths.leases}/${LEASE}.json`, '{"format":1}');
    expect((await failureOf(() => collect(store, { grace: 0 }))).code).toBe('STORE_STATE_INVALID');
  });

  it('settings of a later version are kept', async () => {
    const store = await fixture.open();
    const value = JSON.parse(readFileSync(store.paths.config, 'utf8')) as Record<string, unknown>;
    writeFileSync(store.paths.config, JSON.stringify({ ...value, policy: { rules: [] } }));
    await fixture.open({ grace: 5 });
    expect(JSON.parse(readFileSync(store.paths.config, 'utf8'))).toMatchObject({ grace: 5, policy: { rules: [] } });
  });
});
