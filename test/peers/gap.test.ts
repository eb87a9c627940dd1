import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { gzipLayer, layerTar, noise, ociImage, sha256, writeLayout } from './support/built-image.js';
import { canonicalDigest, imagesOf, refusalOf, saveArchive, verifyErrors } from './support/ingot.js';
import {
  ENGINE_NAMES,
  GENERATIONS,
  type Peers,
  engineAvailable,
  preparePeers,
  toolAvailable,
} from './support/peers.js';
import { peerAvailable, requireProgram, runChecked } from './support/program.js';

const NAME = 'registry.example/demo/app:1.0';

const layers = [
  gzipLayer(layerTar({ 'etc/': '', 'etc/demo.conf': 'colour = green\n', 'etc/noise': noise(9000, 3) })),
  gzipLayer(layerTar({ 'opt/': '', 'opt/tool': 'a tool\n' })),
];
const good = ociImage(layers, { config: { Cmd: ['/good'] } });
/** Another config of the same length. */
const evil = ociImage(layers, { config: { Cmd: ['/evil'] } });

/** Replaces bytes of a file by as many others; they must be there once. */
const alter = async (path: string, from: string, to: string): Promise<void> => {
  const bytes = await readFile(path);
  const at = bytes.indexOf(from);
  expect(at).toBeGreaterThan(0);
  expect(bytes.indexOf(from, at + 1)).toBe(-1);
  expect(to.length).toBe(from.length);
  bytes.write(to, at, 'latin1');
  await writeFile(path, bytes);
};

