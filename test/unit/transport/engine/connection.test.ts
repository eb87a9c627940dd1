import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../../../src/base/limits.js';
import { connectEngine } from '../../../../src/transport/engine/connect.js';
import type { Engine } from '../../../../src/transport/engine/engine.js';
import { type FakeEngine, startFakeEngine } from '../../../support/fake-engine.js';
import { withoutRoot } from '../../../support/without-root.js';

const connect = (host: string, more: { timeout?: number; signal?: AbortSignal } = {}): Promise<Engine> =>
  connectEngine({ host, env: {}, limits: DEFAULT_LIMITS, ...more });

const codeOf = (action: Promise<unknown>): Promise<unknown> =>
  action.then(
    () => 'none',
    (error: unknown) => (error as { code?: string }).code,
  );

describe('a connection to an engine', () => {
  let fake: FakeEngine;
  let directory = '';
  beforeEach(async () => {
    fake = await startFakeEngine('docker-28-classic');
    directory = mkdtempSync(join(tmpdir(), 'ingot-conn-'));
  });
  afterEach(async () => {
    await fake.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it('needs a socket, and somebody behind it', async () => {
    expect(await codeOf(connect(`unix://${directory}/none.sock`))).toBe('ENGINE_NOT_FOUND');
    writeFileSync(join(directory, 'file'), '');
    expect(await codeOf(connect(`unix://${directory}/file`))).toBe('ENGINE_NOT_FOUND');
    expect(await codeOf(connect('tcp://127.0.0.1:1'))).toBe('ENGINE_NOT_FOUND');
    expect(await codeOf(connect('tcp://no-such-host.invalid:2375'))).toBe('ENGINE_NOT_FOUND');
  });

  it('needs the right to use the socket', async () => {
    chmodSync(dirname(fake.socket), 0o755);
    chmodSync(fake.socket, 0o600);
    expect(await withoutRoot(() => codeOf(connect(`unix://${fake.socket}`)))).toBe('ENGINE_DENIED');
  });

  it('needs an answer in time, also in the middle of one', async () => {
    fake.answer('GET /_ping', () => {});
    expect(await codeOf(connect(`unix://${fake.socket}`, { timeout: 200 }))).toBe('ENGINE_SILENT');
    fake.answer('GET /_ping', (_request, response) => {
      response.writeHead(200, { 'content-length': '10' });
      response.write('OK');
    });
    expect(await codeOf(connect(`unix://${fake.socket}`, { timeout: 200 }))).toBe('ENGINE_SILENT');
    fake.answer('GET /_ping', (_request, response) => response.destroy());
    expect(await codeOf(connect(`unix://${fake.socket}`))).toBe('ENGINE_SILENT');
  });

  it('ends with its signal', async () => {
    fake.answer('GET /images/json?all=1', () => {});
    const controller = new AbortController();
    const engine = await connect(`unix://${fake.socket}`, { signal: controller.signal });
    const asked = engine.images();
    setTimeout(() => controller.abort(new Error('enough')), 50);
    await expect(asked).rejects.toThrow('enough');
    engine.close();
  });

  it('needs an engine of a known version', async () => {
    fake.answer('GET /version', { body: '{"Version":"18.09","ApiVersion":"1.39","Os":"linux","Arch":"amd64"}' });
    expect(await codeOf(connect(`unix://${fake.socket}`))).toBe('ENGINE_API_VERSION');
    fake.answer('GET /version', {
      body: '{"Version":"99","ApiVersion":"9.1","MinAPIVersion":"9.0","Os":"linux","Arch":"amd64"}',
    });
    expect(await codeOf(connect(`unix://${fake.socket}`))).toBe('ENGINE_API_VERSION');
  });

  it('takes only answers of the form that the API describes', async () => {
    const engine = await connect(`unix://${fake.socket}`);
    for (const body of ['<html>', '{"Id":1}', '[{"Id":"no-id"}]', '[{"Id":"a","Id":"b"}]', '[]x']) {
      fake.answer('GET /images/json?all=1', { body });
      expect(await codeOf(engine.images()), body).toBe('ENGINE_ANSWER_INVALID');
    }
    fake.answer('GET /images/json?all=1', { status: 500, body: '{"message":"disk on fire"}' });
    await expect(engine.images()).rejects.toMatchObject({ code: 'ENGINE_FAILED' });
    engine.close();
  });

  it('takes no answer beyond the limit', async () => {
    const limits = { ...DEFAULT_LIMITS, engineAnswer: 2000 };
    const engine = await connectEngine({ host: `unix://${fake.socket}`, env: {}, limits });
    fake.answer('GET /images/json?all=1', { body: JSON.stringify(Array(2000).fill({})) });
    expect(await codeOf(engine.images())).toBe('LIMIT_METADATA');
    engine.close();
  });

  it('asks again where a kept connection was closed meanwhile', async () => {
    const engine = await connect(`unix://${fake.socket}`);
    let isFirst = true;
    fake.answer('GET /images/json?all=1', (request, response) => {
      if (isFirst) request.socket.destroy();
      else response.end('[]');
      isFirst = false;
    });
    expect(await engine.images()).toStrictEqual([]);
    engine.close();
  });

  it('with TLS needs TLS on the other side', async () => {
    const server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    expect(await codeOf(connect(`https://127.0.0.1:${port}`))).toBe('ENGINE_TLS');
    server.close();
  });

  describe('over ssh', () => {
    const path = process.env['PATH'];
    afterEach(() => {
      process.env['PATH'] = path;
    });
    const fakeSsh = (script: string): void => {
      const program = join(directory, 'ssh');
      writeFileSync(program, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
      process.env['PATH'] = `${directory}${delimiter}${path ?? ''}`;
    };

    it('speaks with the engine through the standard streams of ssh', async () => {
      const relay = `const s=require('net').connect(process.argv[1]);process.stdin.pipe(s);s.pipe(process.stdout)`;
      fakeSsh(`echo "$@" >> ${directory}/asked\nexec "${process.execPath}" -e "${relay}" ${fake.socket}`);
      const engine = await connect('ssh://me@host.example');
      expect(engine.info).toMatchObject({ kind: 'docker', endpoint: 'ssh://me@host.example' });
      expect((await engine.images()).length).toBeGreaterThan(1);
      engine.close();
    });

    it('says what ssh says where it fails', async () => {
      fakeSsh('echo "Permission denied (publickey)." >&2; exit 255');
      await expect(connect('ssh://me@host.example')).rejects.toMatchObject({
        code: 'ENGINE_NOT_FOUND',
        details: { found: 'Permission denied (publickey).' },
      });
    });
  });
});
