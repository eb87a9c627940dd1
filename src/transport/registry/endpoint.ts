import type { Limits } from '../../base/limits.js';
import { isListed } from './address.js';
import type { Environment } from './environment.js';
import { type HttpAnswer, type HttpClient, type HttpRequest, openHttpClient } from './http.js';
import type { Patience } from './patience.js';
import { proxyFor } from './proxy.js';
import { tlsFor } from './tls.js';

export interface EndpointSettings {
  readonly environment: Environment;
  /** Hosts with which TLS need not be verified. */
  readonly insecure: readonly string[];
  /** Paths of PEM files with further roots. */
  readonly ca: readonly string[];
  readonly certificateFolders: readonly string[];
  readonly limits: Limits;
  readonly patience: Patience;
}

/** All origins that one registry leads to, each with connections, a proxy and TLS settings of its own. */
export interface Endpoints {
  /** @throws {ToolError} as `HttpClient.send`, and PROXY_FAILED, TLS_FILE_INVALID */
  send(request: HttpRequest): Promise<HttpAnswer>;
  close(): Promise<void>;
}

export const openEndpoints = (settings: EndpointSettings): Endpoints => {
  const clients = new Map<string, Promise<HttpClient>>();
  const open = async (url: URL): Promise<HttpClient> => {
    const { environment, insecure, ca, certificateFolders: folders, limits, patience } = settings;
    const proxy = proxyFor(url, environment);
    const tls =
      url.protocol === 'https:'
        ? await tlsFor([url.host], !isListed(url, insecure), { environment, ca, folders, limits })
        : { verify: true };
    return openHttpClient(url.origin, { tls, patience, limits, ...(proxy === undefined ? {} : { proxy }) });
  };
  return {
    send: async (request) => {
      const { origin } = request.url;
      const client = clients.get(origin) ?? open(request.url);
      clients.set(origin, client);
      return (await client).send(request);
    },
    close: async () => {
      const opened = await Promise.allSettled(clients.values());
      clients.clear();
      await Promise.all(opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value.close()] : [])));
    },
  };
};
