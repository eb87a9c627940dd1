import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ToolError } from '../../../../src/base/error.js';
import { DEFAULT_LIMITS } from '../../../../src/base/limits.js';
import type { RegistryHost, RegistrySettings } from '../../../../src/transport/registry/host.js';
import { giveToken, hang, redirect, refuse, reply, reset, tooMany } from '../../../support/fake-registry-answers.js';
import { type Answer, type FakeRegistry, startFakeRegistry } from '../../../support/fake-registry.js';
import { failureOf } from '../../../support/memory-place.js';
import { NOBODY, ask, bodyOf, closeRegistryHosts, fakeTiming, openHost } from '../../../support/registry-client.js';

/** Secrets that must not be seen anywhere. */
const PASSWORD = 'canary-password';
const REFRESH = 'canary-refresh';
const BASIC = `Basic ${Buffer.from(`user:${PASSWORD}`).toString('base64')}`;
const USER = { username: 'user', password: PASSWORD };
const PULL = ['repository:a/b:pull'];
const PUSH = ['repository:a/b:pull,push'];

let registry: FakeRegistry;
let tokens: FakeRegistry;
let folder: string;
/** What the registry takes. */
let accepted: (authorization: string | undefined) => boolean;

const challenged = (header: string, code = 'UNAUTHORIZED'): Answer =>
  refuse(401, code, 'authentication required', { 'www-authenticate': header });

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ingot-authenticate-'));
  registry = await startFakeRegistry();
  tokens = await startFakeRegistry();
});
afterEach(async () => {
  await closeRegistryHosts();
  await Promise.all([registry.close(), tokens.close()]);
  rmSync(folder, { recursive: true });
});

const bearer = (): string => `Bearer realm="${tokens.origin}/token?fixed=1",service="registry.test"`;

/** The registry asks for what `accepted` takes, with a challenge, and answers `done`. */
const guard = (challenge: string, accept: (authorization: string | undefined) => boolean): void => {
  accepted = accept;
  registry.always('* /v2/*', (response, request, ordinary) =>
    (accepted(request.headers['authorization']) ? reply(200, {}, 'done') : challenged(challenge))(
      response,
      request,
      ordinary,
    ),
  );
};

/** Gives the tokens `t1`, `t2`, ... */
const giveTokens = (more: Readonly<Record<string, unknown>> = {}): void => {
  let count = 0;
  tokens.always('GET /token*', (response, request, ordinary) =>
    giveToken(`t${++count}`, more)(response, request, ordinary),
  );
};

const isToken = (authorization: string | undefined): boolean => /^Bearer t\d+$/.test(authorization ?? '');

const withFile = (content: unknown, host = registry.host): Partial<RegistrySettings> => {
  mkdirSync(join(folder, '.docker'), { recursive: true });
  writeFileSync(join(folder, '.docker', 'config.json'), JSON.stringify({ auths: { [host]: content } }));
  return { environment: { ...NOBODY, HOME: folder } };
};

const scopesOf = (target: string): readonly string[] => new URL(target, 'http://x').searchParams.getAll('scope');

const expectHidden = (error: ToolError): void => {
  const shown = [error.message, error.hint, error.stack, JSON.stringify(error), String(error.cause)].join('\n');
  for (const secret of [PASSWORD, REFRESH, BASIC.slice(6), 'secret-token']) expect(shown).not.toContain(secret);
};

