import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/base/bytes.js';
import { selectPlatforms } from '../../../src/content/select-platform.js';
import { headerOf, planArchive } from '../../../src/format/plan.js';
import {
  DEFAULT_PROFILE,
  DEFAULT_SETTINGS,
  MAX_MTIME,
  PROFILES,
  PROFILE_IDS,
  profileOf,
} from '../../../src/format/profile.js';
import { MEDIA_TYPE } from '../../../src/oci/media-type.js';
import { parsePlatform } from '../../../src/oci/platform.js';
import {
  MemoryPlace,
  type MemoryRoot,
  descriptorJson,
  descriptorWith,
  digestBy,
  failureOf,
  label,
} from '../../support/memory-place.js';

const WHOLE = { allowSparse: false };
const SPARSE = { allowSparse: true };

const plan = async (place: MemoryPlace, ...roots: readonly MemoryRoot[]) =>
  planArchive(await place.graph(...roots), PROFILES['hybrid-1'], DEFAULT_SETTINGS, WHOLE);

describe('a plan', () => {
  it('has the documents first, then directories, document blobs and all others, each by digest', async () => {
    const place = new MemoryPlace();
    const images = ['a', 'b', 'c'].map((name) => place.image({ layers: ['base', name] }));
    const index = place.index(images.map(({ descriptor }) => descriptor));
    const artifact = place.artifact(index);
    const { entries } = await plan(place, [index, label('x')], artifact);
    const blob = ({ digest }: { digest: string }) => `blobs/${digest.replace(':', '/')}`;
    const emptyConfig = place.add('{}', MEDIA_TYPE.empty);
    const documents = [index, artifact, ...images.flatMap(({ descriptor, config }) => [descriptor, config])];
    const others = [
      ...new Set(images.flatMap(({ layers }) => layers.map(blob))),
      blob(emptyConfig),
      blob(place.add('blob')),
    ];
    expect(entries.map(({ path }) => path)).toEqual([
      'oci-layout',
      'index.json',
      'manifest.json',
      'blobs/',
      'blobs/sha256/',
      ...documents.map(blob).toSorted(),
      ...others.toSorted(),
    ]);
  });

  it('lays entries one behind the other, in blocks, and knows the size of the whole', async () => {
    const place = new MemoryPlace();
    const { descriptor } = place.image({
      layers: ['', 'x', 'y'.repeat(511), 'z'.repeat(512), '!'.repeat(513)].map((text) => text || ' '),
    });
    const { entries, size, absent } = await plan(place, descriptor);
    let at = 0;
    for (const entry of entries) {
      expect(entry.headerOffset).toBe(at);
      expect(entry.offset).toBe(at + 512);
      at = entry.offset + Math.ceil(entry.size / 512) * 512;
    }
    expect(size).toBe(at + 1024);
    expect(absent).toEqual([]);
  });

  it('counts the records of a long path in', async () => {
    const place = new MemoryPlace();
    const layer = utf8('layer');
    const digest = digestBy(layer, 'sha512');
    place.contents.set(digest, layer);
    const { descriptor } = place.image({
      layers: [{ descriptor: descriptorWith(place.add(layer, MEDIA_TYPE.layer), { digest }), diffID: digest }],
    });
    const { entries } = await plan(place, descriptor);
    expect(entries.map(({ path }) => path).slice(3, 6)).toEqual(['blobs/', 'blobs/sha256/', 'blobs/sha512/']);
    const last = entries.at(-1);
    expect(last?.path).toBe(`blobs/sha512/${digest.slice(7)}`);
    expect((last?.offset ?? 0) - (last?.headerOffset ?? 0)).toBe(3 * 512);
  });

  it('is the same whatever order the roots stand in', async () => {
    const place = new MemoryPlace();
    const roots = ['a', 'b', 'c'].map((name) => [place.image({ layers: [name] }).descriptor, label(name)] as const);
    expect(await plan(place, ...roots.toReversed())).toEqual(await plan(place, ...roots));
  });

  it('of oci-1 has no manifest.json and is otherwise the same', async () => {
    const place = new MemoryPlace();
    const graph = await place.graph(place.image().descriptor);
    const [hybrid, oci] = PROFILE_IDS.map((id) => planArchive(graph, profileOf(id), DEFAULT_SETTINGS, WHOLE));
    expect(oci?.entries.map(({ path }) => path)).toEqual(
      hybrid?.entries.map(({ path }) => path).filter((path) => path !== 'manifest.json'),
    );
  });

  it('puts the time into every header', async () => {
    const place = new MemoryPlace();
    const graph = await place.graph(place.image().descriptor);
    const timed = planArchive(graph, PROFILES['oci-1'], { ...DEFAULT_SETTINGS, mtime: 1_700_000_000 }, WHOLE);
    for (const entry of timed.entries) {
      expect(Buffer.from(headerOf(timed, entry).subarray(136, 147)).toString()).toBe(
        (1_700_000_000).toString(8).padStart(11, '0'),
      );
    }
  });

  it.for([-1, 0.5, MAX_MTIME + 1, Number.NaN])('cannot have the time %s', async (mtime) => {
    const place = new MemoryPlace();
    const graph = await place.graph(place.image().descriptor);
    const attempt = () => planArchive(graph, PROFILES['oci-1'], { ...DEFAULT_SETTINGS, mtime }, WHOLE);
    expect((await failureOf(attempt)).code).toBe('DEFECT');
  });

  it('of nothing is refused', async () => {
    expect((await failureOf(() => plan(new MemoryPlace()))).code).toBe('ARCHIVE_EMPTY');
  });
});

