import { ToolError } from '../../base/error.js';
import { isListed, isLoopback, isOwnAddress } from './address.js';
import { shownUrl } from './connection-error.js';

/** A server that gives tokens for a registry. */
export interface Realm {
  readonly url: URL;
  /** Whether it may be told who is asking. */
  readonly trusted: boolean;
}

export const untrustedRealm = (registry: URL, found: string): ToolError =>
  new ToolError('AUTH_REALM_UNTRUSTED', 'sends to a token server that must not be asked', {
    subject: shownUrl(registry),
    found,
    hint: 'ask whoever runs the registry whether this is meant',
  });

/**
 * Decides about the token server that a registry names. It is asked over HTTPS; over plain HTTP only on loopback or
 * where the user named it as insecure. It gets credentials if the registry that named it is who it says it is, by
 * verified TLS or on loopback; otherwise only if it is the same host or was named by the user itself.
 * @throws {ToolError} AUTH_REALM_UNTRUSTED
 */
export const judgeRealm = (registry: URL, realm: string, insecure: readonly string[]): Realm => {
  if (!URL.canParse(realm)) throw untrustedRealm(registry, 'no URL');
  const url = new URL(realm);
  const isNear = url.hostname === registry.hostname;
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw untrustedRealm(registry, `the scheme ${url.protocol}`);
  if (url.username !== '' || url.password !== '') throw untrustedRealm(registry, 'a URL with credentials in it');
  if (isOwnAddress(url.hostname) && !isLoopback(registry.hostname) && !isNear) {
    throw untrustedRealm(registry, `${url.host}, an address of this machine`);
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname) && !isListed(url, insecure)) {
    throw untrustedRealm(registry, `plain HTTP to ${url.host}`);
  }
  const isGenuine = isLoopback(registry.hostname) || (registry.protocol === 'https:' && !isListed(registry, insecure));
  return { url, trusted: isGenuine || isNear || isListed(url, insecure) };
};