describe('basic authentication', () => {
  it('is given when it is asked for, and from then on', async () => {
    guard('Basic realm="x"', (authorization) => authorization === BASIC);
    const host = openHost(registry.host, { credentials: USER });
    expect(await ask(host, '/v2/x')).toMatchObject({ text: 'done' });
    await ask(host, '/v2/y');
    expect(registry.requests.map(({ headers }) => headers['authorization'])).toStrictEqual([undefined, BASIC, BASIC]);
  });

  it('is given where only a request asks for it, not the greeting', async () => {
    guard('Basic realm="x"', (authorization) => authorization === BASIC);
    registry.always('GET /v2/', reply(200));
    expect(await ask(openHost(registry.host, { credentials: USER }), '/v2/x')).toMatchObject({ text: 'done' });
  });

  it('is not given where nobody asks', async () => {
    registry.always('GET /v2/x', reply(200));
    await ask(openHost(registry.host, { credentials: USER }), '/v2/x');
    expect(registry.requests.map(({ headers }) => headers['authorization'])).toStrictEqual([undefined, undefined]);
  });

  it('comes from the file, by repository', async () => {
    guard('Basic realm="x"', (authorization) => authorization === BASIC);
    const settings = withFile({ auth: BASIC.slice(6) }, `${registry.host}/a`);
    expect(await ask(openHost(registry.host, settings), '/v2/x', { scopes: PULL })).toMatchObject({ text: 'done' });
    expect(
      await failureOf(() => ask(openHost(registry.host, settings), '/v2/x', { scopes: ['repository:c/d:pull'] })),
    ).toMatchObject({ code: 'AUTH_REQUIRED' });
  });

  it('that is needed and not known is an error', async () => {
    guard('Basic realm="x"', () => false);
    const error = await failureOf(() => ask(openHost(registry.host), '/v2/x'));
    expect(error).toMatchObject({ code: 'AUTH_REQUIRED', details: { subject: `${registry.origin}/v2/x` } });
    expect(error.hint).toContain(`podman login ${registry.host}`);
    expect(registry.log()).toStrictEqual(['GET /v2/', 'GET /v2/x']);
  });

  it('that is not accepted is an error, after one attempt', async () => {
    guard('Basic realm="x"', () => false);
    const error = await failureOf(() => ask(openHost(registry.host, { credentials: USER }), '/v2/x'));
    expect(error).toMatchObject({ code: 'AUTH_FAILED' });
    expectHidden(error);
    expect(registry.log()).toStrictEqual(['GET /v2/', 'GET /v2/x']);
  });

  it('is not shown, even if the registry sends it back', async () => {
    registry.always('GET /v2/', challenged('Basic realm="x"'));
    registry.always('GET /v2/x', (response, request, ordinary) =>
      refuse(403, `DENIED ${PASSWORD}`, `${request.headers['authorization']} ${PASSWORD}`)(response, request, ordinary),
    );
    const error = await failureOf(() => ask(openHost(registry.host, { credentials: USER }), '/v2/x'));
    expect(error).toMatchObject({ code: 'ACCESS_DENIED', details: { found: 'status 403, DENIED ***: Basic *** ***' } });
    expectHidden(error);
  });

  it('is sent with the body once more', async () => {
    guard('Basic realm="x"', (authorization) => authorization === BASIC);
    registry.always('GET /v2/', reply(200));
    const request = { method: 'PUT', body: bodyOf('manifest') } as const;
    await ask(openHost(registry.host, { credentials: USER }), '/v2/a/manifests/b', request);
    expect(registry.requests.at(-1)?.body.toString()).toBe('manifest');
  });
});

