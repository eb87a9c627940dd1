import { createServer } from 'node:http';
import { type AddressInfo, type Socket, connect } from 'node:net';

/** A proxy for HTTP in this process. */
export interface FakeProxy {
  readonly port: number;
  /** `CONNECT HOST:PORT` and `GET http://HOST:PORT/PATH`, with the value of Proxy-Authorization where there is one. */
  readonly log: readonly string[];
  close(): Promise<void>;
}

/** Starts a proxy that leads all hosts to one port of this machine. */
export const startFakeProxy = async (
  target: number,
  options: { readonly authorization?: string; readonly status?: number } = {},
): Promise<FakeProxy> => {
  const log: string[] = [];
  const sockets = new Set<Socket>();
  const note = (line: string, authorization: string | undefined): number => {
    log.push(authorization === undefined ? line : `${line} ${authorization}`);
    if (options.status !== undefined) return options.status;
    return authorization === options.authorization ? 200 : 407;
  };
  const server = createServer((request, response) => {
    const status = note(`${request.method} ${request.url}`, request.headers['proxy-authorization']);
    response.writeHead(status).end('from the proxy');
  });
  server.on('connection', (socket) => sockets.add(socket));
  server.on('connect', (request, client: Socket) => {
    client.on('error', () => {});
    const status = note(`CONNECT ${request.url}`, request.headers['proxy-authorization']);
    if (status !== 200) {
      client.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    const upstream = connect(target, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    sockets.add(upstream);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    log,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
