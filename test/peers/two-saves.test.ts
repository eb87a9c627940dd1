import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { gzipLayer, layerTar, noise, ociImage, writeLayout } from './support/built-image.js';
import { canonicalDigest } from './support/ingot.js';
import { GENERATIONS, type Peers, fileSha256, preparePeers, toolAvailable } from './support/peers.js';
import { delay, peerAvailable, requireProgram, runChecked } from './support/program.js';
import { WRITERS, type Writer } from './support/writers.js';

const NAME = 'registry.example/demo/app:1.0';

const base = gzipLayer(layerTar({ 'etc/': '', 'etc/demo.conf': 'colour = green\n', 'etc/noise': noise(9000, 3) }));
const data = gzipLayer(layerTar({ 'data/': '', 'data/noise': noise(5000, 5) }));

const isDirectory = (writer: Writer): boolean => writer.format === 'oci' || writer.format === 'dir';

const ready = (): boolean => peerAvailable('docker-registry') && toolAvailable('skopeo', 'stable');

describe.skipIf(!ready())('two saves of one image, seconds apart', () => {
  let peers: Peers;
  let remote: string;
  const fileOf = (writer: Writer, run: number): string =>
    peers.path(`${writer.name.replaceAll(/[^a-z0-9]+/g, '-')}-${run}`);
  const writers = WRITERS.filter((writer) => writer.available());

  // The tools write one after the other, twice, so that the seconds between are not waited for one by one.
  beforeAll(async () => {
    peers = await preparePeers('twice');
    remote = `${(await peers.registry()).host}/demo/app:1.0`;
    await writeLayout(peers.path('source'), { [NAME]: ociImage([base, data, base]) });
    const copier = await peers.skopeo('stable');
    await copier.skopeo(['copy', '-q', '--preserve-digests', `oci:${peers.path('source')}`, `docker://${remote}`]);
    for (const writer of writers) await writer.fetch(peers, remote, NAME);
    for (const writer of writers) await writer.write(peers, remote, NAME, fileOf(writer, 1));
    await delay(1100);
    for (const writer of writers) await writer.write(peers, remote, NAME, fileOf(writer, 2));
  });
  afterAll(async () => {
    await peers.stop();
  });

  for (const writer of WRITERS) {
    it.skipIf(!writer.available())(writer.name, async () => {
      const [first, second] = [fileOf(writer, 1), fileOf(writer, 2)];
      const as = writer.format === 'dir' ? { as: NAME } : {};
      if (!isDirectory(writer)) {
        const same = (await fileSha256(first)) === (await fileSha256(second));
        expect(same).toBe(!writer.differsEachTime);
      }
      expect(await canonicalDigest(second, as)).toBe(await canonicalDigest(first, as));
      const none = await canonicalDigest(first, { ...as, layers: 'none' });
      expect(await canonicalDigest(second, { ...as, layers: 'none' })).toBe(none);
      expect(none).toBe(await canonicalDigest(peers.path('source'), { layers: 'none' }));
    });
  }

  for (const generation of GENERATIONS) {
    it.skipIf(!toolAvailable('umoci', generation))(`umoci ${generation}: a layout as a tarball`, async () => {
      const editor = await peers.umoci(generation);
      const layout = peers.path(`umoci-${generation}`);
      await editor.umoci(['init', '--layout', layout]);
      await editor.umoci(['new', '--image', `${layout}:1.0`]);
      const tree = peers.path(`tree-${generation}`);
      await cp(peers.path('source'), tree, { recursive: true });
      await editor.umoci(['insert', '--image', `${layout}:1.0`, tree, '/srv']);
      await editor.umoci(['tag', '--image', `${layout}:1.0`, 'stable']);
      const tar = async (folder: string, path: string, ...args: readonly string[]): Promise<string> => {
        await runChecked(requireProgram('tar'), ['-C', folder, ...args, '-cf', path, '.']);
        return path;
      };
      const first = await tar(layout, peers.path(`umoci-${generation}-1.tar`));
      await delay(1100);
      // The same files, written again in another order: other times, another order in the directory.
      const again = `${layout}-again`;
      await cp(layout, again, { recursive: true });
      for (const name of ['index.json', 'oci-layout']) {
        const bytes = await readFile(join(again, name));
        await rm(join(again, name));
        await writeFile(join(again, name), bytes);
      }
      const second = await tar(again, peers.path(`umoci-${generation}-2.tar`), '--format=posix');
      expect(await fileSha256(first)).not.toBe(await fileSha256(second));
      const digest = await canonicalDigest(layout);
      expect(await canonicalDigest(first)).toBe(digest);
      expect(await canonicalDigest(second)).toBe(digest);
    });
  }
});
