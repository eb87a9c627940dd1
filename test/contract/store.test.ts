import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHash } from '../../src/base/hash.js';
import { DEFAULT_SETTINGS, PROFILES } from '../../src/format/profile.js';
import { contextWith } from '../../src/operation/context.js';
import { DEFAULT_TRANSFER } from '../../src/operation/prepare.js';
import { save } from '../../src/operation/save.js';
import { DEFAULT_RMI, rmi } from '../../src/operation/stock/remove.js';
import { gc } from '../../src/operation/stock/prune.js';
import { restore } from '../../src/operation/stock/restore.js';
import { tag } from '../../src/operation/stock/names.js';
import type { StockContext } from '../../src/operation/store-context.js';
import { copy, load } from '../../src/operation/transfer.js';
import { failureOf } from '../support/memory-place.js';

const INPUTS = fileURLToPath(new URL('../../golden/inputs/', import.meta.url));

const ARCHIVES = [
  'app/docker-save.tar',
  'app/podman-oci.tar',
  'app/podman-save.tar',
  'app/ctr-export.tar',
  'hybrid/containerd-two.tar',
  'hybrid/containerd-multi.tar',
  'hybrid/classic-trio.tar',
  'multi/ctr-all-platforms.tar',
  'multi/ctr-sparse.tar',
  'multi/oras-backup.tar',
  'multi/skopeo-all.tar',
  'oci/sha512.tar',
  'trio/docker-save-untagged.tar',
];

const sizeIn = (layout: string, name: string): number => statSync(join(layout, 'blobs/sha256', name)).size;

