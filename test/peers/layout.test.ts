import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { nameFromRepoTag } from '../../src/content/name.js';
import {
  type BuiltImage,
  gzipLayer,
  imageIndex,
  layerTar,
  noise,
  ociImage,
  sha256,
  writeLayout,
} from './support/built-image.js';
import { canonicalDigest, copyImages, imagesOf, saveArchive, verifyErrors } from './support/ingot.js';
import { GENERATIONS, type Peers, linesOf, preparePeers, toolAvailable } from './support/peers.js';
import { type Generation, peerAvailable } from './support/program.js';

const base = gzipLayer(layerTar({ 'etc/': '', 'etc/demo.conf': 'colour = green\n', 'etc/noise': noise(9000, 3) }));
const layerOf = (text: string): ReturnType<typeof gzipLayer> =>
  gzipLayer(layerTar({ 'opt/': '', 'opt/tool': `${text}\n` }));

const one = ociImage([base, layerOf('one')]);
const two = ociImage([base, layerOf('two')]);
const three = ociImage([base, layerOf('three')]);
const four = ociImage([base, layerOf('four')]);
const index = imageIndex([one, ociImage([base, layerOf('arm')], { architecture: 'arm64' })]);

interface IndexEntry {
  readonly digest: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

const isEntry = (value: unknown): value is IndexEntry =>
  typeof value === 'object' && value !== null && 'digest' in value;

const entriesOf = async (layout: string): Promise<readonly IndexEntry[]> => {
  const document: unknown = JSON.parse(await readFile(join(layout, 'index.json'), 'utf8'));
  const manifests: unknown =
    typeof document === 'object' && document !== null && 'manifests' in document ? document.manifests : [];
  return Array.isArray(manifests) ? manifests.filter(isEntry) : [];
};

const refName = (entry: IndexEntry): string => entry.annotations?.['org.opencontainers.image.ref.name'] ?? '';

describe('layouts and directories are shared with other tools', () => {
  let peers: Peers;
  const source = (name: string): string => `oci:${peers.path('source')}:${name}`;

  beforeAll(async () => {
    peers = await preparePeers('layout');
    await writeLayout(peers.path('source'), { one, two, three, four, index });
  });
  afterAll(async () => {
    await peers.stop();
  });

  const checkWithSkopeo = async (
    generation: Generation,
    layout: string,
    tag: string,
    image: BuiltImage,
  ): Promise<void> => {
    const copier = await peers.skopeo(generation);
    const { stdout } = await copier.skopeo(['inspect', '--raw', `oci:${layout}:${tag}`]);
    expect(sha256(stdout)).toBe(image.digest);
    const copied = peers.path(`read-${generation}-${tag}`);
    await copier.skopeo(['copy', '-q', '--all', '--preserve-digests', `oci:${layout}:${tag}`, `oci:${copied}:${tag}`]);
    expect((await imagesOf(copied)).map((it) => it.digest)).toEqual([image.digest]);
  };

  for (const generation of GENERATIONS) {
    it.skipIf(!toolAvailable('skopeo', generation) || !toolAvailable('umoci', generation))(
      `oci: is filled by Ingot and by skopeo ${generation} in turns, and umoci ${generation} reads it`,
      async () => {
        const layout = peers.path(`layout-${generation}`);
        const editor = await peers.umoci(generation);
        const copier = await peers.skopeo(generation);
        await copyImages(source('one'), `oci:${layout}:one`);
        await copyImages(source('two'), `oci:${layout}:two`);
        await checkWithSkopeo(generation, layout, 'one', one);
        await checkWithSkopeo(generation, layout, 'two', two);
        expect(linesOf((await editor.umoci(['ls', '--layout', layout])).stdout).toSorted()).toEqual(['one', 'two']);
        for (const tag of ['one', 'two']) {
          const bundle = peers.path(`bundle-${generation}-${tag}`);
          await editor.umoci(['unpack', '--image', `${layout}:${tag}`, bundle]);
          expect(await readFile(join(bundle, 'rootfs/opt/tool'), 'utf8')).toBe(`${tag}\n`);
        }

        await copier.skopeo(['copy', '-q', '--preserve-digests', source('three'), `oci:${layout}:three`]);
        const byTag = async (): Promise<Record<string, string>> =>
          Object.fromEntries(
            await Promise.all(
              (await entriesOf(layout)).map(async (entry): Promise<readonly [string, string]> => {
                const [image] = await imagesOf(`oci:${layout}:${refName(entry)}`);
                return [refName(entry), image?.digest ?? ''];
              }),
            ),
          );
        expect(await byTag()).toEqual({ one: one.digest, two: two.digest, three: three.digest });
        const foreign = (await entriesOf(layout)).find((entry) => refName(entry) === 'three');

        await copyImages(source('four'), `oci:${layout}:four`);
        expect(await byTag()).toEqual({ one: one.digest, two: two.digest, three: three.digest, four: four.digest });
        // Not only the image: the entry as skopeo wrote it.
        expect((await entriesOf(layout)).find((entry) => refName(entry) === 'three')).toEqual(foreign);
        await checkWithSkopeo(generation, layout, 'three', three);
        await checkWithSkopeo(generation, layout, 'four', four);
        expect(linesOf((await editor.umoci(['ls', '--layout', layout])).stdout).toSorted()).toEqual([
          'four',
          'one',
          'three',
          'two',
        ]);
        expect(await verifyErrors(layout)).toEqual([]);
      },
      120_000,
    );

    it.skipIf(!toolAvailable('skopeo', generation))(
      `a name that skopeo ${generation} moves leaves its old image unnamed, and Ingot keeps it`,
      async () => {
        const layout = peers.path(`moved-${generation}`);
        const copier = await peers.skopeo(generation);
        await copyImages(source('one'), `oci:${layout}:tag`);
        await copier.skopeo(['copy', '-q', '--preserve-digests', source('two'), `oci:${layout}:tag`]);
        await copyImages(source('three'), `oci:${layout}:other`);
        const images = await imagesOf(layout);
        expect(new Map(images.map((image) => [image.digest, image.names.join()]))).toEqual(
          new Map([
            [one.digest, ''],
            [two.digest, 'tag'],
            [three.digest, 'other'],
          ]),
        );
        await checkWithSkopeo(generation, layout, 'tag', two);
      },
    );

    it.skipIf(!toolAvailable('umoci', generation))(
      `a layout that umoci ${generation} made takes an image of Ingot, and umoci still knows its own`,
      async () => {
        const layout = peers.path(`umoci-${generation}`);
        const editor = await peers.umoci(generation);
        await editor.umoci(['init', '--layout', layout]);
        await editor.umoci(['new', '--image', `${layout}:empty`]);
        await editor.umoci(['insert', '--image', `${layout}:empty`, peers.path('source', 'oci-layout'), '/oci-layout']);
        const [before] = await imagesOf(`oci:${layout}:empty`);
        await copyImages(source('one'), `oci:${layout}:one`);
        expect(linesOf((await editor.umoci(['ls', '--layout', layout])).stdout).toSorted()).toEqual(['empty', 'one']);
        expect((await imagesOf(`oci:${layout}:empty`))[0]?.digest).toBe(before?.digest);
        await editor.umoci(['tag', '--image', `${layout}:one`, 'again']);
        await editor.umoci(['gc', '--layout', layout]);
        expect((await imagesOf(`oci:${layout}:again`))[0]?.digest).toBe(one.digest);
        expect(await verifyErrors(layout)).toEqual([]);
      },
    );

    it.skipIf(!toolAvailable('skopeo', generation) || !peerAvailable('docker-registry'))(
      `dir: of Ingot goes through skopeo ${generation} into a registry as it is`,
      async () => {
        const copier = await peers.skopeo(generation);
        const { host } = await peers.registry();
        for (const [name, image] of Object.entries({ one, index })) {
          const dir = peers.path(`dir-${generation}-${name}`);
          await copyImages(source(name), `dir:${dir}`);
          const remote = `docker://${host}/${generation}/${name}:1`;
          await copier.skopeo(['copy', '-q', '--all', '--preserve-digests', `dir:${dir}`, remote]);
          const { stdout } = await copier.skopeo(['inspect', '--raw', remote]);
          expect(sha256(stdout)).toBe(image.digest);
        }
      },
    );

    it.skipIf(!toolAvailable('skopeo', generation))(
      `dir: of skopeo ${generation} is what Ingot writes, and is read`,
      async () => {
        const copier = await peers.skopeo(generation);
        for (const [name, image] of Object.entries({ two, index })) {
          const theirs = peers.path(`theirs-${generation}-${name}`);
          const ours = peers.path(`ours-${generation}-${name}`);
          await copier.skopeo(['copy', '-q', '--all', '--preserve-digests', source(name), `dir:${theirs}`]);
          await copyImages(source(name), `dir:${ours}`);
          const names = (await readdir(theirs)).toSorted();
          expect((await readdir(ours)).toSorted()).toEqual(names);
          for (const file of names) {
            expect(sha256(await readFile(join(ours, file)))).toBe(sha256(await readFile(join(theirs, file))));
          }
          expect((await imagesOf(`dir:${theirs}`)).map((it) => it.digest)).toEqual([image.digest]);
          expect(await canonicalDigest(`dir:${theirs}`, { as: 'registry.example/x:1' })).toBe(
            await canonicalDigest(source(name), {
              names: [{ from: name, to: nameFromRepoTag('registry.example/x:1') }],
            }),
          );
        }
      },
    );

    it.skipIf(!toolAvailable('skopeo', generation))(
      `an archive of Ingot, taken apart into a layout by skopeo ${generation}, is the same archive again`,
      async () => {
        const copier = await peers.skopeo(generation);
        const archive = peers.path(`archive-${generation}.tar`);
        const { archive: saved } = await saveArchive([source('one'), source('index')], archive);
        const layout = peers.path(`apart-${generation}`);
        for (const tag of ['one', 'index']) {
          await copier.skopeo([
            'copy',
            '-q',
            '--all',
            '--preserve-digests',
            `oci-archive:${archive}:${tag}`,
            `oci:${layout}:${tag}`,
          ]);
        }
        expect(await canonicalDigest(layout)).toBe(`sha256:${saved.sha256}`);
      },
    );
  }
});
