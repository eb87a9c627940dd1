import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../src/base/limits.js';
import { DEFAULT_SETTINGS, profileOf } from '../../src/format/profile.js';
import { type OperationContext, contextWith } from '../../src/operation/context.js';
import { engineInfo } from '../../src/operation/engine/info.js';
import { DEFAULT_TRANSFER, type TransferOptions } from '../../src/operation/prepare.js';
import type { CopyReport, SaveReport } from '../../src/operation/report.js';
import { save } from '../../src/operation/save.js';
import { copy } from '../../src/operation/transfer.js';
import { connectEngine } from '../../src/transport/engine/connect.js';
import {
  type BuiltImage,
  dockerImage,
  gzipLayer,
  layerTar,
  noise,
  ociImage,
  writeLayout,
} from './support/built-image.js';
import { type Peers, engineAvailable, preparePeers, toolAvailable } from './support/peers.js';

const base = layerTar({
  'etc/': '',
  'etc/demo.conf': 'colour = green\n',
  'data/': '',
  'data/noise': noise(900_000, 3),
});
const change = layerTar({ 'etc/': '', 'etc/demo.conf': 'colour = blue\n' });
const image = ociImage([base, change, base].map(gzipLayer));
const withDockerFields = dockerImage([base, change].map(gzipLayer));
const APP = 'registry.example/demo/app:1';
const OLD = 'docker.io/library/old:2';

interface Case {
  readonly title: string;
  readonly available: () => boolean;
  readonly socket: (peers: Peers) => Promise<string>;
  /** Of the image with this config and manifest. */
  readonly idOf: (built: BuiltImage) => string;
  readonly kind: 'docker' | 'podman';
  /** Comes back as it was sent, compressed. */
  readonly keeps: boolean;
}

const configID = ({ imageID }: BuiltImage): string => imageID;

const CASES: readonly Case[] = [
  ...(['docker 20', 'docker 28 classic', 'docker 28 containerd'] as const).map((name): Case => ({
    title: name,
    available: () => engineAvailable(name),
    socket: async (peers) => (await peers.engine(name)).socket,
    idOf: name === 'docker 28 containerd' ? ({ digest }) => digest : configID,
    kind: 'docker',
    keeps: name === 'docker 28 containerd',
  })),
  ...(['stable', 'newer'] as const).map((generation): Case => ({
    title: `podman ${generation}`,
    available: () => toolAvailable('podman', generation),
    socket: async (peers) => (await peers.podman(generation)).serve(),
    idOf: configID,
    kind: 'podman',
    keeps: false,
  })),
];

const codeOf = (action: Promise<unknown>): Promise<unknown> =>
  action.then(
    () => 'none',
    (error: unknown) => (error as { code?: string }).code ?? error,
  );