describe('what is not there', () => {
  it('is refused, or recorded with its reason', async () => {
    const place = new MemoryPlace();
    const foreign = descriptorWith(place.add('foreign', 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip'), {
      urls: ['https://x'],
    });
    const lost = place.add('lost', MEDIA_TYPE.layer);
    const layers = [foreign, lost].map((descriptor) => ({ descriptor, diffID: descriptor.digest }));
    const image = place.image({ layers });
    const other = place.image({ layers: ['other'], platform: { os: 'linux', architecture: 'arm64' } });
    const index = place.index([image.descriptor, other.descriptor]);
    place.remove(foreign, lost);
    const graph = selectPlatforms(await place.graph(index), [parsePlatform('linux/amd64')]);
    const attempt = () => planArchive(graph, PROFILES['oci-1'], DEFAULT_SETTINGS, WHOLE);
    expect(await failureOf(attempt)).toMatchObject({ code: 'BLOB_MISSING', details: { subject: lost.digest } });
    const { absent, entries } = planArchive(graph, PROFILES['oci-1'], DEFAULT_SETTINGS, SPARSE);
    expect(absent).toEqual(
      [
        { digest: foreign.digest, reason: 'foreign' },
        { digest: lost.digest, reason: 'missing' },
        { digest: other.descriptor.digest, reason: 'omitted' },
      ].toSorted((a, b) => (a.digest < b.digest ? -1 : 1)),
    );
    for (const { digest } of absent)
      expect(entries.map(({ path }) => path)).not.toContain(`blobs/sha256/${digest.slice(7)}`);
  });

  it('is no reason to refuse where only foreign layers lack', async () => {
    const place = new MemoryPlace();
    const foreign = descriptorWith(place.add('x', 'application/vnd.docker.image.rootfs.foreign.diff.tar'), {
      urls: ['https://x'],
    });
    place.remove(foreign);
    const { descriptor } = place.image({ manifest: { layers: [descriptorJson(foreign)] } });
    expect((await plan(place, descriptor)).absent).toEqual([{ digest: foreign.digest, reason: 'foreign' }]);
  });
});

describe('profiles', () => {
  it('are found by their id', async () => {
    expect(PROFILE_IDS.map((id) => profileOf(id).id)).toEqual(['hybrid-1', 'oci-1']);
    expect(profileOf(DEFAULT_PROFILE).dockerManifest).toBe(true);
    for (const id of ['', 'hybrid', 'hybrid-2', 'toString'])
      expect((await failureOf(() => profileOf(id))).code).toBe('USAGE');
  });

  it('offer Docker the same platform on every machine', () => {
    expect(DEFAULT_SETTINGS).toEqual({ mtime: 0, dockerPlatform: { os: 'linux', architecture: 'amd64' } });
  });
});
