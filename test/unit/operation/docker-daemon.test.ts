import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadValidator } from '../../../src/base/schema.js';
import { DEFAULT_SETTINGS, profileOf } from '../../../src/format/profile.js';
import type { OperationContext } from '../../../src/operation/context.js';
import { aloneInEngine } from '../../../src/operation/engine-lock.js';
import { openLocation } from '../../../src/operation/open.js';
import { DEFAULT_TRANSFER } from '../../../src/operation/prepare.js';
import { save } from '../../../src/operation/save.js';
import { copy } from '../../../src/operation/transfer.js';
import { ANNOTATION } from '../../../src/oci/annotation.js';
import { type FakeEngine, type RecordedEngine, startFakeEngine } from '../../support/fake-engine.js';
import { MemoryPlace, descriptorWith } from '../../support/memory-place.js';
import { recorder, tarOfRecord, testFolder } from '../../support/images-on-disk.js';

const { at, writeTar, context: contextIn } = testFolder();
const place = new MemoryPlace();
const [app, tool] = ['app', 'tool'].map((name) => place.image({ layers: ['base', name.repeat(9000)] }));
if (app === undefined || tool === undefined) throw new Error('no images');
const named = ({ descriptor }: typeof app, name: string) =>
  descriptorWith(descriptor, { annotations: { [ANNOTATION.imageName]: name } });
const APP = 'docker.io/library/app:1';
const TOOL = 'docker.io/library/tool:2';
const exported = tarOfRecord(place.layoutFiles([named(app, APP), named(tool, TOOL)]));