describe('the store as source and destination', () => {
  let scratch: string;
  let context: StockContext;
  beforeAll(() => {
    scratch = mkdtempSync(join(tmpdir(), 'ingot-contract-'));
    context = { ...contextWith({ pathExists: existsSync }), store: { root: join(scratch, 'store'), actor: 'tester' } };
  });
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  const transfer = { ...DEFAULT_TRANSFER, allowSparse: true };
  const digestOfSave = async (sources: readonly string[]): Promise<string> => {
    const hash = startHash('sha256');
    const stream = async (archive: AsyncIterable<Uint8Array>): Promise<void> => {
      for await (const chunk of archive) hash.update(chunk);
    };
    const options = { ...transfer, profile: PROFILES['hybrid-1'], settings: DEFAULT_SETTINGS, digest: false };
    await save(sources, { stream }, options, context);
    return hash.hex();
  };

  it.for(ARCHIVES)('save from the store is save from the archive: %s', async (name) => {
    const archive = join(INPUTS, name);
    const own = { ...context, store: { ...context.store, root: join(scratch, name.replace('/', '-')) } };
    const report = await load(
      archive,
      { text: 'store:' },
      { ...transfer, settings: DEFAULT_SETTINGS, durable: false },
      own,
    );
    expect(report.images.length).toBeGreaterThan(0);
    const before = context;
    context = own;
    try {
      const expected = await digestOfSave([archive]);
      expect(await digestOfSave(['store:'])).toBe(expected);
      const sources = report.images.flatMap(({ names, digest }) =>
        names.length === 0 ? [`store:@${digest}`] : names.map((it) => `store:${it}`),
      );
      expect(await digestOfSave(sources)).toBe(expected);
      expect(await digestOfSave(sources.toReversed())).toBe(expected);
      // A bare tag cannot be given by the verb that takes Docker's words.
      const image = report.images.find(({ names }) => names.length > 0 && names.every((it) => it.includes('/')));
      if (image === undefined) return;
      // Whatever happens in between, what is asked for is what was put in.
      const [first = ''] = image.names;
      await tag(first, ['elsewhere.example/other:1'], {}, own);
      await rmi([...image.names, 'elsewhere.example/other:1'], DEFAULT_RMI, own);
      await gc({ dryRun: false, grace: 0 }, own);
      await restore([image.digest], { force: false }, own);
      await tag('elsewhere.example/other:1', image.names, {}, own);
      await rmi(['elsewhere.example/other:1'], DEFAULT_RMI, own);
      expect(await digestOfSave(['store:'])).toBe(expected);
    } finally {
      context = before;
    }
  });

  it('takes a name with the destination, and copies nothing that is there', async () => {
    const archive = join(INPUTS, 'app/docker-save.tar');
    const options = { ...transfer, settings: DEFAULT_SETTINGS, durable: false };
    await load(archive, { text: 'store:team/app:7' }, options, context);
    const copied = await copy('team/app:7', { text: `oci:${join(scratch, 'layout')}:x` }, options, context);
    expect(copied.images).toMatchObject([{ names: ['x'] }]);
    const back = await copy(`oci:${join(scratch, 'layout')}:x`, { text: 'store:back' }, options, context);
    expect(back.images).toMatchObject([{ names: ['docker.io/library/back:latest'] }]);
    expect(await digestOfSave(['store:back'])).not.toBe(await digestOfSave(['store:team/app:7']));
    expect(await digestOfSave(['store:7'])).toBe(await digestOfSave(['store:docker.io/team/app:7']));
  });

  it('takes whole files of a layout by another name if that is wanted, verified all the same', async () => {
    const options = { ...transfer, settings: DEFAULT_SETTINGS, durable: false };
    const layout = join(scratch, 'to-link');
    await copy(join(INPUTS, 'app/docker-save.tar'), { text: `oci:${layout}` }, options, context);
    const linked = { ...context, store: { root: join(scratch, 'linked'), hardLink: true } };
    const [name = ''] = readdirSync(join(layout, 'blobs/sha256')).toSorted(
      (a, b) => sizeIn(layout, b) - sizeIn(layout, a),
    );
    await load(`oci:${layout}`, { text: 'store:' }, options, linked);
    expect(statSync(join(layout, 'blobs/sha256', name)).nlink).toBe(2);
    expect(statSync(join(linked.store.root, 'blobs/sha256', name)).ino).toBe(
      statSync(join(layout, 'blobs/sha256', name)).ino,
    );
    chmodSync(join(layout, 'blobs/sha256', name), 0o644);
    writeFileSync(join(layout, 'blobs/sha256', name), Buffer.alloc(sizeIn(layout, name)));
    const other = { ...linked, store: { ...linked.store, root: join(scratch, 'refused') } };
    expect((await failureOf(() => load(`oci:${layout}`, { text: 'store:' }, options, other))).code).toBe(
      'DIGEST_MISMATCH',
    );
    expect(existsSync(join(other.store.root, 'blobs/sha256', name))).toBe(false);
  });

  it('is asked for by a bare name, but a path that exists comes first', async () => {
    expect((await failureOf(() => digestOfSave(['no-such-image']))).code).toBe('REFERENCE_NOT_FOUND');
    expect((await failureOf(() => digestOfSave(['./no-such-file']))).code).toBe('FILE_NOT_FOUND');
    expect((await failureOf(() => digestOfSave(['docker-daemon:x/y']))).code).toBe('TRANSPORT_UNSUPPORTED');
  });

  it('is not to be had without a context that names it', async () => {
    const before = context;
    context = contextWith({ pathExists: existsSync }) as StockContext;
    try {
      expect((await failureOf(() => digestOfSave(['store:x']))).code).toBe('TRANSPORT_UNSUPPORTED');
    } finally {
      context = before;
    }
  });

  it('says that nobody has made it', async () => {
    const own = { ...context, store: { root: join(scratch, 'nowhere') } };
    expect(
      (
        await failureOf(() =>
          copy(
            'store:x',
            { text: `oci:${scratch}/y` },
            { ...transfer, settings: DEFAULT_SETTINGS, durable: false },
            own,
          ),
        )
      ).code,
    ).toBe('STORE_MISSING');
  });
});
