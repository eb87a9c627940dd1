import { readFile } from 'node:fs/promises';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { gzipLayer, layerTar, noise, ociImage, sha256, writeLayout } from './support/built-image.js';
import { canonicalDigest, saveArchive } from './support/ingot.js';
import { ENGINE_NAMES, type Peers, engineAvailable, fileSha256, preparePeers } from './support/peers.js';
import { delay, requireProgram, runChecked } from './support/program.js';

const base = gzipLayer(layerTar({ 'etc/': '', 'etc/demo.conf': 'colour = green\n', 'etc/noise': noise(9000, 3) }));
const tool = gzipLayer(layerTar({ 'opt/': '', 'opt/tool': 'a tool\n' }));
const data = gzipLayer(layerTar({ 'data/': '', 'data/noise': noise(5000, 5) }));

const IMAGES = {
  'registry.example/demo/base:1': ociImage([base]),
  'registry.example/demo/tool:2': ociImage([base, tool]),
  // The second use of a layer is a symbolic link, in an order that changes.
  'registry.example/demo/app:1.0': ociImage([base, data, base]),
};
const NAMES = Object.keys(IMAGES);

/** Runs that are compared, more than a second apart. */
const RUNS = 4;
/** Runs at most until two differ in the order of the images. */
const ORDER_RUNS = 60;

describe('three images in one docker save', () => {
  let peers: Peers;
  /** One archive for all engines to load. */
  let source: string;
  let expected: string;

  beforeAll(async () => {
    peers = await preparePeers('order');
    await writeLayout(peers.path('source'), IMAGES);
    source = peers.path('source.tar');
    await saveArchive([peers.path('source')], source);
    expected = await canonicalDigest(source, { layers: 'none' });
  });
  afterAll(async () => {
    await peers.stop();
  });

  const orderOf = async (path: string): Promise<string> =>
    sha256((await runChecked(requireProgram('tar'), ['-xOf', path, 'manifest.json'])).stdout);

  for (const engine of ENGINE_NAMES) {
    it.skipIf(!engineAvailable(engine))(
      `${engine}: other bytes in each run, one archive`,
      async () => {
        const daemon = await peers.engine(engine);
        await daemon.docker(['load', '-q', '-i', source]);
        const inputs: string[] = [];
        const orders = new Set<string>();
        const canonical: string[] = [];
        const run = async (): Promise<void> => {
          const path = peers.path(`${engine.replaceAll(' ', '-')}-${inputs.length}.tar`);
          await daemon.docker(['save', '-o', path, ...NAMES]);
          inputs.push(await fileSha256(path));
          orders.add(await orderOf(path));
          canonical.push(await canonicalDigest(path, { layers: 'none' }));
        };
        for (let at = 0; at < RUNS; at += 1) {
          if (at > 0) await delay(1100);
          await run();
        }
        // The containerd store has no times and no order of its own in its archives.
        if (engine !== 'docker 28 containerd') expect(new Set(inputs).size).toBeGreaterThan(1);
        // Docker 20.10 takes the images from a Go map: sooner or later another one is the first.
        while (engine === 'docker 20' && orders.size === 1 && inputs.length < ORDER_RUNS) await run();
        if (engine === 'docker 20') expect(orders.size).toBeGreaterThan(1);
        expect(new Set(canonical)).toEqual(new Set([expected]));
      },
      120_000,
    );
  }

  it.skipIf(!ENGINE_NAMES.some(engineAvailable))('is what the layers of the source give', async () => {
    expect(await canonicalDigest(peers.path('source'), { layers: 'none' })).toBe(expected);
    const saved = peers.path('saved.tar');
    await saveArchive([peers.path('source')], saved, { layers: 'none' });
    expect(await fileSha256(saved)).toBe(expected);
    expect((await readFile(saved)).length % 512).toBe(0);
  });
});
