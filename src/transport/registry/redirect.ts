import { ToolError } from '../../base/error.js';
import { excerpt } from '../../base/escape.js';
import { isListed, isLoopback, isOwnAddress } from './address.js';
import { shownUrl } from './connection-error.js';
import type { HttpMethod } from './http.js';

/**
 * Where a URL from a server's answer leads: a redirect, the Location of an upload, the next page of a list.
 * @param insecure hosts for which plain HTTP will do
 * @throws {ToolError} REDIRECT_INVALID; REDIRECT_DOWNGRADE from HTTPS to HTTP; URL_UNTRUSTED for credentials in the
 * URL, another scheme, plain HTTP to a host that was not named for it, and from afar to an address of this machine
 */
export const followedUrl = (from: URL, location: string, insecure: readonly string[]): URL => {
  const subject = shownUrl(from);
  if (!URL.canParse(location, from.href)) {
    throw new ToolError('REDIRECT_INVALID', 'leads to something that is no URL', {
      subject,
      found: `"${excerpt(location.replace(/[?#].*$/s, ''), 200)}"`,
    });
  }
  const to = new URL(location, from);
  const untrusted = (found: string): never => {
    throw new ToolError('URL_UNTRUSTED', 'leads to an address that must not be asked', {
      subject,
      found,
      hint: 'ask whoever runs the registry whether this is meant',
    });
  };
  if (to.protocol !== 'https:' && to.protocol !== 'http:') return untrusted(`the scheme ${to.protocol}`);
  if (to.username !== '' || to.password !== '') return untrusted('a URL with credentials in it');
  if (isOwnAddress(to.hostname) && !isLoopback(from.hostname) && to.hostname !== from.hostname) {
    return untrusted(`${to.host}, an address of this machine`);
  }
  if (to.protocol === 'http:' && !isLoopback(to.hostname) && !isListed(to, insecure)) {
    if (from.protocol !== 'https:') return untrusted(`plain HTTP to ${to.host}`);
    throw new ToolError('REDIRECT_DOWNGRADE', 'leads from HTTPS to HTTP', {
      subject,
      found: shownUrl(to),
      hint: `if you trust the network, add --insecure ${to.host}`,
    });
  }
  return to;
};

const SAME_METHOD: readonly number[] = [307, 308];
const READ_AGAIN: readonly number[] = [301, 302, 303];

/** Whether an answer sends a request elsewhere. What writes goes elsewhere only where its method is kept. */
export const isRedirect = (status: number, method: HttpMethod): boolean =>
  SAME_METHOD.includes(status) || (READ_AGAIN.includes(status) && (method === 'GET' || method === 'HEAD'));

/**
 * The next stop of a redirected request.
 * @param stops that it has seen, this one included
 * @throws {ToolError} as {@link followedUrl}; REDIRECT_INVALID without a Location, or after too many stops
 */
export const redirectTarget = (
  from: URL,
  headers: Readonly<Record<string, string>>,
  stops: number,
  rules: { readonly insecure: readonly string[]; readonly redirects: number },
): URL => {
  const location = headers['location'];
  const subject = shownUrl(from);
  if (location === undefined) {
    throw new ToolError('REDIRECT_INVALID', 'redirects nowhere', { subject, expected: 'a Location', found: 'none' });
  }
  if (stops > rules.redirects) {
    throw new ToolError('REDIRECT_INVALID', 'redirects too often', {
      subject,
      expected: `at most ${rules.redirects} redirects`,
      found: 'more',
    });
  }
  return followedUrl(from, location, rules.insecure);
};
