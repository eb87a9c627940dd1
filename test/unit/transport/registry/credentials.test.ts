import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ToolError } from '../../../../src/base/error.js';
import { DEFAULT_LIMITS } from '../../../../src/base/limits.js';
import { registryAddress } from '../../../../src/transport/registry/address.js';
import type { Credential } from '../../../../src/transport/registry/credential.js';
import { credentialFiles, credentialSearch } from '../../../../src/transport/registry/credential-search.js';
import { failureOf } from '../../../support/memory-place.js';
import { withoutRoot } from '../../../support/without-root.js';

/** A secret that must not be seen anywhere. */
const CANARY = 'canary-3f9a';

let base: string;
let folder: string;
let count = 0;
const at = (...names: readonly string[]): string => join(folder, ...names);

beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'ingot-credentials-'));
  chmodSync(base, 0o755);
});
afterAll(() => rmSync(base, { recursive: true }));
beforeEach(() => {
  folder = join(base, String(count++));
  mkdirSync(folder);
});

const write = (path: string, content: unknown): string => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};

const auth = (username: string, password: string): { readonly auth: string } => ({
  auth: Buffer.from(`${username}:${password}`).toString('base64'),
});
const pair = (username: string, password: string): Credential => ({ kind: 'password', username, password });

const home = (): Readonly<Record<string, string>> => ({
  HOME: at('home'),
  XDG_RUNTIME_DIR: at('run'),
  PATH: `${at('bin')}:${process.env['PATH'] ?? ''}`,
});

const find = (
  registry: string,
  path = '',
  more: {
    readonly environment?: Readonly<Record<string, string>>;
    readonly file?: string;
    readonly timeout?: number;
  } = {},
): Promise<Credential | undefined> =>
  credentialSearch({
    address: registryAddress(registry),
    environment: more.environment ?? home(),
    limits: DEFAULT_LIMITS,
    helperTimeout: more.timeout ?? 20_000,
    ...(more.file === undefined ? {} : { file: more.file }),
  })(path);

const expectHidden = (error: ToolError): void => {
  const shown = [error.message, error.hint, error.stack, JSON.stringify(error), String(error.cause)].join('\n');
  expect(shown).not.toContain(CANARY);
  expect(shown).not.toContain(Buffer.from(CANARY).toString('base64').slice(2, 10));
  expect(error.cause).toBeUndefined();
};