describe('docker-daemon:', () => {
  let fake: FakeEngine;
  const start = async (name: RecordedEngine): Promise<void> => {
    fake = await startFakeEngine(name);
    has(APP, app.config.digest);
    has(TOOL, tool.config.digest);
  };
  beforeEach(() => start('docker-20'));
  afterEach(() => fake.stop());

  const has = (name: string, id: string): void => {
    const body = JSON.stringify({ Id: id, RepoTags: [name], Os: 'linux', Architecture: 'amd64', RootFS: {} });
    for (const text of [name, id]) fake.answer(`GET /images/${encodeURIComponent(text)}/json`, { body });
  };
  const hasNot = (name: string): void => {
    fake.answer(`GET /images/${encodeURIComponent(name)}/json`, { status: 404, body: '{"message":"No such image"}' });
  };
  const exports = (body: Uint8Array, ...refs: readonly string[]): void =>
    fake.answer(`GET /images/get?${refs.map((ref) => `names=${encodeURIComponent(ref)}`).join('&')}`, { body });
  const context = (more: Partial<OperationContext> = {}): OperationContext =>
    contextIn({ engine: { host: `unix://${fake.socket}`, env: { XDG_RUNTIME_DIR: at('run') } }, ...more });
  const saveTo = (file: string, sources: readonly string[], more: Partial<OperationContext> = {}) =>
    save(
      sources,
      { path: at(file), durable: false },
      { ...DEFAULT_TRANSFER, profile: profileOf('hybrid-1'), settings: DEFAULT_SETTINGS, digest: true },
      context(more),
    );
  const loadFrom = (destination: string, archive = 'source.tar') =>
    copy(
      writeTar(archive, place.layoutFiles([named(app, APP)])),
      { text: destination },
      { ...DEFAULT_TRANSFER, settings: DEFAULT_SETTINGS, durable: false },
      context(),
    );
  const leftovers = (): readonly string[] => readdirSync(at()).filter((name) => name.startsWith('.'));

  describe('as a source', () => {
    it('gives several images in one export, and the archive that other sources give', async () => {
      exports(exported, APP, TOOL);
      const report = await saveTo('two.tar', ['docker-daemon:app:1', 'docker-daemon:tool:2']);
      expect(report.images.map(({ names }) => names)).toStrictEqual([[APP], [TOOL]]);
      const same = await saveTo('same.tar', [
        writeTar('layout.tar', place.layoutFiles([named(tool, TOOL), named(app, APP)])),
      ]);
      expect(report.archive.sha256).toBe(same.archive.sha256);
      expect(fake.requests.filter((request) => request.includes('/images/get'))).toHaveLength(1);
      expect(leftovers()).toStrictEqual([]);
    });

    it('gives an image by its ID without taking over its names', async () => {
      exports(exported, app.config.digest);
      const opened = await openLocation(`docker-daemon:${app.config.digest}`, context());
      expect(opened.graph.roots.map(({ descriptor }) => descriptor.digest)).toStrictEqual([app.descriptor.digest]);
      await opened.close();
      expect(leftovers()).toStrictEqual([]);
    });

    it('needs an image, one that is there, and an engine', async () => {
      await expect(saveTo('x.tar', ['docker-daemon:'])).rejects.toMatchObject({ code: 'LOCATION_INVALID' });
      await expect(saveTo('x.tar', ['docker-daemon:none'])).rejects.toMatchObject({ code: 'REFERENCE_NOT_FOUND' });
      await expect(openLocation('docker-daemon:app', contextIn())).rejects.toMatchObject({
        code: 'TRANSPORT_UNSUPPORTED',
      });
    });

    const end = exported.length - 1024;
    it.for<[what: string, bytes: Uint8Array]>([
      ['is cut', exported.subarray(0, 3000)],
      ['has no zeros at its end', exported.subarray(0, end)],
      ['has one block of zeros', exported.subarray(0, end + 512)],
      [
        'has an error of the engine at its end',
        Buffer.concat([exported.subarray(0, end - 5000), Buffer.from('{"errorDetail":{"message":"no layer"}}\r\n')]),
      ],
      ['is empty', new Uint8Array(0)],
      ['is no tar', Buffer.concat([Buffer.alloc(2048, 'x'), Buffer.alloc(1024)])],
      ['lacks the image', tarOfRecord(place.layoutFiles([named(tool, TOOL)]))],
      ['has another image of the name', tarOfRecord(place.layoutFiles([named(tool, APP)]))],
    ])('refuses an export that %s, and the target stays as it was', async ([, bytes]) => {
      exports(bytes, APP);
      writeFileSync(at('target.tar'), 'as before');
      await expect(saveTo('target.tar', ['docker-daemon:app:1'])).rejects.toMatchObject({
        code: 'ENGINE_EXPORT_BROKEN',
      });
      expect(readFileSync(at('target.tar'), 'utf8')).toBe('as before');
      expect(leftovers()).toStrictEqual([]);
    });

    it('tells what the engine wrote into its export', async () => {
      exports(Buffer.from(`${'x'.repeat(2000)}{"errorDetail":{"message":"no layer"},"error":"no layer"}\n`), APP);
      await expect(saveTo('x.tar', ['docker-daemon:app:1'])).rejects.toMatchObject({
        details: { found: 'an error of the engine: no layer' },
      });
    });

    it('ends with an engine that ends', async () => {
      fake.answer(`GET /images/get?names=${encodeURIComponent(APP)}`, (_request, response) => {
        response.write(exported.subarray(0, 4096), () => response.destroy());
      });
      writeFileSync(at('target.tar'), 'as before');
      await expect(saveTo('target.tar', ['docker-daemon:app:1'])).rejects.toMatchObject({ code: 'ENGINE_SILENT' });
      expect(readFileSync(at('target.tar'), 'utf8')).toBe('as before');
      expect(leftovers()).toStrictEqual([]);
    });

    it('stops in the middle of an export', async () => {
      fake.answer(`GET /images/get?names=${encodeURIComponent(APP)}`, (_request, response) => {
        response.write(exported.subarray(0, 4096));
      });
      const controller = new AbortController();
      const { events, observer } = recorder();
      const watch = (event: (typeof events)[number]): void => {
        observer(event);
        if (event.type === 'bytes') controller.abort(new Error('enough'));
      };
      await expect(
        saveTo('x.tar', ['docker-daemon:app:1'], { signal: controller.signal, observer: watch }),
      ).rejects.toThrow('enough');
      expect(existsSync(at('x.tar'))).toBe(false);
      expect(leftovers()).toStrictEqual([]);
    });
  });

  describe('as a destination', () => {
    const loads = 'POST /images/load?quiet=1';
    const count = (): number => fake.requests.filter((request) => request.includes('/images/load')).length;

    it('gets one canonical archive, and the report says what the IDs are', async () => {
      fake.answer(loads, { body: '{"stream":"Loaded image: app:1\\n"}\n' });
      const report = await loadFrom('docker-daemon:');
      expect(report.engine).toMatchObject({
        kind: 'docker',
        store: 'graphdriver',
        images: [{ names: [APP], id: app.config.digest, idIs: 'config', digest: app.descriptor.digest }],
      });
      const issues = (await loadValidator('copy-report'))(JSON.parse(JSON.stringify(report)) as never);
      expect(issues).toStrictEqual([]);
    });

    it('with the containerd store has the digest of the manifest as ID', async () => {
      await fake.stop();
      await start('docker-28-containerd');
      has(APP, app.descriptor.digest);
      fake.answer(loads, { body: '{"stream":"Loaded image: app:1\\n"}\n' });
      const report = await loadFrom('docker-daemon:');
      expect(report.engine?.images).toMatchObject([{ id: app.descriptor.digest, idIs: 'manifest' }]);
    });

    it('takes a name for the only image', async () => {
      fake.answer(loads, { body: '{"stream":"Loaded image: other:3\\n"}\n' });
      has('docker.io/library/other:3', app.config.digest);
      expect((await loadFrom('docker-daemon:other:3')).engine?.images[0]?.names).toStrictEqual([
        'docker.io/library/other:3',
      ]);
      await expect(loadFrom(`docker-daemon:${app.config.digest}`)).rejects.toMatchObject({ code: 'LOCATION_INVALID' });
    });

    it('that refuses with status 200 has refused', async () => {
      fake.answer(loads, { body: '{"errorDetail":{"message":"no space left"},"error":"no space left"}\n' });
      await expect(loadFrom('docker-daemon:')).rejects.toMatchObject({
        code: 'ENGINE_LOAD_REFUSED',
        details: { found: 'no space left' },
      });
      expect(count()).toBe(1);
    });

    it('that has another image afterwards, or none, has not loaded it', async () => {
      fake.answer(loads, { body: '{"stream":"Loaded image: app:1\\n"}\n' });
      has(APP, tool.config.digest);
      await expect(loadFrom('docker-daemon:')).rejects.toMatchObject({
        code: 'ENGINE_LOAD_DIFFERS',
        details: { expected: app.config.digest, found: tool.config.digest },
      });
      hasNot(APP);
      await expect(loadFrom('docker-daemon:')).rejects.toMatchObject({ code: 'ENGINE_LOAD_DIFFERS' });
    });

    it('of Podman is asked once more where somebody prunes', async () => {
      await fake.stop();
      await start('podman-5');
      let tries = 0;
      const race = '{"cause":"image not known","message":"locating pulled image: image not known","response":500}';
      fake.answer(loads, (request, response) => {
        request.resume().on('end', () => {
          tries++;
          response.writeHead(tries === 1 ? 500 : 200);
          response.end(tries === 1 ? race : '{"stream":"Loaded image: docker.io/library/app:1"}');
        });
      });
      await loadFrom('docker-daemon:');
      expect(tries).toBe(2);
      fake.answer(loads, { status: 500, body: race });
      await expect(loadFrom('docker-daemon:')).rejects.toMatchObject({ code: 'ENGINE_LOAD_REFUSED' });
    });

    it('that answers before it has read all is understood', async () => {
      fake.answer(loads, (request, response) => {
        request.once('data', () => {
          response.end('{"error":"not today"}');
        });
        request.resume();
      });
      await expect(loadFrom('docker-daemon:')).rejects.toMatchObject({ code: 'ENGINE_LOAD_REFUSED' });
    });

    it('that ends in a load has loaded nothing', async () => {
      fake.answer(loads, (request) => {
        request.once('data', () => request.socket.destroy());
      });
      await expect(loadFrom('docker-daemon:')).rejects.toMatchObject({ code: 'ENGINE_SILENT' });
    });

    it('gets no end of an archive that turns out to be damaged', async () => {
      const files = place.layoutFiles([named(app, APP)]);
      const layer = `blobs/sha256/${app.layers[1]?.digest.slice(7) ?? ''}`;
      const damaged = writeTar('damaged.tar', { ...files, [layer]: Buffer.from('app'.repeat(8999) + 'apq') });
      let isWhole: boolean | undefined;
      fake.answer(loads, (request) => {
        request.on('error', () => {});
        request.on('close', () => (isWhole = request.complete));
        request.resume();
      });
      const loading = copy(
        damaged,
        { text: 'docker-daemon:' },
        { ...DEFAULT_TRANSFER, settings: DEFAULT_SETTINGS, durable: false },
        context(),
      );
      await expect(loading).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
      await expect.poll(() => isWhole).toBe(false);
    });

    it('that is gone before it has answered lets go of the archive', async () => {
      const { connectEngine } = await import('../../../src/transport/engine/connect.js');
      const engine = await connectEngine({ host: fake.socket, env: {}, limits: contextIn().limits });
      let isClosed = false;
      const archive = async function* () {
        try {
          for (;;) yield new Uint8Array(100_000);
        } finally {
          isClosed = true;
        }
      };
      fake.answer(loads, (request) => request.socket.destroy());
      await expect(engine.load(archive())).rejects.toMatchObject({ code: 'ENGINE_SILENT' });
      expect(isClosed).toBe(true);
      fake.answer(loads, (_request, response) => response.end('{"error":"no"}'));
      isClosed = false;
      expect(await engine.load(archive())).toMatchObject({ outcome: 'refused', message: 'no' });
      expect(isClosed).toBe(true);
      engine.close();
    });

    it('is loaded by one Ingot at a time', async () => {
      const info = { endpoint: `unix://${fake.socket}` };
      const order: string[] = [];
      const work = (name: string, milliseconds: number) => () =>
        new Promise<void>((resolve) => {
          order.push(`${name} begins`);
          setTimeout(() => {
            order.push(`${name} ends`);
            resolve();
          }, milliseconds);
        });
      await Promise.all([
        aloneInEngine(info, 'one', context(), work('one', 60)),
        aloneInEngine(info, 'two', context(), work('two', 5)),
      ]);
      expect([order.slice(0, 2), order.slice(2)].map(([begin]) => begin?.split(' ')[1])).toStrictEqual([
        'begins',
        'begins',
      ]);
      expect(order[0]?.split(' ')[0]).toBe(order[1]?.split(' ')[0]);
      const wait = { lockWait: 20 };
      await aloneInEngine(info, 'one', context(), () =>
        expect(aloneInEngine(info, 'two', context(), work('two', 1), wait)).rejects.toMatchObject({
          code: 'ENGINE_BUSY',
        }),
      );
    });
  });
});
