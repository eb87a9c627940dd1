import type { ByteStream } from '../../base/bytes.js';
import { ToolError } from '../../base/error.js';
import { DEFAULT_LIMITS, type Limits } from '../../base/limits.js';
import { type HttpBody, type HttpMethod, openHttpClient } from './http.js';
import { DEFAULT_PATIENCE, type Patience, SYSTEM_TIMING, type Timing } from './patience.js';

/** One registry, with credentials, retries and limits. */
export interface RegistryHost {
  /** As in references: `docker.io`, `localhost:5000`. */
  readonly name: string;
  send(request: RegistryRequest): Promise<RegistryResponse>;
  close(): Promise<void>;
}

export interface RegistryRequest {
  readonly method: HttpMethod;
  /** `/v2/...` on this host, or the absolute or relative URL that a Location or Link header of this host gave. */
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
  /** Where the answer came from, after redirects. */
  readonly url: string;
  /** To be read to its end, or cancelled. */
  readonly body: ByteStream;
  cancel(): void;
}

/** Variables of the surroundings, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface RegistrySettings {
  /** Where credential files and proxies are looked up: `HOME`, `DOCKER_CONFIG`, `HTTPS_PROXY`... */
  readonly environment: Environment;
  /** Hosts, as in references, for which TLS need not be verified and plain HTTP will do. */
  readonly insecure?: readonly string[];
  /** Paths of PEM files with certificate authorities that are trusted besides the platform's. */
  readonly ca?: readonly string[];
  /** For the registry; without them those of Docker's and Podman's files are used. */
  readonly credentials?: { readonly username: string; readonly password: string };
  /** Path of the one credential file to look into, instead of the usual ones. */
  readonly credentialFile?: string;
  readonly limits?: Limits;
  readonly patience?: Partial<Patience>;
  readonly timing?: Timing;
}

/**
 * A registry by its name. Nothing is connected to before the first request.
 * @param name as in references
 */
export const openRegistryHost = (name: string, settings: RegistrySettings): RegistryHost => {
  const limits = settings.limits ?? DEFAULT_LIMITS;
  const patience = { ...DEFAULT_PATIENCE, ...settings.patience };
  const timing = settings.timing ?? SYSTEM_TIMING;
  void timing;
  const base = new URL(`http://${name}`);
  const client = openHttpClient(base.origin, { tls: { verify: true }, patience, limits });
  return {
    name,
    send: async (request) => {
      const url = new URL(request.target, base);
      const answer = await client.send({ ...request, url });
      if (!request.expect.includes(answer.status)) {
        answer.cancel();
        throw new ToolError('REGISTRY_ERROR', 'the registry refuses', {
          subject: url.href,
          found: `status ${answer.status}`,
        });
      }
      return { ...answer, url: url.href };
    },
    close: () => client.close(),
  };
};
