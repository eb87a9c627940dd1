import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { initStore } from '../../../src/store/init.js';
import { openStore, requireStore } from '../../../src/store/store.js';
import { readState } from '../../../src/store/transact.js';
import { failureOf } from '../../support/memory-place.js';
import { StoreFixture } from '../../support/store-fixture.js';

let fixture: StoreFixture;
beforeEach(() => {
  fixture = new StoreFixture();
});
afterEach(() => fixture.remove());

const make = (adopt = false): ReturnType<typeof initStore> => initStore(fixture.settings(), { adopt });

describe('initStore', () => {
  it('makes an empty image layout', async () => {
    await make();
    expect(readFileSync(join(fixture.root, 'oci-layout'), 'utf8')).toBe('{"imageLayoutVersion":"1.0.0"}');
    expect(readFileSync(join(fixture.root, 'index.json'), 'utf8')).toBe(
      '{"manifests":[],"mediaType":"application/vnd.oci.image.index.v1+json","schemaVersion":2}',
    );
    expect(readdirSync(fixture.root).toSorted()).toEqual(['.ingot', 'blobs', 'index.json', 'oci-layout']);
  });

  it('is done once by many', async () => {
    const stores = await Promise.all(Array.from({ length: 8 }, () => make()));
    expect(new Set(stores.map(({ config }) => JSON.stringify(config))).size).toBe(1);
    expect(readdirSync(join(fixture.root, '.ingot')).filter((name) => name.startsWith('.new-'))).toEqual([]);
  });

  it('goes on where another process was ended', async () => {
    await make();
    for (const name of ['.ingot/config.json', 'oci-layout']) rmSync(join(fixture.root, name));
    await make();
    expect(await openStore(fixture.settings())).toBeDefined();
    expect(existsSync(join(fixture.root, 'oci-layout'))).toBe(true);
  });

  it.for([
    ['other files', 'letter.txt'],
    ['an image layout', 'oci-layout'],
  ])('refuses %s', async ([, name = '']) => {
    mkdirSync(fixture.root);
    writeFileSync(join(fixture.root, name), '{"imageLayoutVersion":"1.0.0"}');
    expect((await failureOf(make)).code).toBe('STORE_FOREIGN');
    expect(readdirSync(fixture.root)).toEqual([name]);
  });

  it('refuses a file', async () => {
    writeFileSync(fixture.root, '');
    expect((await failureOf(make)).code).toBe('STORE_FOREIGN');
  });

  it('makes a store of an image layout if that is wanted', async () => {
    const image = fixture.place.image();
    for (const [path, bytes] of Object.entries(fixture.place.layoutFiles([image.descriptor]))) {
      const file = join(fixture.root, path);
      mkdirSync(join(file, '..'), { recursive: true });
      writeFileSync(file, bytes);
    }
    const store = await make(true);
    expect((await readState(store)).index.entries.map(({ digest }) => digest)).toEqual([image.descriptor.digest]);
  });

  it('refuses a layout of another version', async () => {
    mkdirSync(fixture.root);
    writeFileSync(join(fixture.root, 'oci-layout'), '{"imageLayoutVersion":"2.0.0"}');
    expect((await failureOf(() => make(true))).code).toBe('LAYOUT_VERSION');
  });

  it('follows a link to the store, and none inside', async () => {
    const elsewhere = join(fixture.directory, 'elsewhere');
    mkdirSync(elsewhere);
    symlinkSync(elsewhere, fixture.root);
    expect((await make()).paths.root).toBe(elsewhere);
    rmSync(join(elsewhere, '.ingot'), { recursive: true });
    symlinkSync(fixture.directory, join(elsewhere, '.ingot'));
    rmSync(join(elsewhere, 'blobs'), { recursive: true });
    expect((await failureOf(make)).code).toBe('STORE_TAMPERED');
  });

  it.for([' ', 'a b', 'a\nb', '🧊', '-rf', '%s', 'x'.repeat(200)])('takes the path %j', async (name) => {
    const root = join(fixture.directory, name);
    await initStore(fixture.settings({ root }), { adopt: false });
    expect(statSync(join(root, 'index.json')).isFile()).toBe(true);
  });
});

describe('requireStore', () => {
  it('says that there is none', async () => {
    expect((await failureOf(() => requireStore(fixture.settings()))).code).toBe('STORE_MISSING');
    expect(await openStore(fixture.settings())).toBeUndefined();
    expect(existsSync(fixture.root)).toBe(false);
  });
});
