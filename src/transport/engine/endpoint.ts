import { ToolError } from '../../base/error.js';
import { excerpt } from '../../base/escape.js';

/** PEM texts. Without `ca` the certificates of the system decide. */
export interface TlsMaterial {
  readonly ca?: Uint8Array;
  readonly cert?: Uint8Array;
  readonly key?: Uint8Array;
  /** Refuse an engine whose certificate does not hold. */
  readonly verify: boolean;
}

/** The program on the other machine that joins a connection to its engine. */
export type Remote = 'docker' | 'podman';

/** Where an engine is, and how it is spoken to. */
export type Endpoint =
  | { readonly kind: 'socket'; readonly path: string; readonly text: string }
  | {
      readonly kind: 'tcp';
      readonly host: string;
      readonly port: number;
      readonly tls?: TlsMaterial;
      readonly text: string;
    }
  | {
      readonly kind: 'ssh';
      readonly host: string;
      readonly user?: string;
      readonly port?: number;
      /** A socket on the other machine; without one, its program's own choice. */
      readonly path?: string;
      readonly remote: Remote;
      readonly text: string;
    };

/** Ports of Docker, by agreement only. */
const PORT = { plain: 2375, tls: 2376 } as const;

const invalid = (subject: string, what: string, found: string): ToolError =>
  new ToolError('ENGINE_ENDPOINT_INVALID', what, {
    subject,
    expected:
      'unix:///PATH, tcp://HOST:PORT, ssh://[USER@]HOST[:PORT][/PATH], npipe:////./pipe/NAME or the path of a socket',
    found: `"${excerpt(found, 200)}"`,
  });

const withoutPassword = (text: string): string => text.replace(/(\/\/[^/@]*):[^/@]*@/, '$1:***@');

const urlOf = (text: string, subject: string): URL => {
  let url: URL | undefined;
  try {
    // Of its own scheme a URL keeps no port and checks no host.
    url = new URL(text.replace(/^[a-z]+:/, 'http:'));
  } catch {
    throw invalid(subject, 'not an endpoint', withoutPassword(text));
  }
  if (url.password !== '') throw invalid(subject, 'an endpoint with a password', withoutPassword(text));
  if (url.hostname === '' || url.search !== '' || url.hash !== '' || url.hostname.startsWith('-'))
    throw invalid(subject, 'not an endpoint', text);
  return url;
};

/** The port as written: the parser drops 80 as what http has anyway. */
const portOf = (text: string): number | undefined => {
  const written = /^[a-z]+:\/\/[^/]*:(\d{1,5})(?:\/|$)/.exec(text)?.[1];
  return written === undefined ? undefined : Number(written);
};

/** `[::1]` as node:net wants it. */
const bareHost = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1');

const tcpEndpoint = (text: string, subject: string, tls: TlsMaterial | undefined): Endpoint => {
  const url = urlOf(text, subject);
  if (url.username !== '') throw invalid(subject, 'a tcp endpoint with a user', text);
  if (url.pathname !== '/') throw invalid(subject, 'a tcp endpoint with a path', text);
  const used = tls ?? (text.startsWith('https:') ? { verify: true } : undefined);
  return {
    kind: 'tcp',
    host: bareHost(url),
    port: portOf(text) ?? (used === undefined ? PORT.plain : PORT.tls),
    ...(used === undefined ? {} : { tls: used }),
    text,
  };
};

const sshEndpoint = (text: string, subject: string, remote: Remote): Endpoint => {
  const url = urlOf(text, subject);
  const user = decodeURIComponent(url.username);
  const port = portOf(text);
  const path = decodeURIComponent(url.pathname);
  if (user.startsWith('-')) throw invalid(subject, 'not a user', text);
  return {
    kind: 'ssh',
    host: bareHost(url),
    ...(user === '' ? {} : { user }),
    ...(port === undefined ? {} : { port }),
    ...(path === '/' ? {} : { path }),
    remote,
    text,
  };
};

export interface EndpointOptions {
  /** What the text came from, for errors: `DOCKER_HOST`. */
  readonly subject: string;
  /** For `tcp:`. */
  readonly tls?: TlsMaterial;
  /** For `ssh:`; docker unless told. */
  readonly remote?: Remote;
}

/**
 * An endpoint in the words of `DOCKER_HOST`.
 * @see https://docs.docker.com/reference/cli/docker/#host
 * @throws {ToolError} ENGINE_ENDPOINT_INVALID
 */
export const parseEndpoint = (text: string, { subject, tls, remote = 'docker' }: EndpointOptions): Endpoint => {
  const scheme = /^([a-z]+):\/\//.exec(text)?.[1];
  switch (scheme) {
    case 'unix': {
      const path = text.slice('unix://'.length);
      // Podman's own clients write unix:/path and unix:///path; a relative path would depend on where one stands.
      if (!path.startsWith('/')) throw invalid(subject, 'a socket without an absolute path', text);
      return { kind: 'socket', path, text };
    }
    case 'npipe': {
      const path = text.slice('npipe://'.length).replaceAll('/', '\\');
      if (!/^\\\\[^\\]+\\pipe\\[^\\]+$/.test(path)) throw invalid(subject, 'not a named pipe', text);
      return { kind: 'socket', path, text };
    }
    case 'tcp':
    case 'http':
    case 'https':
      return tcpEndpoint(text, subject, tls);
    case 'ssh':
      return sshEndpoint(text, subject, remote);
    case undefined:
      if (text.startsWith('/') || text.startsWith('./')) return { kind: 'socket', path: text, text: `unix://${text}` };
      if (text.startsWith('\\\\.\\pipe\\')) return { kind: 'socket', path: text, text };
      throw invalid(subject, 'not an endpoint', withoutPassword(text));
    default:
      throw invalid(subject, 'an endpoint of a kind that cannot be used', withoutPassword(text));
  }
};
