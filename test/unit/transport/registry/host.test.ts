import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ToolError } from '../../../../src/base/error.js';
import { DEFAULT_LIMITS } from '../../../../src/base/limits.js';
import { DEFAULT_PATIENCE, SYSTEM_TIMING } from '../../../../src/transport/registry/patience.js';
import {
  hang,
  redirect,
  refuse,
  reply,
  reset,
  stalled,
  tooMany,
  trickle,
  truncated,
} from '../../../support/fake-registry-answers.js';
import { type FakeRegistry, startFakeRegistry } from '../../../support/fake-registry.js';
import { failureOf } from '../../../support/memory-place.js';
import { NOBODY, ask, bodyOf, closeRegistryHosts, fakeTiming, openHost } from '../../../support/registry-client.js';

let fake: FakeRegistry;
let other: FakeRegistry;

beforeEach(async () => {
  fake = await startFakeRegistry();
  other = await startFakeRegistry();
});
afterEach(async () => {
  await closeRegistryHosts();
  await Promise.all([fake.close(), other.close()]);
});

describe('a registry on loopback', () => {
  it('is greeted once and spoken to in plain HTTP', async () => {
    const digest = fake.content.putBlob('a/b', Buffer.from('content'));
    const host = openHost(fake.host);
    const answer = await ask(host, `/v2/a/b/blobs/${digest}`);
    expect(answer).toMatchObject({ status: 200, text: 'content', url: `${fake.origin}/v2/a/b/blobs/${digest}` });
    expect(answer.headers['docker-content-digest']).toBe(digest);
    await ask(host, `/v2/a/b/blobs/${digest}`, { method: 'HEAD' });
    expect(fake.log()).toStrictEqual(['GET /v2/', `GET /v2/a/b/blobs/${digest}`, `HEAD /v2/a/b/blobs/${digest}`]);
    expect(fake.requests[1]?.headers).toMatchObject({ 'accept-encoding': 'identity', host: fake.host });
    expect(fake.requests[1]?.headers).not.toHaveProperty('authorization');
  });

  it('is greeted once for all who ask at the same time', async () => {
    const host = openHost(fake.host);
    fake.always('GET /v2/x', reply(200));
    await Promise.all(Array.from({ length: 5 }, () => ask(host, '/v2/x')));
    expect(fake.log().filter((line) => line === 'GET /v2/')).toHaveLength(1);
  });

  it('keeps its connection, for answers that are not read too', async () => {
    fake.always('* /v2/x', reply(200, {}, 'x'.repeat(1000)));
    fake.always('* /v2/y', refuse(404, 'X'));
    const host = openHost(fake.host);
    for (let count = 0; count < 5; count += 1) {
      const response = await host.send({ method: 'GET', target: '/v2/x', scopes: [], expect: [200] });
      response.cancel();
      await ask(host, '/v2/x', { method: 'HEAD' });
      await failureOf(() => ask(host, '/v2/y'));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(new Set(fake.requests.slice(1).map(({ connection }) => connection)).size).toBeLessThan(3);
  });

  it('gets bodies whole, though their producers use their memory again', async () => {
    fake.always('PUT /v2/x/manifests/y', reply(201));
    const memory = Buffer.alloc(1 << 16);
    const length = memory.length * 64;
    const open = async function* (): AsyncIterable<Uint8Array> {
      for (let count = 0; count < 64; count += 1) yield memory.fill(count);
    };
    await ask(openHost(fake.host), '/v2/x/manifests/y', { method: 'PUT', body: { length, open }, expect: [201] });
    const got = fake.requests[1]?.body ?? Buffer.alloc(0);
    expect(got).toHaveLength(length);
    expect(got.every((byte, index) => byte === index >> 16)).toBe(true);
    expect(fake.requests[1]?.headers).toMatchObject({ 'content-length': String(length) });
  });

  it('gets empty bodies', async () => {
    fake.always('POST /v2/x', reply(202));
    await ask(openHost(fake.host), '/v2/x', { method: 'POST', expect: [202] });
    await ask(openHost(fake.host), '/v2/x', { method: 'POST', body: bodyOf(''), expect: [202] });
    expect(
      fake.requests.filter(({ method }) => method === 'POST').map(({ headers }) => headers['content-length']),
    ).toStrictEqual(['0', '0']);
  });
});

describe('an answer that is not expected', () => {
  it.for<[status: number, code: string, error: string]>([
    [400, 'MANIFEST_INVALID', 'REGISTRY_ERROR'],
    [401, 'UNAUTHORIZED', 'AUTH_REQUIRED'],
    [403, 'DENIED', 'ACCESS_DENIED'],
    [404, 'NAME_UNKNOWN', 'REPOSITORY_UNKNOWN'],
    [404, 'MANIFEST_UNKNOWN', 'REGISTRY_NOT_FOUND'],
    [405, 'UNSUPPORTED', 'REGISTRY_ERROR'],
    [429, 'TOOMANYREQUESTS', 'RATE_LIMITED'],
    [500, 'UNKNOWN', 'REGISTRY_UNAVAILABLE'],
    [501, 'UNSUPPORTED', 'REGISTRY_ERROR'],
    [503, 'UNAVAILABLE', 'REGISTRY_UNAVAILABLE'],
    [302, 'UNKNOWN', 'REGISTRY_ERROR'],
  ])('%d with %s is %s', async ([status, code, error]) => {
    fake.always('POST /v2/x?signature=1', refuse(status, code, 'words'));
    const asking = () => ask(openHost(fake.host), '/v2/x?signature=1', { method: 'POST' });
    const failed = await failureOf(asking);
    expect(failed).toMatchObject({
      code: error,
      class: 'surroundings',
      details: { subject: `${fake.origin}/v2/x`, found: `status ${status}, ${code}: words` },
    });
    expect(failed.hint).toBeDefined();
  });

  it.for<[body: string, found: string]>([
    ['', 'status 400'],
    ['<html>', 'status 400'],
    ['{"errors":[]}', 'status 400'],
    ['{"errors":[{"code":7,"message":null}]}', 'status 400'],
    ['{"errors":[{"message":"only words"}]}', 'status 400, only words'],
    ['{"details":"incorrect username"}', 'status 400, incorrect username'],
    ['{"error":"invalid_grant","error_description":"old"}', 'status 400, invalid_grant: old'],
    [`{"errors":[{"code":"X","message":"${'m'.repeat(5000)}"}]}`, `status 400, X: ${'m'.repeat(300)}…`],
    ['['.repeat(2000), 'status 400'],
    [`{"errors":[{"code":"${'c'.repeat(2 * 1024 * 1024)}"}]}`, 'status 400'],
  ])('says what it can (%#)', async ([body, found]) => {
    fake.always('GET /v2/x', reply(400, {}, body));
    expect(await failureOf(() => ask(openHost(fake.host), '/v2/x'))).toMatchObject({
      code: 'REGISTRY_ERROR',
      details: { found },
    });
  });

  it('does not reach the terminal as it is', async () => {
    fake.always('GET /v2/x', refuse(400, 'X', '\u001b]52;c;aGVsbG8=\u0007\u202e'));
    const { message } = await failureOf(() => ask(openHost(fake.host), '/v2/x'));
    expect(message).toContain(String.raw`\x1b]52`);
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    expect(message).not.toMatch(/[\u0000-\u001f\u202e]/);
  });
});

describe('an answer that is temporary', () => {
  it.for([429, 500, 502, 503, 504])('is asked for again: %d', async (status) => {
    const timing = fakeTiming();
    fake.always('GET /v2/x', reply(200, {}, 'done'));
    fake.once('GET /v2/x', refuse(status, 'X'), refuse(status, 'X'));
    expect(await ask(openHost(fake.host, { timing }), '/v2/x')).toMatchObject({ text: 'done' });
    expect(timing.slept).toStrictEqual([250, 500]);
  });

  it('is waited for as long as it asks', async () => {
    const timing = fakeTiming();
    fake.always('GET /v2/x', reply(200));
    fake.once('GET /v2/x', tooMany('7'), tooMany('nonsense'));
    await ask(openHost(fake.host, { timing }), '/v2/x');
    expect(timing.slept).toStrictEqual([7000, 500]);
  });

  it('is not waited for without end', async () => {
    const timing = fakeTiming();
    fake.always('GET /v2/x', tooMany('86400'));
    const error = await failureOf(() => ask(openHost(fake.host, { timing }), '/v2/x'));
    expect(error.code).toBe('RATE_LIMITED');
    expect(error.hint).toContain('86400 s');
    expect(timing.slept).toStrictEqual([]);
  });

  it('is given up after some attempts', async () => {
    const timing = fakeTiming();
    fake.always('GET /v2/x', refuse(503, 'X'));
    expect(await failureOf(() => ask(openHost(fake.host, { timing }), '/v2/x'))).toMatchObject({
      code: 'REGISTRY_UNAVAILABLE',
    });
    expect(fake.log().filter((line) => line === 'GET /v2/x')).toHaveLength(DEFAULT_PATIENCE.attempts);
  });

  it('may be the first of all', async () => {
    fake.once('GET /v2/', tooMany('1'), refuse(502, 'X'), reset, reset);
    fake.always('GET /v2/x', reply(200));
    const timing = fakeTiming();
    await ask(openHost(fake.host, { timing }), '/v2/x');
    expect(timing.slept[0]).toBe(1000);
    fake.always('GET /v2/', refuse(500, 'X'));
    expect(await failureOf(() => ask(openHost(fake.host), '/v2/x'))).toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
  });

  it('is the answer if the caller handles it', async () => {
    fake.always('GET /v2/x', refuse(503, 'X'));
    expect(await ask(openHost(fake.host), '/v2/x', { expect: [200, 503] })).toMatchObject({ status: 503 });
  });

  it('gets the body once more', async () => {
    fake.always('PUT /v2/x/manifests/y', reply(201));
    fake.once('PUT /v2/x/manifests/y', tooMany(), reset);
    await ask(openHost(fake.host), '/v2/x/manifests/y', { method: 'PUT', body: bodyOf('manifest'), expect: [201] });
    expect(fake.requests.slice(1).map(({ body }) => body.toString())).toStrictEqual([
      'manifest',
      'manifest',
      'manifest',
    ]);
  });
});

describe('a part of an upload', () => {
  const PARTS = [
    ['PATCH', '/v2/x/blobs/uploads/1'],
    ['PUT', '/v2/x/blobs/uploads/1?digest=x'],
  ] as const;

  it.for(PARTS)('is sent again by %s where nothing was done', async ([method, target]) => {
    fake.always(`${method} ${target}`, reply(202));
    fake.once(`${method} ${target}`, tooMany(), refuse(503, 'X'));
    await ask(openHost(fake.host), target, { method, body: bodyOf('part'), expect: [202] });
    expect(fake.log()).toHaveLength(4);
  });

  it.for(PARTS)('is not sent again by %s where it may have arrived', async ([method, target]) => {
    for (const [answer, code] of [
      [reset, 'CONNECTION_LOST'],
      [refuse(500, 'X'), 'REGISTRY_UNAVAILABLE'],
      [refuse(502, 'X'), 'REGISTRY_UNAVAILABLE'],
    ] as const) {
      fake.once(`${method} ${target}`, answer);
      const before = fake.requests.length;
      const host = openHost(fake.host);
      expect(await failureOf(() => ask(host, target, { method, body: bodyOf('part') }))).toMatchObject({ code });
      expect(fake.requests).toHaveLength(before + 2);
    }
  });
});

describe('a connection', () => {
  it('that is lost is made again', async () => {
    fake.always('GET /v2/x', reply(200, {}, 'done'));
    fake.once('GET /v2/x', reset, reset);
    expect(await ask(openHost(fake.host), '/v2/x')).toMatchObject({ text: 'done' });
    fake.always('GET /v2/x', reset);
    expect(await failureOf(() => ask(openHost(fake.host), '/v2/x'))).toMatchObject({
      code: 'CONNECTION_LOST',
      details: { subject: `${fake.origin}/v2/x` },
    });
  });

  it('that is lost in the middle of an answer is an error of its body', async () => {
    fake.always('GET /v2/x', truncated(1000, 'some'));
    const host = openHost(fake.host);
    const answer = await host.send({ method: 'GET', target: '/v2/x', scopes: [], expect: [200] });
    const got: string[] = [];
    const error = await failureOf(async () => {
      for await (const chunk of answer.body) got.push(Buffer.from(chunk).toString());
    });
    expect(error).toMatchObject({ code: 'CONNECTION_LOST' });
    expect(got.join('')).toBe('some');
  });

  it('that is refused is told at once', async () => {
    const timing = fakeTiming();
    await fake.close();
    expect(await failureOf(() => ask(openHost(fake.host, { timing }), '/v2/x'))).toMatchObject({
      code: 'CONNECTION_REFUSED',
      details: { found: 'ECONNREFUSED' },
    });
    expect(timing.slept).toStrictEqual([]);
  });

  it('to a name with several addresses is refused at all of them', async () => {
    await fake.close();
    const name = `localhost:${fake.host.split(':')[1]}`;
    expect(await failureOf(() => ask(openHost(name), '/v2/x'))).toMatchObject({
      code: 'CONNECTION_REFUSED',
      details: { subject: `http://${name}/v2/`, found: 'ECONNREFUSED' },
    });
  });

  it('may be tried again later', async () => {
    const host = openHost(fake.host);
    fake.always('GET /v2/', refuse(503, 'X'));
    await failureOf(() => ask(host, '/v2/x'));
    fake.always('GET /v2/', reply(200));
    fake.always('GET /v2/x', reply(200, {}, 'done'));
    expect(await ask(host, '/v2/x')).toMatchObject({ text: 'done' });
  });

  it('to a host that there is not', async () => {
    expect(await failureOf(() => ask(openHost('registry.invalid'), '/v2/x'))).toMatchObject({
      code: 'HOST_UNKNOWN',
      details: { subject: 'https://registry.invalid/v2/' },
    });
  });

  it('to something that speaks neither TLS nor HTTP', async () => {
    const server = createServer((socket) => socket.end('SSH-2.0-OpenSSH\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    try {
      expect(await failureOf(() => ask(openHost(`127.0.0.1:${port}`), '/v2/x'))).toMatchObject({
        code: 'CONNECTION_LOST',
      });
    } finally {
      server.close();
    }
  });
});

describe('patience', () => {
  const patience = { header: 200, idle: 200, attempts: 1 };

  it.for<[name: string, answer: typeof hang]>([
    ['no headers come', hang],
    ['the body stands still', stalled(1000, 'some')],
    ['the body trickles', trickle(5)],
  ])('ends when %s', async ([, answer]) => {
    fake.always('GET /v2/x', answer);
    const start = performance.now();
    expect(await failureOf(() => ask(openHost(fake.host, { patience }), '/v2/x'))).toMatchObject({
      code: 'TIMEOUT',
      details: { subject: `${fake.origin}/v2/x` },
    });
    expect(performance.now() - start).toBeLessThan(8000);
  });

  it('is not tried by a reader that takes its time', async () => {
    fake.always('GET /v2/x', reply(200, {}, 'x'.repeat(1 << 22)));
    const host = openHost(fake.host, { patience });
    const answer = await host.send({ method: 'GET', target: '/v2/x', scopes: [], expect: [200] });
    let size = 0;
    for await (const chunk of answer.body) {
      if (size === 0) await new Promise((resolve) => setTimeout(resolve, 1500));
      size += chunk.length;
    }
    expect(size).toBe(1 << 22);
  });

  it.for<[name: string, answer: typeof hang]>([
    ['for headers', hang],
    ['for a body', stalled(1000, 'some')],
    ['before another attempt', tooMany('30')],
  ])('ends with the signal, while it waits %s', async ([, answer]) => {
    fake.always('GET /v2/x', answer);
    const controller = new AbortController();
    const host = openHost(fake.host, { timing: SYSTEM_TIMING });
    const asking = ask(host, '/v2/x', { signal: controller.signal });
    setTimeout(() => controller.abort(new ToolError('INTERRUPTED', 'stop')), 100);
    const start = performance.now();
    expect(await failureOf(() => asking)).toMatchObject({ code: 'INTERRUPTED' });
    expect(performance.now() - start).toBeLessThan(8000);
  });

  it('ends with the signal for an answer that nobody has read yet', async () => {
    fake.always('GET /v2/x', stalled(1000, 'some'));
    const controller = new AbortController();
    const request = { method: 'GET', target: '/v2/x', scopes: [], expect: [200], signal: controller.signal } as const;
    const answer = await openHost(fake.host).send(request);
    controller.abort(new ToolError('INTERRUPTED', 'stop'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const reading = async (): Promise<void> => {
      for await (const chunk of answer.body) expect(chunk.length).toBeGreaterThan(0);
    };
    expect(await failureOf(reading)).toMatchObject({ code: 'INTERRUPTED' });
  });

  it('of one who waits for the greeting does not end with the signal of another', async () => {
    fake.always('GET /v2/x', reply(200, {}, 'done'));
    fake.once('GET /v2/', hang);
    const controller = new AbortController();
    const host = openHost(fake.host);
    const first = ask(host, '/v2/x', { signal: controller.signal });
    const second = ask(host, '/v2/x');
    setTimeout(() => controller.abort(new Error('stop')), 100);
    await expect(first).rejects.toThrow('stop');
    expect(await second).toMatchObject({ text: 'done' });
  });
});

describe('limits', () => {
  it('hold for the headers of an answer', async () => {
    fake.always('GET /v2/x', reply(200, { 'x-large': 'x'.repeat(DEFAULT_LIMITS.answerHeaders) }));
    expect(await failureOf(() => ask(openHost(fake.host), '/v2/x'))).toMatchObject({ code: 'LIMIT_ANSWER' });
  });

  it('hold for redirects', async () => {
    fake.always('GET /v2/*', (response, { url }) => {
      response.writeHead(307, { location: `/v2/${Number(url.pathname.slice(4)) + 1}` }).end();
    });
    fake.always('GET /v2/', reply(200));
    expect(await failureOf(() => ask(openHost(fake.host), '/v2/1'))).toMatchObject({ code: 'REDIRECT_INVALID' });
    expect(fake.log().at(-1)).toBe(`GET /v2/${DEFAULT_LIMITS.redirects + 1}`);
  });
});

describe('a redirect', () => {
  const bearer = { credentials: { username: 'user', password: 'canary-pass' } };

  it('is followed, without Authorization on another port of the host', async () => {
    fake.always('GET /v2/', refuse(401, 'UNAUTHORIZED', '', { 'www-authenticate': 'Basic realm="x"' }));
    fake.always('GET /v2/x', redirect(`${other.origin}/blob?signature=1`));
    other.always('GET /blob?signature=1', reply(200, {}, 'done'));
    const answer = await ask(openHost(fake.host, bearer), '/v2/x', { headers: { range: 'bytes=0-' } });
    expect(answer).toMatchObject({ text: 'done', url: `${other.origin}/blob?signature=1` });
    expect(fake.requests[1]?.headers).toHaveProperty('authorization');
    expect(other.requests[0]?.headers).toMatchObject({ range: 'bytes=0-' });
    expect(other.requests[0]?.headers).not.toHaveProperty('authorization');
  });

  it('that comes back does not bring Authorization back', async () => {
    fake.always('GET /v2/', refuse(401, 'UNAUTHORIZED', '', { 'www-authenticate': 'Basic realm="x"' }));
    fake.always('GET /v2/x', redirect(`${other.origin}/blob`));
    other.always('GET /blob', redirect(`${fake.origin}/v2/y`));
    fake.always('GET /v2/y', reply(200));
    await ask(openHost(fake.host, bearer), '/v2/x');
    expect(fake.requests.at(-1)?.headers).not.toHaveProperty('authorization');
  });

  it('within the registry keeps Authorization', async () => {
    fake.always('GET /v2/', refuse(401, 'UNAUTHORIZED', '', { 'www-authenticate': 'Basic realm="x"' }));
    fake.always('GET /v2/x', redirect('/v2/y'));
    fake.always('GET /v2/y', reply(200));
    await ask(openHost(fake.host, bearer), '/v2/x');
    expect(fake.requests.at(-1)?.headers).toHaveProperty('authorization');
  });

  it('to a host that asks for credentials does not get them', async () => {
    fake.always('GET /v2/', refuse(401, 'UNAUTHORIZED', '', { 'www-authenticate': 'Basic realm="x"' }));
    fake.always('GET /v2/x', redirect(`${other.origin}/blob`));
    other.always('GET /blob', refuse(401, 'UNAUTHORIZED', '', { 'www-authenticate': 'Basic realm="x"' }));
    await failureOf(() => ask(openHost(fake.host, bearer), '/v2/x'));
    expect(other.requests.map(({ headers }) => headers['authorization'])).toStrictEqual([undefined]);
  });

  it('keeps method and body where it says so', async () => {
    fake.always('PUT /v2/x/manifests/y', redirect(`${other.origin}/z`, 308));
    other.always('PUT /z', reply(201));
    await ask(openHost(fake.host), '/v2/x/manifests/y', { method: 'PUT', body: bodyOf('manifest'), expect: [201] });
    expect(other.requests[0]?.body.toString()).toBe('manifest');
  });

  it('of a write to a read is not followed', async () => {
    fake.always('PUT /v2/x/manifests/y', redirect('/v2/z', 303));
    const asking = () =>
      ask(openHost(fake.host), '/v2/x/manifests/y', { method: 'PUT', body: bodyOf('x'), expect: [201] });
    expect(await failureOf(asking)).toMatchObject({ code: 'REGISTRY_ERROR', details: { found: 'status 303' } });
  });

  it('without a Location is an error', async () => {
    fake.always('GET /v2/x', reply(307));
    expect(await failureOf(() => ask(openHost(fake.host), '/v2/x'))).toMatchObject({ code: 'REDIRECT_INVALID' });
  });

  it('is the answer if the caller handles it', async () => {
    fake.always('GET /v2/x', redirect('/v2/y'));
    expect(await ask(openHost(fake.host), '/v2/x', { expect: [307] })).toMatchObject({ status: 307 });
  });

  it('to plain HTTP elsewhere is refused', async () => {
    fake.always('GET /v2/x', redirect('http://registry.example/'));
    expect(await failureOf(() => ask(openHost(fake.host), '/v2/x'))).toMatchObject({ code: 'URL_UNTRUSTED' });
  });
});

describe('a Location', () => {
  it('on another origin gets no Authorization', async () => {
    fake.always('GET /v2/', refuse(401, 'UNAUTHORIZED', '', { 'www-authenticate': 'Basic realm="x"' }));
    other.always('PUT /upload', reply(201));
    const settings = { credentials: { username: 'user', password: 'canary-pass' } };
    const request = { method: 'PUT', body: bodyOf('blob'), expect: [201] } as const;
    await ask(openHost(fake.host, settings), `${other.origin}/upload`, request);
    expect(other.requests[0]?.headers).not.toHaveProperty('authorization');
    expect(other.requests[0]?.body.toString()).toBe('blob');
  });

  it.for<[target: string, code: string]>([
    ['http://registry.example/upload', 'URL_UNTRUSTED'],
    ['ftp://registry.example/upload', 'URL_UNTRUSTED'],
    ['https://user:canary@registry.example/', 'URL_UNTRUSTED'],
  ])('%s is refused', async ([target, code]) => {
    expect(await failureOf(() => ask(openHost(fake.host), target, { method: 'PUT' }))).toMatchObject({ code });
  });
});

describe('a body', () => {
  it('that fails is the reason, and is not opened again', async () => {
    fake.always('PUT /v2/x/manifests/y', reply(201));
    let opened = 0;
    const open = async function* (): AsyncIterable<Uint8Array> {
      opened += 1;
      yield Buffer.from('part');
      throw new ToolError('CONNECTION_LOST', 'of the source');
    };
    const request = { method: 'PUT', body: { length: 100, open }, expect: [201] } as const;
    expect(await failureOf(() => ask(openHost(fake.host), '/v2/x/manifests/y', request))).toMatchObject({
      code: 'CONNECTION_LOST',
      what: 'of the source',
    });
    expect(opened).toBe(1);
  });

  it('that is refused before it has ended is let go', async () => {
    // The connection is cut after the answer, as servers do that will not read the rest.
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', (head: Buffer) => {
        if (head.toString().startsWith('GET')) {
          socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
        } else {
          socket.pause();
          socket.write('HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
        }
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    let ended = false;
    const open = async function* (): AsyncIterable<Uint8Array> {
      try {
        for (;;) yield Buffer.alloc(1 << 20);
      } finally {
        ended = true;
      }
    };
    try {
      const host = openHost(`127.0.0.1:${port}`, { environment: NOBODY });
      const request = { method: 'PUT', body: { length: 1 << 30, open }, expect: [413] } as const;
      expect(await ask(host, '/v2/x/manifests/y', request)).toMatchObject({ status: 413 });
      await host.close();
      await expect.poll(() => ended).toBe(true);
    } finally {
      server.close();
    }
  });
});
