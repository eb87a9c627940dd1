import {
  chmodSync,
  existsSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memorySource } from '../../../src/base/bytes.js';
import { verifiedBlobs } from '../../../src/content/blob.js';
import type { Descriptor } from '../../../src/oci/descriptor.js';
import { commit } from '../../../src/store/commit.js';
import { BLOB_MODE, Ingest } from '../../../src/store/ingest.js';
import { nameFromRefName } from '../../../src/content/name.js';
import { blobFile } from '../../../src/store/path.js';
import { openSession } from '../../../src/store/session.js';
import type { Store } from '../../../src/store/store.js';
import { descriptorWith, failureOf, fakeDigest } from '../../support/memory-place.js';
import { StoreFixture, library } from '../../support/store-fixture.js';

let fixture: StoreFixture;
let store: Store;
beforeEach(async () => {
  fixture = new StoreFixture();
  store = await fixture.open({ immutable: ['keep/**'] });
});
afterEach(() => fixture.remove());

const file = ({ digest }: Descriptor): string => blobFile(store.paths, digest);

/** What only processes at work may leave. */
const leftovers = (): readonly string[] =>
  [store.paths.ingest, store.paths.leases]
    .flatMap((path) => readdirSync(path))
    .concat(readdirSync(store.paths.state).filter((name) => name.startsWith('.new')));

describe('what comes in', () => {
  it('is stored once, read-only, and named last', async () => {
    const image = fixture.place.image({ layers: ['a', 'b'] });
    expect(await fixture.put([[image.descriptor, 'app']])).toMatchObject({ stored: 4, present: 0 });
    for (const descriptor of [image.descriptor, image.config, ...image.layers]) {
      expect(readFileSync(file(descriptor), 'utf8')).toBe(fixture.place.text(descriptor));
      expect(statSync(file(descriptor)).mode & 0o777).toBe(BLOB_MODE);
      expect(statSync(file(descriptor)).nlink).toBe(1);
    }
    expect(await fixture.meanings()).toEqual({ [library('app:latest')]: image.descriptor.digest });
    expect(leftovers()).toEqual([]);
  });

  it('is not copied again, and counts as touched', async () => {
    const image = fixture.place.image();
    await fixture.put([[image.descriptor, 'app']]);
    utimesSync(file(image.config), 1, 1);
    fixture.now += 1000;
    const receipt = await fixture.put([[image.descriptor, 'app']]);
    expect(receipt).toMatchObject({ stored: 0, present: 3, copied: 0, names: [{ change: 'same' }] });
    expect(Math.round(statSync(file(image.config)).mtimeMs)).toBe(Math.round(fixture.now));
  });

  it('heals a blob that was damaged', async () => {
    const image = fixture.place.image({ layers: ['good bytes'] });
    await fixture.put([[image.descriptor, 'app']]);
    const [layer] = image.layers;
    chmodSync(file(layer!), 0o644);
    writeFileSync(file(layer!), 'evil bytes');
    expect(await fixture.put([[image.descriptor, 'app']])).toMatchObject({ stored: 1 });
    expect(readFileSync(file(layer!), 'utf8')).toBe('good bytes');
    expect(readdirSync(store.paths.quarantine)).toHaveLength(1);
  });

  it('looks closely only at what is odd, unless told', async () => {
    const image = fixture.place.image({ layers: ['good bytes'] });
    await fixture.put([[image.descriptor, 'app']]);
    const path = file(image.layers[0]!);
    chmodSync(path, 0o644);
    writeFileSync(path, 'evil bytes');
    chmodSync(path, BLOB_MODE);
    expect(await fixture.put([[image.descriptor, 'app']])).toMatchObject({ stored: 0 });
    expect(await fixture.put([[image.descriptor, 'app']], { ingest: { paranoid: true } })).toMatchObject({ stored: 1 });
    expect(readFileSync(path, 'utf8')).toBe('good bytes');
  });

  it('makes blobs of other tools read-only', async () => {
    const image = fixture.place.image();
    await fixture.put([[image.descriptor, 'app']]);
    chmodSync(file(image.config), 0o644);
    await fixture.put([[image.descriptor, 'app']]);
    expect(statSync(file(image.config)).mode & 0o777).toBe(BLOB_MODE);
  });

  it('does not believe a size against stored bytes that are right', async () => {
    const image = fixture.place.image();
    await fixture.put([[image.descriptor, 'app']]);
    const lie = descriptorWith(image.config, { size: 1 });
    const session = await openSession(store, { digests: [], roots: [] });
    const ingest = new Ingest(store, session, verifiedBlobs(fixture.place.reader()), {});
    expect((await failureOf(() => ingest.add([lie]))).code).toBe('SIZE_MISMATCH');
    await session.close();
    expect(existsSync(file(image.config))).toBe(true);
    expect(readdirSync(store.paths.quarantine)).toEqual([]);
  });

  it('is not followed through a link', async () => {
    const image = fixture.place.image();
    await fixture.put([[image.descriptor, 'app']]);
    unlinkSync(file(image.config));
    symlinkSync('/etc/hostname', file(image.config));
    expect((await failureOf(() => fixture.put([[image.descriptor, 'app']]))).code).toBe('STORE_TAMPERED');
  });
});

