import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  type BuiltImage,
  dockerImage,
  gzipLayer,
  layerTar,
  noise,
  ociImage,
  sha256,
  writeLayout,
} from './support/built-image.js';
import { canonicalDigest, imageIDs } from './support/ingot.js';
import { type Peers, preparePeers, toolAvailable } from './support/peers.js';
import { peerAvailable } from './support/program.js';
import { WRITERS, type Writer } from './support/writers.js';

const NAME = 'registry.example/demo/app:1.0';
const DOCKER_NAME = 'registry.example/demo/docker:1.0';

const base = layerTar({ 'etc/': '', 'etc/demo.conf': 'colour = green\n', 'data/': '', 'data/noise': noise(20_000, 7) });
const change = layerTar({ 'etc/': '', 'etc/demo.conf': 'colour = blue\n', 'etc/naïve-日本.txt': 'one\n' });
const layers = [base, change, base].map(gzipLayer);
const image = ociImage(layers);
const withDockerFields = dockerImage(layers.slice(0, 2));

const ready = (): boolean => peerAvailable('docker-registry') && toolAvailable('skopeo', 'stable');

describe.skipIf(!ready())('one image, written by every tool', () => {
  let peers: Peers;
  let host: string;
  /** Of the archives that Ingot makes of the source images. */
  const expected = { none: '', keep: '', docker: '' };

  const push = async (name: string, built: BuiltImage): Promise<string> => {
    const layout = peers.path(name);
    await writeLayout(layout, { [`registry.example/demo/${name}:1.0`]: built });
    const { skopeo } = await peers.skopeo('stable');
    await skopeo(['copy', '-q', '--preserve-digests', `oci:${layout}`, `docker://${host}/demo/${name}:1.0`]);
    return `oci:${layout}`;
  };

  beforeAll(async () => {
    peers = await preparePeers('conv');
    host = (await peers.registry()).host;
    const source = await push('app', image);
    expected.none = await canonicalDigest(source, { layers: 'none' });
    expected.keep = await canonicalDigest(source);
    expected.docker = await canonicalDigest(await push('docker', withDockerFields), { layers: 'none' });
  });
  afterAll(async () => {
    await peers.stop();
  });

  const nameOf = (location: string, writer: Writer, name: string): Parameters<typeof canonicalDigest> => [
    location,
    // A dir: has no name in it.
    { names: writer.format === 'dir' ? [{ to: { kind: 'label', text: name } }] : [] },
  ];
