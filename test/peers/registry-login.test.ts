import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeAuthority } from '../support/fake-registry-tls.js';
import { failureOf } from '../support/memory-place.js';
import { NOBODY, ask, bodyOf, closeRegistryHosts, openHost } from '../support/registry-client.js';
import { writeContainersConfig } from './support/containers-config.js';
import {
  type Scratch,
  makeScratch,
  peerAvailable,
  requireProgram,
  rootAvailable,
  runChecked,
} from './support/program.js';
import { type Registry, startRegistry } from './support/registry.js';

const PASSWORD = 'canary-password';
/** `htpasswd -nbB -C 4 user canary-password` */
const HTPASSWD = 'user:$2b$04$wosCWgGq1Q4gR.U3qtfS2OEDx1xMEZMgXvXqpTPnLoytZpL77G2LG\n';
const USER = { username: 'user', password: PASSWORD };
const EMPTY_INDEX = JSON.stringify({
  schemaVersion: 2,
  mediaType: 'application/vnd.oci.image.index.v1+json',
  manifests: [],
});

describe.skipIf(!peerAvailable('docker-registry'))('docker-registry with htpasswd', () => {
  let scratch: Scratch;
  let plain: Registry;
  let secure: Registry;
  let ca: string;

  beforeAll(async () => {
    scratch = await makeScratch('login');
    const authority = makeAuthority();
    ca = join(scratch.path, 'ca.pem');
    writeFileSync(ca, authority.cert);
    plain = await startRegistry({ htpasswd: HTPASSWD });
    secure = await startRegistry({ htpasswd: HTPASSWD, tls: authority.issue('DNS:localhost,IP:127.0.0.1') });
  });
  afterEach(closeRegistryHosts);
  afterAll(async () => {
    await plain.stop();
    await secure.stop();
    await scratch.remove();
  });

  const push = (registry: Registry, settings: Parameters<typeof openHost>[1]): ReturnType<typeof ask> =>
    ask(openHost(registry.host, settings), '/v2/a/b/manifests/latest', {
      method: 'PUT',
      headers: { 'content-type': 'application/vnd.oci.image.index.v1+json' },
      body: bodyOf(EMPTY_INDEX),
      scopes: ['repository:a/b:pull,push'],
      expect: [201],
    });

  const list = (registry: Registry, settings: Parameters<typeof openHost>[1]): ReturnType<typeof ask> =>
    ask(openHost(registry.host, settings), '/v2/a/b/tags/list', { scopes: ['repository:a/b:pull'] });

  it.for(['plain', 'secure'] as const)('takes the credentials over %s HTTP', async (kind) => {
    const registry = kind === 'plain' ? plain : secure;
    expect(await push(registry, { credentials: USER, ca: [ca] })).toMatchObject({ status: 201 });
    expect(JSON.parse((await list(registry, { credentials: USER, ca: [ca] })).text)).toStrictEqual({
      name: 'a/b',
      tags: ['latest'],
    });
  });

  it('refuses others', async () => {
    expect(await failureOf(() => list(plain, {}))).toMatchObject({
      code: 'AUTH_REQUIRED',
      details: { found: 'status 401, UNAUTHORIZED: authentication required' },
    });
    const wrong = { credentials: { username: 'user', password: 'canary-wrong' } };
    const error = await failureOf(() => list(plain, wrong));
    expect(error).toMatchObject({ code: 'AUTH_FAILED' });
    expect(error.message).not.toContain('canary');
    expect(await failureOf(() => push(plain, wrong))).toMatchObject({ code: 'AUTH_FAILED' });
  });

  it('has what it has not', async () => {
    expect(
      await failureOf(() => ask(openHost(plain.host, { credentials: USER }), '/v2/no/such/tags/list')),
    ).toMatchObject({ code: 'REPOSITORY_UNKNOWN' });
    expect(
      await failureOf(() => ask(openHost(plain.host, { credentials: USER }), '/v2/a/b/manifests/none')),
    ).toMatchObject({
      code: 'REGISTRY_NOT_FOUND',
      details: { found: 'status 404, MANIFEST_UNKNOWN: manifest unknown' },
    });
  });

  it('is not spoken to where nobody vouches for it, unless told so', async () => {
    expect(await failureOf(() => list(secure, { credentials: USER }))).toMatchObject({ code: 'TLS_FAILED' });
    expect(await push(secure, { credentials: USER, insecure: [secure.host] })).toMatchObject({ status: 201 });
  });

  it('has its CA where Docker and Podman look for it', async () => {
    const folder = join(scratch.path, 'certs.d');
    mkdirSync(join(folder, secure.host), { recursive: true });
    cpSync(ca, join(folder, secure.host, 'ca.crt'));
    expect(await push(secure, { credentials: USER, certificateFolders: [folder] })).toMatchObject({ status: 201 });
  });

  describe('after a login', () => {
    it.skipIf(!rootAvailable() || !peerAvailable('podman'))('of podman', async () => {
      const config = await writeContainersConfig(join(scratch.path));
      const file = join(scratch.path, 'auth.json');
      const args = ['login', '--authfile', file, '--username', 'user', '--password-stdin', plain.host];
      const storage = ['--storage-driver=vfs', `--root=${config.root}`, `--runroot=${config.runroot}`];
      const env = config.env;
      await runChecked(requireProgram('podman'), [...storage, ...args], { env, input: PASSWORD });
      expect(await push(plain, { credentialFile: file })).toMatchObject({ status: 201 });
      expect(await push(plain, { environment: { ...NOBODY, REGISTRY_AUTH_FILE: file } })).toMatchObject({
        status: 201,
      });
    });

    it.skipIf(!peerAvailable('skopeo'))('of skopeo, to a repository', async () => {
      const config = await writeContainersConfig(join(scratch.path));
      const runtime = join(scratch.path, 'run');
      const file = join(runtime, 'containers', 'auth.json');
      mkdirSync(join(runtime, 'containers'), { recursive: true });
      const args = ['login', '--authfile', file, '--username', 'user', '--password-stdin', `${plain.host}/a`];
      await runChecked(requireProgram('skopeo'), args, { env: config.env, input: PASSWORD });
      const environment = { ...NOBODY, XDG_RUNTIME_DIR: runtime };
      expect(await push(plain, { environment })).toMatchObject({ status: 201 });
      expect(
        await failureOf(() =>
          ask(openHost(plain.host, { environment }), '/v2/c/d/tags/list', { scopes: ['repository:c/d:pull'] }),
        ),
      ).toMatchObject({ code: 'AUTH_REQUIRED' });
    });

    it.skipIf(!peerAvailable('docker'))('of docker', async () => {
      const folder = join(scratch.path, 'docker');
      const args = ['login', '--username', 'user', '--password-stdin', plain.host];
      // Without an engine, the program logs in by itself.
      const env = { DOCKER_HOST: `unix://${scratch.path}/none.sock`, DOCKER_CONFIG: folder };
      await runChecked(requireProgram('docker'), args, { env, input: PASSWORD });
      expect(await push(plain, { environment: { ...NOBODY, DOCKER_CONFIG: folder } })).toMatchObject({ status: 201 });
    });
  });
});