describe('credential files', () => {
  it('are looked for in the places of Docker and Podman', () => {
    expect(credentialFiles({ HOME: '/h', XDG_RUNTIME_DIR: '/r' })).toStrictEqual([
      '/r/containers/auth.json',
      '/h/.config/containers/auth.json',
      '/h/.docker/config.json',
    ]);
    expect(
      credentialFiles({ HOME: '/h', XDG_RUNTIME_DIR: '/r', XDG_CONFIG_HOME: '/c', DOCKER_CONFIG: '/d' }),
    ).toStrictEqual(['/d/config.json', '/r/containers/auth.json', '/c/containers/auth.json']);
    expect(credentialFiles({ HOME: '/h', REGISTRY_AUTH_FILE: '/only', DOCKER_CONFIG: '/d' })).toStrictEqual(['/only']);
    expect(credentialFiles({ HOME: '/h' })[0]).toMatch(/^\/run\/containers\/\d+\/auth\.json$/);
    expect(credentialFiles({ XDG_RUNTIME_DIR: '/r' })).toStrictEqual(['/r/containers/auth.json']);
  });

  it('need not be there', async () => {
    expect(await find('a.example')).toBeUndefined();
    write(at('home', '.docker'), 'a file in place of the directory');
    expect(await find('a.example')).toBeUndefined();
  });

  it('may hold nothing', async () => {
    write(at('run/containers/auth.json'), '');
    write(at('home/.docker/config.json'), { auths: { 'a.example': {} }, credHelpers: null, HttpHeaders: { a: 'b' } });
    expect(await find('a.example')).toBeUndefined();
  });

  it('are asked in order, until one has something', async () => {
    write(at('run/containers/auth.json'), { auths: { 'a.example': auth('run', '1') } });
    write(at('home/.config/containers/auth.json'), {
      auths: { 'a.example': auth('config', '2'), 'b.example': auth('config', '3') },
    });
    write(at('home/.docker/config.json'), {
      auths: { 'b.example': auth('docker', '4'), 'c.example': auth('docker', '5') },
    });
    expect(await find('a.example')).toStrictEqual(pair('run', '1'));
    expect(await find('b.example')).toStrictEqual(pair('config', '3'));
    expect(await find('c.example')).toStrictEqual(pair('docker', '5'));
    expect(await find('d.example')).toBeUndefined();
  });

  it.for<[entry: unknown, credential: Credential | undefined]>([
    [auth('user', 'pass:word:'), pair('user', 'pass:word:')],
    [auth('user', 'pässwörd'), pair('user', 'pässwörd')],
    [auth('user', 'zeros\0\0'), pair('user', 'zeros')],
    [auth('', 'secret'), pair('', 'secret')],
    [auth('user', ''), undefined],
    [{ username: 'user', password: 'plain' }, pair('user', 'plain')],
    [
      { ...auth('user', 'x'), identitytoken: 'refresh' },
      { kind: 'identity', token: 'refresh' },
    ],
    [auth('<token>', 'refresh'), { kind: 'identity', token: 'refresh' }],
    [{ registrytoken: 'token' }, { kind: 'bearer', token: 'token' }],
    [{ auth: '', email: 'a@b.example' }, undefined],
    [{}, undefined],
    [null, undefined],
  ])('keep %j', async ([entry, credential]) => {
    write(at('home/.docker/config.json'), { auths: { 'a.example': entry } });
    expect(await find('a.example')).toStrictEqual(credential);
  });

  it('keep Docker Hub under any of its names', async () => {
    for (const key of [
      'https://index.docker.io/v1/',
      'docker.io',
      'index.docker.io',
      'registry-1.docker.io',
      'https://docker.io',
    ]) {
      write(at('home/.docker/config.json'), { auths: { [key]: auth('hub', key) } });
      expect(await find('docker.io', 'library/alpine')).toStrictEqual(pair('hub', key));
    }
    write(at('home/.docker/config.json'), { auths: { 'https://docker.io.evil.example/': auth('x', 'y') } });
    expect(await find('docker.io', 'library/alpine')).toBeUndefined();
  });

  it('keep hosts as old versions of Docker wrote them', async () => {
    for (const key of ['https://a.example:5000/v2/', 'http://a.example:5000', 'a.example:5000/v1/']) {
      write(at('home/.docker/config.json'), { auths: { [key]: auth('old', 'x') } });
      expect(await find('a.example:5000')).toStrictEqual(pair('old', 'x'));
      expect(await find('a.example')).toBeUndefined();
    }
  });

  it('keep paths, of which the most specific wins', async () => {
    write(at('run/containers/auth.json'), {
      auths: {
        'a.example': auth('host', '1'),
        'a.example/team': auth('team', '2'),
        'a.example/team/app': auth('app', '3'),
      },
    });
    expect(await find('a.example', 'team/app')).toStrictEqual(pair('app', '3'));
    expect(await find('a.example', 'team/application')).toStrictEqual(pair('team', '2'));
    expect(await find('a.example', 'team/app/part')).toStrictEqual(pair('app', '3'));
    expect(await find('a.example', 'teams/app')).toStrictEqual(pair('host', '1'));
    expect(await find('a.example')).toStrictEqual(pair('host', '1'));
  });

  it('that are named have to be there, and are the only ones', async () => {
    write(at('home/.docker/config.json'), { auths: { 'a.example': auth('docker', '1') } });
    const file = at('given.json');
    const missing = { code: 'FILE_NOT_FOUND', details: { subject: file } };
    expect(await failureOf(() => find('a.example', '', { file }))).toMatchObject(missing);
    const environment = { ...home(), REGISTRY_AUTH_FILE: file };
    expect(await failureOf(() => find('a.example', '', { environment }))).toMatchObject(missing);
    write(file, { auths: { 'b.example': auth('given', '2') } });
    expect(await find('a.example', '', { file })).toBeUndefined();
    expect(await find('b.example', '', { file })).toStrictEqual(pair('given', '2'));
    expect(await find('b.example', '', { environment })).toStrictEqual(pair('given', '2'));
  });

  it('that cannot be read are errors', async () => {
    const path = write(at('home/.docker/config.json'), {});
    chmodSync(path, 0);
    expect(await withoutRoot(() => failureOf(() => find('a.example')))).toMatchObject({
      code: 'PERMISSION_DENIED',
      details: { subject: path },
    });
  });

  it.for<[content: string, details: Readonly<Record<string, unknown>>]>([
    [`{"auths": ${CANARY}}`, { offset: 10, expected: 'JSON' }],
    [`{"auths": {"a.example": {"auth": "${CANARY}`, { expected: 'JSON' }],
    [`{"auths": {"a.example": {"auth": "${CANARY}!"}}}`, { pointer: '/auths/a.example/auth' }],
    [
      `{"auths": {"a.example": {"auth": "${Buffer.from(CANARY).toString('base64')}"}}}`,
      { pointer: '/auths/a.example/auth' },
    ],
    [`{"auths": {"a.example": "${CANARY}"}}`, { pointer: '/auths/a.example', expected: 'an object' }],
    [`{"auths": {"a.example": {"password": ["${CANARY}"]}}}`, { pointer: '/auths/a.example/password' }],
    [`{"credHelpers": {"a.example": {"x": "${CANARY}"}}}`, { pointer: '/credHelpers/a.example' }],
    [`{"credsStore": ["${CANARY}"]}`, { pointer: '/credsStore' }],
    [`["${CANARY}"]`, { expected: 'an object' }],
    [`\ufeff{}`, { offset: 0 }],
    [`{"a": "${'x'.repeat(DEFAULT_LIMITS.configFile)}"}`, { found: 'more' }],
    ['['.repeat(1000), { expected: 'JSON' }],
  ])('that are malformed are errors without what stands in them (%#)', async ([content, details]) => {
    const path = write(at('home/.docker/config.json'), content);
    const error = await failureOf(() => find('a.example'));
    expect(error).toMatchObject({ code: 'CREDENTIALS_INVALID', details: { subject: path, ...details } });
    expectHidden(error);
  });
});