describe('a token', () => {
  it('is got for nobody, too', async () => {
    guard(bearer(), isToken);
    giveTokens();
    expect(await ask(openHost(registry.host), '/v2/x', { scopes: PULL })).toMatchObject({ text: 'done' });
    expect(tokens.log()).toStrictEqual([
      'GET /token?fixed=1&service=registry.test&client_id=ingot&scope=repository%3Aa%2Fb%3Apull',
    ]);
    expect(tokens.requests[0]?.headers).not.toHaveProperty('authorization');
    expect(registry.requests.map(({ headers }) => headers['authorization'])).toStrictEqual([undefined, 'Bearer t1']);
  });

  it('is got with a password, which the registry does not see', async () => {
    guard(bearer(), isToken);
    giveTokens();
    await ask(openHost(registry.host, { credentials: USER }), '/v2/x', { scopes: PUSH });
    expect(tokens.requests[0]?.headers['authorization']).toBe(BASIC);
    expect(tokens.requests[0]?.url.searchParams.get('account')).toBe('user');
    expect(registry.requests.map(({ headers }) => headers['authorization'])).toStrictEqual([undefined, 'Bearer t1']);
  });

  it('is kept by its scopes, in any order', async () => {
    guard(bearer(), isToken);
    giveTokens();
    const host = openHost(registry.host);
    const two = ['repository:a/b:pull', 'repository:c/d:pull'];
    await Promise.all([1, 2, 3].map(() => ask(host, '/v2/x', { scopes: PULL })));
    await ask(host, '/v2/x', { scopes: two });
    await ask(host, '/v2/x', { scopes: two.toReversed() });
    await ask(host, '/v2/x', { scopes: PULL });
    expect(tokens.log().map(scopesOf.bind(undefined)).length).toBe(2);
    expect(tokens.requests.map(({ target }) => scopesOf(target))).toStrictEqual([PULL, two]);
  });

  it('is got anew shortly before its end', async () => {
    guard(bearer(), isToken);
    giveTokens({ expires_in: 300 });
    const timing = fakeTiming();
    const host = openHost(registry.host, { timing });
    await ask(host, '/v2/x', { scopes: PULL });
    timing.pass(280_000);
    await ask(host, '/v2/x', { scopes: PULL });
    expect(tokens.requests).toHaveLength(1);
    timing.pass(20_000);
    await ask(host, '/v2/x', { scopes: PULL });
    expect(tokens.requests).toHaveLength(2);
  });

  it('lives a minute if the server does not say', async () => {
    guard(bearer(), isToken);
    giveTokens();
    const timing = fakeTiming();
    const host = openHost(registry.host, { timing });
    await ask(host, '/v2/x', { scopes: PULL });
    timing.pass(40_000);
    await ask(host, '/v2/x', { scopes: PULL });
    expect(tokens.requests).toHaveLength(1);
    timing.pass(20_000);
    await ask(host, '/v2/x', { scopes: PULL });
    expect(tokens.requests).toHaveLength(2);
  });

  it('that the registry does not take any more is replaced, once', async () => {
    guard(bearer(), isToken);
    giveTokens({ expires_in: 3600 });
    const host = openHost(registry.host);
    await ask(host, '/v2/x', { scopes: PULL });
    accepted = (authorization) => authorization === 'Bearer t2';
    expect(await ask(host, '/v2/x', { scopes: PULL })).toMatchObject({ text: 'done' });
    accepted = () => false;
    expect(await failureOf(() => ask(host, '/v2/x', { scopes: PULL }))).toMatchObject({ code: 'AUTH_REQUIRED' });
    expect(tokens.requests).toHaveLength(3);
  });

  it('has the scope that the registry asks for, too', async () => {
    guard(
      `${bearer()},scope="repository:a/b:pull repository:base:pull",error="insufficient_scope"`,
      (authorization) => authorization === 'Bearer t2',
    );
    registry.always('GET /v2/', challenged(bearer()));
    giveTokens({ expires_in: 3600 });
    const host = openHost(registry.host);
    await ask(host, '/v2/x', { scopes: PULL });
    await ask(host, '/v2/x', { scopes: PULL });
    expect(tokens.requests.map(({ target }) => scopesOf(target))).toStrictEqual([
      ['repository:a/b:pull'],
      ['repository:a/b:pull', 'repository:base:pull'],
    ]);
  });

  it('may be called access_token', async () => {
    guard(bearer(), (authorization) => authorization === 'Bearer other');
    tokens.always('GET /token*', reply(200, {}, '{"access_token":"other","token":""}'));
    expect(await ask(openHost(registry.host), '/v2/x')).toMatchObject({ text: 'done' });
  });

  it('may stand in the file', async () => {
    guard(bearer(), (authorization) => authorization === 'Bearer ready');
    expect(await ask(openHost(registry.host, withFile({ registrytoken: 'ready' })), '/v2/x')).toMatchObject({
      text: 'done',
    });
    expect(tokens.requests).toHaveLength(0);
  });

  it('is preferred to a password where the registry takes both', async () => {
    guard(`Basic realm="x", ${bearer()}`, isToken);
    giveTokens();
    expect(await ask(openHost(registry.host, { credentials: USER }), '/v2/x')).toMatchObject({ text: 'done' });
  });

  it('server is waited for', async () => {
    guard(bearer(), isToken);
    giveTokens();
    tokens.once('GET /token*', tooMany('3'), refuse(503, 'X'), reset);
    const timing = fakeTiming();
    await ask(openHost(registry.host, { timing }), '/v2/x');
    expect(timing.slept).toStrictEqual([3000, 500, 1000]);
  });

  it('server that hangs does not outlive the signal', async () => {
    guard(bearer(), isToken);
    tokens.always('GET /token*', hang);
    const controller = new AbortController();
    const host = openHost(registry.host);
    const first = ask(host, '/v2/x', { signal: controller.signal });
    setTimeout(() => controller.abort(new Error('stop')), 200);
    await expect(first).rejects.toThrow('stop');
    giveTokens();
    expect(await ask(host, '/v2/x')).toMatchObject({ text: 'done' });
  });

  it('server may redirect, without the password on another origin', async () => {
    guard(bearer(), isToken);
    const elsewhere = await startFakeRegistry();
    try {
      tokens.always('GET /token*', redirect(`${elsewhere.origin}/other`));
      elsewhere.always('GET /other', giveToken('t1'));
      await ask(openHost(registry.host, { credentials: USER }), '/v2/x');
      expect(tokens.requests[0]?.headers['authorization']).toBe(BASIC);
      expect(elsewhere.requests[0]?.headers).not.toHaveProperty('authorization');
    } finally {
      await elsewhere.close();
    }
  });

  it.for<[answer: Answer, code: string, found: string]>([
    [refuse(401, 'UNAUTHORIZED', `no ${PASSWORD}`), 'AUTH_FAILED', 'status 401, UNAUTHORIZED: no ***'],
    [refuse(403, 'DENIED'), 'ACCESS_DENIED', 'status 403, DENIED: no'],
    [refuse(404, 'X'), 'REGISTRY_NOT_FOUND', 'status 404, X: no'],
    [reply(200, {}, '<html>'), 'AUTH_FAILED', 'no JSON'],
    [reply(200, {}, '[]'), 'AUTH_FAILED', 'no object'],
    [reply(200, {}, '{}'), 'AUTH_FAILED', 'none'],
    [giveToken('secret-token\r\nx-header: 1'), 'AUTH_FAILED', 'none'],
    [giveToken('secret-token with spaces'), 'AUTH_FAILED', 'none'],
    [giveToken('x'.repeat(DEFAULT_LIMITS.answer)), 'LIMIT_ANSWER', 'more'],
    [tooMany('1000'), 'RATE_LIMITED', 'status 429, TOOMANYREQUESTS: slow down'],
    [redirect('http://registry.example/'), 'URL_UNTRUSTED', 'plain HTTP to registry.example'],
  ])('server that gives none is an error (%#)', async ([answer, code, found]) => {
    guard(bearer(), isToken);
    tokens.always('GET /token*', answer);
    const error = await failureOf(() => ask(openHost(registry.host, { credentials: USER }), '/v2/x'));
    expect(error).toMatchObject({ code, details: { subject: `${tokens.origin}/token`, found } });
    expectHidden(error);
  });

  it('that is refused to nobody says that credentials are needed', async () => {
    guard(bearer(), isToken);
    tokens.always('GET /token*', refuse(401, 'UNAUTHORIZED'));
    expect(await failureOf(() => ask(openHost(registry.host), '/v2/x'))).toMatchObject({ code: 'AUTH_REQUIRED' });
  });

  it('that is not shown, even if the registry sends it back', async () => {
    registry.always('GET /v2/', challenged(bearer()));
    registry.always('GET /v2/x', refuse(400, 'X', 'you sent secret-token'));
    tokens.always('GET /token*', giveToken('secret-token'));
    const error = await failureOf(() => ask(openHost(registry.host), '/v2/x'));
    expect(error).toMatchObject({ code: 'REGISTRY_ERROR' });
    expectHidden(error);
  });
});

