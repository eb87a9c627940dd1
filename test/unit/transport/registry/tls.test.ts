import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { giveToken, redirect, refuse, reply } from '../../../support/fake-registry-answers.js';
import { type CertificateAuthority, makeAuthority } from '../../../support/fake-registry-tls.js';
import { type FakeOptions, type FakeRegistry, startFakeRegistry } from '../../../support/fake-registry.js';
import { failureOf } from '../../../support/memory-place.js';
import { ask, closeRegistryHosts, openHost } from '../../../support/registry-client.js';

let authority: CertificateAuthority;
let folder: string;
const fakes: FakeRegistry[] = [];

const write = (name: string, text: string): string => {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
};

const start = async (options: FakeOptions = {}): Promise<FakeRegistry> => {
  const fake = await startFakeRegistry(options);
  fake.always('GET /v2/x', reply(200, {}, 'done'));
  fakes.push(fake);
  return fake;
};

const startTls = (names = 'DNS:localhost,IP:127.0.0.1', expired = false): Promise<FakeRegistry> =>
  start({ tls: authority.issue(names, { expired }) });

beforeAll(() => {
  authority = makeAuthority();
  folder = mkdtempSync(join(tmpdir(), 'ingot-tls-'));
  write('ca.pem', authority.cert);
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(async () => {
  await closeRegistryHosts();
  await Promise.all(fakes.splice(0).map((fake) => fake.close()));
});
const ca = (): readonly string[] => [join(folder, 'ca.pem')];

describe('TLS', () => {
  it('is spoken where it can be, with a CA that is given', async () => {
    const fake = await startTls();
    const answer = await ask(openHost(fake.host, { ca: ca() }), '/v2/x');
    expect(answer).toMatchObject({ text: 'done', url: `https://${fake.host}/v2/x` });
  });

  it('does not take an unknown CA, and nothing is sent in the clear instead', async () => {
    const fake = await startTls();
    const error = await failureOf(() => ask(openHost(fake.host), '/v2/x'));
    expect(error).toMatchObject({ code: 'TLS_FAILED', details: { subject: `https://${fake.host}/v2/` } });
    expect(error.details.found).toMatch(
      /^(?:UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_GET_ISSUER_CERT_LOCALLY)$/,
    );
    expect(error.hint).toContain(`--insecure ${fake.host}`);
    expect(fake.requests).toHaveLength(0);
  });

  it.for<[what: string, names: string, expired: boolean, found: string]>([
    ['another host', 'DNS:registry.example', false, 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['the past', 'DNS:localhost,IP:127.0.0.1', true, 'CERT_HAS_EXPIRED'],
  ])('does not take a certificate of %s', async ([, names, expired, found]) => {
    const fake = await startTls(names, expired);
    expect(await failureOf(() => ask(openHost(fake.host, { ca: ca() }), '/v2/x'))).toMatchObject({
      code: 'TLS_FAILED',
      details: { found },
    });
    expect(fake.requests).toHaveLength(0);
  });

  it('takes any certificate of a host that is named as insecure', async () => {
    const fake = await startTls('DNS:registry.example', true);
    expect(await ask(openHost(fake.host, { insecure: [fake.host] }), '/v2/x')).toMatchObject({
      text: 'done',
      url: `https://${fake.host}/v2/x`,
    });
    expect(await failureOf(() => ask(openHost(fake.host, { insecure: ['127.0.0.1:1'] }), '/v2/x'))).toMatchObject({
      code: 'TLS_FAILED',
    });
  });

  it('finds CAs and certificates of clients where Docker and Podman keep them', async () => {
    const clients = makeAuthority('Clients');
    const client = clients.issue('DNS:client');
    const fake = await start({ tls: { ...authority.issue('IP:127.0.0.1'), clientCa: clients.cert } });
    const certificates = join(folder, 'certs.d');
    const settings = { certificateFolders: [join(folder, 'nothing'), certificates] };
    write(`certs.d/${fake.host}/ca.crt`, authority.cert);
    // TLS 1.3 tells a client that it was refused only after the handshake.
    expect(['TLS_FAILED', 'CONNECTION_LOST']).toContain(
      (await failureOf(() => ask(openHost(fake.host, settings), '/v2/x'))).code,
    );
    write(`certs.d/${fake.host}/client.cert`, client.cert);
    write(`certs.d/${fake.host}/client.key`, client.key);
    expect(await ask(openHost(fake.host, settings), '/v2/x')).toMatchObject({ text: 'done' });
    write(`certs.d/${fake.host}/client.key`, clients.issue('DNS:other').key);
    expect(await failureOf(() => ask(openHost(fake.host, settings), '/v2/x'))).toMatchObject({
      code: 'TLS_FILE_INVALID',
      details: { subject: join(certificates, fake.host, 'client.cert') },
    });
    rmSync(join(certificates, fake.host, 'client.key'));
    expect(await failureOf(() => ask(openHost(fake.host, settings), '/v2/x'))).toMatchObject({
      code: 'TLS_FILE_INVALID',
      details: { subject: join(certificates, fake.host, 'client.key'), found: 'nothing' },
    });
  });

  it.for(['', 'no certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'])(
    'does not take a file without certificates: %j',
    async (text) => {
      const fake = await startTls();
      const path = write('bad.pem', text);
      expect(await failureOf(() => ask(openHost(fake.host, { ca: [path] }), '/v2/x'))).toMatchObject({
        code: 'TLS_FILE_INVALID',
        details: { subject: path },
      });
    },
  );
});

describe('a redirect from TLS', () => {
  it('to plain HTTP is refused', async () => {
    const fake = await startTls();
    fake.always('GET /v2/y', redirect('http://registry.example/y'));
    expect(await failureOf(() => ask(openHost(fake.host, { ca: ca() }), '/v2/y'))).toMatchObject({
      code: 'REDIRECT_DOWNGRADE',
      details: { found: 'http://registry.example/y' },
    });
  });

  it('to a host with an unknown CA is refused, though the registry itself is insecure', async () => {
    const fake = await startTls();
    const other = await startTls();
    fake.always('GET /v2/y', redirect(`${other.origin}/y`));
    expect(await failureOf(() => ask(openHost(fake.host, { insecure: [fake.host] }), '/v2/y'))).toMatchObject({
      code: 'TLS_FAILED',
      details: { subject: `${other.origin}/y` },
    });
    expect(other.requests).toHaveLength(0);
  });
});

describe('a token server with TLS', () => {
  it('is verified as the registry is', async () => {
    const fake = await start();
    const tokens = await startTls();
    fake.always('GET /v2/', refuse(401, 'X', '', { 'www-authenticate': `Bearer realm="${tokens.origin}/token"` }));
    tokens.always('GET /token*', giveToken('t1'));
    const credentials = { username: 'user', password: 'canary' };
    expect(await failureOf(() => ask(openHost(fake.host, { credentials }), '/v2/x'))).toMatchObject({
      code: 'TLS_FAILED',
      details: { subject: `${tokens.origin}/token` },
    });
    expect(tokens.requests).toHaveLength(0);
    await ask(openHost(fake.host, { credentials, ca: ca() }), '/v2/x');
    expect(tokens.requests).toHaveLength(1);
  });
});
