import { ToolError } from '../../base/error.js';
import type { Limits } from '../../base/limits.js';
import { type RegistryAddress, isListed, isLoopback } from './address.js';
import { Authenticator } from './authenticate.js';
import { speaksNoTls } from './connection-error.js';
import type { Credential } from './credential.js';
import type { Endpoints } from './endpoint.js';
import { exchange } from './exchange.js';
import type { HttpAnswer, HttpRequest } from './http.js';
import type { Patience, Timing } from './patience.js';
import { refusalError } from './refusal.js';
import { isTemporary, retryAfter, withRetries } from './retry.js';

export interface ConnectionSettings {
  readonly address: RegistryAddress;
  readonly endpoints: Endpoints;
  /** Hosts that the user named as insecure. */
  readonly insecure: readonly string[];
  readonly credentials: (path: string, signal?: AbortSignal) => Promise<Credential | undefined>;
  readonly limits: Limits;
  readonly patience: Patience;
  readonly timing: Timing;
}

/** A registry that has answered, and how it wants to be convinced. */
export interface Connection {
  /** `https://registry.example/` */
  readonly base: URL;
  readonly authenticator: Authenticator;
}

/** Sends what changes nothing until there is an answer that is not temporary, or patience is over. */
const sendPatiently = (
  settings: ConnectionSettings,
  request: HttpRequest,
  authorization: string | undefined,
  broken: 'again' | 'tell',
  secrets: () => readonly string[],
): Promise<HttpAnswer> => {
  const { address, endpoints, insecure, limits, patience, timing } = settings;
  return withRetries<HttpAnswer>(
    async () => {
      const exchanged = await exchange(endpoints, {
        request,
        ...(authorization === undefined ? {} : { authorization }),
        insecure,
        redirects: request.method === 'GET' ? limits.redirects : 0,
      }).catch((error: unknown) => {
        if (broken === 'again' && error instanceof ToolError && error.code === 'CONNECTION_LOST') return error;
        throw error;
      });
      if (exchanged instanceof ToolError) return { failed: { error: exchanged } };
      const { answer, url } = exchanged;
      if (!isTemporary(answer.status)) return { done: answer };
      const wait = retryAfter(answer.headers['retry-after'], timing.now());
      const error = await refusalError(answer, {
        registry: address.name,
        url,
        identified: false,
        secrets: secrets(),
        limits,
      });
      return { failed: { error, ...(wait === undefined ? {} : { wait }) } };
    },
    patience,
    timing,
    request.signal,
  );
};

/** @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#determining-support */
const greet = async (
  base: URL,
  broken: 'again' | 'tell',
  settings: ConnectionSettings,
  signal: AbortSignal | undefined,
): Promise<Connection> => {
  const request: HttpRequest = {
    method: 'GET',
    url: new URL('/v2/', base),
    ...(signal === undefined ? {} : { signal }),
  };
  const answer = await sendPatiently(settings, request, undefined, broken, () => []);
  answer.cancel();
  const authenticator: Authenticator = new Authenticator({
    ...settings,
    base,
    send: (tokenRequest, authorization) =>
      sendPatiently(settings, tokenRequest, authorization, 'again', () => authenticator.secrets),
    now: () => settings.timing.now(),
  });
  if (answer.status === 401) authenticator.learn(answer.headers['www-authenticate']);
  return { base, authenticator };
};

/**
 * Finds out how a registry is spoken to: TLS first, then, on loopback and with hosts that were named as insecure,
 * plain HTTP.
 * @throws {ToolError} as `RegistryHost.send`
 */
export const connectRegistry = async (settings: ConnectionSettings, signal?: AbortSignal): Promise<Connection> => {
  const { authority } = settings.address;
  const secure = new URL(`https://${authority}`);
  const plain = new URL(`http://${authority}`);
  if (!isLoopback(plain.hostname) && !isListed(plain, settings.insecure)) {
    return greet(secure, 'again', settings, signal);
  }
  try {
    return await greet(secure, 'tell', settings, signal);
  } catch (error) {
    if (!speaksNoTls(error)) throw error;
    return greet(plain, 'again', settings, signal);
  }
};
