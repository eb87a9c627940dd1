import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Descriptor } from '../../../src/oci/descriptor.js';
import { MEDIA_TYPE } from '../../../src/oci/media-type.js';
import { type CollectionPlan, collect, planCollection, planSweep } from '../../../src/store/collect.js';
import { newLeaseId, saveLease } from '../../../src/store/lease.js';
import { blobFile, usedFile } from '../../../src/store/path.js';
import { openSession } from '../../../src/store/session.js';
import { openStoreSource } from '../../../src/store/source.js';
import type { Store } from '../../../src/store/store.js';
import { transact } from '../../../src/store/transact.js';
import { contentOf, descriptorJson, failureOf, fakeDigest } from '../../support/memory-place.js';
import { StoreFixture, library } from '../../support/store-fixture.js';

let fixture: StoreFixture;
let store: Store;
beforeEach(async () => {
  fixture = new StoreFixture();
  store = await fixture.open({ trash: 0 });
});
afterEach(() => fixture.remove());

const isThere = ({ digest }: Descriptor): boolean => existsSync(blobFile(store.paths, digest));

const rmi = (digest: Descriptor['digest'], rest: 'rests' | 'goes' = 'goes'): Promise<void> =>
  transact(store, 'rmi', async (draft) => {
    draft.removeImage(digest, [], 'test', rest);
    return { result: undefined, write: true };
  });

const plain = (plan: CollectionPlan): unknown => ({ ...plan, sessions: [...plan.sessions] });

