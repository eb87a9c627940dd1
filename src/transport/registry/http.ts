import type { Dispatcher } from 'undici';
import type { ByteStream } from '../../base/bytes.js';
import type { Limits } from '../../base/limits.js';
import { connectionError, proxyError } from './connection-error.js';
import { basicValue } from './credential.js';
import { steadyBody } from './steady-body.js';
import type { Patience } from './patience.js';
import type { TlsSettings } from './tls.js';

/** One exchange with a server: no redirect is followed, nothing is sent twice, nobody is authenticated. */
export interface HttpRequest {
  readonly method: HttpMethod;
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: HttpBody;
  readonly signal?: AbortSignal;
}

export type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface HttpBody {
  /** Bytes. */
  readonly length: number;
  /** Opened anew for each attempt. */
  readonly open: () => ByteStream;
}

export interface HttpAnswer {
  readonly status: number;
  /** Lower-case names; what came several times is joined with commas. */
  readonly headers: Readonly<Record<string, string>>;
  /** To be read to its end, or cancelled. */
  readonly body: ByteStream;
  cancel(): void;
}

/** Connections to one origin. */
export interface HttpClient {
  /** @throws {ToolError} see {@link connectionError}; what the body throws; the reason of the signal */
  send(request: HttpRequest): Promise<HttpAnswer>;
  /** Ends every connection, whatever it is doing. */
  close(): Promise<void>;
}

export interface HttpSettings {
  readonly tls: TlsSettings;
  /** URL of the proxy, with its credentials. */
  readonly proxy?: URL;
  readonly patience: Patience;
  readonly limits: Limits;
}

const load = () => import('undici');

/** What the proxy is told about who is asking; its URL goes on without it. */
const proxyToken = ({ username, password }: URL): { readonly token?: string } =>
  username === '' && password === ''
    ? {}
    : { token: `Basic ${basicValue(decodeURIComponent(username), decodeURIComponent(password))}` };

const openDispatcher = async (origin: string, settings: HttpSettings): Promise<Dispatcher> => {
  const { Pool, ProxyAgent } = await load();
  const { patience, limits, tls, proxy } = settings;
  const connect = {
    timeout: patience.connect,
    rejectUnauthorized: tls.verify,
    ...(tls.ca === undefined ? {} : { ca: [...tls.ca] }),
    ...(tls.certificate === undefined ? {} : { cert: tls.certificate, key: tls.key }),
  };
  const options = { maxHeaderSize: limits.answerHeaders, allowH2: false };
  if (proxy === undefined) return new Pool(origin, { ...options, connect });
  return new ProxyAgent({
    ...options,
    uri: proxy.origin,
    ...proxyToken(proxy),
    proxyTunnel: false,
    requestTls: connect,
    proxyTls: { timeout: patience.connect, ...(tls.ca === undefined ? {} : { ca: [...tls.ca] }) },
  });
};

/** A body as the sender wants it: its chunks outlive the next pull, so they are copied; its error is kept. */
const outgoing = (
  body: HttpBody,
): { readonly stream: AsyncIterable<Uint8Array>; readonly failure: () => { readonly error: unknown } | undefined } => {
  let failure: { readonly error: unknown } | undefined;
  const stream = (async function* () {
    try {
      for await (const chunk of body.open()) yield Buffer.from(chunk);
    } catch (error) {
      failure = { error };
      throw error;
    }
  })();
  return { stream, failure: () => failure };
};

const plainHeaders = (
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), typeof value === 'string' ? value : value.join(', ')]],
    ),
  );

/** Connections to the origin of a URL, opened when needed and kept for the next request. */
export const openHttpClient = (origin: string, settings: HttpSettings): HttpClient => {
  let dispatcher: Promise<Dispatcher> | undefined;
  const { patience, proxy } = settings;
  return {
    send: async ({ method, url, headers, body, signal }) => {
      signal?.throwIfAborted();
      dispatcher ??= openDispatcher(origin, settings);
      const sent = body === undefined || body.length === 0 ? undefined : outgoing(body);
      try {
        const answer = await (
          await dispatcher
        ).request({
          origin,
          method,
          path: url.pathname + url.search,
          headers: {
            'accept-encoding': 'identity',
            ...headers,
            ...(sent === undefined || body === undefined ? {} : { 'content-length': String(body.length) }),
          },
          // Its types know streams alone; any iterable is taken.
          body: (sent?.stream as Dispatcher.DispatchOptions['body']) ?? null,
          signal: signal ?? null,
          headersTimeout: patience.header,
          bodyTimeout: patience.idle,
          // By itself undici ends the connection after HEAD, and a push asks so for each blob.
          reset: false,
        });
        if (answer.statusCode === 407 && proxy !== undefined) {
          answer.body.dump().catch(() => {});
          throw proxyError(url, proxy, '407');
        }
        return {
          status: answer.statusCode,
          headers: plainHeaders(answer.headers),
          body: steadyBody(answer.body, url, patience, signal),
          // What is short is read, so that the connection can be used again.
          cancel: () => {
            answer.body.dump().catch(() => {});
          },
        };
      } catch (error) {
        signal?.throwIfAborted();
        const own = sent?.failure();
        if (own !== undefined) throw own.error;
        throw connectionError(error, url, proxy);
      }
    },
    close: async () => {
      await (await dispatcher)?.destroy();
    },
  };
};
