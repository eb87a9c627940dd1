import type { ErrorCode } from '../../base/error-code.js';
import { ToolError } from '../../base/error.js';

/** A URL as it may be shown: without credentials, and without the query, in which storage services put signatures. */
export const shownUrl = (url: URL): string => `${url.protocol}//${url.host}${url.pathname}`;

const SYSTEM: Readonly<Record<string, ErrorCode>> = {
  ECONNREFUSED: 'CONNECTION_REFUSED',
  EHOSTUNREACH: 'CONNECTION_REFUSED',
  ENETUNREACH: 'CONNECTION_REFUSED',
  EADDRNOTAVAIL: 'CONNECTION_REFUSED',
  ENOTFOUND: 'HOST_UNKNOWN',
  EAI_AGAIN: 'HOST_UNKNOWN',
  ETIMEDOUT: 'TIMEOUT',
  UND_ERR_CONNECT_TIMEOUT: 'TIMEOUT',
  UND_ERR_HEADERS_TIMEOUT: 'TIMEOUT',
  UND_ERR_BODY_TIMEOUT: 'TIMEOUT',
  UND_ERR_HEADERS_OVERFLOW: 'LIMIT_ANSWER',
  UND_ERR_PRX_TLS: 'TLS_FAILED',
  EPROTO: 'TLS_FAILED',
};

/** Codes of OpenSSL's verification, which Node hands on as they are. */
const CERTIFICATE =
  /CERT|CRL|ISSUER|SIGNATURE|^HOSTNAME_MISMATCH$|^INVALID_CA$|^INVALID_PURPOSE$|^PATH_LENGTH_EXCEEDED$|^UNSPECIFIED$/;

/** What comes of TLS spoken to somebody who does not understand it. */
const NO_TLS: readonly string[] = [
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_HTTP_REQUEST',
  'ECONNRESET',
  'EPIPE',
  'UND_ERR_SOCKET',
  'ECONNREFUSED',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
];

const codeOf = (error: unknown): string | undefined => {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  // Some versions of Node say what OpenSSL said beside the code, not in it.
  return error.code === 'EPROTO' && 'reason' in error && typeof error.reason === 'string'
    ? `ERR_SSL_${error.reason.replaceAll(' ', '_').toUpperCase()}`
    : error.code;
};

/** Whether the other side may be one that knows plain HTTP alone. Anything else must not lead there. */
export const speaksNoTls = (error: unknown): boolean =>
  error instanceof ToolError && NO_TLS.includes(error.details.found ?? '');

const classify = (code: string): ErrorCode => {
  const known = SYSTEM[code];
  if (known !== undefined) return known;
  return code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_') || CERTIFICATE.test(code)
    ? 'TLS_FAILED'
    : 'CONNECTION_LOST';
};

const WHAT: Partial<Record<ErrorCode, string>> = {
  CONNECTION_REFUSED: 'cannot be reached',
  CONNECTION_LOST: 'the connection broke off',
  HOST_UNKNOWN: 'the host is not known',
  LIMIT_ANSWER: 'the headers of the answer are larger than the limit',
  TIMEOUT: 'does not answer in time',
  TLS_FAILED: 'no secure connection can be made',
};

const HINTS: Partial<Record<ErrorCode, (host: string) => string>> = {
  TLS_FAILED: (host) => `give the CA of ${host} with --ca FILE, or, if you trust the network, --insecure ${host}`,
  HOST_UNKNOWN: () => 'check the name of the registry, and the proxy if there is one',
  CONNECTION_REFUSED: () => 'check the host and port, and that the registry runs',
};

const hintFor = (code: ErrorCode, url: URL): string => HINTS[code]?.(url.host) ?? 'try again later';

/** A proxy that has answered with something else than a tunnel; only undici's words tell its status. */
const proxyStatus = (error: unknown): string | undefined =>
  error instanceof Error
    ? /^Proxy (?:response|Authentication Required) \((\d{3})\)/.exec(error.message)?.[1]
    : undefined;

export const proxyError = (url: URL, proxy: URL, status: string): ToolError =>
  new ToolError('PROXY_FAILED', `the proxy ${proxy.host} does not let this through`, {
    subject: shownUrl(url),
    found: `status ${status}`,
    hint: status === '407' ? 'put USER:PASSWORD@ before the host of the proxy' : 'ask whoever runs the proxy',
  });

/**
 * What the network said, as a ToolError. The foreign error is not kept as a cause: it may hold what was sent.
 * @returns CONNECTION_REFUSED, CONNECTION_LOST, HOST_UNKNOWN, LIMIT_ANSWER, PROXY_FAILED, TIMEOUT, TLS_FAILED
 */
export const connectionError = (error: unknown, url: URL, proxy?: URL): ToolError => {
  if (error instanceof ToolError) return error;
  const status = proxyStatus(error);
  if (proxy !== undefined && status !== undefined) return proxyError(url, proxy, status);
  const found = codeOf(error) ?? 'no code';
  const code = classify(found);
  const what = WHAT[code] ?? 'failed';
  return new ToolError(code, proxy === undefined ? what : `${what} over the proxy ${proxy.host}`, {
    subject: shownUrl(url),
    found,
    hint: hintFor(code, url),
  });
};

export const timeoutError = (url: URL, expected: string, found: string): ToolError =>
  new ToolError('TIMEOUT', 'does not answer in time', {
    subject: shownUrl(url),
    expected,
    found,
    hint: hintFor('TIMEOUT', url),
  });
