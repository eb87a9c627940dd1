import { describe, expect, it } from 'vitest';
import { proxyFor } from '../../../../src/transport/registry/proxy.js';
import { failureOf } from '../../../support/memory-place.js';

const proxy = (url: string, environment: Readonly<Record<string, string>>): string | undefined =>
  proxyFor(new URL(url), environment)?.href;

const BOTH = { HTTP_PROXY: 'http://plain:1', HTTPS_PROXY: 'http://secure:2' };

describe('the proxy', () => {
  it('goes by the scheme; lower case wins', () => {
    expect(proxy('https://a.example', BOTH)).toBe('http://secure:2/');
    expect(proxy('http://a.example', BOTH)).toBe('http://plain:1/');
    expect(proxy('https://a.example', { HTTP_PROXY: 'http://plain:1' })).toBeUndefined();
    expect(proxy('https://a.example', { ...BOTH, https_proxy: 'https://lower' })).toBe('https://lower/');
    expect(proxy('https://a.example', { HTTPS_PROXY: 'host:3128' })).toBe('http://host:3128/');
    expect(proxy('https://a.example', { HTTPS_PROXY: '' })).toBeUndefined();
  });

  it.for(['http://localhost:5000', 'https://127.0.0.1', 'http://[::1]:1'])('is never used for %s', (url) => {
    expect(proxy(url, BOTH)).toBeUndefined();
  });

  it.for<[url: string, list: string, used: boolean]>([
    ['https://a.example', '*', false],
    ['https://a.example', 'b.example', true],
    ['https://a.example', 'b.example, a.example', false],
    ['https://a.example', 'b.example A.EXAMPLE', false],
    ['https://sub.a.example', 'a.example', false],
    ['https://xa.example', 'a.example', true],
    ['https://a.example', '.example', false],
    ['https://example', '.example', true],
    ['https://a.example', '*.example', false],
    ['https://a.example', 'a.example:443', false],
    ['https://a.example', 'a.example:5000', true],
    ['http://a.example:5000', 'a.example:5000', false],
    ['https://10.1.2.3', '10.0.0.0/8', false],
    ['https://11.1.2.3', '10.0.0.0/8', true],
    ['https://10.1.2.3', '10.0.0.0/99', true],
    ['https://10.1.2.3', '10.1.2.3', false],
    ['https://1.10.1.2', '10.1.2', true],
    ['https://[fd00::1]', 'fd00::/8', false],
    ['https://[fd00::1]', 'fd00::1', false],
    ['https://[fd00::1]:5000', '[fd00::1]:5000', false],
    ['https://a.example', ',,', true],
  ])('%s with NO_PROXY=%s: %s', ([url, list, used]) => {
    expect(proxy(url, { ...BOTH, NO_PROXY: list }) !== undefined).toBe(used);
  });

  it.for(['socks5://user:canary@host', 'http://user:canary@:bad:', 'ftp://canary', 'http://canary%zz@host'])(
    'is refused without being shown: %s',
    async (value) => {
      const error = await failureOf(() => proxy('https://a.example', { HTTPS_PROXY: value }));
      expect(error).toMatchObject({ code: 'PROXY_FAILED', details: { subject: 'HTTPS_PROXY' } });
      expect(JSON.stringify([error, error.message, error.hint, String(error.cause)])).not.toContain('canary');
    },
  );
});