describe.skipIf(!peerAvailable('tar'))('what other tools do not notice', () => {
  let peers: Peers;
  /** An OCI archive whose index vouches for one manifest and that holds another under its name. */
  let ociArchive: string;
  /** A docker-archive whose config is not what its name says. */
  let dockerArchive: string;
  /** The same in Ingot's own shape. */
  let hybrid: string;

  beforeAll(async () => {
    peers = await preparePeers('gap');
    const layout = peers.path('layout');
    await writeLayout(layout, { [NAME]: good });
    const intact = peers.path('intact.tar');
    await saveArchive([layout], intact);

    hybrid = peers.path('hybrid.tar');
    await writeFile(hybrid, await readFile(intact));
    await alter(hybrid, '/good', '/evil');

    const tampered = peers.path('tampered');
    await writeLayout(tampered, { [NAME]: good });
    const blob = (digest: string): string => join(tampered, 'blobs', ...digest.split(':'));
    await writeFile(blob(evil.imageID), evil.blobs.get(evil.imageID) ?? '');
    await alter(blob(good.digest), good.imageID, evil.imageID);
    ociArchive = peers.path('tampered.tar');
    await runChecked(requireProgram('tar'), ['-C', tampered, '-cf', ociArchive, 'oci-layout', 'index.json', 'blobs']);

    // In the shape of containers/image: CONFIG.json and DIFFID.tar.
    const plain = peers.path('plain');
    const manifest = [
      {
        Config: `${good.imageID.slice(7)}.json`,
        RepoTags: [NAME],
        Layers: layers.map((layer) => `${sha256(layer.plain).slice(7)}.tar`),
      },
    ];
    await mkdir(plain);
    for (const layer of layers) await writeFile(join(plain, `${sha256(layer.plain).slice(7)}.tar`), layer.plain);
    await writeFile(join(plain, manifest[0]?.Config ?? ''), evil.blobs.get(evil.imageID) ?? '');
    await writeFile(join(plain, 'manifest.json'), JSON.stringify(manifest));
    dockerArchive = peers.path('docker.tar');
    await runChecked(requireProgram('tar'), ['-C', plain, '--transform=s,^\\./,,', '-cf', dockerArchive, '.']);
  });
  afterAll(async () => {
    await peers.stop();
  });

  it('Ingot refuses an altered top manifest', async () => {
    expect(await refusalOf(saveArchive([ociArchive], peers.path('no.tar')))).toBe('DIGEST_MISMATCH');
    expect(await refusalOf(imagesOf(ociArchive))).toBe('DIGEST_MISMATCH');
    expect((await verifyErrors(ociArchive)).map((finding) => finding.code)).toEqual(['DIGEST_MISMATCH']);
  });

  it('Ingot refuses a config that is not what its name claims', async () => {
    expect(await refusalOf(saveArchive([dockerArchive], peers.path('no.tar')))).toBe('CONFIG_NAME_MISMATCH');
    expect(await refusalOf(imagesOf(dockerArchive))).toBe('CONFIG_NAME_MISMATCH');
    expect((await verifyErrors(dockerArchive)).map((finding) => finding.code)).toEqual(['CONFIG_NAME_MISMATCH']);
  });

  it('Ingot refuses an altered config in an archive of its own', async () => {
    expect(await refusalOf(saveArchive([hybrid], peers.path('no.tar')))).toBe('DIGEST_MISMATCH');
    expect((await verifyErrors(hybrid)).map((finding) => finding.code)).toContain('DIGEST_MISMATCH');
  });

  for (const generation of GENERATIONS) {
    it.skipIf(!toolAvailable('skopeo', generation))(
      `skopeo ${generation} takes an altered top manifest, and a config that is not what its name claims`,
      async () => {
        const copier = await peers.skopeo(generation);
        for (const location of [`oci-archive:${ociArchive}:${NAME}`, `docker-archive:${dockerArchive}:${NAME}`]) {
          const { stdout } = await copier.skopeo(['inspect', '--config', '--raw', location]);
          expect(sha256(stdout)).toBe(evil.imageID);
          const copied = peers.path(`copied-${generation}-${location.slice(0, 3)}.tar`);
          await copier.skopeo(['copy', '-q', location, `docker-archive:${copied}:${NAME}`]);
          expect((await imagesOf(copied)).map((image) => image.imageID)).toEqual([evil.imageID]);
        }
      },
    );

    it.skipIf(!toolAvailable('podman', generation))(
      `podman ${generation} takes an altered top manifest, and a config that is not what its name claims`,
      async () => {
        const pod = await peers.podman(generation);
        for (const path of [ociArchive, dockerArchive, hybrid]) {
          // A hybrid whose OCI half does not verify it reads as a docker-archive.
          await pod.podman(['load', '-q', '-i', path]);
          const { stdout } = await pod.podman(['image', 'inspect', '--format', '{{.Id}} {{.Config.Cmd}}', NAME]);
          expect(stdout.toString().trim()).toBe(`${evil.imageID.slice(7)} [/evil]`);
          await pod.podman(['rmi', '-f', NAME]);
        }
      },
    );

    it.skipIf(!toolAvailable('containerd', generation))(
      `containerd ${generation} refuses an altered top manifest and takes a config that is not what its name claims`,
      async () => {
        const containerd = await peers.containerd(generation);
        await expect(containerd.importArchive(ociArchive)).rejects.toThrow(/not found/);
        await containerd.importArchive(dockerArchive);
        const exported = peers.path(`exported-${generation}.tar`);
        const local = generation === 'newer' ? ['--local'] : [];
        await containerd.ctr(['images', 'export', ...local, exported, NAME]);
        expect((await imagesOf(exported)).map((image) => image.imageID)).toEqual([evil.imageID]);
      },
    );
  }

  for (const engine of ENGINE_NAMES) {
    it.skipIf(!engineAvailable(engine))(`${engine} takes a config that is not what its name claims`, async () => {
      const daemon = await peers.engine(engine);
      const graphDriver = engine !== 'docker 28 containerd';
      for (const path of graphDriver ? [dockerArchive, hybrid] : [dockerArchive]) {
        await daemon.docker(['load', '-q', '-i', path]);
        const { stdout } = await daemon.docker(['image', 'inspect', '-f', '{{.Id}} {{.Config.Cmd}}', NAME]);
        expect(stdout.toString()).toContain('[/evil]');
        if (graphDriver) expect(stdout.toString()).toContain(evil.imageID);
        await daemon.docker(['rmi', '-f', NAME]);
      }
    });
  }

  for (const engine of ENGINE_NAMES.filter((name) => name === 'docker 28 containerd')) {
    it.skipIf(!engineAvailable(engine))(`${engine} says it has loaded what it refused`, async () => {
      const daemon = await peers.engine(engine);
      await daemon.docker(['system', 'prune', '--all', '--force']);
      for (const path of [ociArchive, hybrid]) {
        const loaded = await daemon.docker(['load', '-q', '-i', path]);
        expect(loaded.stdout.toString()).toContain(`Loaded image: ${NAME}`);
        const { stdout } = await daemon.docker(['image', 'inspect', '-f', '{{.Id}} {{.Architecture}}', NAME]);
        expect(stdout.toString().trim()).toBe(good.digest);
        expect((await daemon.tryDocker(['create', '--pull=never', NAME])).code).not.toBe(0);
        await daemon.docker(['rmi', '-f', NAME]);
      }
    });
  }

  for (const generation of GENERATIONS) {
    it.skipIf(!toolAvailable('skopeo', generation) || !peerAvailable('docker-registry'))(
      `an archive of Ingot that skopeo ${generation} pushes keeps its digest`,
      async () => {
        const copier = await peers.skopeo(generation);
        const { host } = await peers.registry();
        for (const kept of [true, false]) {
          const path = peers.path(`push-${generation}-${kept}.tar`);
          const { images } = await saveArchive([peers.path('layout')], path, { layers: kept ? 'keep' : 'none' });
          const remote = `docker://${host}/${generation}/app:${kept}`;
          // skopeo compresses plain layers, unless it must not.
          const flags = kept ? [] : ['--preserve-digests'];
          await copier.skopeo(['copy', '-q', ...flags, `oci-archive:${path}:1.0`, remote]);
          const { stdout } = await copier.skopeo(['inspect', '--raw', remote]);
          expect(images.map((image) => image.digest)).toEqual([sha256(stdout)]);
          if (kept) expect(sha256(stdout)).toBe(good.digest);
          const back = peers.path(`back-${generation}-${kept}.tar`);
          await copier.skopeo(['copy', '-q', ...flags, remote, `oci-archive:${back}:${NAME}`]);
          expect(await canonicalDigest(back)).toBe(await canonicalDigest(path));
        }
      },
    );
  }
});