describe('a refresh token', () => {
  const form = (request: { readonly body: Buffer } | undefined): Readonly<Record<string, string>> =>
    Object.fromEntries(new URLSearchParams(request?.body.toString()));

  it('is exchanged by POST', async () => {
    guard(bearer(), isToken);
    tokens.always('POST /token?fixed=1', reply(200, {}, '{"access_token":"t1","expires_in":300,"scope":"x"}'));
    await ask(openHost(registry.host, withFile({ identitytoken: REFRESH })), '/v2/x', { scopes: PUSH });
    expect(form(tokens.requests[0])).toStrictEqual({
      grant_type: 'refresh_token',
      refresh_token: REFRESH,
      client_id: 'ingot',
      service: 'registry.test',
      scope: PUSH[0],
    });
    expect(tokens.requests[0]?.headers).not.toHaveProperty('authorization');
    expect(tokens.requests[0]?.target).not.toContain(REFRESH);
  });

  it('may be replaced by the server', async () => {
    guard(bearer(), isToken);
    tokens.always('POST /token*', reply(200, {}, '{"access_token":"t2","refresh_token":"canary-refresh-2"}'));
    const host = openHost(registry.host, withFile({ identitytoken: REFRESH }));
    await ask(host, '/v2/x', { scopes: PULL });
    await ask(host, '/v2/x', { scopes: PUSH });
    expect(tokens.requests.map((request) => form(request)['refresh_token'])).toStrictEqual([
      REFRESH,
      'canary-refresh-2',
    ]);
  });

  it('is not sent where a server redirects to', async () => {
    guard(bearer(), isToken);
    tokens.always('POST /token*', redirect(`${registry.origin}/v2/steal`));
    const error = await failureOf(() => ask(openHost(registry.host, withFile({ identitytoken: REFRESH })), '/v2/x'));
    expect(error).toMatchObject({ code: 'REDIRECT_INVALID' });
    expect(registry.log()).not.toContain('POST /v2/steal');
    expectHidden(error);
  });

  it('that is not accepted is an error', async () => {
    guard(bearer(), isToken);
    tokens.always(
      'POST /token*',
      reply(400, {}, JSON.stringify({ error: 'invalid_grant', error_description: REFRESH })),
    );
    const error = await failureOf(() => ask(openHost(registry.host, withFile({ identitytoken: REFRESH })), '/v2/x'));
    expect(error).toMatchObject({ code: 'AUTH_FAILED', details: { found: 'status 400, invalid_grant: ***' } });
    expectHidden(error);
  });
});

