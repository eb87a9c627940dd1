import type { Answer } from './fake-registry.js';

/** One answer, complete. */
export const reply =
  (status: number, headers: Readonly<Record<string, string>> = {}, body: string | Uint8Array = ''): Answer =>
  (response) => {
    response.writeHead(status, { 'content-length': String(Buffer.byteLength(body)), ...headers });
    response.end(body);
  };

/** An error as the distribution specification spells it. */
export const refuse = (
  status: number,
  code: string,
  message = 'no',
  headers: Readonly<Record<string, string>> = {},
): Answer =>
  reply(status, { 'content-type': 'application/json', ...headers }, JSON.stringify({ errors: [{ code, message }] }));

/** 429, with what the client is asked to wait. */
export const tooMany = (retryAfter?: string): Answer =>
  refuse(429, 'TOOMANYREQUESTS', 'slow down', retryAfter === undefined ? {} : { 'retry-after': retryAfter });

export const redirect = (location: string, status = 307): Answer => reply(status, { location });

/** The ordinary answer with other headers; those that are undefined are left out. */
export const withHeaders =
  (headers: Readonly<Record<string, string | undefined>>): Answer =>
  (response, _, ordinary) => {
    const writeHead = response.writeHead.bind(response);
    response.writeHead = ((status: number, own: Readonly<Record<string, string>> = {}) => {
      const merged = Object.entries({ ...own, ...headers }).filter(([, value]) => value !== undefined);
      return writeHead(status, Object.fromEntries(merged) as Record<string, string>);
    }) as typeof response.writeHead;
    ordinary();
  };

/** The connection is cut, without a word. */
export const reset: Answer = (response) => {
  response.socket?.destroy();
};

/** Nothing, for ever. */
export const hang: Answer = () => {};

/** So many bytes are promised, these come, and the connection is cut. */
export const truncated =
  (length: number, body: string | Uint8Array, headers: Readonly<Record<string, string>> = {}): Answer =>
  (response) => {
    response.writeHead(200, { ...headers, 'content-length': String(length) });
    response.write(body, () => setImmediate(() => response.socket?.destroy()));
  };

/** So many bytes are promised, these come, and then nothing more. */
export const stalled =
  (length: number, body: string | Uint8Array): Answer =>
  (response) => {
    response.writeHead(200, { 'content-length': String(length) });
    response.write(body);
  };

/** A body that never ends, one byte at a time. */
export const trickle =
  (milliseconds: number): Answer =>
  (response) => {
    response.writeHead(200, { 'content-length': '1000000' });
    const timer = setInterval(() => response.write('x'), milliseconds);
    response.on('close', () => clearInterval(timer));
  };

/** A token, for whoever asks. */
export const giveToken = (token: string, more: Readonly<Record<string, unknown>> = {}): Answer =>
  reply(200, { 'content-type': 'application/json' }, JSON.stringify({ token, ...more }));
