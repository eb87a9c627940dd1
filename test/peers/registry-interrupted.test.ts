import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gzipLayer, layerTar, noise, ociImage, sha256, writeLayout } from './support/built-image.js';
import { type CountingProxy, startCountingProxy } from './support/counting-proxy.js';
import { verifyErrors } from './support/ingot.js';
import { type Peers, preparePeers } from './support/peers.js';
import { peerAvailable, runChecked } from './support/program.js';

const PROGRAM = fileURLToPath(new URL('../../dist/cli/bin.js', import.meta.url));
const MIB = 1 << 20;

const layers = Array.from({ length: 12 }, (_, seed) =>
  gzipLayer(layerTar({ 'opt/': '', 'opt/noise': noise(2 * MIB, seed + 1) })),
);
const image = ociImage(layers);
const total = [...image.blobs.values()].reduce((sum, bytes) => sum + bytes.length, 0);
/** The most that is lost: what was on its way when the process was killed. */
const onTheWay = 3 * 2.1 * MIB;

describe.skipIf(!peerAvailable('docker-registry'))('a transfer that is killed', () => {
  let peers: Peers;
  let proxy: CountingProxy;

  beforeAll(async () => {
    peers = await preparePeers('registry-interrupted');
    proxy = await startCountingProxy(await peers.registry());
    await writeLayout(peers.path('source'), { image });
  });
  afterAll(async () => {
    await proxy.stop();
    await peers.stop();
  });

  const argv = (...words: readonly string[]): readonly string[] => [
    PROGRAM,
    ...words,
    '--insecure',
    proxy.host,
    '--store',
    peers.path('store'),
    '-q',
  ];
  const run = (...words: readonly string[]): Promise<unknown> => runChecked(process.execPath, argv(...words));

  /** Runs until half of the bytes have gone through, then SIGKILL. */
  const killedHalfway = async (...words: readonly string[]): Promise<void> => {
    proxy.reset();
    proxy.hold(total / 2);
    const child = spawn(process.execPath, argv(...words), { stdio: 'ignore' });
    const gone = new Promise<NodeJS.Signals | null>((resolve) => child.on('exit', (_, signal) => resolve(signal)));
    await proxy.held();
    child.kill('SIGKILL');
    expect(await gone).toBe('SIGKILL');
    proxy.release();
    proxy.reset();
  };

  const tagsAt = async (): Promise<string> => {
    const answer = await fetch(`http://${proxy.host}/v2/team/app/tags/list`);
    return answer.status === 404 ? '' : answer.text();
  };

  it('to a registry leaves no tag, and the next one sends the rest', async () => {
    const destination = `docker://${proxy.host}/team/app:1`;
    await killedHalfway('copy', `oci:${peers.path('source')}:image`, destination);
    expect(await tagsAt()).not.toContain('"1"');

    proxy.reset();
    await run('copy', `oci:${peers.path('source')}:image`, destination);
    expect(proxy.sent()).toBeLessThan(total / 2 + onTheWay);
    expect(proxy.sent()).toBeGreaterThan(0);
    expect(await tagsAt()).toContain('"1"');
    const manifest = await fetch(`http://${proxy.host}/v2/team/app/manifests/1`, {
      headers: { accept: image.mediaType },
    });
    expect(sha256(new Uint8Array(await manifest.arrayBuffer()))).toBe(image.digest);

    proxy.reset();
    await run('copy', `oci:${peers.path('source')}:image`, destination);
    expect(proxy.requests.filter((line) => line.startsWith('POST'))).toEqual([]);
    expect(proxy.sent()).toBeLessThan(10_000);
  });

  it.for(['oci', 'store'] as const)(
    'from a registry into %s: keeps what was complete, and the next one gets the rest',
    async (kind) => {
      const from = `docker://${proxy.host}/team/app:1`;
      const to = kind === 'oci' ? `oci:${peers.path('pulled')}:1` : 'store:team/app:1';
      const root = kind === 'oci' ? peers.path('pulled') : peers.path('store');
      await killedHalfway('copy', from, to);
      expect((await readdir(`${root}/blobs/sha256`)).length).toBeGreaterThan(0);
      expect(await isListed(kind)).toBe(false);

      proxy.reset();
      await run('copy', from, to);
      expect(proxy.received()).toBeLessThan(total / 2 + onTheWay);
      expect(proxy.received()).toBeGreaterThan(0);
      expect(await isListed(kind)).toBe(true);
      expect(await verifyErrors(`oci:${root}`)).toEqual([]);

      proxy.reset();
      await run('copy', from, to);
      expect(proxy.received()).toBeLessThan(100_000);
    },
  );

  /** Whether the place shows the image already. */
  const isListed = async (kind: 'oci' | 'store'): Promise<boolean> => {
    const index = peers.path(kind === 'oci' ? 'pulled' : 'store', 'index.json');
    return existsSync(index) && (await readFile(index, 'utf8')).includes(image.digest);
  };

  it('from a registry into an archive leaves nothing, and the next one is whole', async () => {
    const archive = peers.path('app.tar');
    await killedHalfway('save', `docker://${proxy.host}/team/app:1`, '-o', archive);
    expect(existsSync(archive)).toBe(false);
    await run('save', `docker://${proxy.host}/team/app:1`, '-o', archive);
    expect(await verifyErrors(archive)).toEqual([]);
  });
});
