import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verifiedBlobs } from '../../../src/content/blob.js';
import { openStoreSource } from '../../../src/store/source.js';
import type { Store } from '../../../src/store/store.js';
import { lastUsed } from '../../../src/store/used.js';
import { type MemoryImage, contentOf, failureOf } from '../../support/memory-place.js';
import { StoreFixture } from '../../support/store-fixture.js';

let fixture: StoreFixture;
let store: Store;
let image: MemoryImage;
let other: MemoryImage;
beforeEach(async () => {
  fixture = new StoreFixture();
  store = await fixture.open();
  image = fixture.place.image({ layers: ['a'.repeat(300_000)] });
  other = fixture.place.image({ layers: ['b'] });
  await fixture.put([
    [image.descriptor, 'app', 'app:2'],
    [other.descriptor, 'other'],
    [fixture.place.artifact(image.descriptor)],
  ]);
});
afterEach(() => fixture.remove());

describe('openStoreSource', () => {
  it('gives the images that are meant and those without a name, with a lease until it is closed', async () => {
    const source = await openStoreSource(store, [{ by: 'name', text: 'app' }]);
    expect(new Set(source.roots.map(({ descriptor }) => descriptor.digest)).has(other.descriptor.digest)).toBe(false);
    expect(source.roots).toHaveLength(3);
    expect(readdirSync(store.paths.leases)).toHaveLength(1);
    expect([...(await lastUsed(store.paths)).keys()]).toEqual([image.descriptor.digest]);
    await source.close();
    await source.close();
    expect(readdirSync(store.paths.leases)).toEqual([]);
  });

  it('gives all images where none is meant', async () => {
    const source = await openStoreSource(store, []);
    expect(source.roots).toHaveLength(4);
    await source.close();
  });

  it('reads blobs as a whole and in parts', async () => {
    const source = await openStoreSource(store, [{ by: 'digest', digest: image.config.digest }]);
    const layer = image.layers[0]!;
    const blob = await source.blobs.open(layer);
    expect(Buffer.from((await blob?.readAt(299_999, 5)) ?? []).toString()).toBe('a');
    expect(blob?.file).toMatchObject({ offset: 0, length: 300_000 });
    expect(await contentOf(blob)).toBe('a'.repeat(300_000));
    let size = 0;
    for await (const chunk of verifiedBlobs(source.blobs).read(layer)) size += chunk.length;
    expect(size).toBe(300_000);
    expect(await source.blobs.open(fixture.place.add('nowhere'))).toBeUndefined();
    await source.close();
  });

  it('names what is near where nothing is meant', async () => {
    const failure = await failureOf(() => openStoreSource(store, [{ by: 'name', text: 'ap' }]));
    expect(failure.code).toBe('REFERENCE_NOT_FOUND');
    expect(failure.hint).toContain('docker.io/library/app:');
    expect(readdirSync(store.paths.leases)).toEqual([]);
  });
});