describe('what goes wrong on the way', () => {
  const content = (descriptor: Descriptor): Parameters<typeof commit>[1] => ({
    roots: [{ descriptor, names: [nameFromRefName('x')], isReferrer: false, isSparse: false }],
    content: [descriptor],
    blobs: verifiedBlobs({ open: async () => memorySource(Buffer.from('other bytes'), 'source') }),
    operation: 'load',
    source: 'test',
  });

  it.for([
    ['another digest', 11, 'DIGEST_MISMATCH'],
    ['another size', 12, 'SIZE_MISMATCH'],
  ] as const)('leaves nothing: %s', async ([, size, code]) => {
    const descriptor = descriptorWith(fixture.place.add('wanted'), { digest: fakeDigest('1'), size });
    expect((await failureOf(() => commit(store, content(descriptor)))).code).toBe(code);
    expect(await fixture.meanings()).toEqual({});
    expect(existsSync(file(descriptor))).toBe(false);
    expect(leftovers()).toEqual([]);
  });

  it('names nothing if a blob of it is not to be had', async () => {
    const image = fixture.place.image({ layers: ['a'] });
    fixture.place.remove(...image.layers);
    expect((await failureOf(() => fixture.put([[image.descriptor, 'app']]))).code).toBe('BLOB_MISSING');
    expect(await fixture.meanings()).toEqual({});
  });

  it('stores an incomplete image if that is wanted, and remembers it', async () => {
    const image = fixture.place.image({ layers: ['a', 'b'] });
    fixture.place.remove(image.layers[0]!);
    await fixture.put([[image.descriptor, 'app']], { allowSparse: true });
    expect((await fixture.state()).index.entries.map(({ isSparse }) => isSparse)).toEqual([true]);
    fixture.place.add('a');
    await fixture.put([[image.descriptor, 'app']]);
    expect((await fixture.state()).index.entries.map(({ isSparse }) => isSparse)).toEqual([false]);
  });

  it('brings content again that vanished before it got its name', async () => {
    const image = fixture.place.image({ layers: ['a'] });
    let isGone = false;
    const step = (): void => {
      // A tool without locks removes what nothing refers to yet.
      if (isGone || !existsSync(file(image.layers[0]!))) return;
      unlinkSync(file(image.layers[0]!));
      isGone = true;
    };
    const request = {
      roots: [{ descriptor: image.descriptor, names: [nameFromRefName('x')], isReferrer: false, isSparse: false }],
      content: [...image.layers, image.config, image.descriptor],
      blobs: verifiedBlobs(fixture.place.reader()),
      operation: 'load',
      source: 'test',
    };
    expect(await commit({ ...store, step }, request)).toMatchObject({ stored: 4 });
    expect(existsSync(file(image.layers[0]!))).toBe(true);
  });
});

describe('names', () => {
  it('move, and leave their image without one', async () => {
    const [a, b] = [fixture.place.image({ layers: ['a'] }), fixture.place.image({ layers: ['b'] })];
    await fixture.put([[a.descriptor, 'app']]);
    expect((await fixture.put([[b.descriptor, 'app']])).names).toEqual([
      { name: library('app:latest'), digest: b.descriptor.digest, change: 'moved' },
    ]);
    expect(await fixture.unnamed()).toEqual([a.descriptor.digest]);
    const { refs } = await fixture.state();
    expect(refs.images.get(a.descriptor.digest)).toMatchObject({
      lastName: library('app:latest'),
      replacedBy: b.descriptor.digest,
    });
  });

  it('are kept by the rules', async () => {
    const [a, b] = [fixture.place.image({ layers: ['a'] }), fixture.place.image({ layers: ['b'] })];
    await fixture.put([[a.descriptor, 'app', 'keep/app:1']]);
    const put = (name: string, rules: Parameters<StoreFixture['put']>[1]): Promise<unknown> =>
      fixture.put([[b.descriptor, name]], rules);
    expect((await failureOf(() => put('app', { rules: { noClobber: true } }))).code).toBe('NAME_TAKEN');
    expect((await failureOf(() => put('app', { rules: { expect: b.descriptor.digest } }))).code).toBe('NAME_MOVED');
    expect((await failureOf(() => put('app', { rules: { expect: '' } }))).code).toBe('NAME_MOVED');
    expect((await failureOf(() => put('keep/app:1', {}))).code).toBe('NAME_IMMUTABLE');
    expect(await fixture.meanings()).toEqual({
      [library('app:latest')]: a.descriptor.digest,
      'docker.io/keep/app:1': a.descriptor.digest,
    });
    await put('app', { rules: { expect: a.descriptor.digest } });
    await put('keep/app:1', { rules: { force: true } });
    expect(new Set(Object.values(await fixture.meanings()))).toEqual(new Set([b.descriptor.digest]));
  });

  it('of one archive mean one image each', async () => {
    const [a, b] = [fixture.place.image({ layers: ['a'] }), fixture.place.image({ layers: ['b'] })];
    expect(
      (
        await failureOf(() =>
          fixture.put([
            [a.descriptor, 'app'],
            [b.descriptor, 'app'],
          ]),
        )
      ).code,
    ).toBe('NAME_CONFLICT');
  });

  it('move by compare and swap for one of many', async () => {
    const base = fixture.place.image({ layers: ['base'] });
    await fixture.put([[base.descriptor, 'app']]);
    const others = Array.from({ length: 5 }, (_, index) => fixture.place.image({ layers: [`other ${index}`] }));
    const results = await Promise.allSettled(
      others.map(({ descriptor }) => fixture.put([[descriptor, 'app']], { rules: { expect: base.descriptor.digest } })),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});

describe('a session', () => {
  it('protects what is still to come, and nothing after it is closed', async () => {
    const session = await openSession(store, { digests: [fakeDigest('1')], roots: [fakeDigest('2')] });
    const lease = JSON.parse(readFileSync(join(store.paths.leases, `${session.id}.json`), 'utf8')) as Record<
      string,
      unknown
    >;
    expect(lease).toMatchObject({ kind: 'process', digests: [fakeDigest('1')], roots: [fakeDigest('2')] });
    await session.close();
    await session.close();
    expect(leftovers()).toEqual([]);
  });
});