describe('a credential helper', () => {
  const helper = (name: string, script: string): void => {
    const path = write(at('bin', `docker-credential-${name}`), `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
  };
  const answer = (username: string, secret: string): string =>
    `cat >/dev/null; printf '%s' '{"ServerURL":"x","Username":"${username}","Secret":"${secret}"}'`;

  it('is asked about the host, on its standard input', async () => {
    helper('own', `echo "$1 $(cat)" >'${at('asked')}'; ${answer('user', 'secret')}`);
    write(at('home/.docker/config.json'), { credHelpers: { 'a.example:5000': 'own' } });
    expect(await find('a.example:5000')).toStrictEqual(pair('user', 'secret'));
    expect(readFileSync(at('asked'), 'utf8')).toBe('get a.example:5000\n');
    expect(await find('b.example')).toBeUndefined();
  });

  it('is asked about Docker Hub by its old address', async () => {
    helper('hub', `test "$(cat)" = https://index.docker.io/v1/ && ${answer('hub', 'secret')}`);
    write(at('home/.docker/config.json'), { credsStore: 'hub' });
    expect(await find('docker.io')).toStrictEqual(pair('hub', 'secret'));
  });

  it('of the host comes before the one for all, and both before the file', async () => {
    helper('all', answer('all', '1'));
    helper('own', answer('own', '2'));
    write(at('home/.docker/config.json'), {
      auths: { 'a.example': auth('file', '3') },
      credsStore: 'all',
      credHelpers: { 'a.example': 'own' },
    });
    expect(await find('a.example')).toStrictEqual(pair('own', '2'));
    expect(await find('b.example')).toStrictEqual(pair('all', '1'));
  });

  it('may give a refresh token', async () => {
    helper('own', answer('<token>', 'refresh'));
    write(at('home/.docker/config.json'), { credsStore: 'own' });
    expect(await find('a.example')).toStrictEqual({ kind: 'identity', token: 'refresh' });
  });

  it('may have nothing; then the file is asked', async () => {
    helper('own', `cat >/dev/null; echo 'credentials not found in native keychain'; exit 1`);
    write(at('home/.docker/config.json'), { auths: { 'a.example': auth('file', '1') }, credsStore: 'own' });
    expect(await find('a.example')).toStrictEqual(pair('file', '1'));
    expect(await find('b.example')).toBeUndefined();
  });

  it('may answer without reading', async () => {
    helper('own', `exec <&-; printf '%s' '{"Username":"user","Secret":"secret"}'`);
    write(at('home/.docker/config.json'), { credsStore: 'own' });
    expect(await find('a.example')).toStrictEqual(pair('user', 'secret'));
  });

  it.for<[script: string, found: RegExp]>([
    [`echo ${CANARY} >&2; exit 3`, /^exit 3$/],
    [`echo ${CANARY}; exit 1`, /^exit 1$/],
    [`echo ${CANARY}`, /^no JSON$/],
    [`echo '["${CANARY}"]'`, /^no Username and Secret$/],
    [`echo '{"Username":"${CANARY}"}'`, /^no Username and Secret$/],
    [`echo '{"Username":"a","Secret":{"${CANARY}":1}}'`, /^no Username and Secret$/],
    [`kill -9 $$`, /^exit by a signal$/],
    [`exec yes ${CANARY}`, /^more than \d+ bytes$/],
    [`sleep 60 & echo ${CANARY}; sleep 60`, /^no answer in 300 ms$/],
  ])('that fails is an error without what it printed (%#)', async ([script, found]) => {
    helper('own', script);
    write(at('home/.docker/config.json'), { credsStore: 'own' });
    const timeout = script.includes('sleep') ? 300 : 20_000;
    const error = await failureOf(() => find('a.example', '', { timeout }));
    expect(error).toMatchObject({ code: 'CREDENTIAL_HELPER_FAILED', details: { subject: 'docker-credential-own' } });
    expect(error.details.found).toMatch(found);
    expectHidden(error);
  });

  it('ends with the signal of who asks, and can be asked by others', async () => {
    helper('own', `test -e '${at('ready')}' || { touch '${at('ready')}'; sleep 60; }; ${answer('user', 'secret')}`);
    write(at('home/.docker/config.json'), { credsStore: 'own' });
    const search = credentialSearch({
      address: registryAddress('a.example'),
      environment: home(),
      limits: DEFAULT_LIMITS,
      helperTimeout: 20_000,
    });
    const controller = new AbortController();
    const asking = search('', controller.signal);
    await expect.poll(() => existsSync(at('ready'))).toBe(true);
    controller.abort(new Error('stop'));
    await expect(asking).rejects.toThrow('stop');
    expect(await search('')).toStrictEqual(pair('user', 'secret'));
  });

  it('that is not installed is an error', async () => {
    write(at('home/.docker/config.json'), { credsStore: 'nowhere' });
    expect(await failureOf(() => find('a.example'))).toMatchObject({
      code: 'CREDENTIAL_HELPER_FAILED',
      details: { subject: 'docker-credential-nowhere', found: 'ENOENT' },
    });
  });

  it.for(['../x', 'a/b', '-x', 'a b', ';id'])('cannot be called %j', async (name) => {
    write(at('home/.docker/config.json'), { credsStore: name });
    expect(await failureOf(() => find('a.example'))).toMatchObject({ code: 'CREDENTIAL_HELPER_FAILED' });
  });
});
