import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { FakeContent } from './fake-registry-content.js';

/** A request that the fake has got. */
export interface SeenRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Counts connections from 1. */
  readonly connection: number;
}

/** What the fake does with a request. Without an end of the response, the client waits. */
export type Answer = (
  response: ServerResponse,
  request: SeenRequest,
  /** Does what a registry does. */
  ordinary: () => void,
) => void | Promise<void>;

/** `GET /v2/`, `* /v2/a/blobs/*` or a pattern for `METHOD TARGET`. */
export type Match = string | RegExp;

export interface FakeRegistry {
  /** `127.0.0.1:PORT`, as in references. */
  readonly host: string;
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  readonly requests: readonly SeenRequest[];
  readonly content: FakeContent;
  /** Answers for requests that match, one each, before all rules that were set earlier. */
  once(match: Match, ...answers: readonly Answer[]): void;
  /** The answer for all requests that match, before all rules that were set earlier. */
  always(match: Match, answer: Answer): void;
  /** `METHOD TARGET` of the requests so far. */
  log(): readonly string[];
  close(): Promise<void>;
}

export interface FakeOptions {
  readonly tls?: {
    readonly key: string;
    readonly cert: string;
    /** Certificates of clients are asked for and have to be of this CA. */
    readonly clientCa?: string;
  };
  /** The host in {@link FakeRegistry.host}; it must lead here. */
  readonly hostname?: string;
  /** What an ordinary registry needs of `Authorization`; others get 401 with the challenge. */
  readonly guard?: { readonly challenge: string; readonly accepts: (authorization: string | undefined) => boolean };
}

interface Rule {
  readonly match: RegExp;
  readonly answers: Answer[];
  readonly forever: boolean;
}

const patternOf = (match: Match): RegExp => {
  if (match instanceof RegExp) return match;
  const escaped = match.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^${escaped}$`);
};

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

const headersOf = (request: IncomingMessage): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));

/** Starts a registry in this process, in memory, that does what it is told to. */
export const startFakeRegistry = async (options: FakeOptions = {}): Promise<FakeRegistry> => {
  const { tls, guard } = options;
  const content = new FakeContent();
  const requests: SeenRequest[] = [];
  const rules: Rule[] = [];
  const sockets = new Set<Socket>();
  const numbers = new WeakMap<Socket, number>();

  const answerFor = (line: string): Answer | undefined => {
    for (const rule of rules) {
      if (!rule.match.test(line)) continue;
      const answer = rule.forever ? rule.answers[0] : rule.answers.shift();
      if (answer !== undefined) return answer;
    }
    return undefined;
  };

  const ordinary = (response: ServerResponse, request: SeenRequest): void => {
    if (guard !== undefined && !guard.accepts(request.headers['authorization'])) {
      response.writeHead(401, { 'www-authenticate': guard.challenge, 'content-type': 'application/json' });
      response.end(JSON.stringify({ errors: [{ code: 'UNAUTHORIZED', message: 'authentication required' }] }));
      return;
    }
    content.answer(response, request);
  };

  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const target = incoming.url ?? '/';
    const seen: SeenRequest = {
      method: incoming.method ?? 'GET',
      target,
      url: new URL(target, 'http://fake.invalid'),
      headers: headersOf(incoming),
      body: await bodyOf(incoming),
      connection: numbers.get(incoming.socket) ?? 0,
    };
    requests.push(seen);
    const answer = answerFor(`${seen.method} ${target}`);
    if (answer === undefined) ordinary(response, seen);
    else await answer(response, seen, () => ordinary(response, seen));
  };

  const listener = (incoming: IncomingMessage, response: ServerResponse): void => {
    // A client that goes away in the middle is what some tests are about.
    handle(incoming, response).catch(() => incoming.socket.destroy());
  };
  const server: Server =
    tls === undefined
      ? createServer(listener)
      : createTlsServer(
          {
            key: tls.key,
            cert: tls.cert,
            ...(tls.clientCa === undefined ? {} : { ca: tls.clientCa, requestCert: true, rejectUnauthorized: true }),
          },
          listener,
        );
  server.keepAliveTimeout = 60_000;
  server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
    numbers.set(socket, sockets.size + 1);
    sockets.add(socket);
  });
  // All connections, those that never get as far as TLS too.
  const raw = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    raw.add(socket);
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const host = `${options.hostname ?? '127.0.0.1'}:${port}`;
  return {
    host,
    origin: `${tls === undefined ? 'http' : 'https'}://${host}`,
    requests,
    content,
    once: (match, ...answers) => {
      rules.unshift({ match: patternOf(match), answers: [...answers], forever: false });
    },
    always: (match, answer) => {
      rules.unshift({ match: patternOf(match), answers: [answer], forever: true });
    },
    log: () => requests.map(({ method, target }) => `${method} ${target}`),
    close: async () => {
      for (const socket of raw) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
