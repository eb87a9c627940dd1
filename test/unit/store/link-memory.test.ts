import { chmodSync, existsSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CollectionPlan, planCollection } from '../../../src/store/collect.js';
import { blobFile } from '../../../src/store/path.js';
import type { Store } from '../../../src/store/store.js';
import { type StoreUsage, storeUsage } from '../../../src/store/usage.js';
import type { MemoryImage } from '../../support/memory-place.js';
import { StoreFixture } from '../../support/store-fixture.js';

const COUNT = 120;

let fixture: StoreFixture;
let store: Store;
let images: readonly MemoryImage[];
beforeEach(async () => {
  fixture = new StoreFixture();
  store = await fixture.open({ fsync: false });
  images = Array.from({ length: COUNT }, (_, index) => fixture.place.image({ layers: ['shared', `own ${index}`] }));
  await fixture.put(images.map(({ descriptor }, index) => [descriptor, `app${index}:1`] as const));
});
afterEach(() => fixture.remove());

const usage = (): Promise<StoreUsage> => storeUsage(store);
/** What does not change with the size of the memory itself. */
const withoutState = ({ parts, images: rows, logical, blobs }: StoreUsage): unknown => ({
  parts: { ...parts, state: 0 },
  rows,
  logical,
  blobs,
});
const plan = (): Promise<CollectionPlan> => planCollection(store, { grace: 0 });

describe('what measuring remembers', () => {
  it('gives the same figures as looking', async () => {
    const first = await usage();
    expect(existsSync(store.paths.links)).toBe(true);
    expect(withoutState(await usage())).toEqual(withoutState(first));
  });

  it('is followed without reading documents again', async () => {
    await usage();
    // Nothing but a document that is read again could find this.
    const path = blobFile(store.paths, images[0]!.descriptor.digest);
    chmodSync(path, 0o644);
    writeFileSync(path, ' '.repeat(images[0]!.descriptor.size));
    await expect(usage()).resolves.toMatchObject({ blobs: COUNT * 3 + 1 });
    // What decides about removal reads everything itself.
    await expect(plan()).rejects.toMatchObject({ code: 'BLOB_CORRUPT' });
  });

  it('is not believed about documents that are gone', async () => {
    await usage();
    unlinkSync(blobFile(store.paths, images[3]!.descriptor.digest));
    const { parts, images: rows } = await usage();
    expect(rows.map(({ digest }) => digest)).not.toContain(images[3]!.descriptor.digest);
    expect(parts.reclaimable).toBe(images[3]!.config.size + images[3]!.layers[1]!.size);
  });

  it.for<[line: string, damage: (bytes: Buffer) => Buffer]>([
    ['torn', (bytes) => bytes.subarray(0, Math.floor(bytes.length / 2))],
    ['empty', () => Buffer.alloc(0)],
    ['not JSON', () => Buffer.from('x')],
    ['changed', (bytes) => Buffer.from(bytes.toString().replaceAll('"sha256:', '"sha512:'))],
    ['with links taken out', (bytes) => Buffer.from(bytes.toString().replaceAll(/\[\[.*?\]\]/g, '[]'))],
  ])('is left alone when it is %s', async ([, damage]) => {
    const good = withoutState(await usage());
    writeFileSync(store.paths.links, damage(readFileSync(store.paths.links)));
    const { live } = await plan();
    expect(live).toBe(COUNT * 3 + 1);
    expect(withoutState(await usage())).toEqual(good);
  });

  it('does nothing for a collection, whatever it says', async () => {
    await usage();
    writeFileSync(store.paths.links, '');
    const { live, blobs } = await plan();
    expect([live, blobs.length]).toEqual([COUNT * 3 + 1, 0]);
  });
});
