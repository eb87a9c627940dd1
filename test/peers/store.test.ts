import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contextWith } from '../../src/operation/context.js';
import { DEFAULT_SETTINGS } from '../../src/format/profile.js';
import { DEFAULT_TRANSFER } from '../../src/operation/prepare.js';
import { checkStore } from '../../src/operation/stock/check.js';
import { DEFAULT_IMAGES, images } from '../../src/operation/stock/images.js';
import { tag } from '../../src/operation/stock/names.js';
import { gc, prune } from '../../src/operation/stock/prune.js';
import { DEFAULT_RMI, rmi } from '../../src/operation/stock/remove.js';
import { restore, trash } from '../../src/operation/stock/restore.js';
import type { StockContext } from '../../src/operation/store-context.js';
import { load } from '../../src/operation/transfer.js';
import { gzipLayer, imageIndex, layerTar, noise, ociImage, sha256, writeLayout } from './support/built-image.js';
import { canonicalDigest, imagesOf, verifyErrors } from './support/ingot.js';
import { GENERATIONS, type Peers, linesOf, preparePeers, toolAvailable } from './support/peers.js';

const BIN = fileURLToPath(new URL('../../dist/cli/bin.js', import.meta.url));

const base = gzipLayer(layerTar({ 'etc/': '', 'etc/noise': noise(9000, 3) }));
const imageWith = (text: string, architecture = 'amd64'): ReturnType<typeof ociImage> =>
  ociImage([base, gzipLayer(layerTar({ 'opt/': '', 'opt/tool': `${text}\n` }))], { architecture });

const [one, two, three] = [imageWith('one'), imageWith('two'), imageWith('three')];
const multi = imageIndex([one, imageWith('arm', 'arm64')]);

const full = (name: string): string => `registry.example/team/${name}:1`;