describe('a collection', () => {
  it('takes what nothing refers to, and a dry run says so before', async () => {
    const [a, b] = [fixture.place.image({ layers: ['shared', 'a'] }), fixture.place.image({ layers: ['shared', 'b'] })];
    await fixture.put([
      [a.descriptor, 'a'],
      [b.descriptor, 'b'],
    ]);
    await rmi(b.descriptor.digest);
    const planned = await planCollection(store, { grace: 0 });
    expect(isThere(b.descriptor)).toBe(true);
    const done = await collect(store, { grace: 0 });
    expect(plain(done)).toEqual(plain(planned));
    expect(done.blobs.map(({ digest }) => digest).toSorted()).toEqual(
      [b.descriptor.digest, b.config.digest, b.layers[1]!.digest].toSorted(),
    );
    expect([...a.layers, a.config, a.descriptor].every(isThere)).toBe(true);
    expect([b.descriptor, b.config, b.layers[1]!].some(isThere)).toBe(false);
    expect((await collect(store, { grace: 0 })).blobs).toEqual([]);
  });

  it('leaves alone what came a moment ago', async () => {
    const image = fixture.place.image();
    await fixture.put([[image.descriptor, 'a']]);
    await rmi(image.descriptor.digest);
    expect(await collect(store, {})).toMatchObject({ blobs: [], young: 3 });
    fixture.now += 3601 * 1000;
    expect(await collect(store, {})).toMatchObject({ young: 0 });
    expect(isThere(image.descriptor)).toBe(false);
  });

  it('takes the later of both times of a file, and one from the future for young', () => {
    const blob = (changed: number): CollectionPlan['blobs'][number] => ({
      digest: fakeDigest('1'),
      path: 'p',
      size: 1,
      mode: 0,
      changed,
      file: '',
    });
    const times = { now: 1_000_000, grace: 100 };
    expect(planSweep([blob(900_000)], new Set(), times).blobs).toHaveLength(1);
    expect(planSweep([blob(900_001)], new Set(), times)).toMatchObject({ blobs: [], young: 1 });
    expect(planSweep([blob(9_000_000)], new Set(), times)).toMatchObject({ blobs: [], young: 1 });
    const image = fixture.place.image();
    return fixture.put([[image.descriptor, 'a']]).then(async () => {
      await rmi(image.descriptor.digest);
      const path = blobFile(store.paths, image.config.digest);
      utimesSync(path, 1, 1);
      // Its inode changed just now.
      expect((await planCollection(store, {})).blobs).toEqual([]);
    });
  });

  it('keeps what stands in indexes, subjects and unknown documents', async () => {
    const { place } = fixture;
    const [amd, arm] = [place.image({ layers: ['amd'] }), place.image({ layers: ['arm'] })];
    const nested = place.index([arm.descriptor]);
    const index = place.index([amd.descriptor, nested]);
    const subject = place.image({ layers: ['subject'] });
    const signature = place.artifact(subject.descriptor);
    const deep = place.add('deep', 'text/plain');
    const inner = place.document({ what: { ever: [{ digest: deep.digest, size: 4 }] } }, 'application/vnd.future+json');
    const unknown = place.document(
      { schemaVersion: 3, things: { list: [descriptorJson(inner)] } },
      'application/vnd.future.list+json',
    );
    await fixture.put([
      [index, 'index'],
      [signature, 'signature'],
    ]);
    // The graph of this version does not know what the unknown document consists of.
    const source = place.image({ layers: ['lone'] });
    await fixture.put([[source.descriptor, 'lone']]);
    for (const descriptor of [deep, inner, unknown, subject.descriptor, subject.config, ...subject.layers]) {
      writeFileSync(blobFile(store.paths, descriptor.digest), place.contents.get(descriptor.digest)!);
    }
    await transact(store, 'tag', async (draft) => {
      draft.addUnnamed({ ...unknown, isSparse: false }, true);
      return { result: undefined, write: true };
    });
    const plan = await collect(store, { grace: 0 });
    expect(plan.blobs).toEqual([]);
    expect([deep, inner, unknown, ...subject.layers, ...arm.layers, ...amd.layers, nested].every(isThere)).toBe(true);
  });

  it('keeps what only a damaged unknown document names, and what any of two equal keys names', async () => {
    const { place } = fixture;
    const [a, b] = [place.add('a', 'text/plain'), place.add('b', 'text/plain')];
    const broken = place.add(`{"digest":"${a.digest}", broken`, 'application/vnd.future+json');
    const twice = place.add(
      `{"schemaVersion":2,"mediaType":"${MEDIA_TYPE.manifest}","layers":[],"config":{"digest":"${a.digest}"},"config":{"digest":"${b.digest}"}}`,
      MEDIA_TYPE.manifest,
    );
    await fixture.put([[place.image().descriptor, 'x']]);
    for (const descriptor of [a, b, broken, twice])
      writeFileSync(blobFile(store.paths, descriptor.digest), place.contents.get(descriptor.digest)!);
    await transact(store, 'tag', async (draft) => {
      draft.addUnnamed({ ...broken, isSparse: false }, true);
      draft.addUnnamed({ ...twice, isSparse: false }, true);
      return { result: undefined, write: true };
    });
    expect((await collect(store, { grace: 0 })).blobs).toEqual([]);
  });

  it('keeps what is pinned, leased, resting or being read', async () => {
    const { place } = fixture;
    const images = ['pinned', 'leased', 'resting', 'read', 'over'].map((layer) => place.image({ layers: [layer] }));
    const [pinned, leased, resting, read, over] = images;
    await fixture.put(images.map(({ descriptor }, index) => [descriptor, `a${index}`] as const));
    store = await fixture.open({ trash: 1000 });
    await transact(store, 'pin', async (draft) => {
      draft.pinImage(pinned!.descriptor.digest, true);
      return { result: undefined, write: true };
    });
    const lease = { kind: 'user', owner: 'o', purpose: 'p', created: fixture.now, digests: [] } as const;
    await saveLease(store, {
      ...lease,
      id: newLeaseId(),
      expires: fixture.now + 1000,
      roots: [leased!.descriptor.digest],
    });
    await saveLease(store, { ...lease, id: newLeaseId(), expires: fixture.now, roots: [over!.descriptor.digest] });
    const source = await openStoreSource(store, [{ by: 'name', text: 'a3' }]);
    for (const image of [pinned, leased, read, over]) await rmi(image!.descriptor.digest, 'goes');
    await rmi(resting!.descriptor.digest, 'rests');
    // An image that leaves the list takes its pin along; the pin of an image not listed is set again.
    await transact(store, 'pin', async (draft) => {
      draft.pinImage(pinned!.descriptor.digest, true);
      return { result: undefined, write: true };
    });
    const first = await collect(store, { grace: 0 });
    expect(first.blobs).toHaveLength(3);
    expect(first.leases).toHaveLength(1);
    expect(isThere(over!.descriptor)).toBe(false);
    expect(await contentOf(await source.blobs.open(read!.layers[0]!))).toBe('read');
    await source.close();
    fixture.now += 1_000_001;
    const second = await collect(store, { grace: 0 });
    expect(second.trash).toHaveLength(1);
    expect([leased, resting, read].map((image) => isThere(image!.descriptor))).toEqual([false, false, false]);
    expect(isThere(pinned!.layers[0]!)).toBe(true);
    expect((await fixture.state()).trash.records).toEqual([]);
  });

  it('minds the lease of a process as long as it lives, whatever the clock says', async () => {
    const blob = fixture.place.add('flat');
    const path = blobFile(store.paths, blob.digest);
    writeFileSync(path, 'flat');
    const session = await openSession(store, { digests: [blob.digest], roots: [fakeDigest('9')] });
    for (const jump of [365 * 86_400_000, -2 * 365 * 86_400_000]) {
      fixture.now += jump;
      expect((await collect(store, { grace: 0 })).blobs).toEqual([]);
    }
    await session.close();
    expect((await collect(store, { grace: 0 })).blobs).toHaveLength(1);
  });

  it('sweeps up after processes that were ended', async () => {
    const id = newLeaseId();
    mkdirSync(join(store.paths.ingest, id));
    writeFileSync(join(store.paths.ingest, id, '0'), 'half a blob');
    writeFileSync(join(store.paths.ingest, id, 'lock'), '');
    writeFileSync(join(store.paths.state, '.new-01234567-89ab-cdef-0123-456789abcdef'), 'half');
    writeFileSync(usedFile(store.paths, fakeDigest('7')), '');
    await saveLease(store, {
      id,
      kind: 'process',
      owner: 'o',
      purpose: 'p',
      created: 0,
      expires: fixture.now * 2,
      digests: [],
      roots: [],
    });
    const planned = await planCollection(store);
    expect(planned).toMatchObject({ sessions: [id], leases: [id] });
    expect(planned.temporary).toHaveLength(1);
    expect(planned.used).toHaveLength(1);
    await collect(store);
    expect(await planCollection(store)).toMatchObject({ sessions: [], leases: [], temporary: [], used: [] });
    expect(readdirSync(store.paths.ingest)).toEqual([]);
  });

  it('is at ease with an image that was stored in part', async () => {
    const { place } = fixture;
    const [amd, arm] = [place.image({ layers: ['amd'] }), place.image({ layers: ['arm'] })];
    place.remove(arm.descriptor, amd.layers[0]!);
    await fixture.put([[place.index([amd.descriptor, arm.descriptor]), 'app']], { allowSparse: true });
    expect((await collect(store, { grace: 0 })).blobs).toEqual([]);
  });
});