describe('a challenge', () => {
  const fails = (host: RegistryHost): Promise<ToolError> => failureOf(() => ask(host, '/v2/x'));

  it.for<[header: string, code: string]>([
    ['Negotiate', 'AUTH_CHALLENGE_INVALID'],
    ['Bearer service="x"', 'AUTH_CHALLENGE_INVALID'],
    ['Bearer realm="broken', 'AUTH_CHALLENGE_INVALID'],
    ['Bearer realm="http://registry.example/token"', 'AUTH_REALM_UNTRUSTED'],
    ['Bearer realm="file:///etc/passwd"', 'AUTH_REALM_UNTRUSTED'],
  ])('%s is refused with %s', async ([header, code]) => {
    guard(header, () => false);
    const error = await fails(openHost(registry.host, { credentials: USER }));
    expect(error).toMatchObject({ code, class: 'surroundings' });
    expectHidden(error);
  });

  it('that is missing leaves what the registry says', async () => {
    registry.always('GET /v2/*', refuse(401, 'UNAUTHORIZED', 'who are you'));
    expect(await fails(openHost(registry.host))).toMatchObject({
      code: 'AUTH_REQUIRED',
      details: { found: 'status 401, UNAUTHORIZED: who are you' },
    });
  });

  it('answered with DENIED to somebody known is a denial', async () => {
    registry.always('GET /v2/', challenged('Basic realm="x"'));
    registry.always('GET /v2/x', challenged('Basic realm="x"', 'DENIED'));
    expect(await fails(openHost(registry.host, { credentials: USER }))).toMatchObject({ code: 'ACCESS_DENIED' });
  });
});
