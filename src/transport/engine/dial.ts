import { Agent, type ClientRequest, type RequestOptions, request as plainRequest } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import type { Endpoint, TlsMaterial } from './endpoint.js';
import { type SshEndpoint, sshStream } from './ssh-stream.js';

/** Begins requests to one engine, over connections that are kept between them. */
export interface Dialler {
  begin(options: Pick<RequestOptions, 'method' | 'path' | 'headers'>): ClientRequest;
  close(): void;
}

/**
 * Bytes of an answer that wait for their reader, who gets them at once: engines write 32 KiB at a time, and a disk
 * wants more.
 */
const WAITING = 1024 * 1024;

const KEEP = { keepAlive: true, maxSockets: 8, highWaterMark: WAITING };

class SshAgent extends Agent {
  readonly #endpoint: SshEndpoint;

  constructor(endpoint: SshEndpoint) {
    super(KEEP);
    this.#endpoint = endpoint;
  }

  override createConnection(): Duplex {
    return sshStream(this.#endpoint);
  }
}

const tlsAgent = (tls: TlsMaterial): TlsAgent =>
  new TlsAgent({
    ...KEEP,
    rejectUnauthorized: tls.verify,
    minVersion: 'TLSv1.2',
    ...(tls.ca === undefined ? {} : { ca: Buffer.from(tls.ca) }),
    ...(tls.cert === undefined ? {} : { cert: Buffer.from(tls.cert) }),
    ...(tls.key === undefined ? {} : { key: Buffer.from(tls.key) }),
  });

/** Nothing is connected yet. */
export const dialler = (endpoint: Endpoint): Dialler => {
  switch (endpoint.kind) {
    case 'socket': {
      const agent = new Agent(KEEP);
      return {
        // The host is for the header alone: over TLS it would be the name that the certificate must have.
        begin: (options) => plainRequest({ ...options, socketPath: endpoint.path, host: 'localhost', agent }),
        close: () => agent.destroy(),
      };
    }
    case 'ssh': {
      const agent = new SshAgent(endpoint);
      return {
        begin: (options) => plainRequest({ ...options, host: 'localhost', agent }),
        close: () => agent.destroy(),
      };
    }
    case 'tcp': {
      const { host, port, tls } = endpoint;
      const agent = tls === undefined ? new Agent(KEEP) : tlsAgent(tls);
      const begin = tls === undefined ? plainRequest : tlsRequest;
      return {
        begin: (options) => begin({ ...options, host, port, agent }),
        close: () => agent.destroy(),
      };
    }
  }
};
