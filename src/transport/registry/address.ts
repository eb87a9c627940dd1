import { BlockList, isIP } from 'node:net';
import { ToolError } from '../../base/error.js';
import { excerpt } from '../../base/escape.js';

/** Where a registry is, and under which names others keep things about it. */
export interface RegistryAddress {
  /** As in references: `docker.io`, `localhost:5000`. */
  readonly name: string;
  /** Host and port that are connected to. */
  readonly authority: string;
  /** The server that a credential helper is asked about. */
  readonly server: string;
  /** Hosts under which credential files may keep it. */
  readonly aliases: readonly string[];
}

const DOCKER_HUB: Omit<RegistryAddress, 'name'> = {
  authority: 'registry-1.docker.io',
  server: 'https://index.docker.io/v1/',
  aliases: ['docker.io', 'index.docker.io', 'registry-1.docker.io'],
};

/**
 * The address of a registry.
 * @param name host and optional port, as in references
 * @throws {ToolError} REFERENCE_INVALID
 */
export const registryAddress = (name: string): RegistryAddress => {
  if (name === 'docker.io') return { name, ...DOCKER_HUB };
  const url = URL.canParse(`https://${name}`) ? new URL(`https://${name}`) : undefined;
  if (url === undefined || url.href !== `https://${url.host}/` || /[/@?#]/.test(name)) {
    throw new ToolError('REFERENCE_INVALID', 'not the name of a registry', {
      expected: 'HOST[:PORT]',
      found: `"${excerpt(name, 200)}"`,
    });
  }
  return { name, authority: name, server: name, aliases: [name] };
};

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8);
LOOPBACK.addAddress('::1', 'ipv6');

/** Addresses that every machine has for itself: loopback, link-local (where clouds keep their secrets) and "any". */
const OWN = new BlockList();
OWN.addSubnet('127.0.0.0', 8);
OWN.addSubnet('0.0.0.0', 8);
OWN.addSubnet('169.254.0.0', 16);
OWN.addAddress('::1', 'ipv6');
OWN.addAddress('::', 'ipv6');
OWN.addSubnet('fe80::', 10, 'ipv6');

const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, '').toLowerCase();

const isIn = (list: BlockList, hostname: string): boolean => {
  const address = bare(hostname);
  const version = isIP(address);
  return version !== 0 && list.check(address, version === 6 ? 'ipv6' : 'ipv4');
};

const isLocalName = (hostname: string): boolean => bare(hostname).replace(/\.$/, '') === 'localhost';

/** True for `localhost`, 127.0.0.0/8 and ::1, as a URL spells them. */
export const isLoopback = (hostname: string): boolean => isLocalName(hostname) || isIn(LOOPBACK, hostname);

/** True for what means another machine, or nothing, when a remote server says it. Only literal addresses are seen. */
export const isOwnAddress = (hostname: string): boolean => isLocalName(hostname) || isIn(OWN, hostname);

/** Whether a host was named as insecure: with its port, or without one for all its ports. */
export const isListed = (url: URL, hosts: readonly string[]): boolean =>
  hosts.some((entry) => {
    const { authority } = entry === 'docker.io' ? DOCKER_HUB : { authority: entry.toLowerCase() };
    if (authority === url.hostname || authority === url.host) return true;
    return url.port === '' && authority === `${url.hostname}:${url.protocol === 'https:' ? '443' : '80'}`;
  });
