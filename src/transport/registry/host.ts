import type { ByteStream } from '../../base/bytes.js';
import { ToolError } from '../../base/error.js';
import { DEFAULT_LIMITS, type Limits } from '../../base/limits.js';
import { registryAddress } from './address.js';
import { type Connection, type ConnectionSettings, connectRegistry } from './connection.js';
import { credentialSearch } from './credential-search.js';
import { openEndpoints } from './endpoint.js';
import type { Environment } from './environment.js';
import { type Exchanged, exchange } from './exchange.js';
import type { HttpBody, HttpMethod } from './http.js';
import { DEFAULT_PATIENCE, type Patience, SYSTEM_TIMING, type Timing } from './patience.js';
import { followedUrl } from './redirect.js';
import { refusalError } from './refusal.js';
import { type Attempt, isTemporary, isUntouched, retryAfter, withRetries } from './retry.js';
import { certificateFolders } from './tls.js';

/** One registry, with credentials, retries and limits. */
export interface RegistryHost {
  /** As in references: `docker.io`, `localhost:5000`. */
  readonly name: string;
  /**
   * Sends a request until an answer has come that is expected. Redirects are followed, and what the registry asks for
   * is proved to it. What fails for the moment is sent again, except for a part of an upload (PATCH, and PUT to a
   * Location) that the registry may have taken.
   * @throws {ToolError} AUTH_REQUIRED, AUTH_FAILED, ACCESS_DENIED, REPOSITORY_UNKNOWN, REGISTRY_NOT_FOUND,
   * RATE_LIMITED, REGISTRY_UNAVAILABLE, REGISTRY_ERROR for an answer; CONNECTION_REFUSED, CONNECTION_LOST,
   * HOST_UNKNOWN, TLS_FAILED, TIMEOUT, LIMIT_ANSWER, PROXY_FAILED for none; URL_UNTRUSTED, REDIRECT_INVALID,
   * REDIRECT_DOWNGRADE, AUTH_REALM_UNTRUSTED, AUTH_CHALLENGE_INVALID for one that is not followed;
   * CREDENTIALS_INVALID, CREDENTIAL_HELPER_FAILED, TLS_FILE_INVALID and system errors for files and helpers; what the
   * body throws; the reason of the signal
   */
  send(request: RegistryRequest): Promise<RegistryResponse>;
  /** Ends every connection, whatever it is doing. */
  close(): Promise<void>;
}

export interface RegistryRequest {
  readonly method: HttpMethod;
  /** `/v2/...` on this host, or the absolute URL that a Location or Link header of this host leads to. */
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Opened anew for each attempt. */
  readonly body?: HttpBody;
  /** For the token: `repository:library/alpine:pull`. */
  readonly scopes: readonly string[];
  /** Statuses that the caller handles; any other becomes an error with the registry's own code and message. */
  readonly expect: readonly number[];
  readonly signal?: AbortSignal;
}

export interface RegistryResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Where the answer came from, after redirects. Its query may be a signature: not to be shown. */
  readonly url: string;
  /** To be read to its end, or cancelled. */
  readonly body: ByteStream;
  cancel(): void;
}

export interface RegistrySettings {
  /** Where credential files and proxies are looked up: `HOME`, `DOCKER_CONFIG`, `HTTPS_PROXY`... */
  readonly environment: Environment;
  /** Hosts, as in references, for which TLS need not be verified and plain HTTP will do. */
  readonly insecure?: readonly string[];
  /** Paths of PEM files with certificate authorities that are trusted besides the platform's. */
  readonly ca?: readonly string[];
  /** Directories with certificates of single hosts; those of Docker and Podman without it. */
  readonly certificateFolders?: readonly string[];
  /** For this registry; without them those of Docker's and Podman's files and helpers are used. */
  readonly credentials?: { readonly username: string; readonly password: string };
  /** Path of the one credential file to look into. */
  readonly credentialFile?: string;
  readonly limits?: Limits;
  readonly patience?: Partial<Patience>;
  readonly timing?: Timing;
}

/** Codes of errors after which a request may have arrived, and of those after which it has not. */
const BROKEN: readonly string[] = ['CONNECTION_LOST', 'TIMEOUT'];

class Host implements RegistryHost {
  readonly name: string;
  readonly #connection: ConnectionSettings;
  #connecting: Promise<Connection> | undefined;

  constructor(name: string, connection: ConnectionSettings) {
    this.name = name;
    this.#connection = connection;
  }

  async send(request: RegistryRequest): Promise<RegistryResponse> {
    const { signal } = request;
    signal?.throwIfAborted();
    const connection = await this.#connect(signal);
    const { insecure, patience, timing } = this.#connection;
    const url = followedUrl(connection.base, request.target, insecure);
    const { answer, url: from } = await withRetries(
      () => this.#attempt(connection, request, url),
      patience,
      timing,
      signal,
    );
    return { ...answer, url: from.href };
  }

  async close(): Promise<void> {
    await this.#connection.endpoints.close();
  }

