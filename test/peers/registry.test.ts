import { writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS, PROFILES } from '../../src/format/profile.js';
import type { OperationContext } from '../../src/operation/context.js';
import { contextWith } from '../../src/operation/context.js';
import { archiveDigest } from '../../src/operation/digest.js';
import { DEFAULT_TRANSFER } from '../../src/operation/prepare.js';
import type { CopyReport } from '../../src/operation/report.js';
import { save } from '../../src/operation/save.js';
import { copy, load } from '../../src/operation/transfer.js';
import { verify } from '../../src/operation/verify/verify.js';
import {
  dockerImage,
  gzipLayer,
  imageIndex,
  layerTar,
  noise,
  ociImage,
  sha256,
  writeLayout,
  zstdLayer,
} from './support/built-image.js';
import { GENERATIONS, type Peers, newerProgram, preparePeers, toolAvailable } from './support/peers.js';
import { peerAvailable, runChecked } from './support/program.js';
import { type Registry, startCraneRegistry, startRegistry } from './support/registry.js';

const layerOf = (text: string): ReturnType<typeof gzipLayer> =>
  gzipLayer(layerTar({ 'opt/': '', 'opt/tool': `${text}\n`, 'opt/noise': noise(20_000, text.length) }));
const base = gzipLayer(layerTar({ 'etc/': '', 'etc/noise': noise(300_000, 3) }));
const one = ociImage([base, layerOf('one')]);
const classic = dockerImage([base, layerOf('classic')]);
const multi = imageIndex([one, ociImage([base, layerOf('arm')], { architecture: 'arm64' })]);
const signature = ociImage([layerOf('signature')]);

/** The registries of this file: without the referrers API, and with it but not saying so in answers to a push. */
const REGISTRIES = {
  'docker-registry': { start: () => startRegistry(), available: () => peerAvailable('docker-registry') },
  'the registry of crane': {
    start: startCraneRegistry,
    available: () => toolAvailable('crane', 'newer'),
  },
} as const;

