import { existsSync, openSync, readFileSync, readSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { contextWith } from '../../src/operation/context.js';
import { lock, lockBytes } from '../../src/operation/lock.js';
import { recipe } from '../../src/operation/recipe.js';
import { rawMember, rawTar } from '../support/raw-tar.js';
import { layerTar, noise, sha256 } from './support/built-image.js';
import { type Docker, startDocker } from './support/dockerd.js';
import { canonicalDigest, copyImages, imageIDs, imagesOf, saveArchive, verifyErrors } from './support/ingot.js';
import {
  ENGINE_NAMES,
  type EngineName,
  GENERATIONS,
  type Peers,
  engineAvailable,
  fileSha256,
  preparePeers,
  toolAvailable,
} from './support/peers.js';
import { peerAvailable } from './support/program.js';

const MIB = 1 << 20;

/** The first bytes of a program: what large layers are made of. */
const programBytes = (length: number): Uint8Array => {
  const bytes = new Uint8Array(length);
  return bytes.subarray(0, readSync(openSync(process.execPath, 'r'), bytes, 0, length, 0));
};

/** Lines that look like the files of a distribution; the same for a seed each time. */
const smallFiles = (count: number, seed: number): Record<string, string> => {
  let state = seed;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
  const files: Record<string, string> = { 'usr/': '', 'usr/share/': '' };
  for (let at = 0; at < count; at += 1) {
    if (at % 100 === 0) files[`usr/share/package-${seed}-${at / 100}/`] = '';
    const lines = Array.from(
      { length: 1 + next(12) },
      () => `option_${next(40)} = value ${next(10_000)} # ${'abcdefghij'.slice(next(10))}\n`,
    );
    files[`usr/share/package-${seed}-${Math.floor(at / 100)}/file-${at}.conf`] = lines.join('');
  }
  return files;
};

/** Layers, base first, made when they are needed. */
const IMAGES: Readonly<Record<string, () => readonly Uint8Array[]>> = {
  'many-small-files': () => [layerTar(smallFiles(4000, 7)), layerTar(smallFiles(1500, 11))],
  'large-binaries': () => [
    layerTar({ 'bin/': '', 'bin/large': programBytes(24 * MIB) }),
    layerTar({
      'bin/': '',
      'bin/other': Buffer.concat([programBytes(3 * MIB), noise(2 * MIB, 5)]),
      'bin/zeros': new Uint8Array(4 * MIB),
    }),
  ],
  'duplicate-and-empty-layers': () => {
    const [base, change, empty] = [
      layerTar({ 'etc/': '', 'etc/demo.conf': 'colour = green\n' }),
      layerTar(smallFiles(30, 3)),
      layerTar({}),
    ];
    return [base, empty, change, base, empty, empty, change];
  },
};
const NAMES = Object.keys(IMAGES);

/** What `docker load` takes. */
const dockerArchive = (reference: string, layers: readonly Uint8Array[]): Uint8Array => {
  const config = Buffer.from(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      created: '2024-02-29T12:34:56Z',
      config: { Env: ['PATH=/usr/bin:/bin'], Cmd: ['/none'], Labels: { title: 'Größe & <Gewicht>' } },
      rootfs: { type: 'layers', diff_ids: layers.map(sha256) },
      history: layers.map((_, at) => ({ created: '2024-02-29T12:34:56Z', created_by: `COPY layer ${at} /` })),
    }),
  );
  const name = `${sha256(config).slice(7)}.json`;
  const manifest = [{ Config: name, RepoTags: [reference], Layers: layers.map((_, at) => `${at}/layer.tar`) }];
  return rawTar([
    rawMember({ name }, config),
    ...layers.map((layer, at) => rawMember({ name: `${at}/layer.tar` }, layer)),
    rawMember({ name: 'manifest.json' }, JSON.stringify(manifest)),
  ]);
};

const SCHEMA2 = 'application/vnd.docker.distribution.manifest.v2+json';

interface RegistryManifest {
  readonly config: { readonly digest: string };
  readonly layers: readonly { readonly digest: string }[];
}

/** What the registry has of a repository, by plain HTTP: nothing of ours and no other client lies between. */
const fetchRaw = async (host: string, path: string): Promise<Buffer> => {
  const answer = await fetch(`http://${host}/v2/${path}`, { headers: { accept: SCHEMA2 } });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return Buffer.from(await answer.arrayBuffer());
};

const ready = (): boolean =>
  peerAvailable('docker-registry') && engineAvailable('docker 20') && toolAvailable('skopeo', 'stable');

const context = contextWith({ pathExists: existsSync });

