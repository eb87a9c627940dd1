import { lstatSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_RMI, rmi } from '../../../../src/operation/stock/remove.js';
import { addLease } from '../../../../src/operation/stock/lease.js';
import { df } from '../../../../src/operation/stock/usage.js';
import { gc } from '../../../../src/operation/stock/prune.js';
import type { MemoryImage } from '../../../support/memory-place.js';
import { StoreFixture } from '../../../support/store-fixture.js';

/** Bytes of all files, counted by somebody else. */
const bytesBelow = (path: string): number =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + lstatSync(join(entry.parentPath, entry.name)).size, 0);

let fixture: StoreFixture;
beforeEach(async () => {
  fixture = new StoreFixture();
  await fixture.open({ fsync: false });
});
afterEach(() => fixture.remove());

const partsOf = (image: MemoryImage): readonly { size: number }[] => [image.descriptor, image.config, ...image.layers];
const sizeOf = (parts: readonly { size: number }[]): number => parts.reduce((sum, { size }) => sum + size, 0);

describe('df', () => {
  it('counts every byte once', async () => {
    const { place } = fixture;
    const shared = 's'.repeat(5000);
    const [a, b, resting, leased, lost] = ['a', 'b', 'resting', 'leased', 'lost'].map((layer) =>
      place.image({ layers: [shared, layer.repeat(100)] }),
    );
    await fixture.put([
      [a!.descriptor, 'a', 'also'],
      [b!.descriptor, 'b'],
      [resting!.descriptor, 'resting'],
      [leased!.descriptor, 'leased'],
      [lost!.descriptor, 'lost'],
    ]);
    const context = fixture.context();
    await addLease(['leased'], { purpose: 'p' }, context);
    await rmi(['resting'], DEFAULT_RMI, context);
    await rmi(['leased', 'lost'], { ...DEFAULT_RMI, purge: true, force: true }, context);
    const { paths } = await fixture.open();
    mkdirSync(join(paths.ingest, 'x'));
    writeFileSync(join(paths.ingest, 'x', '0'), 'half');
    writeFileSync(join(paths.quarantine, 'bad'), 'bad');
    writeFileSync(join(paths.root, 'README'), 'not ours');
    const report = await df(context);
    expect(report.total).toBe(bytesBelow(fixture.root));
    expect(Object.values(report.parts).reduce((sum, bytes) => sum + bytes, 0)).toBe(report.total);
    const [layer] = a!.layers;
    const own = (image: MemoryImage): number => sizeOf(partsOf(image)) - layer!.size;
    expect(report.parts).toMatchObject({
      shared: layer!.size,
      unique: own(a!) + own(b!),
      leased: own(leased!),
      trash: own(resting!),
      reclaimable: own(lost!),
      temporary: 4,
      quarantine: 3,
      other: 8,
    });
    expect(report.logical).toBe(sizeOf(partsOf(a!)) + sizeOf(partsOf(b!)));
    expect(report.images.map(({ size, unique }) => size - unique)).toEqual([layer!.size, layer!.size]);
  });

  it('promises what a collection then frees', async () => {
    const { place } = fixture;
    const [a, b] = [place.image({ layers: ['shared', 'a'] }), place.image({ layers: ['shared', 'b'] })] as const;
    await fixture.put([
      [a.descriptor, 'a'],
      [b.descriptor, 'b'],
    ]);
    await rmi(['b'], { ...DEFAULT_RMI, purge: true }, fixture.context());
    const before = await df(fixture.context());
    const freed = await gc({ dryRun: false, grace: 0 }, fixture.context());
    const after = await df(fixture.context());
    expect(freed.bytes).toBe(before.parts.reclaimable);
    expect(after.parts).toMatchObject({ reclaimable: 0, unique: before.parts.unique });
    expect(after.total).toBe(bytesBelow(fixture.root));
  });
});
