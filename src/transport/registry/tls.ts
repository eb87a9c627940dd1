import { X509Certificate } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import tls from 'node:tls';
import { ToolError, fromSystemError } from '../../base/error.js';
import type { Limits } from '../../base/limits.js';
import { compareCodeUnits } from '../../base/order.js';
import { isAbsent, readConfigFile } from './config-file.js';
import type { Environment } from './environment.js';

/** How a server is verified, and how this side proves itself. Texts are PEM. */
export interface TlsSettings {
  /** False takes any certificate. */
  readonly verify: boolean;
  /** All roots that are trusted; the platform's own without it. */
  readonly ca?: readonly string[];
  /** Of the client. */
  readonly certificate?: string;
  readonly key?: string;
}

export interface TlsSearch {
  readonly environment: Environment;
  /** Paths of PEM files with further roots, for all hosts. */
  readonly ca: readonly string[];
  /** Directories with one directory for each host, as Docker and Podman have them. */
  readonly folders: readonly string[];
  readonly limits: Limits;
}

/** Where Docker and Podman keep certificates of single hosts. */
export const certificateFolders = (environment: Environment): readonly string[] => {
  const home = environment['HOME'] ?? environment['USERPROFILE'];
  return [
    ...(home === undefined || home === '' ? [] : [join(home, '.config', 'containers', 'certs.d')]),
    '/etc/containers/certs.d',
    '/etc/docker/certs.d',
  ];
};

const invalid = (path: string, expected: string, found: string): ToolError =>
  new ToolError('TLS_FILE_INVALID', 'the file cannot be used for TLS', {
    subject: path,
    expected,
    found,
    hint: 'give a certificate in PEM form, as openssl x509 prints it',
  });

const readText = async (path: string, limits: Limits): Promise<string> => {
  const bytes = await readConfigFile(path, limits.configFile, 'TLS_FILE_INVALID');
  if (bytes === undefined) throw invalid(path, 'a file', 'nothing');
  return Buffer.from(bytes).toString('latin1');
};

const readCertificates = async (path: string, limits: Limits): Promise<string> => {
  const text = await readText(path, limits);
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    for (const block of blocks) void new X509Certificate(block);
  } catch {
    throw invalid(path, 'certificates in PEM form', 'one that cannot be read');
  }
  if (blocks.length === 0) throw invalid(path, 'certificates in PEM form', 'none');
  return text;
};

/** What Node trusts by itself: naming further roots would take their place. */
const platformRoots = async ({ environment, limits }: TlsSearch): Promise<readonly string[]> => {
  // Newer versions of Node say it, with the system's store where that is switched on.
  if ('getCACertificates' in tls && typeof tls.getCACertificates === 'function') {
    return (tls.getCACertificates as (type: 'default') => readonly string[])('default');
  }
  const extra = environment['NODE_EXTRA_CA_CERTS'];
  if (extra === undefined || extra === '') return tls.rootCertificates;
  return [...tls.rootCertificates, await readCertificates(extra, limits)];
};

const filesOf = async (folder: string): Promise<readonly string[]> => {
  try {
    return (await readdir(folder)).sort(compareCodeUnits);
  } catch (error) {
    if (isAbsent(error)) return [];
    throw fromSystemError(error, 'cannot be read', folder);
  }
};

const readPair = async (
  folder: string,
  name: string,
  limits: Limits,
): Promise<{ readonly certificate: string; readonly key: string }> => {
  const path = join(folder, `${name}.cert`);
  const certificate = await readCertificates(path, limits);
  const key = await readText(join(folder, `${name}.key`), limits);
  try {
    tls.createSecureContext({ cert: certificate, key });
  } catch {
    throw invalid(path, `a certificate that belongs to ${name}.key`, 'another one, or a key with a passphrase');
  }
  return { certificate, key };
};

/**
 * The TLS settings for a host. In the first directory that has one for the host, `*.crt` are roots that are trusted
 * for it besides all others, and `NAME.cert` with `NAME.key` is what this side proves itself with.
 * @param names under which certificates of the host may be kept: its authority, its name in references
 * @throws {ToolError} TLS_FILE_INVALID, PERMISSION_DENIED, IO
 */
export const tlsFor = async (names: readonly string[], verify: boolean, search: TlsSearch): Promise<TlsSettings> => {
  const roots: string[] = [];
  for (const path of search.ca) roots.push(await readCertificates(path, search.limits));
  let pair: { readonly certificate: string; readonly key: string } | undefined;
  for (const folder of search.folders.flatMap((parent) => names.map((name) => join(parent, name)))) {
    const files = await filesOf(folder);
    if (files.length === 0) continue;
    for (const file of files) {
      if (file.endsWith('.crt')) roots.push(await readCertificates(join(folder, file), search.limits));
      if (file.endsWith('.cert')) pair ??= await readPair(folder, file.slice(0, -'.cert'.length), search.limits);
    }
    break;
  }
  return {
    verify,
    ...(roots.length === 0 ? {} : { ca: [...(await platformRoots(search)), ...roots] }),
    ...pair,
  };
};
