import { ToolError } from '../../base/error.js';
import type { ErrorCode } from '../../base/error-code.js';
import { excerpt } from '../../base/escape.js';
import type { Endpoint } from './endpoint.js';

/** What went wrong before an engine answered, by the code of the system's or the runtime's error. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  ENOENT: 'ENGINE_NOT_FOUND',
  ENOTDIR: 'ENGINE_NOT_FOUND',
  ENOTSOCK: 'ENGINE_NOT_FOUND',
  ECONNREFUSED: 'ENGINE_NOT_FOUND',
  ENOTFOUND: 'ENGINE_NOT_FOUND',
  EAI_AGAIN: 'ENGINE_NOT_FOUND',
  EHOSTUNREACH: 'ENGINE_NOT_FOUND',
  ENETUNREACH: 'ENGINE_NOT_FOUND',
  ESSH: 'ENGINE_NOT_FOUND',
  ENOSSH: 'ENGINE_NOT_FOUND',
  EACCES: 'ENGINE_DENIED',
  EPERM: 'ENGINE_DENIED',
  ETIMEDOUT: 'ENGINE_SILENT',
  ECONNRESET: 'ENGINE_SILENT',
  ECONNABORTED: 'ENGINE_SILENT',
  EPIPE: 'ENGINE_SILENT',
  // What the HTTP parser makes of an answer in another protocol.
  HPE_INVALID_CONSTANT: 'ENGINE_ANSWER_INVALID',
  EPROTO: 'ENGINE_TLS',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'ENGINE_TLS',
  SELF_SIGNED_CERT_IN_CHAIN: 'ENGINE_TLS',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'ENGINE_TLS',
  UNABLE_TO_GET_ISSUER_CERT: 'ENGINE_TLS',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'ENGINE_TLS',
  CERT_HAS_EXPIRED: 'ENGINE_TLS',
  CERT_NOT_YET_VALID: 'ENGINE_TLS',
  CERT_SIGNATURE_FAILURE: 'ENGINE_TLS',
  INVALID_PURPOSE: 'ENGINE_TLS',
};

const codeOf = (system: string): ErrorCode =>
  CODES[system] ??
  (system.startsWith('ERR_TLS') || system.startsWith('ERR_SSL') || system.startsWith('ERR_OSSL')
    ? 'ENGINE_TLS'
    : system.startsWith('HPE_')
      ? 'ENGINE_ANSWER_INVALID'
      : 'ENGINE_SILENT');

const WHAT: Partial<Record<ErrorCode, string>> = {
  ENGINE_NOT_FOUND: 'no engine answers there',
  ENGINE_DENIED: 'the socket of the engine may not be used',
  ENGINE_TLS: 'no TLS connection with the engine',
  ENGINE_SILENT: 'the engine broke off the connection',
  ENGINE_ANSWER_INVALID: 'what answers does not speak HTTP',
};

const hintOf = (code: ErrorCode, endpoint: Endpoint, system: string): string | undefined => {
  const speaksPlain = endpoint.kind === 'tcp' && endpoint.tls === undefined;
  const hints: Partial<Record<ErrorCode, string>> = {
    ENGINE_NOT_FOUND: 'start the engine, or name another with --host or DOCKER_HOST',
    ENGINE_DENIED: 'run as a member of the group that owns the socket (docker, for Docker), or use a rootless engine',
    ENGINE_TLS: 'check DOCKER_CERT_PATH and DOCKER_TLS_VERIFY, or the files of the context',
    // TLS 1.3 refuses a client only after it has taken the connection.
    ...(endpoint.kind === 'tcp' && !speaksPlain
      ? {
          ENGINE_SILENT:
            'an engine that does not know the certificate of the client breaks off: check cert.pem, key.pem',
        }
      : {}),
    ...(speaksPlain ? { ENGINE_ANSWER_INVALID: 'an engine that asks for TLS needs DOCKER_TLS_VERIFY=1' } : {}),
  };
  if (system === 'ENOSSH') return 'install ssh';
  if (system === 'ESSH') return 'try the same host with ssh, and docker system dial-stdio there';
  return hints[code];
};

/** An error of the connection in Ingot's words; a ToolError passes unchanged. */
export const wireError = (error: unknown, endpoint: Endpoint): ToolError => {
  if (error instanceof ToolError) return error;
  const system = error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? '') : '';
  const code = codeOf(system);
  const hint = hintOf(code, endpoint, system);
  const message = error instanceof Error ? error.message : String(error);
  return new ToolError(code, WHAT[code] ?? 'the engine cannot be used', {
    subject: endpoint.text,
    found: excerpt(message, 400) || system,
    ...(hint === undefined ? {} : { hint }),
    cause: error,
  });
};

export const silence = (endpoint: Endpoint, milliseconds: number): ToolError =>
  new ToolError('ENGINE_SILENT', 'the engine does not answer', {
    subject: endpoint.text,
    expected: `an answer within ${Math.ceil(milliseconds / 1000)} s`,
    found: 'none',
  });