describe('one image in every engine', () => {
  let peers: Peers;
  let layout = '';
  /** Of the archive that a layout gives. */
  const expected = { none: '', keep: '' };

  const contextOf = (socket: string): OperationContext =>
    contextWith({
      pathExists: existsSync,
      engine: { host: `unix://${socket}`, env: { XDG_RUNTIME_DIR: peers.path('run') } },
    });
  const saveFrom = (
    sources: readonly string[],
    path: string,
    context: OperationContext,
    options: Partial<TransferOptions> = {},
  ): Promise<SaveReport> =>
    save(
      sources,
      { path, durable: false },
      { ...DEFAULT_TRANSFER, ...options, profile: profileOf('hybrid-1'), settings: DEFAULT_SETTINGS, digest: true },
      context,
    );
  const load = (source: string, context: OperationContext): Promise<CopyReport> =>
    copy(
      source,
      { text: 'docker-daemon:' },
      { ...DEFAULT_TRANSFER, settings: DEFAULT_SETTINGS, durable: false },
      context,
    );

  beforeAll(async () => {
    peers = await preparePeers('engine');
    layout = peers.path('layout');
    await writeLayout(layout, { [APP]: image, [OLD]: withDockerFields });
    for (const layers of ['none', 'keep'] as const) {
      const report = await saveFrom([`oci:${layout}`], peers.path('layout.tar'), contextOf('/none'), { layers });
      expected[layers] = report.archive.sha256 ?? '';
    }
  });
  afterAll(() => peers.stop());

  for (const { title, available, socket, idOf, kind, keeps } of CASES) {
    describe.skipIf(!available())(title, () => {
      let path = '';
      let context: OperationContext;
      beforeAll(async () => {
        path = await socket(peers);
        context = contextOf(path);
      });

      it('takes images, keeps their IDs, and gives the one archive back', async () => {
        const { engine } = await load(`oci:${layout}`, context);
        expect(engine?.kind).toBe(kind);
        expect(engine?.images.map(({ names, id }) => [names, id])).toStrictEqual(
          expect.arrayContaining([
            [[APP], idOf(image)],
            [[OLD], idOf(withDockerFields)],
          ]),
        );
        const sources = [`docker-daemon:${APP}`, 'docker-daemon:old:2'];
        const plain = await saveFrom(sources, peers.path('plain.tar'), context, { layers: 'none' });
        expect(plain.archive.sha256).toBe(expected.none);
        const kept = await saveFrom(sources, peers.path('kept.tar'), context);
        if (keeps) expect(kept.archive.sha256).toBe(expected.keep);
        else expect(kept.archive.sha256).not.toBe(expected.keep);
        const again = await load(peers.path('plain.tar'), context);
        expect(again.engine?.images.flatMap(({ names }) => names).toSorted()).toStrictEqual([OLD, APP]);
      });

      it('tells what it is', async () => {
        const engine = await connectEngine({ host: path, env: {}, limits: DEFAULT_LIMITS });
        const info = await engineInfo(engine);
        engine.close();
        expect(info.engine.kind).toBe(kind);
        expect(info.images.named).toBeGreaterThan(0);
        const advice = info.advice.map(({ id }) => id);
        expect(advice.includes('id-is-manifest')).toBe(keeps);
        expect(advice.includes('force-deletes-containers')).toBe(kind === 'podman');
      });

      it('gives an image by its ID, whole or short', async () => {
        const engine = await connectEngine({ host: path, env: {}, limits: DEFAULT_LIMITS });
        const id = (await engine.image(APP))?.id ?? '';
        engine.close();
        for (const text of [id, id.slice(0, 19), id.slice(7, 19)]) {
          const report = await saveFrom([`docker-daemon:${text}`], peers.path('by-id.tar'), context);
          expect(report.images.map(({ imageID }) => imageID)).toStrictEqual([image.imageID]);
        }
      });

      it('refuses what is no archive, and a cut one', async () => {
        const engine = await connectEngine({ host: path, env: {}, limits: DEFAULT_LIMITS });
        const whole = await readFile(peers.path('layout.tar'));
        for (const bytes of [Buffer.alloc(300_000, 'junk'), whole.subarray(0, whole.length / 2)]) {
          const archive = async function* () {
            yield bytes;
          };
          expect(await engine.load(archive())).toMatchObject({ outcome: 'refused' });
        }
        engine.close();
        expect(await codeOf(saveFrom(['docker-daemon:none:1'], peers.path('no.tar'), context))).toBe(
          'REFERENCE_NOT_FOUND',
        );
      });

      it('that is gone in the middle of an export leaves the target as it was', async () => {
        const target = peers.path('target.tar');
        await writeFile(target, 'as before');
        const cut = await startCuttingProxy(path, 200_000, 'answer');
        expect(await codeOf(saveFrom([`docker-daemon:${APP}`], target, contextOf(cut.socket)))).toBe('ENGINE_SILENT');
        await cut.stop();
        expect(await readFile(target, 'utf8')).toBe('as before');
      });

      it('that is gone in the middle of a load has no half image', async () => {
        const name = `docker.io/library/cut-${createHash('sha256').update(title).digest('hex').slice(0, 8)}:1`;
        const other = peers.path('other');
        const built = ociImage([layerTar({ 'x/': '', 'x/noise': noise(3_000_000, 9) })].map(gzipLayer));
        await writeLayout(other, { [name]: built });
        const cut = await startCuttingProxy(path, 1_500_000, 'request');
        const loading = load(`oci:${other}`, contextOf(cut.socket));
        expect(['ENGINE_SILENT', 'ENGINE_LOAD_REFUSED']).toContain(await codeOf(loading));
        await cut.stop();
        const engine = await connectEngine({ host: path, env: {}, limits: DEFAULT_LIMITS });
        expect(await engine.image(name)).toBeUndefined();
        engine.close();
        expect((await load(`oci:${other}`, context)).engine?.images).toMatchObject([{ id: idOf(built) }]);
      });
    });
  }

  /** A socket before an engine's that breaks all off after so many bytes of a request's or an answer's body. */
  const startCuttingProxy = async (
    target: string,
    after: number,
    what: 'request' | 'answer',
  ): Promise<{ readonly socket: string; stop(): Promise<void> }> => {
    const socket = peers.path(`cut-${what}.sock`);
    const server = createServer((incoming, outgoing) => {
      let seen = 0;
      const onward = request(
        {
          socketPath: target,
          method: incoming.method,
          path: incoming.url,
          headers: incoming.headers,
          createConnection: () => connect(target),
        },
        (response) => {
          outgoing.writeHead(response.statusCode ?? 0, response.headers);
          response.on('data', (chunk: Buffer) => {
            seen += what === 'answer' ? chunk.length : 0;
            if (seen > after) end();
            else outgoing.write(chunk);
          });
          response.on('end', () => outgoing.end());
          response.on('error', () => end());
        },
      );
      const end = (): void => {
        incoming.socket.destroy();
        onward.destroy();
      };
      onward.on('error', end);
      incoming.on('error', () => {});
      incoming.on('data', (chunk: Buffer) => {
        seen += what === 'request' ? chunk.length : 0;
        if (seen > after) end();
        else onward.write(chunk);
      });
      incoming.on('end', () => onward.end());
    });
    await new Promise<void>((resolve) => {
      server.listen(socket, resolve);
    });
    return {
      socket,
      stop: async () => {
        server.closeAllConnections();
        await new Promise((resolve) => {
          server.close(resolve);
        });
      },
    };
  };
});