describe.skipIf(!ready())('what docker pushed', () => {
  let peers: Peers;
  let host: string;
  /** A store that has never seen the images. */
  let fresh: Docker;

  const nameOf = (image: string): string => `registry.example/demo/${image}:1.0`;
  const manifestFile = (image: string): string => peers.path(`${image}.manifest.json`);

  const pushImage = async (docker: Docker, image: string): Promise<void> => {
    const remote = `${host}/demo/${image}:1.0`;
    const file = peers.path(`${image}.load.tar`);
    await writeFile(file, dockerArchive(remote, IMAGES[image]?.() ?? []));
    await docker.docker(['load', '-q', '-i', file]);
    await docker.docker(['push', '-q', remote]);
  };

  /** Pulls an image, forgets where it came from, and saves it. */
  const pullAndSave = async (docker: Docker, image: string, label: string): Promise<string> => {
    const remote = `${host}/demo/${image}:1.0`;
    const file = peers.path(`${image}.${label}.tar`);
    await docker.docker(['pull', '-q', remote]);
    await docker.docker(['tag', remote, nameOf(image)]);
    await docker.docker(['rmi', remote]);
    await docker.docker(['save', '-o', file, nameOf(image)]);
    return file;
  };

  beforeAll(async () => {
    peers = await preparePeers('rest');
    host = (await peers.registry()).host;
    const pusher = await peers.engine('docker 20');
    fresh = await startDocker();
    for (const image of NAMES) {
      await pushImage(pusher, image);
      await writeFile(manifestFile(image), await fetchRaw(host, `demo/${image}/manifests/1.0`));
      await pullAndSave(fresh, image, 'docker-20');
    }
  });
  afterAll(async () => {
    await fresh?.stop();
    await peers?.stop();
  });

  describe.each(NAMES)('%s', (image) => {
    const saved = (): string => peers.path(`${image}.docker-20.tar`);
    const restored = (): string => peers.path(`${image}.restored.tar`);
    const manifest = (): Buffer => readFileSync(manifestFile(image));
    const digest = (): string => sha256(manifest());

    it('has lost its digest in what docker saves', async () => {
      const [found, ...more] = await imagesOf(saved());
      expect(more).toEqual([]);
      expect(found?.digest).not.toBe(digest());
      expect(found?.imageID).toBe((JSON.parse(manifest().toString()) as RegistryManifest).config.digest);
    });

    it('gets it back, and every blob, byte for byte', async () => {
      const report = await saveArchive([saved()], restored(), {
        layers: 'restore',
        manifestFrom: [manifestFile(image)],
      });
      expect(report.images.map((entry) => entry.digest)).toEqual([digest()]);
      expect(report.notes).toEqual([]);
      expect(await verifyErrors(restored())).toEqual([]);

      const layout = peers.path(`${image}.layout`);
      const copied = await copyImages(restored(), `oci:${layout}`);
      expect(copied.images.map((entry) => entry.digest)).toEqual([digest()]);
      const { config, layers } = JSON.parse(manifest().toString()) as RegistryManifest;
      const digests = [...new Set([digest(), config.digest, ...layers.map((layer) => layer.digest)])];
      expect((await readdir(join(layout, 'blobs/sha256'))).toSorted()).toEqual(
        digests.map((it) => it.slice(7)).toSorted(),
      );
      for (const it of digests) {
        const known = it === digest() ? manifest() : await fetchRaw(host, `demo/${image}/blobs/${it}`);
        expect(readFileSync(join(layout, 'blobs', ...it.split(':'))).equals(known)).toBe(true);
      }
      const skopeo = await peers.skopeo('stable');
      const { stdout } = await skopeo.skopeo(['inspect', '--raw', `oci:${layout}`]);
      expect(sha256(stdout)).toBe(digest());
    });

    it('becomes the one archive that skopeo copied from the registry becomes', async () => {
      const skopeo = await peers.skopeo('stable');
      const path = peers.path(`${image}.dir`);
      await skopeo.skopeo(['copy', '-q', `docker://${host}/demo/${image}:1.0`, `dir:${path}`]);
      const expected = await canonicalDigest(path, { as: nameOf(image) });
      expect(await fileSha256(restored())).toBe(expected);
      for (const source of [manifestFile(image), `${restored()}.recipe.json`, path]) {
        expect(await canonicalDigest(saved(), { layers: 'restore', manifestFrom: [source] })).toBe(expected);
      }
      expect(await canonicalDigest(path, { as: nameOf(image), layers: 'gzip' })).toBe(expected);
    });

    it('comes back from its digest alone', async () => {
      const file = peers.path(`${image}.lock.json`);
      await writeFile(file, JSON.stringify({ version: 1, images: { [nameOf(image)]: { digest: digest() } } }));
      expect(await canonicalDigest(saved(), { layers: 'restore', manifestFrom: [file] })).toBe(
        await fileSha256(restored()),
      );
      const written = peers.path(`${image}.own-lock.json`);
      await writeFile(written, lockBytes(await lock([restored()], context)));
      expect(await canonicalDigest(saved(), { layers: 'restore', manifestFrom: [written] })).toBe(
        await fileSha256(restored()),
      );
    });

    it('has one recipe, made by restoring or from what the registry has', async () => {
      const { bytes, layers, restorable } = await recipe([peers.path(`${image}.dir`)], context);
      expect(restorable).toBe(layers);
      expect(readFileSync(`${restored()}.recipe.json`).equals(bytes)).toBe(true);
    });

    it('comes back from layers that somebody else has compressed', async () => {
      const skopeo = await peers.skopeo('stable');
      const other = peers.path(`${image}.pgzip`);
      await skopeo.skopeo(['copy', '-q', `docker-archive:${saved()}`, `dir:${other}`, '--dest-compress']);
      const options = { layers: 'restore', manifestFrom: [manifestFile(image)], as: nameOf(image) } as const;
      expect(await canonicalDigest(other, options)).toBe(await fileSha256(restored()));
    });

    it('loads into docker as the image that it was', async () => {
      await fresh.docker(['rmi', nameOf(image)]);
      await fresh.docker(['load', '-q', '-i', restored()]);
      const { stdout } = await fresh.docker(['image', 'inspect', '--format', '{{.Id}}', nameOf(image)]);
      expect([stdout.toString().trim()]).toEqual(await imageIDs(restored()));
    });
  });

  describe.each(ENGINE_NAMES.filter((name) => name !== 'docker 20'))('%s', (name: EngineName) => {
    it.skipIf(!engineAvailable(name)).for(NAMES)(
      'saves %s, and it becomes the same archive',
      { timeout: 120_000 },
      async (image) => {
        const file = await pullAndSave(await peers.engine(name), image, name.replaceAll(' ', '-'));
        const options = { layers: 'restore', manifestFrom: [manifestFile(image)] } as const;
        expect(await canonicalDigest(file, options)).toBe(await fileSha256(peers.path(`${image}.restored.tar`)));
      },
    );
  });

  describe.each(GENERATIONS)('what others pushed, %s', (generation) => {
    const SMALL = ['many-small-files', 'duplicate-and-empty-layers'];
    /** The archive of docker save, restored to the manifest in a file. */
    const expectRestored = async (image: string, by: string, raw: Uint8Array): Promise<void> => {
      const label = `${image}.${by}.${generation}`;
      const file = peers.path(`${label}.json`);
      await writeFile(file, raw);
      expect(sha256(raw)).not.toBe(sha256(readFileSync(manifestFile(image))));
      const output = peers.path(`${label}.tar`);
      await saveArchive([peers.path(`${image}.docker-20.tar`)], output, { layers: 'restore', manifestFrom: [file] });
      expect((await imagesOf(output)).map((entry) => entry.digest)).toEqual([sha256(raw)]);
      expect(await verifyErrors(output)).toEqual([]);
    };

    it.skipIf(!toolAvailable('skopeo', generation)).for(NAMES)(
      'skopeo: %s is restored',
      { timeout: 120_000 },
      async (image) => {
        const saved = peers.path(`${image}.docker-20.tar`);
        const pushed = `demo/${image}-by-skopeo-${generation}`;
        const skopeo = await peers.skopeo(generation);
        await skopeo.skopeo(['copy', '-q', `docker-archive:${saved}`, `docker://${host}/${pushed}:1.0`]);
        await expectRestored(image, 'skopeo', await fetchRaw(host, `${pushed}/manifests/1.0`));
        const folder = peers.path(`${image}.${generation}.by-skopeo`);
        await skopeo.skopeo(['copy', '-q', '--dest-compress', `docker-archive:${saved}`, `dir:${folder}`]);
        await expectRestored(image, 'skopeo-dir', readFileSync(join(folder, 'manifest.json')));
      },
    );

    it.skipIf(!toolAvailable('podman', generation)).for(SMALL)(
      'podman: %s is restored',
      { timeout: 120_000 },
      async (image) => {
        const pushed = `demo/${image}-by-podman-${generation}`;
        const podman = await peers.podman(generation);
        await podman.podman(['load', '-q', '-i', peers.path(`${image}.docker-20.tar`)]);
        await podman.podman(['push', '-q', '--format', 'v2s2', nameOf(image), `${host}/${pushed}:1.0`]);
        await expectRestored(image, 'podman', await fetchRaw(host, `${pushed}/manifests/1.0`));
      },
    );
  });
});
