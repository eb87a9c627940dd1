import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type FakeProxy, startFakeProxy } from '../../../support/fake-proxy.js';
import { reply } from '../../../support/fake-registry-answers.js';
import { type CertificateAuthority, makeAuthority } from '../../../support/fake-registry-tls.js';
import { type FakeRegistry, startFakeRegistry } from '../../../support/fake-registry.js';
import { failureOf } from '../../../support/memory-place.js';
import { NOBODY, ask, closeRegistryHosts, openHost } from '../../../support/registry-client.js';

let authority: CertificateAuthority;
let folder: string;
let registry: FakeRegistry;
let proxy: FakeProxy;
const BASIC = `Basic ${Buffer.from('user:canary p@ss').toString('base64')}`;

beforeAll(async () => {
  authority = makeAuthority();
  folder = mkdtempSync(join(tmpdir(), 'ingot-proxy-'));
  writeFileSync(join(folder, 'ca.pem'), authority.cert);
  registry = await startFakeRegistry({ tls: authority.issue('DNS:registry.test') });
  registry.always('GET /v2/x', reply(200, {}, 'done'));
});
afterEach(async () => {
  await closeRegistryHosts();
  await proxy.close();
});
afterAll(async () => {
  await registry.close();
  rmSync(folder, { recursive: true });
});

const settings = (more: Readonly<Record<string, string>>) => ({
  environment: { ...NOBODY, ...more },
  ca: [join(folder, 'ca.pem')],
});
const port = (): number => Number(registry.host.split(':')[1]);
const url = (userinfo = ''): string => `http://${userinfo}127.0.0.1:${proxy.port}`;

describe('through a proxy', () => {
  it('TLS goes in a tunnel, and is verified by the name of the registry', async () => {
    proxy = await startFakeProxy(port());
    expect(await ask(openHost('registry.test', settings({ HTTPS_PROXY: url() })), '/v2/x')).toMatchObject({
      text: 'done',
      url: 'https://registry.test/v2/x',
    });
    expect(proxy.log).toContain('CONNECT registry.test:443');
    expect(
      await failureOf(() => ask(openHost('other.test:5000', settings({ HTTPS_PROXY: url() })), '/v2/x')),
    ).toMatchObject({ code: 'TLS_FAILED', details: { found: 'ERR_TLS_CERT_ALTNAME_INVALID' } });
    expect(proxy.log).toContain('CONNECT other.test:5000');
  });

  it('plain HTTP of an insecure host is asked for as a whole', async () => {
    proxy = await startFakeProxy(port());
    const environment = { ...NOBODY, HTTP_PROXY: url() };
    const host = openHost('registry.invalid', { environment, insecure: ['registry.invalid'] });
    // There is no such host, and only plain HTTP has a proxy.
    expect(await failureOf(() => ask(host, '/v2/x'))).toMatchObject({ code: 'HOST_UNKNOWN' });
    expect(proxy.log).toStrictEqual([]);
    const both = { ...NOBODY, HTTP_PROXY: url(), HTTPS_PROXY: 'http://127.0.0.1:1' };
    const other = openHost('registry.invalid', { environment: both, insecure: ['registry.invalid'] });
    expect(await ask(other, '/v2/x')).toMatchObject({ text: 'from the proxy' });
    expect(proxy.log).toStrictEqual(['GET http://registry.invalid/v2/', 'GET http://registry.invalid/v2/x']);
  });

  it('credentials of the proxy are for the proxy alone', async () => {
    proxy = await startFakeProxy(port(), { authorization: BASIC });
    const environment = settings({ HTTPS_PROXY: url('user:canary%20p%40ss@') });
    await ask(openHost('registry.test', environment), '/v2/x');
    expect(proxy.log).toContain(`CONNECT registry.test:443 ${BASIC}`);
    expect(registry.requests.at(-1)?.headers).not.toHaveProperty('proxy-authorization');
  });

  it('plain HTTP needs the credentials of the proxy, too', async () => {
    proxy = await startFakeProxy(port(), { authorization: BASIC });
    const open = (userinfo: string) => {
      const environment = { ...NOBODY, HTTP_PROXY: url(userinfo), HTTPS_PROXY: 'http://127.0.0.1:1' };
      return openHost('registry.invalid', { environment, insecure: ['registry.invalid'] });
    };
    expect(await ask(open('user:canary%20p%40ss@'), '/v2/x')).toMatchObject({ text: 'from the proxy' });
    expect(await failureOf(() => ask(open(''), '/v2/x'))).toMatchObject({
      code: 'PROXY_FAILED',
      details: { found: 'status 407' },
    });
  });

  it.for<[userinfo: string, status: number | undefined, found: string]>([
    ['user:canary@', undefined, 'status 407'],
    ['', undefined, 'status 407'],
    ['user:canary@', 502, 'status 502'],
  ])('what the proxy refuses is an error of its own (%#)', async ([userinfo, status, found]) => {
    proxy = await startFakeProxy(port(), { authorization: BASIC, ...(status === undefined ? {} : { status }) });
    const error = await failureOf(() =>
      ask(openHost('registry.test', settings({ HTTPS_PROXY: url(userinfo) })), '/v2/x'),
    );
    expect(error).toMatchObject({ code: 'PROXY_FAILED', details: { found } });
    expect([error.message, error.hint, error.stack, String(error.cause)].join()).not.toContain('canary');
  });

  it('nothing goes that NO_PROXY names', async () => {
    proxy = await startFakeProxy(port());
    const environment = settings({ HTTPS_PROXY: url(), NO_PROXY: 'registry.invalid' });
    expect(await failureOf(() => ask(openHost('registry.invalid', environment), '/v2/x'))).toMatchObject({
      code: 'HOST_UNKNOWN',
    });
    expect(proxy.log).toStrictEqual([]);
  });

  it('that is not there nothing goes', async () => {
    proxy = await startFakeProxy(port());
    const gone = url();
    await proxy.close();
    const error = await failureOf(() => ask(openHost('registry.test', settings({ HTTPS_PROXY: gone })), '/v2/x'));
    expect(error).toMatchObject({ code: 'CONNECTION_REFUSED' });
    expect(error.message).toContain(new URL(gone).host);
    proxy = await startFakeProxy(port());
  });
});