describe('any doubt stops a collection', () => {
  const setup = async (): Promise<Descriptor> => {
    const { place } = fixture;
    const [a, gone] = [place.image({ layers: ['a'] }), place.image({ layers: ['gone'] })];
    await fixture.put([
      [a.descriptor, 'a'],
      [gone.descriptor, 'gone'],
    ]);
    await rmi(gone.descriptor.digest);
    return a.descriptor;
  };
  const expectStop = async (code: string): Promise<void> => {
    const before = readdirSync(join(store.paths.blobs, 'sha256'));
    for (const attempt of [planCollection, collect]) {
      expect((await failureOf(() => attempt(store, { grace: 0 }))).code).toBe(code);
    }
    expect(readdirSync(join(store.paths.blobs, 'sha256'))).toEqual(before);
  };

  it('about a manifest that is gone', async () => {
    unlinkSync(blobFile(store.paths, (await setup()).digest));
    await expectStop('BLOB_MISSING');
  });

  it('about a manifest that is damaged', async () => {
    const path = blobFile(store.paths, (await setup()).digest);
    chmodSync(path, 0o644);
    writeFileSync(path, '{}');
    await expectStop('BLOB_CORRUPT');
  });

  it('about a manifest that is a link', async () => {
    const path = blobFile(store.paths, (await setup()).digest);
    unlinkSync(path);
    symlinkSync('/etc/hostname', path);
    await expectStop('STORE_TAMPERED');
  });

  it('about a manifest that is no JSON', async () => {
    await setup();
    const broken = fixture.place.add('no json', MEDIA_TYPE.manifest);
    writeFileSync(blobFile(store.paths, broken.digest), 'no json');
    await transact(store, 'tag', async (draft) => {
      draft.addUnnamed({ ...broken, isSparse: false }, true);
      return { result: undefined, write: true };
    });
    await expectStop('JSON_SYNTAX');
  });

  it('about a manifest beyond the limit', async () => {
    const { digest } = await setup();
    store = { ...store, limits: { ...store.limits, document: statSync(blobFile(store.paths, digest)).size - 1 } };
    await expectStop('LIMIT_METADATA');
  });

  it('about a pinned image that is gone', async () => {
    await setup();
    await transact(store, 'pin', async (draft) => {
      draft.pinImage(fakeDigest('8'), true);
      return { result: undefined, write: true };
    });
    await expectStop('BLOB_MISSING');
  });

  it('but not about what is no blob: that stays', async () => {
    await setup();
    const odd = join(store.paths.blobs, 'sha256', 'README');
    writeFileSync(odd, '');
    mkdirSync(join(store.paths.blobs, 'sha256', 'a'.repeat(64)));
    writeFileSync(join(store.paths.blobs, 'note'), '');
    expect((await collect(store, { grace: 0 })).odd).toHaveLength(3);
    expect(existsSync(odd)).toBe(true);
    rmSync(odd);
  });
});

describe('names', () => {
  it('keep their content through any number of collections', async () => {
    const image = fixture.place.image();
    await fixture.put([[image.descriptor, 'a']]);
    for (let round = 0; round < 3; round++) await collect(store, { grace: 0 });
    expect(await fixture.meanings()).toEqual({ [library('a:latest')]: image.descriptor.digest });
    expect([image.descriptor, image.config, ...image.layers].every(isThere)).toBe(true);
  });
});
