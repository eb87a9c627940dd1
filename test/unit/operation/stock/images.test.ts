import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Filter, parseFilter } from '../../../../src/operation/stock/filter.js';
import { DEFAULT_IMAGES, type ImagesOptions, images } from '../../../../src/operation/stock/images.js';
import { parseBytes, parseDuration, parseInstant } from '../../../../src/operation/stock/measure.js';
import { addLease } from '../../../../src/operation/stock/lease.js';
import { pin, untag } from '../../../../src/operation/stock/names.js';
import type { ImageRow } from '../../../../src/operation/stock/report.js';
import { markUsed } from '../../../../src/store/used.js';
import { type MemoryImage, failureOf } from '../../../support/memory-place.js';
import { StoreFixture, library } from '../../../support/store-fixture.js';

const DAY = 86_400_000;

describe('images', () => {
  let fixture: StoreFixture;
  let made: Record<'old' | 'mid' | 'fresh' | 'lost', MemoryImage>;
  let start: number;

  beforeAll(async () => {
    fixture = new StoreFixture();
    await fixture.open({ fsync: false });
    start = fixture.now;
    const { place } = fixture;
    const image = (layer: string, labels: Record<string, string>, architecture = 'amd64'): MemoryImage =>
      place.image({
        layers: [layer],
        platform: { os: 'linux', architecture },
        config: { config: { Labels: labels }, created: '2024-01-01T00:00:00Z' },
      });
    made = {
      old: image('old'.repeat(1000), { team: 'a', keep: 'yes' }),
      mid: image('mid', { team: 'b' }, 'arm64'),
      fresh: image('fresh', {}),
      lost: image('lost', {}),
    };
    await fixture.put([[made.old.descriptor, 'old:1', 'registry.example/team/old:1']]);
    fixture.now += 10 * DAY;
    await fixture.put([[made.mid.descriptor, 'mid:1']]);
    fixture.now += 10 * DAY;
    await fixture.put([[made.lost.descriptor, 'lost:1'], [place.artifact(made.mid.descriptor)]]);
    await fixture.put([[place.index([made.old.descriptor, made.mid.descriptor]), 'multi:1']]);
    await untag(['lost:1'], { force: false, ignoreMissing: false }, fixture.context());
    fixture.now += 10 * DAY;
    await fixture.put([[made.fresh.descriptor, 'fresh:1']]);
    await pin(['mid:1'], true, fixture.context());
    await addLease(['fresh:1'], { purpose: 'p' }, fixture.context());
    await markUsed(await fixture.open(), [made.old.descriptor.digest]);
  });
  afterAll(() => fixture.remove());

  const list = async (options: Partial<ImagesOptions>): Promise<readonly ImageRow[]> =>
    (await images({ ...DEFAULT_IMAGES, ...options }, fixture.context())).images;
  const short = (rows: readonly ImageRow[]): readonly string[] =>
    rows.map(
      ({ names, lastName }) => names.map((name) => name.replace(library(''), '')).join(' ') || `(${lastName ?? ''})`,
    );
  const filtered = async (...filters: string[]): Promise<readonly string[]> =>
    short(await list({ filters: filters.map(parseFilter) }));

  it('lists names, then images without one', async () => {
    expect(short(await list({}))).toEqual([
      'fresh:1',
      'mid:1',
      'multi:1',
      'old:1',
      'registry.example/team/old:1',
      `(${library('lost:1')})`,
    ]);
  });

  it('tells what is known', async () => {
    const [row] = await list({ patterns: ['mid'] });
    expect(row).toMatchObject({
      digests: [made.mid.descriptor.digest],
      imageID: made.mid.config.digest,
      kind: 'image',
      platforms: ['linux/arm64'],
      created: '2024-01-01T00:00:00Z',
      imported: new Date(start + 10 * DAY).toISOString(),
      labels: { team: 'b' },
      pinned: true,
      leased: false,
      sparse: false,
      reason: 'named',
      source: 'memory',
    });
    expect((await list({ patterns: ['multi'] }))[0]).toMatchObject({
      kind: 'index',
      platforms: ['linux/amd64', 'linux/arm64'],
    });
  });

  it('shows what belongs to other images only if told', async () => {
    expect((await list({ all: true })).map(({ reason }) => reason)).toContain('referrer');
    expect((await list({})).map(({ reason }) => reason)).not.toContain('referrer');
  });

  it('puts names of one ID together', async () => {
    const rows = await list({ group: true });
    expect(rows.find(({ imageID }) => imageID === made.old.config.digest)?.names).toEqual([
      library('old:1'),
      'registry.example/team/old:1',
    ]);
    expect(rows).toHaveLength(5);
  });

  it('counts names and leases, and says what a referrer refers to', async () => {
    const [old] = await list({ patterns: ['old'] });
    expect(old).toMatchObject({ nameCount: 2, leases: [] });
    expect((await list({ patterns: ['fresh'] }))[0]?.leases).toHaveLength(1);
    expect((await list({ all: true })).find(({ reason }) => reason === 'referrer')?.subject).toBe(
      made.mid.descriptor.digest,
    );
  });

  it.for([
    ['size', ['multi:1', 'old:1']],
    ['imported', ['fresh:1']],
    ['id', undefined],
    ['created', undefined],
    ['tagged', undefined],
    ['digest', undefined],
  ] as const)('sorts by %s', async ([sort, first]) => {
    const rows = short(await list({ sort, reverse: true }));
    expect(rows).toHaveLength(6);
    if (first !== undefined) expect(rows.slice(0, first.length).toSorted()).toEqual([...first].toSorted());
  });

  it.for([
    [['dangling=true'], ['(docker.io/library/lost:1)']],
    [['dangling=false', 'reference=old'], ['old:1']],
    [['label=team'], ['mid:1', 'old:1', 'registry.example/team/old:1']],
    [['label=team=b'], ['mid:1']],
    [
      ['label!=team', 'dangling=false'],
      ['fresh:1', 'multi:1'],
    ],
    [['label!=keep=yes', 'label=team'], ['mid:1']],
    [['before=mid:1'], ['old:1', 'registry.example/team/old:1']],
    [['since=multi:1', 'dangling=false'], ['fresh:1']],
    [['until=15d'], ['mid:1', 'old:1', 'registry.example/team/old:1']],
    [
      ['until!=15d', 'dangling=false'],
      ['fresh:1', 'multi:1'],
    ],
    [['reference=registry.example/**'], ['registry.example/team/old:1']],
    [
      ['reference=mid', 'reference=fresh'],
      ['fresh:1', 'mid:1'],
    ],
    [['platform=linux/arm64'], ['mid:1', 'multi:1']],
    [['size>2kB'], ['multi:1', 'old:1', 'registry.example/team/old:1']],
    [['size<2kB', 'pinned=true'], ['mid:1']],
    [['leased=true'], ['fresh:1']],
    [['leased!=true', 'pinned!=true', 'size<2kB'], ['(docker.io/library/lost:1)']],
    [['unused-for=15d'], ['mid:1']],
  ] as const)('filters by %j', async ([filters, expected]) => {
    expect(await filtered(...filters)).toEqual(expected);
  });

  it('filters by digest and ID', async () => {
    expect(await filtered(`digest=${made.mid.descriptor.digest.slice(0, 20)}`)).toEqual(['mid:1']);
    expect(await filtered(`id=${made.mid.config.digest.slice(7, 19)}`)).toEqual(['mid:1']);
  });

  it.for(['nothing', 'colour=red', 'dangling>1', 'dangling=maybe', 'size=big', 'until=soon', 'unused-for=x'])(
    'refuses the filter %s',
    async (text) => {
      expect((await failureOf(async () => list({ filters: [parseFilter(text) satisfies Filter] }))).code).toBe('USAGE');
    },
  );
});

describe('measures', () => {
  it('reads durations, sizes and times', () => {
    expect(['90', '90s', '1d12h', '2w'].map(parseDuration)).toEqual([90, 90, 129_600, 1_209_600]);
    expect(['7', '7B', '7kB', '1.5MiB', '2g'].map(parseBytes)).toEqual([7, 7, 7000, 1_572_864, 2_000_000_000]);
    expect(parseInstant('2024-01-01T00:00:00Z', 0)).toBe(1_704_067_200_000);
    expect(parseInstant('10s', 60_000)).toBe(50_000);
  });
  it.for(['', '1x', '-1', '1.5d', 'd'])('refuses %j as a duration', async (text) => {
    expect((await failureOf(() => parseDuration(text))).code).toBe('USAGE');
  });
  it.for(['', 'kB', '1iB', '-1', '1e3'])('refuses %j as a size', async (text) => {
    expect((await failureOf(() => parseBytes(text))).code).toBe('USAGE');
  });
});
