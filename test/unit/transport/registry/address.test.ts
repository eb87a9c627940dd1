import { describe, expect, it } from 'vitest';
import { isListed, isLoopback, isOwnAddress, registryAddress } from '../../../../src/transport/registry/address.js';
import { failureOf } from '../../../support/memory-place.js';

describe('the address of a registry', () => {
  it('is its name, except for Docker Hub', () => {
    expect(registryAddress('ghcr.io')).toStrictEqual({
      name: 'ghcr.io',
      authority: 'ghcr.io',
      server: 'ghcr.io',
      aliases: ['ghcr.io'],
    });
    expect(registryAddress('localhost:5000').authority).toBe('localhost:5000');
    expect(registryAddress('[::1]:5000').authority).toBe('[::1]:5000');
    expect(registryAddress('docker.io')).toMatchObject({
      authority: 'registry-1.docker.io',
      server: 'https://index.docker.io/v1/',
    });
  });

  it.for(['', 'a b', 'host/path', 'user@host', 'host:99999', 'host?query', 'host#part', 'https://host'])(
    'is not %j',
    async (name) => {
      expect(await failureOf(() => registryAddress(name))).toMatchObject({ code: 'REFERENCE_INVALID' });
    },
  );
});

describe('a host', () => {
  const hostname = (text: string): string => new URL(`http://${text}`).hostname;

  it.for(['localhost', 'LOCALHOST', 'localhost.', '127.0.0.1', '127.9.8.7', '127.1', '2130706433', '0x7f.1', '[::1]'])(
    'is loopback: %s',
    (text) => {
      expect(isLoopback(hostname(text))).toBe(true);
      expect(isOwnAddress(hostname(text))).toBe(true);
    },
  );

  it.for(['localhost.example', '128.0.0.1', '[::2]', '10.0.0.1', 'example.com', '127.0.0.1.example'])(
    'is not loopback: %s',
    (text) => {
      expect(isLoopback(hostname(text))).toBe(false);
      expect(isOwnAddress(hostname(text))).toBe(false);
    },
  );

  it.for(['169.254.169.254', '0.0.0.0', '[::]', '[fe80::1]', '[::ffff:127.0.0.1]', '[::ffff:169.254.169.254]'])(
    'belongs to the machine itself: %s',
    (text) => {
      expect(isOwnAddress(hostname(text))).toBe(true);
    },
  );

  it.for<[url: string, entry: string, listed: boolean]>([
    ['http://registry.lan:5000', 'registry.lan:5000', true],
    ['http://registry.lan:5000', 'registry.lan', true],
    ['https://registry.lan', 'REGISTRY.lan', true],
    ['https://registry.lan', 'registry.lan:443', true],
    ['http://registry.lan', 'registry.lan:80', true],
    ['http://registry.lan:5000', 'registry.lan:5001', false],
    ['http://registry.lan:5000', 'lan', false],
    ['https://registry-1.docker.io', 'docker.io', true],
    ['http://[::1]:5000', '[::1]', true],
  ])('%s is listed by %s: %s', ([url, entry, listed]) => {
    expect(isListed(new URL(url), ['other', entry])).toBe(listed);
  });
});
