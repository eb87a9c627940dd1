import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { type ByteStream, readAll } from '../../base/bytes.js';
import { dialler } from './dial.js';
import type { Endpoint } from './endpoint.js';
import { silence, wireError } from './wire-error.js';

export interface WireRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'DELETE';
  /** With the query. */
  readonly path: string;
  /** Milliseconds without a byte in either direction. */
  readonly timeout: number;
  /** Sent in chunks, as `application/x-tar`. */
  readonly body?: ByteStream;
  readonly signal?: AbortSignal;
}

interface AnswerHead {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

export interface WholeAnswer extends AnswerHead {
  readonly bytes: Uint8Array;
}

export interface OpenAnswer extends AnswerHead {
  /** To be read to its end or left; a break of the connection is an error at its place. */
  readonly body: ByteStream;
}

/** Requests to one engine. @throws {ToolError} the codes of {@link wireError}, at any request */
export interface Wire {
  readonly endpoint: Endpoint;
  /** An answer that fits in memory. @throws {ToolError} LIMIT_METADATA */
  ask(request: WireRequest): Promise<WholeAnswer>;
  /** An answer that is read as it comes, while the body of the request may still be on its way. */
  open(request: WireRequest): Promise<OpenAnswer>;
  close(): void;
}

const write = (request: ClientRequest, chunk: Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => {
    // What waits for a connection that never comes is forgotten without a word.
    const onClose = (): void => reject(Object.assign(new Error('closed'), { code: 'ECONNABORTED' }));
    if (request.destroyed) {
      onClose();
      return;
    }
    request.once('close', onClose);
    // The chunk is its producer's again when this returns.
    request.write(chunk, (error) => {
      request.off('close', onClose);
      if (error === null || error === undefined) resolve();
      else reject(error);
    });
  });

/** One request with its timer. */
class Exchange {
  readonly #request: ClientRequest;
  readonly #endpoint: Endpoint;
  readonly #signal: AbortSignal | undefined;
  readonly #timer: NodeJS.Timeout;
  /** What broke the exchange from this side, which says more than the broken connection does. */
  #reason: Error | undefined;
  #isOver = false;

  constructor(request: ClientRequest, endpoint: Endpoint, { timeout, signal }: WireRequest) {
    this.#request = request;
    this.#endpoint = endpoint;
    this.#signal = signal;
    this.#timer = setTimeout(() => this.breakOff(silence(endpoint, timeout)), timeout);
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  readonly #onAbort = (): void => {
    const reason: unknown = this.#signal?.reason;
    this.breakOff(reason instanceof Error ? reason : new Error(String(reason)));
  };

  touch(): void {
    if (!this.#isOver) this.#timer.refresh();
  }

  breakOff(reason: Error): void {
    if (this.#isOver) return;
    this.#reason ??= reason;
    this.end();
    this.#request.destroy();
  }

  end(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener('abort', this.#onAbort);
  }

  /** What to throw for an error of the connection. */
  blame(error: unknown): Error {
    return this.#reason ?? wireError(error, this.#endpoint);
  }

  /** Never fails: what goes wrong shows in the answer. Whoever lets go of the body's source waits for its end. */
  async send(body: ByteStream): Promise<void> {
    try {
      for await (const chunk of body) {
        // An engine that has answered wants no more.
        if (this.#isOver) return;
        if (chunk.length > 0) await write(this.#request, chunk);
        this.touch();
      }
      this.#request.end();
    } catch (error) {
      // A broken connection shows in the answer as well; only what the body could not give is said here.
      if (!isOfConnection(error)) this.breakOff(error instanceof Error ? error : new Error(String(error)));
    }
  }

  async *receive(response: IncomingMessage, sent: Promise<void>): ByteStream {
    try {
      for await (const chunk of response as AsyncIterable<Buffer>) {
        this.touch();
        yield chunk;
      }
      if (this.#reason !== undefined) throw this.#reason;
    } catch (error) {
      throw this.blame(error);
    } finally {
      const wasWhole = response.complete && this.#request.writableFinished;
      this.end();
      if (!wasWhole) this.#request.destroy();
      await sent;
    }
  }
}

const isOfConnection = (error: unknown): boolean => {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return code === 'EPIPE' || code === 'ECONNRESET' || code === 'ERR_STREAM_DESTROYED' || code === 'ECONNABORTED';
};

/** A connection that was kept may be one that the engine has closed meanwhile. */
const wasStale = (request: ClientRequest, { method }: WireRequest, error: unknown): boolean =>
  request.reusedSocket && (method === 'GET' || method === 'HEAD') && isOfConnection(error);

/** @param limit bytes of an answer that is taken into memory */
export const wireTo = (endpoint: Endpoint, limit: number): Wire => {
  const dial = dialler(endpoint);

  const open = (wanted: WireRequest): Promise<OpenAnswer> =>
    new Promise((resolve, reject) => {
      wanted.signal?.throwIfAborted();
      const { method, path, body } = wanted;
      const headers = {
        'user-agent': 'ingot',
        ...(body === undefined ? {} : { 'content-type': 'application/x-tar', 'transfer-encoding': 'chunked' }),
        // Engines count on a length where there is nothing to send.
        ...(body === undefined && method === 'POST' ? { 'content-length': '0' } : {}),
      };
      const request = dial.begin({ method, path, headers });
      const exchange = new Exchange(request, endpoint, wanted);
      let sent = Promise.resolve();
      const fail = (error: Error): void => {
        exchange.end();
        const reason = exchange.blame(error);
        void sent.then(() => reject(reason));
      };
      request.once('response', (response) => {
        exchange.touch();
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: exchange.receive(response, sent),
        });
      });
      request.on('error', (error) => {
        if (wasStale(request, wanted, error)) {
          exchange.end();
          resolve(open(wanted));
        } else fail(error);
      });
      // A request that is broken off before its answer may end without an error.
      request.once('close', () => fail(new Error('closed without an answer')));
      if (body === undefined) request.end();
      else sent = exchange.send(body);
    });

  return {
    endpoint,
    open,
    ask: async (request) => {
      const { status, headers, body } = await open(request);
      const subject = `${endpoint.text}: ${request.method} ${request.path}`;
      return { status, headers, bytes: await readAll(body, limit, { code: 'LIMIT_METADATA', subject }) };
    },
    close: () => dial.close(),
  };
};