describe.each(Object.entries(REGISTRIES))('%s', (_, { start, available }) => {
  const canRun = available() && toolAvailable('skopeo', 'stable');
  const hasOras = canRun && toolAvailable('oras', 'newer');
  let peers: Peers;
  let here: Registry;
  let there: Registry;
  let context: OperationContext;

  beforeAll(async () => {
    if (!canRun) return;
    peers = await preparePeers('registry');
    [here, there] = [await start(), await start()];
    context = contextWith({
      pathExists: existsSync,
      threads: 2,
      store: { root: peers.path('store') },
      registry: { environment: {}, insecure: [here.host, there.host] },
    });
    await writeLayout(peers.path('source'), {
      one,
      classic,
      multi,
      signature,
      zstd: ociImage([await zstdLayer(base.plain)]),
    });
  });
  afterAll(async () => {
    await here?.stop();
    await there?.stop();
    await peers?.stop();
  });

  const OPTIONS = { ...DEFAULT_TRANSFER, settings: DEFAULT_SETTINGS, durable: false };
  const copied = (from: string, to: string): Promise<CopyReport> => copy(from, { text: to }, OPTIONS, context);
  const source = (name: string): string => `oci:${peers.path('source')}:${name}`;
  const skopeo = async (...args: readonly string[]): Promise<Buffer> =>
    (await (await peers.skopeo('stable')).skopeo(args)).stdout;
  const rawAt = async (registry: Registry, name: string): Promise<string> =>
    sha256(await skopeo('inspect', '--raw', `docker://${registry.host}/${name}`));
  const oras = (...args: readonly string[]): Promise<{ readonly stdout: Buffer }> =>
    runChecked(newerProgram('oras'), args, {
      env: { HOME: peers.path('home'), DOCKER_CONFIG: peers.path('home') },
      cwd: peers.path(),
    });

  for (const generation of GENERATIONS) {
    it.skipIf(!canRun || !toolAvailable('skopeo', generation))(
      `gets from here what skopeo ${generation} gets from here, and gives it what it wants`,
      async () => {
        const copier = await peers.skopeo(generation);
        for (const [name, image] of Object.entries({ one, multi })) {
          await copier.skopeo([
            'copy',
            '-q',
            '--all',
            '--preserve-digests',
            source(name),
            `docker://${here.host}/by-skopeo/${name}:1`,
          ]);
          await copied(source(name), `docker://${there.host}/by-ingot/${name}:1`);
          expect([name, await rawAt(here, `by-skopeo/${name}:1`)]).toEqual([name, image.digest]);
          expect([name, await rawAt(there, `by-ingot/${name}:1`)]).toEqual([name, image.digest]);

          const back = peers.path(`back-${generation}-${name}`);
          await copied(`docker://${here.host}/by-skopeo/${name}:1`, `oci:${back}:x`);
          await copier.skopeo([
            'copy',
            '-q',
            '--all',
            '--preserve-digests',
            `docker://${there.host}/by-ingot/${name}:1`,
            `oci:${back}-skopeo:x`,
          ]);
          const options = { ...OPTIONS, profile: PROFILES['oci-1'] };
          expect((await archiveDigest(`oci:${back}`, options, context)).digest).toBe(
            (await archiveDigest(`oci:${back}-skopeo`, options, context)).digest,
          );
        }
      },
      120_000,
    );
  }

  it.skipIf(!hasOras)(
    'gives index, images, referrers and signatures back after archive and store',
    async () => {
      await skopeo('copy', '-q', '--all', '--preserve-digests', source('multi'), `docker://${here.host}/team/app:1`);
      await skopeo('copy', '-q', source('one'), `docker://${here.host}/team/app:2`);
      const cosign = `sha256-${multi.digest.slice('sha256:'.length)}.sig`;
      await skopeo('copy', '-q', source('signature'), `docker://${here.host}/team/app:${cosign}`);
      await writeFile(peers.path('bill.json'), '{"bill":1}');
      await writeFile(peers.path('note.txt'), 'note');
      const plain = ['--plain-http', '--disable-path-validation', '--artifact-type'];
      const attach = async (type: string, subject: string, file: string): Promise<string> => {
        const { stdout } = await oras(
          'attach',
          ...plain,
          type,
          '--format',
          'go-template={{.digest}}',
          `${here.host}/team/app@${subject}`,
          `${file}:text/plain`,
        );
        return stdout.toString().trim();
      };
      const bill = await attach('application/vnd.example.bill', multi.digest, 'bill.json');
      const ofImage = await attach('application/vnd.example.note', one.digest, 'note.txt');
      const ofBill = await attach('application/vnd.example.seal', bill, 'note.txt');

      const archive = peers.path('team.tar');
      await save(
        [`docker://${here.host}/team/app:*`],
        { path: archive, durable: false },
        { ...OPTIONS, profile: PROFILES['hybrid-1'], digest: false },
        context,
      );
      await load(archive, { text: 'store:' }, OPTIONS, context);
      const report = await copied('store:', `docker://${there.host}/moved/`);

      expect(await rawAt(there, 'moved/team/app:1')).toBe(multi.digest);
      expect(await rawAt(there, 'moved/team/app:2')).toBe(one.digest);
      expect(await rawAt(there, `moved/team/app:${cosign}`)).toBe(signature.digest);
      expect(new Set(report.push?.referrers.map(({ digest }) => digest))).toEqual(new Set([bill, ofImage, ofBill]));
      expect(new Set(report.push?.referrers.map((referrer) => referrer.linked))).toEqual(new Set(['tag']));
      for (const [subject, referrer] of [
        [multi.digest, bill],
        [one.digest, ofImage],
        [bill, ofBill],
      ] as const) {
        const { stdout } = await oras(
          'discover',
          '--plain-http',
          '--format',
          'json',
          `${there.host}/moved/team/app@${subject}`,
        );
        expect(stdout.toString()).toContain(referrer);
      }
      const findings = (await verify([`docker://${there.host}/moved/team/app:*`], { quick: false }, context)).findings;
      expect(findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
      // Once more: all is there, and nothing is sent.
      expect((await copied('store:', `docker://${there.host}/moved/`)).push).toMatchObject({
        uploaded: 0,
        mounted: 0,
        bytes: 0,
      });
    },
    120_000,
  );

  it.skipIf(!canRun)('keeps what docker pushed as it is', async () => {
    await copied(source('classic'), `docker://${here.host}/classic:1`);
    await copied(`docker://${here.host}/classic:1`, `docker://${there.host}/classic:1`);
    expect(await rawAt(there, 'classic:1')).toBe(classic.digest);
    await skopeo('copy', '-q', `docker://${there.host}/classic:1`, `docker-archive:${peers.path('classic.tar')}:a/b:1`);
    expect(existsSync(peers.path('classic.tar'))).toBe(true);
  });

  it.skipIf(!canRun)('takes over blobs of its own repositories', async () => {
    await copied(source('one'), `docker://${here.host}/mount/from:1`);
    const report = await copied(`docker://${here.host}/mount/from:1`, `docker://${here.host}/mount/to:1`);
    expect(report.push?.bytes).toBe(0);
    expect(await rawAt(here, 'mount/to:1')).toBe(one.digest);
  });

  it.skipIf(!canRun)('gets one platform alone of an index', async () => {
    await copied(source('multi'), `docker://${here.host}/platforms:1`);
    const platforms = [{ os: 'linux', architecture: 'amd64' }];
    const target = `oci:${peers.path('amd64')}:1`;
    const report = await copy(
      `docker://${here.host}/platforms:1`,
      { text: target },
      { ...OPTIONS, platforms },
      context,
    );
    expect(report.images.map(({ digest }) => digest)).toEqual([multi.digest]);
    expect(report.absent.length).toBeGreaterThan(0);
    expect(new Set(report.absent.map(({ reason }) => reason))).toEqual(new Set(['omitted']));
    await copied(`docker://${here.host}/platforms@${one.digest}`, `docker://${there.host}/platforms:amd64`);
    expect(await rawAt(there, 'platforms:amd64')).toBe(one.digest);
  });

  it.skipIf(!canRun)('carries zstd layers, and streams from one registry to another', async () => {
    await copied(source('zstd'), `docker://${here.host}/zstd:1`);
    await copied(`docker://${here.host}/zstd:1`, `docker://${there.host}/zstd:1`);
    expect(await rawAt(there, 'zstd:1')).toBe(await rawAt(here, 'zstd:1'));
  });
});
