import { BlockList, isIP } from 'node:net';
import { ToolError } from '../../base/error.js';
import { isLoopback } from './address.js';
import type { Environment } from './environment.js';

const variable = (environment: Environment, name: string): string | undefined => {
  const value = environment[name.toLowerCase()] ?? environment[name.toUpperCase()];
  return value === '' ? undefined : value;
};

/** A URL whose user and password can be decoded. */
const readProxy = (text: string): URL | undefined => {
  try {
    const url = new URL(text);
    decodeURIComponent(url.username + url.password);
    return url;
  } catch {
    return undefined;
  }
};

const portOf = (url: URL): string => (url.port !== '' ? url.port : url.protocol === 'https:' ? '443' : '80');

const isInNetwork = (address: string, network: string): boolean => {
  const [base = '', prefix = ''] = network.split('/');
  const version = isIP(base);
  if (version === 0 || isIP(address) !== version || !/^\d{1,3}$/.test(prefix)) return false;
  if (Number(prefix) > (version === 6 ? 128 : 32)) return false;
  const type = version === 6 ? 'ipv6' : 'ipv4';
  const list = new BlockList();
  list.addSubnet(base, Number(prefix), type);
  return list.check(address, type);
};

const excludes = (entry: string, url: URL): boolean => {
  if (entry === '*') return true;
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  if (entry.includes('/')) return isInNetwork(hostname, entry);
  // `[::1]:5000` and `host:5000` have a port; `::1` has not.
  const withPort = /^(\[.+\]|[^:]+):(\d+)$/.exec(entry);
  if (withPort !== null && withPort[2] !== portOf(url)) return false;
  const name = (withPort?.[1] ?? entry).replace(/^\[|\]$/g, '').replace(/^\*(?=\.)/, '');
  if (name.startsWith('.')) return hostname.endsWith(name);
  return hostname === name || (isIP(hostname) === 0 && hostname.endsWith(`.${name}`));
};

/**
 * The proxy for a URL: `HTTPS_PROXY` or `HTTP_PROXY` by its scheme, unless `NO_PROXY` names the host; lower-case names
 * win. `NO_PROXY` is a list of hosts (their subdomains included), `.domain`, `host:port`, addresses, networks, or `*`.
 * Loopback never goes over a proxy.
 * @throws {ToolError} PROXY_FAILED for a value that is no URL of an HTTP proxy; the value itself may hold a password
 */
export const proxyFor = (url: URL, environment: Environment): URL | undefined => {
  const name = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const value = variable(environment, name);
  if (value === undefined || isLoopback(url.hostname)) return undefined;
  const exceptions = (variable(environment, 'NO_PROXY') ?? '').toLowerCase().split(/[\s,]+/);
  if (exceptions.some((entry) => entry !== '' && excludes(entry, url))) return undefined;
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  const proxy = readProxy(text);
  if (proxy === undefined || (proxy.protocol !== 'http:' && proxy.protocol !== 'https:')) {
    throw new ToolError('PROXY_FAILED', 'the proxy cannot be used', {
      subject: name,
      expected: 'http://[USER:PASSWORD@]HOST:PORT',
      found: proxy === undefined ? 'no URL' : `the scheme ${proxy.protocol}`,
      hint: `correct ${name}, or name the registry in NO_PROXY`,
    });
  }
  return proxy;
};