  /** One attempt, and another with what the registry asks for. */
  async #attempt(connection: Connection, request: RegistryRequest, url: URL): Promise<Attempt<Exchanged>> {
    const { scopes, expect, signal } = request;
    const { base, authenticator } = connection;
    const isOwn = url.origin === base.origin;
    const used = isOwn ? await authenticator.authorize(scopes, signal) : undefined;
    let result = await this.#exchange(request, url, used);
    if ('failed' in result) return result;
    const { answer, url: from } = result.done;
    if (answer.status === 401 && isOwn && from.origin === base.origin && !expect.includes(401)) {
      const other = await authenticator.reauthorize(answer.headers['www-authenticate'], used, scopes, signal);
      if (other !== undefined) {
        answer.cancel();
        result = await this.#exchange(request, url, other);
        if ('failed' in result) return result;
      }
    }
    if (expect.includes(result.done.answer.status)) return result;
    return this.#refused(connection, request, result.done);
  }

  async #exchange(request: RegistryRequest, url: URL, authorization: string | undefined): Promise<Attempt<Exchanged>> {
    let source: { readonly error: unknown } | undefined;
    const { body } = request;
    const { endpoints, insecure, limits } = this.#connection;
    const watched: HttpBody | undefined = body && {
      length: body.length,
      open: async function* () {
        try {
          yield* body.open();
        } catch (error) {
          source = { error };
          throw error;
        }
      },
    };
    try {
      const done = await exchange(endpoints, {
        request: {
          method: request.method,
          url,
          ...(request.headers === undefined ? {} : { headers: request.headers }),
          ...(watched === undefined ? {} : { body: watched }),
          ...(request.signal === undefined ? {} : { signal: request.signal }),
        },
        ...(authorization === undefined ? {} : { authorization }),
        expect: request.expect,
        insecure,
        redirects: limits.redirects,
      });
      return { done };
    } catch (error) {
      if (source !== undefined || !(error instanceof ToolError)) throw error;
      const isTransient = error.code === 'CONNECTION_REFUSED' || (BROKEN.includes(error.code) && isRepeatable(request));
      if (!isTransient) throw error;
      return { failed: { error } };
    }
  }

  async #refused(
    { authenticator }: Connection,
    request: RegistryRequest,
    { answer, url }: Exchanged,
  ): Promise<Attempt<Exchanged>> {
    const { limits, timing } = this.#connection;
    const wait = retryAfter(answer.headers['retry-after'], timing.now());
    const error = await refusalError(answer, {
      registry: this.name,
      url,
      identified: await authenticator.identified(request.scopes, request.signal),
      secrets: authenticator.secrets,
      limits,
      ...(wait === undefined ? {} : { wait }),
    });
    const mayRepeat = isRepeatable(request) ? isTemporary(answer.status) : isUntouched(answer.status);
    if (!mayRepeat) throw error;
    return { failed: { error, ...(wait === undefined ? {} : { wait }) } };
  }

  /** The connection, made once. Who waits for another's attempt does not end with that one's signal. */
  async #connect(signal: AbortSignal | undefined): Promise<Connection> {
    for (;;) {
      const others = this.#connecting;
      const connecting = others ?? connectRegistry(this.#connection, signal);
      this.#connecting = connecting;
      try {
        return await connecting;
      } catch (error) {
        if (this.#connecting === connecting) this.#connecting = undefined;
        signal?.throwIfAborted();
        if (others === undefined || error instanceof ToolError) throw error;
      }
    }
  }
}

/** Whether a request may be sent again if it may have arrived. A part of an upload would be kept twice. */
const isRepeatable = ({ method, target, body }: RegistryRequest): boolean =>
  method !== 'PATCH' &&
  (method !== 'PUT' || body === undefined || body.length === 0 || /^\/v2\/.+\/manifests\//.test(target));

/**
 * A registry by its name. Nothing is connected to before the first request.
 * @param name as in references
 * @throws {ToolError} REFERENCE_INVALID
 */
export const openRegistryHost = (name: string, settings: RegistrySettings): RegistryHost => {
  const { environment, insecure = [], credentials, credentialFile, limits = DEFAULT_LIMITS } = settings;
  const address = registryAddress(name);
  const patience = { ...DEFAULT_PATIENCE, ...settings.patience };
  const endpoints = openEndpoints({
    environment,
    insecure,
    ca: settings.ca ?? [],
    certificateFolders: settings.certificateFolders ?? certificateFolders(environment),
    limits,
    patience,
  });
  const search = credentialSearch({
    address,
    environment,
    limits,
    helperTimeout: patience.helper,
    ...(credentialFile === undefined ? {} : { file: credentialFile }),
  });
  return new Host(name, {
    address,
    endpoints,
    insecure,
    credentials: credentials === undefined ? search : async () => ({ kind: 'password', ...credentials }),
    limits,
    patience,
    timing: settings.timing ?? SYSTEM_TIMING,
  });
};