describe('the store is an image layout for everybody', () => {
  let peers: Peers;
  beforeAll(async () => {
    peers = await preparePeers('store');
    await writeLayout(peers.path('source'), { one, two, three, multi });
  });
  afterAll(async () => {
    await peers.stop();
  });

  const storeIn = (name: string): StockContext => ({
    ...contextWith({ pathExists: existsSync }),
    store: { root: peers.path(name), actor: 'tester' },
  });
  const fill = async (context: StockContext, from: string, to: string): Promise<void> => {
    const options = { ...DEFAULT_TRANSFER, settings: DEFAULT_SETTINGS, durable: false };
    await load(`oci:${peers.path('source')}:${from}`, { text: `store:${to}` }, options, context);
  };
  /** The program, which must succeed: what it prints. */
  const ingot = ({ store }: StockContext, ...argv: readonly string[]): string =>
    execFileSync(process.execPath, [BIN, '--store', store.root, ...argv], { encoding: 'utf8' });
  const namesIn = async (context: StockContext): Promise<Readonly<Record<string, string>>> =>
    Object.fromEntries(
      (await images(DEFAULT_IMAGES, context)).images.map(({ names, digests }) => [names[0] ?? '', digests[0] ?? '']),
    );

  for (const generation of GENERATIONS) {
    it.skipIf(!toolAvailable('skopeo', generation))(
      `skopeo ${generation} reads it, writes into it, and loses none of its names`,
      async () => {
        const context = storeIn(`skopeo-${generation}`);
        const { root } = context.store;
        const copier = await peers.skopeo(generation);
        await fill(context, 'one', full('one'));
        await fill(context, 'multi', full('multi'));
        const { stdout } = await copier.skopeo(['inspect', '--raw', `oci:${root}:${full('one')}`]);
        expect(sha256(stdout)).toBe(one.digest);
        const out = peers.path(`out-${generation}`);
        await copier.skopeo([
          'copy',
          '-q',
          '--all',
          '--preserve-digests',
          `oci:${root}:${full('multi')}`,
          `oci:${out}:x`,
        ]);
        expect((await imagesOf(out)).map(({ digest }) => digest)).toEqual([multi.digest]);

        await copier.skopeo([
          'copy',
          '-q',
          '--preserve-digests',
          `oci:${peers.path('source')}:two`,
          `oci:${root}:${full('two')}`,
        ]);
        expect(await namesIn(context)).toEqual({
          [full('one')]: one.digest,
          [full('multi')]: multi.digest,
          [full('two')]: two.digest,
        });
        await tag(full('two'), [full('again')], {}, context);
        expect(await namesIn(context)).toMatchObject({ [full('two')]: two.digest, [full('again')]: two.digest });
        await gc({ dryRun: false, grace: 0 }, context);
        expect(
          (await checkStore({ repair: false, quick: false }, context)).findings.filter(
            ({ severity }) => severity !== 'info',
          ),
        ).toEqual([]);
        expect(await verifyErrors(`oci:${root}`)).toEqual([]);
        expect(sha256((await copier.skopeo(['inspect', '--raw', `oci:${root}:${full('again')}`])).stdout)).toBe(
          two.digest,
        );
      },
      120_000,
    );

    it.skipIf(!toolAvailable('skopeo', generation))(
      `a name that skopeo ${generation} moves is moved, and the old image stays until it is pruned`,
      async () => {
        const context = storeIn(`moved-${generation}`);
        const { root } = context.store;
        const copier = await peers.skopeo(generation);
        await fill(context, 'one', full('app'));
        await copier.skopeo([
          'copy',
          '-q',
          '--preserve-digests',
          `oci:${peers.path('source')}:two`,
          `oci:${root}:${full('app')}`,
        ]);
        await fill(context, 'three', full('three'));
        expect(await namesIn(context)).toEqual({
          [full('app')]: two.digest,
          [full('three')]: three.digest,
          '': one.digest,
        });
        const index = await readFile(join(root, 'index.json'), 'utf8');
        expect(index).toContain('dev.ingot.dangling');
        await prune({ all: false, filters: [], purge: false, dryRun: false, grace: 0 }, context);
        expect(await namesIn(context)).toEqual({ [full('app')]: two.digest, [full('three')]: three.digest });
        expect(await verifyErrors(`oci:${root}`)).toEqual([]);
      },
    );

    it.skipIf(!toolAvailable('skopeo', generation))(
      `an image without a name that skopeo ${generation} names is named`,
      async () => {
        const context = storeIn(`named-${generation}`);
        const copier = await peers.skopeo(generation);
        await fill(context, 'one', full('app'));
        await fill(context, 'two', full('app'));
        await copier.skopeo([
          'copy',
          '-q',
          '--preserve-digests',
          `oci:${peers.path('source')}:one`,
          `oci:${context.store.root}:${full('back')}`,
        ]);
        expect(await namesIn(context)).toEqual({ [full('app')]: two.digest, [full('back')]: one.digest });
        await tag(full('back'), [full('more')], {}, context);
        expect(await readFile(join(context.store.root, 'index.json'), 'utf8')).not.toContain('dangling');
      },
    );

    it.skipIf(!toolAvailable('umoci', generation))(
      `umoci ${generation} lists, tags, unpacks and removes; what it removes can be restored`,
      async () => {
        const context = storeIn(`umoci-${generation}`);
        const { root } = context.store;
        const editor = await peers.umoci(generation);
        await fill(context, 'one', full('one'));
        await fill(context, 'two', full('two'));
        const list = async (): Promise<readonly string[]> =>
          linesOf((await editor.umoci(['ls', '--layout', root])).stdout).toSorted();
        expect(await list()).toEqual([full('one'), full('two')]);
        await editor.umoci(['unpack', '--image', `${root}:${full('one')}`, peers.path(`bundle-${generation}`)]);
        expect(await readFile(peers.path(`bundle-${generation}`, 'rootfs/opt/tool'), 'utf8')).toBe('one\n');
        await editor.umoci(['tag', '--image', `${root}:${full('one')}`, 'by-umoci']);
        expect(await namesIn(context)).toMatchObject({ 'by-umoci': one.digest });
        await editor.umoci(['rm', '--image', `${root}:${full('two')}`]);
        await rmi(['by-umoci'], DEFAULT_RMI, context);
        expect((await trash(context)).trash.map(({ names, reason }) => [names, reason])).toEqual([
          [[full('two')], 'changed by another tool'],
        ]);
        await gc({ dryRun: false, grace: 0 }, context);
        await restore([full('two')], { force: false }, context);
        expect(await list()).toEqual([full('one'), full('two')]);
        await editor.umoci(['gc', '--layout', root]);
        expect(
          (await checkStore({ repair: false, quick: false }, context)).findings.filter(
            ({ severity }) => severity === 'error',
          ),
        ).toEqual([]);
      },
      120_000,
    );

    it.skipIf(!toolAvailable('podman', generation))(`podman ${generation} pulls from it`, async () => {
      const context = storeIn(`podman-${generation}`);
      const engine = await peers.podman(generation);
      await fill(context, 'one', full('one'));
      await fill(context, 'two', full('two'));
      // Podman 4 makes a name of the path, which must be one then.
      const path = join(tmpdir(), `ingot-store-${process.pid}`);
      await symlink(context.store.root, path);
      try {
        const { stdout } = await engine.podman(['pull', '-q', `oci:${path}:${full('two')}`]);
        expect(linesOf(stdout)).toEqual([two.imageID.replace('sha256:', '')]);
      } finally {
        await rm(path);
      }
    });

    it.skipIf(!toolAvailable('skopeo', generation))(
      `the program reads and saves what skopeo ${generation} has put into it`,
      async () => {
        const context = storeIn(`program-skopeo-${generation}`);
        const copier = await peers.skopeo(generation);
        ingot(context, 'load', `oci:${peers.path('source')}:one`, '--to', `store:${full('one')}`);
        const target = `oci:${context.store.root}:${full('two')}`;
        await copier.skopeo(['copy', '-q', '--preserve-digests', `oci:${peers.path('source')}:two`, target]);
        expect(ingot(context, 'images', '--format', '{{.Name}} {{.Digest}}').trimEnd().split('\n').toSorted()).toEqual([
          `${full('one')} ${one.digest}`,
          `${full('two')} ${two.digest}`,
        ]);
        const [saved, direct] = [peers.path(`two-${generation}.tar`), peers.path(`direct-${generation}.tar`)];
        ingot(context, 'save', full('two'), '-o', saved);
        ingot(context, 'save', `oci:${peers.path('source')}:two`, '--name', `two=${full('two')}`, '-o', direct);
        expect(sha256(await readFile(saved))).toBe(sha256(await readFile(direct)));
        ingot(context, 'verify', full('two'));
        ingot(context, 'fsck');
      },
      120_000,
    );

    it.skipIf(!toolAvailable('umoci', generation))(
      `the program reads names that umoci ${generation} has given, and umoci those of the program`,
      async () => {
        const context = storeIn(`program-umoci-${generation}`);
        const { root } = context.store;
        const editor = await peers.umoci(generation);
        ingot(context, 'load', `oci:${peers.path('source')}:one`, '--to', `store:${full('one')}`);
        ingot(context, 'tag', full('one'), full('two'));
        await editor.umoci(['tag', '--image', `${root}:${full('two')}`, 'by-umoci']);
        await editor.umoci(['rm', '--image', `${root}:${full('one')}`]);
        expect(linesOf((await editor.umoci(['ls', '--layout', root])).stdout).toSorted()).toEqual([
          'by-umoci',
          full('two'),
        ]);
        expect(ingot(context, 'digest', '--images', 'by-umoci')).toContain(one.digest);
        expect(ingot(context, 'restore', full('one'))).toContain(full('one'));
        ingot(context, 'fsck');
      },
      120_000,
    );

    it.skipIf(!toolAvailable('podman', generation))(
      `the program reads what podman ${generation} has pushed into it`,
      async () => {
        const context = storeIn(`program-podman-${generation}`);
        const engine = await peers.podman(generation);
        ingot(context, 'load', `oci:${peers.path('source')}:three`, '--to', `store:${full('three')}`);
        const path = join(tmpdir(), `ingot-pushed-${generation}-${process.pid}`);
        await symlink(context.store.root, path);
        try {
          await engine.podman(['pull', '-q', `oci:${path}:${full('three')}`]);
          await engine.podman(['push', '-q', three.imageID.replace('sha256:', ''), `oci:${path}:${full('pushed')}`]);
        } finally {
          await rm(path);
        }
        ingot(context, 'verify', full('pushed'), full('three'));
        const report = JSON.parse(ingot(context, 'inspect', '--json', full('pushed'))) as {
          readonly images: readonly { readonly imageID?: string }[];
        };
        expect(report.images.map(({ imageID }) => imageID)).toEqual([three.imageID]);
        ingot(context, 'gc', '--grace', '0');
        ingot(context, 'fsck');
      },
      120_000,
    );

    it.skipIf(!toolAvailable('skopeo', generation))(
      `skopeo ${generation} in parallel with Ingot: what Ingot names stays`,
      async () => {
        const context = storeIn(`parallel-${generation}`);
        const { root } = context.store;
        const copier = await peers.skopeo(generation);
        await fill(context, 'one', full('first'));
        const theirs = Array.from({ length: 4 }, (_, index) =>
          copier.skopeo([
            'copy',
            '-q',
            '--preserve-digests',
            `oci:${peers.path('source')}:two`,
            `oci:${root}:${full(`theirs-${index}`)}`,
          ]),
        );
        const ours = Array.from({ length: 4 }, (_, index) => tag(full('first'), [full(`ours-${index}`)], {}, context));
        const [settled] = await Promise.all([Promise.allSettled(ours), Promise.allSettled(theirs)]);
        // skopeo writes what it read before others wrote. Names that go lost by that rest in the trash.
        await tag(full('first'), [full('last')], {}, context).catch(() => undefined);
        const known = new Set([
          ...Object.keys(await namesIn(context)),
          ...(await trash(context)).trash.flatMap(({ names }) => names),
        ]);
        for (const [index, { status }] of settled.entries()) {
          if (status === 'fulfilled') expect([...known]).toContain(full(`ours-${index}`));
        }
        expect((await checkStore({ repair: false, quick: false }, context)).sound).toBe(true);
      },
      120_000,
    );
  }

  it('the canonical archive of the store is that of the layout it is', async () => {
    const context = storeIn('same');
    await fill(context, 'one', full('one'));
    await fill(context, 'multi', full('multi'));
    expect(ingot(context, 'digest', 'store:').slice(0, 71)).toBe(await canonicalDigest(`oci:${context.store.root}`));
    expect((await imagesOf(`oci:${context.store.root}`)).flatMap(({ names }) => names)).toEqual([
      full('multi'),
      full('one'),
    ]);
  });
});
