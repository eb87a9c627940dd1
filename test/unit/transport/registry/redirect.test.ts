import { describe, expect, it } from 'vitest';
import { judgeRealm } from '../../../../src/transport/registry/realm.js';
import { followedUrl, isRedirect } from '../../../../src/transport/registry/redirect.js';
import { failureOf } from '../../../support/memory-place.js';

describe('a URL from an answer', () => {
  it.for<[from: string, location: string, to: string]>([
    ['https://a.example/v2/x', '/v2/y?z=1', 'https://a.example/v2/y?z=1'],
    ['https://a.example/v2/x/', 'y', 'https://a.example/v2/x/y'],
    ['https://a.example/', 'https://cdn.example/blob?signature=1', 'https://cdn.example/blob?signature=1'],
    ['https://a.example/', '//cdn.example/blob', 'https://cdn.example/blob'],
    ['http://127.0.0.1:5000/', 'http://127.0.0.1:9000/', 'http://127.0.0.1:9000/'],
    ['http://127.0.0.1:5000/', 'https://a.example/', 'https://a.example/'],
    ['http://registry.lan/', 'http://registry.lan/y', 'http://registry.lan/y'],
    ['https://10.0.0.1/', 'https://10.0.0.2/', 'https://10.0.0.2/'],
  ])('from %s, %s leads to %s', ([from, location, to]) => {
    expect(followedUrl(new URL(from), location, ['registry.lan']).href).toBe(to);
  });

  it.for<[from: string, location: string, code: string]>([
    ['https://a.example/', 'http://a.example/', 'REDIRECT_DOWNGRADE'],
    ['https://a.example/', 'http://b.example/', 'REDIRECT_DOWNGRADE'],
    ['http://registry.lan/', 'http://b.example/', 'URL_UNTRUSTED'],
    ['https://a.example/', 'http://127.0.0.1/', 'URL_UNTRUSTED'],
    ['https://a.example/', 'https://localhost/', 'URL_UNTRUSTED'],
    ['https://a.example/', 'https://169.254.169.254/latest/meta-data', 'URL_UNTRUSTED'],
    ['https://a.example/', 'https://[::ffff:127.0.0.1]/', 'URL_UNTRUSTED'],
    ['https://a.example/', 'https://user:canary@b.example/', 'URL_UNTRUSTED'],
    ['https://a.example/', 'file:///etc/passwd', 'URL_UNTRUSTED'],
    ['https://a.example/', 'data:,x', 'URL_UNTRUSTED'],
    ['https://a.example/', 'https://[::bad/?canary', 'REDIRECT_INVALID'],
  ])('from %s, %s is refused with %s', async ([from, location, code]) => {
    const error = await failureOf(() => followedUrl(new URL(from), location, ['registry.lan']));
    expect(error).toMatchObject({ code, class: 'surroundings' });
    expect(error.message).not.toContain('canary');
  });

  it('is followed by what reads; what writes follows only where the method is kept', () => {
    const followed = (method: 'GET' | 'HEAD' | 'PUT'): readonly number[] =>
      [200, 300, 301, 302, 303, 304, 305, 307, 308].filter((status) => isRedirect(status, method));
    expect(followed('GET')).toStrictEqual([301, 302, 303, 307, 308]);
    expect(followed('HEAD')).toStrictEqual([301, 302, 303, 307, 308]);
    expect(followed('PUT')).toStrictEqual([307, 308]);
  });
});

describe('a token server', () => {
  const judge = (registry: string, realm: string): boolean =>
    judgeRealm(new URL(registry), realm, ['lan.example', 'auth.lan']).trusted;

  it.for<[registry: string, realm: string, trusted: boolean]>([
    ['https://a.example/', 'https://a.example/token', true],
    ['https://a.example/', 'https://auth.example/token', true],
    ['http://127.0.0.1:5000/', 'http://127.0.0.1:5001/token', true],
    ['http://127.0.0.1:5000/', 'https://auth.example/token', true],
    // Not verified, or not encrypted: anybody may have named it.
    ['https://lan.example/', 'https://auth.example/token', false],
    ['http://lan.example/', 'https://auth.example/token', false],
    ['http://lan.example/', 'http://lan.example:5001/token', true],
    ['http://lan.example/', 'https://lan.example/token', true],
    ['http://lan.example/', 'http://auth.lan/token', true],
  ])('%s names %s, trusted: %s', ([registry, realm, trusted]) => {
    expect(judge(registry, realm)).toBe(trusted);
  });

  it.for<[registry: string, realm: string]>([
    ['https://a.example/', 'http://a.example/token'],
    ['https://a.example/', 'http://auth.example/token'],
    ['http://lan.example/', 'http://other.example/token'],
    ['https://a.example/', 'http://127.0.0.1/token'],
    ['https://a.example/', 'https://127.0.0.1/token'],
    ['https://a.example/', 'https://169.254.169.254/'],
    ['https://a.example/', 'https://user:canary@auth.example/'],
    ['https://a.example/', 'file:///etc/passwd'],
    ['https://a.example/', 'token'],
    ['https://a.example/', ''],
  ])('%s must not name %s', async ([registry, realm]) => {
    const error = await failureOf(() => judge(registry, realm));
    expect(error).toMatchObject({ code: 'AUTH_REALM_UNTRUSTED', details: { subject: registry } });
    expect(error.message).not.toContain('canary');
  });
});
