import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { utf8 } from '../../../../src/base/bytes.js';
import { hashHex } from '../../../../src/base/hash.js';
import { DEFAULT_LIMITS } from '../../../../src/base/limits.js';
import { parseEndpoint } from '../../../../src/transport/engine/endpoint.js';
import { findEndpoints } from '../../../../src/transport/engine/find-endpoint.js';
import { sshArguments } from '../../../../src/transport/engine/ssh-stream.js';

const parse = (text: string) => parseEndpoint(text, { subject: 'DOCKER_HOST' });

describe('an endpoint', () => {
  it.for([
    ['unix:///var/run/docker.sock', { kind: 'socket', path: '/var/run/docker.sock' }],
    ['/run/x.sock', { kind: 'socket', path: '/run/x.sock', text: 'unix:///run/x.sock' }],
    ['npipe:////./pipe/docker_engine', { kind: 'socket', path: '\\\\.\\pipe\\docker_engine' }],
    ['tcp://10.0.0.1', { kind: 'tcp', host: '10.0.0.1', port: 2375 }],
    ['tcp://localhost:80', { kind: 'tcp', host: 'localhost', port: 80 }],
    ['tcp://[::1]:2375', { kind: 'tcp', host: '::1', port: 2375 }],
    ['https://engine.example', { kind: 'tcp', port: 2376, tls: { verify: true } }],
    ['ssh://me@build.example:2222', { kind: 'ssh', user: 'me', host: 'build.example', port: 2222, remote: 'docker' }],
    ['ssh://build.example/run/user/1000/podman.sock', { kind: 'ssh', path: '/run/user/1000/podman.sock' }],
  ] as const)('%s', ([text, expected]) => {
    expect(parse(text)).toMatchObject(expected);
  });

  it.for([
    'docker.sock',
    'unix://relative.sock',
    'fd://',
    'tcp://',
    'tcp://host/path',
    'tcp://user@host',
    'ssh://-oProxyCommand=x',
    'ssh://-l@host',
    'npipe://x',
    'ftp://host',
  ])('%s is none', (text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'ENGINE_ENDPOINT_INVALID' }));
  });

  it('keeps a password out of its error', () => {
    let message = '';
    try {
      parse('ssh://me:secret@host');
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain('me:***@host');
    expect(message).not.toContain('secret');
  });

  it('over ssh asks for dial-stdio, with the path quoted for the other shell', () => {
    const endpoint = parseEndpoint('ssh://me@h:22/run/a%20b;x.sock', { subject: 'CONTAINER_HOST', remote: 'podman' });
    if (endpoint.kind !== 'ssh') throw new Error('not ssh');
    expect(sshArguments(endpoint)).toStrictEqual([
      '-l',
      'me',
      '-p',
      '22',
      '-o',
      'ConnectTimeout=30',
      '-T',
      '--',
      'h',
      "podman --url 'unix:///run/a b;x.sock' system dial-stdio",
    ]);
  });
});

describe('the engine that is meant', () => {
  let home = '';
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'ingot-home-'));
  });
  afterEach(() => {
    rmSync(home, { recursive: true });
  });

  const writeContext = (name: string, host: string, tls: Readonly<Record<string, string>> = {}): void => {
    const id = hashHex('sha256', utf8(name));
    const meta = join(home, '.docker/contexts/meta', id);
    mkdirSync(meta, { recursive: true });
    writeFileSync(
      join(meta, 'meta.json'),
      JSON.stringify({ Name: name, Metadata: {}, Endpoints: { docker: { Host: host, SkipTLSVerify: false } } }),
    );
    const material = join(home, '.docker/contexts/tls', id, 'docker');
    mkdirSync(material, { recursive: true });
    for (const [file, text] of Object.entries(tls)) writeFileSync(join(material, file), text);
  };

  const find = async (env: Readonly<Record<string, string>>, more: { host?: string; context?: string } = {}) =>
    (await findEndpoints({ env: { HOME: home, ...env }, limits: DEFAULT_LIMITS, ...more })).map(
      ({ from, endpoint }) => `${from}: ${endpoint.text}`,
    );

  it('is that of the option before all variables, and DOCKER_HOST before contexts', async () => {
    writeContext('far', 'ssh://far.example');
    mkdirSync(join(home, '.docker'), { recursive: true });
    writeFileSync(join(home, '.docker/config.json'), '{"currentContext":"far","auths":{}}');
    const env = { DOCKER_HOST: 'tcp://h:1', DOCKER_CONTEXT: 'far', CONTAINER_HOST: 'unix:///p.sock' };
    expect(await find(env, { host: 'unix:///o.sock', context: 'far' })).toStrictEqual(['--host: unix:///o.sock']);
    expect(await find(env, { context: 'far' })).toStrictEqual(['context far: ssh://far.example']);
    expect(await find(env)).toStrictEqual(['DOCKER_HOST: tcp://h:1']);
    expect(await find({ DOCKER_CONTEXT: 'far', CONTAINER_HOST: 'unix:///p.sock' })).toStrictEqual([
      'context far: ssh://far.example',
    ]);
    expect(await find({ CONTAINER_HOST: 'unix:///p.sock' })).toStrictEqual(['CONTAINER_HOST: unix:///p.sock']);
    expect(await find({})).toStrictEqual(['context far: ssh://far.example']);
  });

  it('has the TLS material of its context, or of DOCKER_CERT_PATH', async () => {
    writeContext('safe', 'tcp://safe.example:2376', { 'ca.pem': 'CA', 'key.pem': 'KEY' });
    const settings = { env: { HOME: home }, limits: DEFAULT_LIMITS };
    const [found] = await findEndpoints({ ...settings, context: 'safe' });
    expect(found?.endpoint).toMatchObject({ tls: { verify: true, ca: Buffer.from('CA'), key: Buffer.from('KEY') } });
    writeFileSync(join(home, 'ca.pem'), 'OTHER');
    const env = { DOCKER_HOST: 'tcp://h', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: home };
    const [other] = await findEndpoints({ env, limits: DEFAULT_LIMITS });
    expect(other?.endpoint).toMatchObject({ port: 2376, tls: { verify: true, ca: Buffer.from('OTHER') } });
  });

  it('cannot be a context that is not there, or one without a host', async () => {
    await expect(find({}, { context: 'gone' })).rejects.toMatchObject({ code: 'ENGINE_CONTEXT_NOT_FOUND' });
    writeContext('empty', '');
    await expect(find({}, { context: 'empty' })).rejects.toMatchObject({ code: 'ENGINE_ENDPOINT_INVALID' });
  });

  it('is the rootless Podman where its socket is', async () => {
    mkdirSync(join(home, 'podman'));
    writeFileSync(join(home, 'podman/podman.sock'), '');
    expect(await find({ XDG_RUNTIME_DIR: home })).toContain(`default: unix://${home}/podman/podman.sock`);
  });
});
