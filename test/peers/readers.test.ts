import { mkdir, readFile } from 'node:fs/promises';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { nameFromRepoTag } from '../../src/content/name.js';
import type { ImageEntry } from '../../src/operation/report.js';
import {
  gzipLayer,
  imageIndex,
  layerTar,
  noise,
  ociImage,
  plainLayer,
  sha256,
  writeLayout,
  zstdLayer,
} from './support/built-image.js';
import {
  type ArchiveOptions,
  canonicalDigest,
  imageIDs,
  imagesOf,
  saveArchive,
  verifyErrors,
} from './support/ingot.js';
import {
  ENGINE_NAMES,
  type EngineName,
  GENERATIONS,
  type Peers,
  engineAvailable,
  linesOf,
  newerProgram,
  preparePeers,
  toolAvailable,
} from './support/peers.js';
import { peerAvailable, requireProgram, runChecked } from './support/program.js';

const REPOSITORY = 'registry.example/demo';

const base = gzipLayer(layerTar({ 'etc/': '', 'etc/demo.conf': 'colour = green\n', 'etc/noise': noise(9000, 3) }));
const tool = gzipLayer(layerTar({ 'opt/': '', 'opt/tool': 'a tool\n' }));
const data = gzipLayer(layerTar({ 'data/': '', 'data/noise': noise(5000, 5) }));
const otherTool = gzipLayer(layerTar({ 'opt/': '', 'opt/tool': 'another tool\n' }));

const app = ociImage([base, data, base]);
const amd64 = ociImage([base, tool]);
const arm64 = ociImage([base, otherTool], { architecture: 'arm64' });
const multi = imageIndex([amd64, arm64]);
/** What an engine that follows its machine takes of the index. */
const ofThisMachine = process.arch === 'arm64' ? arm64 : amd64;

/** The archives that Ingot writes. */
const CASES = {
  'hybrid-1': { images: ['app:1.0'] },
  'oci-1': { images: ['app:1.0'], profile: 'oci-1' },
  'hybrid-1, uncompressed layers': { images: ['app:1.0'], layers: 'none' },
  'oci-1, uncompressed layers': { images: ['app:1.0'], layers: 'none', profile: 'oci-1' },
  'hybrid-1, several images': {
    images: ['app:1.0', 'tool:2'],
    names: [{ from: amd64.digest, to: nameFromRepoTag(`${REPOSITORY}/alias:latest`) }],
  },
  'oci-1, several images': { images: ['app:1.0', 'tool:2'], profile: 'oci-1' },
  'hybrid-1, several platforms': { images: ['multi:1'] },
  'oci-1, several platforms': { images: ['multi:1'], profile: 'oci-1' },
  'hybrid-1, zstd layers': { images: ['zstd:1'] },
  'hybrid-1, a name with a port': {
    images: ['app:1.0'],
    names: [{ from: `${REPOSITORY}/app:1.0`, to: nameFromRepoTag('registry.example:5000/demo/app:1.0') }],
  },
  'hybrid-1, a name with a digest': {
    images: ['app:1.0'],
    names: [{ from: `${REPOSITORY}/app:1.0`, to: nameFromRepoTag(`${REPOSITORY}/app@${app.digest}`) }],
  },
} as const satisfies Readonly<Record<string, ArchiveOptions & { readonly images: readonly string[] }>>;

type CaseName = keyof typeof CASES;

const isOci = (name: CaseName): boolean => name.startsWith('oci-1');
const isMulti = (name: CaseName): boolean => name.includes('platforms');
const isSeveral = (name: CaseName): boolean => name.includes('several images');
const hasDigestName = (name: CaseName): boolean => name.includes('a digest');
const hasZstd = (name: CaseName): boolean => name.includes('zstd');

const zstdAvailable = peerAvailable('zstd');
const CASE_NAMES = (Object.keys(CASES) as CaseName[]).filter((name) => zstdAvailable || !hasZstd(name));

/** With these, GNU tar writes the bytes of the canonical archive. */
const CANONICAL_FLAGS: readonly string[] = [
  '--create',
  '--file=-',
  '--format=ustar',
  '--no-recursion',
  '--blocking-factor=1',
  '--mtime=@0',
  '--owner=0',
  '--group=0',
  '--numeric-owner',
  '--mode=u=rwX,go=rX',
  '--verbatim-files-from',
  '--files-from=-',
];

