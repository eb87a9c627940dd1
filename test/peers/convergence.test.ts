import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  type BuiltImage,
  dockerImage,
  gzipLayer,
  layerTar,
  noise,
  ociImage,
  writeLayout,
} from './support/built-image.js';
import { canonicalDigest, imageIDs } from './support/ingot.js';
import { type Peers, preparePeers, toolAvailable } from './support/peers.js';
import { peerAvailable } from './support/program.js';
import { WRITERS, type Writer } from './support/writers.js';

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
  /** The image that skopeo makes of the one with Docker's fields. */
  const rewritten = { id: '', docker: '' };

  const push = async (name: string, built: BuiltImage): Promise<string> => {
    const layout = peers.path(name);
    await writeLayout(layout, { [`registry.example/demo/${name}:1.0`]: built });
    const copier = await peers.skopeo('stable');
    await copier.skopeo(['copy', '-q', '--preserve-digests', `oci:${layout}`, `docker://${host}/demo/${name}:1.0`]);
    return `oci:${layout}`;
  };

  beforeAll(async () => {
    peers = await preparePeers('conv');
    host = (await peers.registry()).host;
    const source = await push('app', image);
    expected.none = await canonicalDigest(source, { layers: 'none' });
    expected.keep = await canonicalDigest(source);
    expected.docker = await canonicalDigest(await push('docker', withDockerFields), { layers: 'none' });
    const copier = await peers.skopeo('stable');
    const path = peers.path('rewritten');
    await copier.skopeo([
      'copy',
      '-q',
      `docker://${host}/demo/docker:1.0`,
      `oci:${path}:registry.example/demo/docker:1.0`,
    ]);
    rewritten.id = (await imageIDs(path)).join();
    rewritten.docker = await canonicalDigest(path, { layers: 'none' });
  });
  afterAll(async () => {
    await peers.stop();
  });

  /** Writes an image with a tool; a dir: has no name in it, so Ingot gives it one. */
  const writeWith = async (writer: Writer, what: string): Promise<{ readonly path: string; readonly as?: string }> => {
    const remote = `${host}/demo/${what}:1.0`;
    const name = `registry.example/demo/${what}:1.0`;
    const path = peers.path(`${what}-${writer.name.replaceAll(/[^a-z0-9]+/g, '-')}`);
    await writer.fetch(peers, remote, name);
    await writer.write(peers, remote, name, path);
    return { path, ...(writer.format === 'dir' ? { as: name } : {}) };
  };

  it('skopeo makes another image of one with fields of Docker when it converts it to OCI', () => {
    expect(rewritten.id).toMatch(/^sha256:/);
    expect(rewritten.id).not.toBe(withDockerFields.imageID);
    expect(rewritten.docker).not.toBe(expected.docker);
  });

  for (const writer of WRITERS) {
    describe.skipIf(!writer.available())(writer.name, () => {
      it('becomes the one archive', async () => {
        const { path, as } = await writeWith(writer, 'app');
        expect(await imageIDs(path)).toEqual([image.imageID]);
        expect(await canonicalDigest(path, { layers: 'none', ...(as === undefined ? {} : { as }) })).toBe(
          expected.none,
        );
        const kept = await canonicalDigest(path, as === undefined ? {} : { as });
        if (writer.keepsLayers) expect(kept).toBe(expected.keep);
        else expect(kept).not.toBe(expected.keep);
      });

      it(
        writer.rewritesDockerConfig
          ? 'makes another image of one with fields of Docker, the same as all who do so'
          : 'becomes the one archive, also with fields of Docker',
        async () => {
          const { path, as } = await writeWith(writer, 'docker');
          const ids = await imageIDs(path);
          const digest = await canonicalDigest(path, { layers: 'none', ...(as === undefined ? {} : { as }) });
          expect(ids).toEqual([writer.rewritesDockerConfig ? rewritten.id : withDockerFields.imageID]);
          expect(digest).toBe(writer.rewritesDockerConfig ? rewritten.docker : expected.docker);
        },
      );
    });
  }
});
