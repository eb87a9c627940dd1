import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_IMAGES, images } from '../../../src/operation/stock/images.js';
import { parseFilter } from '../../../src/operation/stock/filter.js';
import { addLease } from '../../../src/operation/stock/lease.js';
import { gc, prune } from '../../../src/operation/stock/prune.js';
import { DEFAULT_RMI, rmi } from '../../../src/operation/stock/remove.js';
import { restore } from '../../../src/operation/stock/restore.js';
import { fsck } from '../../../src/store/fsck.js';
import { StoreFixture, library } from '../../support/store-fixture.js';

const DAY = 86_400_000;

let fixture: StoreFixture;
beforeEach(async () => {
  fixture = new StoreFixture();
  await fixture.open({ fsync: false });
});
afterEach(() => fixture.remove());

const names = async (): Promise<readonly string[]> => Object.keys(await fixture.meanings());

describe('a clock that goes back', () => {
  it.for([1, 400, 20_000])('by %d days takes nothing from anybody', async (days) => {
    const [kept, gone, held, later] = ['kept', 'gone', 'held', 'later'].map((layer) =>
      fixture.place.image({ layers: [layer] }),
    );
    await fixture.put([
      [kept!.descriptor, 'kept'],
      [gone!.descriptor, 'gone'],
      [held!.descriptor, 'held'],
    ]);
    const context = fixture.context();
    await rmi(['gone'], DEFAULT_RMI, context);
    await addLease(['held'], { purpose: 'p' }, context);
    await rmi(['held'], { ...DEFAULT_RMI, force: true, purge: true }, context);
    fixture.now -= days * DAY;
    await fixture.put([[later!.descriptor, 'later']]);
    // What came in the future is young, and what rests or is leased until then still is.
    const swept = await gc({ dryRun: false }, context);
    expect([swept.blobs, swept.trash, swept.leases]).toEqual([[], [], []]);
    await prune({ all: false, filters: [], purge: false, dryRun: false, grace: 0 }, context);
    await restore(['gone'], { force: false }, context);
    expect(await names()).toEqual(['gone', 'kept', 'later'].map((name) => library(`${name}:latest`)));
    // The order in which images came is not one of times.
    const since = await images({ ...DEFAULT_IMAGES, filters: [parseFilter('since=kept')] }, context);
    expect(since.images.flatMap((row) => row.names)).toContain(library('later:latest'));
    const { findings } = await fsck(await fixture.open(), { repair: false, quick: false });
    expect(findings).toEqual([]);
  });

  it('and comes back ends what has ended by then', async () => {
    const image = fixture.place.image({ layers: ['x'] });
    await fixture.put([[image.descriptor, 'x']]);
    await rmi(['x'], DEFAULT_RMI, fixture.context());
    fixture.now -= DAY;
    await gc({ dryRun: false, grace: 0 }, fixture.context());
    fixture.now += 30 * DAY;
    const swept = await gc({ dryRun: false, grace: 0 }, fixture.context());
    expect([swept.blobs.length, swept.trash.length]).toEqual([3, 1]);
  });
});