interface Named {
  readonly name: string;
  readonly image: ImageEntry;
}

interface Archive {
  readonly path: string;
  readonly images: readonly ImageEntry[];
  /** One for each name. */
  readonly named: readonly Named[];
}

/** `ref.name` of an archive of Ingot: the tag, or the whole name where there is none. */
const refNameOf = (name: string): string => (name.includes('@') ? name : name.slice(name.lastIndexOf(':') + 1));

describe('what Ingot writes is read', () => {
  let peers: Peers;
  const archives = new Map<CaseName, Archive>();

  const archiveOf = (name: CaseName): Archive => {
    const archive = archives.get(name);
    if (archive === undefined) throw new Error(`no archive ${name}`);
    return archive;
  };

  beforeAll(async () => {
    peers = await preparePeers('readers');
    await writeLayout(peers.path('source'), {
      [`${REPOSITORY}/app:1.0`]: app,
      [`${REPOSITORY}/tool:2`]: amd64,
      [`${REPOSITORY}/multi:1`]: multi,
      [`${REPOSITORY}/zstd:1`]: ociImage([
        base,
        ...(zstdAvailable ? [await zstdLayer(layerTar({ 'srv/': '', 'srv/noise': noise(5000, 9) }))] : []),
        plainLayer(data.plain),
      ]),
    });
    for (const name of CASE_NAMES) {
      const { images, ...options } = CASES[name];
      const path = peers.path(`${name.replaceAll(/[^a-z0-9]+/g, '-')}.tar`);
      const sources = images.map((image) => `oci:${peers.path('source')}:${REPOSITORY}/${image}`);
      const report = await saveArchive(sources, path, options);
      const named = report.images.flatMap((image) => image.names.map((text) => ({ name: text, image })));
      archives.set(name, { path, images: report.images, named });
    }
  });
  afterAll(async () => {
    await peers.stop();
  });

  /** A fresh path for what a tool writes. */
  let written = 0;
  const output = (): string => peers.path(`out-${++written}.tar`);

  /** What a tool that dissolves manifests has exported is the same image: config, layers, names. */
  const expectSameImages = async (path: string, name: CaseName): Promise<void> => {
    expect(await verifyErrors(path)).toEqual([]);
    const archive = archiveOf(name);
    if (isMulti(name)) {
      expect(await imageIDs(path)).toEqual([expect.stringMatching(/^sha256:/)]);
      return;
    }
    expect(await imageIDs(path)).toEqual(archive.images.map((image) => image.imageID ?? '').toSorted());
    if (hasDigestName(name)) return;
    expect(await canonicalDigest(path, { layers: 'none' })).toBe(
      await canonicalDigest(archive.path, { layers: 'none' }),
    );
  };

  /** What a tool that keeps every byte has exported is the same archive again. */
  const expectSameArchive = async (path: string, name: CaseName): Promise<void> => {
    expect(await canonicalDigest(path)).toBe(await canonicalDigest(archiveOf(name).path));
  };

  const dockerRefuses = (engine: EngineName, name: CaseName): boolean =>
    engine !== 'docker 28 containerd' && (isOci(name) || (engine === 'docker 20' && hasZstd(name)));

  for (const engine of ENGINE_NAMES) {
    describe.skipIf(!engineAvailable(engine))(engine, () => {
      for (const name of CASE_NAMES.filter((it) => dockerRefuses(engine, it))) {
        it(`does not load ${name}`, async () => {
          const daemon = await peers.engine(engine);
          expect((await daemon.tryDocker(['load', '-q', '-i', archiveOf(name).path])).code).toBe(1);
        });
      }
      for (const name of CASE_NAMES.filter((it) => !dockerRefuses(engine, it))) {
        it(`loads ${name}`, async () => {
          const daemon = await peers.engine(engine);
          const archive = archiveOf(name);
          await daemon.docker(['load', '-q', '-i', archive.path]);
          const expected = archive.named.map(({ name: text, image }) => {
            if (engine === 'docker 28 containerd') return { text, id: image.digest };
            const id = isMulti(name) ? amd64.imageID : (image.imageID ?? '');
            // The graph-driver stores know no name with a digest: the image comes without a name.
            return { text: hasDigestName(name) ? id : text, id };
          });
          const loaded = [];
          for (const { text } of expected) {
            const { stdout } = await daemon.docker(['image', 'inspect', '-f', '{{.Id}}', text]);
            loaded.push({ text, id: stdout.toString().trim() });
          }
          expect(loaded).toEqual(expected);
          const path = output();
          const texts = expected.map(({ text }) => text);
          await daemon.docker(['save', '-o', path, ...texts]);
          if (engine === 'docker 28 containerd') {
            // It exports a name with a digest as no name.
            if (hasDigestName(name)) expect((await imagesOf(path)).map((it) => it.digest)).toEqual([app.digest]);
            else await expectSameArchive(path, name);
          } else {
            await expectSameImages(path, name);
            if (isMulti(name)) expect(await imageIDs(path)).toEqual([amd64.imageID]);
          }
          await daemon.docker(['rmi', '-f', ...texts]);
        });
      }
    });
  }

  for (const generation of GENERATIONS) {
    describe.skipIf(!toolAvailable('podman', generation))(`podman ${generation}`, () => {
      const refuses = (name: CaseName): boolean => isOci(name) && isSeveral(name);
      for (const name of CASE_NAMES.filter(refuses)) {
        it(`does not load ${name}`, async () => {
          const pod = await peers.podman(generation);
          const result = await pod.tryPodman(['load', '-q', '-i', archiveOf(name).path]);
          expect(result.code).toBe(125);
          expect(result.stderr).toContain('more than one image');
        });
      }
      for (const name of CASE_NAMES.filter((it) => !refuses(it))) {
        it(`loads ${name}`, async () => {
          const pod = await peers.podman(generation);
          const archive = archiveOf(name);
          await pod.podman(['load', '-q', '-i', archive.path]);
          const names = archive.named.map((it) => it.name);
          const ids = [];
          for (const text of names) {
            const { stdout } = await pod.podman(['image', 'inspect', '--format', '{{.Id}}', text]);
            ids.push(`sha256:${stdout.toString().trim()}`);
          }
          expect(ids).toEqual(
            archive.named.map(({ image }) => (isMulti(name) ? ofThisMachine.imageID : image.imageID)),
          );
          const path = output();
          // podman 4 does not decompress zstd for a docker-archive.
          if (!hasZstd(name)) {
            await pod.podman(['save', '-q', '-m', '--format', 'docker-archive', '-o', path, ...names]);
            await expectSameImages(path, name);
          }
          if (!isSeveral(name)) {
            const oci = output();
            await pod.podman(['save', '-q', '--format', 'oci-archive', '-o', oci, ...names]);
            await expectSameImages(oci, name);
          }
          await pod.podman(['rmi', '-f', ...names]);
        });
      }
    });

    describe.skipIf(!toolAvailable('skopeo', generation))(`skopeo ${generation}`, () => {
      for (const name of CASE_NAMES) {
        it(`reads ${name} as oci-archive:`, async () => {
          const copier = await peers.skopeo(generation);
          const archive = archiveOf(name);
          for (const { name: text, image } of archive.named) {
            const location = `oci-archive:${archive.path}:${refNameOf(text)}`;
            const { stdout } = await copier.skopeo(['inspect', '--raw', location]);
            expect(sha256(stdout)).toBe(image.digest);
            const path = output();
            await copier.skopeo(['copy', '-q', '--all', '--preserve-digests', location, `oci-archive:${path}:${text}`]);
            expect(await canonicalDigest(path)).toBe(await canonicalDigest(`oci-archive:${archive.path}:${text}`));
          }
        });
      }
      for (const name of CASE_NAMES.filter((it) => !isOci(it))) {
        it(`reads ${name} as docker-archive:`, async () => {
          const copier = await peers.skopeo(generation);
          const archive = archiveOf(name);
          for (const { name: text, image } of archive.named) {
            const location = `docker-archive:${archive.path}${hasDigestName(name) ? '' : `:${text}`}`;
            const { stdout } = await copier.skopeo(['inspect', '--config', '--raw', location]);
            expect(sha256(stdout)).toBe(isMulti(name) ? amd64.imageID : image.imageID);
            const path = output();
            const destination = `docker-archive:${path}${hasDigestName(name) ? '' : `:${text}`}`;
            await copier.skopeo(['copy', '-q', location, destination]);
            expect(await imageIDs(path)).toEqual([isMulti(name) ? amd64.imageID : image.imageID]);
          }
        });
      }
    });

    describe.skipIf(!toolAvailable('containerd', generation))(`containerd ${generation}`, () => {
      for (const name of CASE_NAMES) {
        it(`imports ${name}`, async () => {
          const containerd = await peers.containerd(generation);
          const archive = archiveOf(name);
          await containerd.importArchive(archive.path);
          const listed = linesOf((await containerd.ctr(['images', 'ls'])).stdout)
            .slice(1)
            .map((line) => line.split(/\s+/));
          expect(listed.map(([ref, , digest]) => [ref, digest])).toEqual(
            archive.named
              .map((it) => [it.name, it.image.digest])
              .toSorted(([a], [b]) => ((a ?? '') < (b ?? '') ? -1 : 1)),
          );
          const check = linesOf((await containerd.ctr(['images', 'check'])).stdout).slice(1);
          expect(check.filter((line) => !line.includes('complete'))).toEqual([]);
          const path = output();
          const names = archive.named.map((it) => it.name);
          const local = generation === 'newer' ? ['--local'] : [];
          await containerd.ctr(['images', 'export', ...local, '--all-platforms', path, ...names]);
          await expectSameArchive(path, name);
          await containerd.ctr(['images', 'rm', '--sync', ...names]);
        });
      }
    });

    describe.skipIf(!toolAvailable('umoci', generation) || !peerAvailable('tar'))(`umoci ${generation}`, () => {
      for (const name of CASE_NAMES) {
        it(`reads ${name}`, async () => {
          const editor = await peers.umoci(generation);
          const archive = archiveOf(name);
          const layout = output().replace(/\.tar$/, '');
          await mkdir(layout);
          await runChecked(requireProgram('tar'), ['-C', layout, '-xf', archive.path]);
          const tags = archive.named.map((it) => refNameOf(it.name));
          expect(linesOf((await editor.umoci(['ls', '--layout', layout])).stdout).toSorted()).toEqual(tags.toSorted());
          const [first] = tags;
          if (!isMulti(name) && !hasDigestName(name) && first !== undefined) {
            const { stdout } = await editor.umoci(['stat', '--json', '--image', `${layout}:${first}`]);
            expect(stdout.toString()).toContain(sha256(base.plain));
            if (!hasZstd(name)) {
              const bundle = `${layout}-bundle`;
              await editor.umoci(['unpack', '--image', `${layout}:${first}`, bundle]);
              expect(await readFile(`${bundle}/rootfs/etc/demo.conf`, 'utf8')).toBe('colour = green\n');
            }
            await editor.umoci(['tag', '--image', `${layout}:${first}`, 'another']);
          }
          const path = output();
          await runChecked(requireProgram('tar'), ['-C', layout, '-cf', path, '.']);
          expect((await imagesOf(path)).map((image) => image.digest).toSorted()).toEqual(
            archive.images.map((image) => image.digest).toSorted(),
          );
        });
      }
    });

    describe.skipIf(!toolAvailable('buildah', generation))(`buildah ${generation}`, () => {
      for (const name of CASE_NAMES) {
        it(`pulls ${name}`, async () => {
          const builder = await peers.buildah(generation);
          const archive = archiveOf(name);
          for (const { name: text, image } of archive.named) {
            const id = isMulti(name) ? ofThisMachine.imageID : image.imageID;
            const location = `oci-archive:${archive.path}:${refNameOf(text)}`;
            const pulled = await builder.buildah(['pull', '-q', location]);
            expect(`sha256:${pulled.stdout.toString().trim()}`).toBe(id);
            const container = (await builder.buildah(['from', '--pull-never', text])).stdout.toString().trim();
            const from = await builder.buildah(['inspect', '--format', '{{.FromImageID}}', container]);
            expect(`sha256:${from.stdout.toString().trim()}`).toBe(id);
            const path = output();
            await builder.buildah(['push', '-q', text, `oci-archive:${path}:${text}`]);
            expect(await imageIDs(path)).toEqual([id]);
            await builder.buildah(['rm', container]);
          }
          await builder.buildah(['rmi', '-a', '-f']);
        });
      }
    });
  }

  for (const generation of GENERATIONS.filter((it) => it === 'newer')) {
    describe.skipIf(!toolAvailable('crane', generation) || !peerAvailable('docker-registry'))('crane', () => {
      const crane = async (...args: readonly string[]): Promise<string> =>
        (await runChecked(newerProgram('crane'), args)).stdout.toString().trim();

      for (const name of CASE_NAMES.filter((it) => !isSeveral(it))) {
        it(`pushes ${name}`, async () => {
          const { host } = await peers.registry();
          const archive = archiveOf(name);
          const [image] = archive.images;
          const id = isMulti(name) ? amd64.imageID : image?.imageID;
          const layout = output().replace(/\.tar$/, '');
          await mkdir(layout);
          await runChecked(requireProgram('tar'), ['-C', layout, '-xf', archive.path]);
          const asLayout = `${host}/crane/layout:${written}`;
          expect(await crane('push', '--insecure', layout, asLayout)).toContain(image?.digest);
          expect(await crane('digest', '--insecure', asLayout)).toBe(image?.digest);
          if (isOci(name)) return;
          // It takes every layer of a tarball for gzip or plain.
          if (!hasZstd(name)) await crane('validate', '--tarball', archive.path);
          const asTarball = `${host}/crane/tarball:${written}`;
          await crane('push', '--insecure', archive.path, asTarball);
          const path = output();
          await crane('pull', '--insecure', asTarball, path);
          expect(await imageIDs(path)).toEqual([id]);
        });
      }
    });
  }

  for (const generation of GENERATIONS.filter((it) => it === 'newer')) {
    describe.skipIf(!toolAvailable('oras', generation) || !peerAvailable('docker-registry'))('oras', () => {
      for (const name of CASE_NAMES) {
        it(`copies ${name}`, async () => {
          const { host } = await peers.registry();
          const archive = archiveOf(name);
          const oras = newerProgram('oras');
          const env = { HOME: peers.path() };
          for (const { name: text, image } of archive.named) {
            const tag = refNameOf(text);
            const from = tag.includes('@') ? `${archive.path}@${image.digest}` : `${archive.path}:${tag}`;
            const remote = `${host}/oras/copy:${++written}`;
            await runChecked(oras, ['cp', '--from-oci-layout', from, '--to-plain-http', remote], { env });
            const { stdout } = await runChecked(oras, ['manifest', 'fetch', '--plain-http', remote], { env });
            expect(sha256(stdout)).toBe(image.digest);
            const layout = output().replace(/\.tar$/, '');
            await runChecked(oras, ['cp', '--from-plain-http', remote, '--to-oci-layout', `${layout}:1`], { env });
            expect((await imagesOf(`oci:${layout}:1`)).map((it) => it.digest)).toEqual([image.digest]);
          }
        });
      }
    });
  }

  describe.skipIf(!peerAvailable(['tar', 'bsdtar']))('tar', () => {
    for (const name of CASE_NAMES) {
      it(`lists ${name} alike in GNU tar and bsdtar, and GNU tar writes the same bytes`, async () => {
        const { path } = archiveOf(name);
        const gnu = await runChecked(requireProgram('tar'), ['-tf', path]);
        const bsd = await runChecked(requireProgram('bsdtar'), ['-tf', path]);
        const names = linesOf(gnu.stdout);
        expect(gnu.stderr + bsd.stderr).toBe('');
        expect(linesOf(bsd.stdout)).toEqual(names);
        expect(names.slice(0, isOci(name) ? 2 : 3)).toEqual([
          'oci-layout',
          'index.json',
          ...(isOci(name) ? [] : ['manifest.json']),
        ]);
        const folder = output().replace(/\.tar$/, '');
        await mkdir(folder);
        await runChecked(requireProgram('tar'), ['-C', folder, '-xf', path]);
        const again = await runChecked(requireProgram('tar'), ['-C', folder, ...CANONICAL_FLAGS], {
          input: names.map((it) => `${it}\n`).join(''),
        });
        expect(sha256(again.stdout)).toBe(sha256(await readFile(path)));
      });
    }
  });
});
