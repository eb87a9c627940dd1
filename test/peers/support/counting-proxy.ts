import { type IncomingMessage, type ServerResponse, createServer, request as send } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A proxy before a registry on loopback, which counts what goes through. */
export interface CountingProxy {
  /** `127.0.0.1:PORT`, as it stands in references. */
  readonly host: string;
  /** `METHOD PATH` of the requests so far. */
  readonly requests: readonly string[];
  /** Bytes of bodies from the client. */
  sent(): number;
  /** Bytes of bodies to the client. */
  received(): number;
  /** Counts from nothing again. */
  reset(): void;
  /** Bodies wait once so many bytes have gone through in one direction; until {@link CountingProxy.release}. */
  hold(after: number): void;
  release(): void;
  /** Resolves when bodies wait. */
  held(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a proxy; the registry's absolute locations lead to it again, since they follow the Host header. */
export const startCountingProxy = async (registry: { readonly port: number }): Promise<CountingProxy> => {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const counts = { sent: 0, received: 0 };
  let limit = Infinity;
  let waiting: Promise<void> | undefined;
  let open: () => void = () => {};
  let tellHeld: () => void = () => {};
  let isHeld = new Promise<void>((resolve) => (tellHeld = resolve));

  const pass = async (
    from: IncomingMessage,
    to: { write(chunk: Uint8Array): boolean; end(): void; once(name: string, then: () => void): void },
    way: 'sent' | 'received',
  ): Promise<void> => {
    for await (const chunk of from) {
      const bytes = chunk as Uint8Array;
      counts[way] += bytes.length;
      if (counts[way] > limit) {
        waiting ??= new Promise((resolve) => (open = resolve));
        tellHeld();
        await waiting;
      }
      if (!to.write(bytes)) await new Promise<void>((resolve) => to.once('drain', resolve));
    }
    to.end();
  };

  const handle = (incoming: IncomingMessage, response: ServerResponse): void => {
    requests.push(`${incoming.method} ${(incoming.url ?? '').replace(/\?.*/s, '')}`);
    const options = {
      port: registry.port,
      host: '127.0.0.1',
      method: incoming.method,
      path: incoming.url,
      headers: incoming.headers,
    };
    const upstream = send(options, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      pass(answer, response, 'received').catch(() => response.destroy());
    });
    upstream.on('error', () => response.destroy());
    incoming.on('error', () => upstream.destroy());
    incoming.on('close', () => {
      if (!incoming.complete) upstream.destroy();
    });
    pass(incoming, upstream, 'sent').catch(() => upstream.destroy());
  };

  const server = createServer(handle);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    host: `127.0.0.1:${port}`,
    requests,
    sent: () => counts.sent,
    received: () => counts.received,
    reset: () => {
      requests.length = 0;
      Object.assign(counts, { sent: 0, received: 0 });
    },
    hold: (after) => {
      limit = after;
      waiting = undefined;
      isHeld = new Promise<void>((resolve) => (tellHeld = resolve));
    },
    release: () => {
      limit = Infinity;
      open();
    },
    held: () => isHeld,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
