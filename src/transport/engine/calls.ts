import type { ByteStream } from '../../base/bytes.js';
import type { Limits } from '../../base/limits.js';
import type { Cursor } from '../../oci/decode.js';
import {
  type Complaint,
  type EngineAnswer,
  complaintOf,
  decodeAnswer,
  documentOf,
  engineFailed,
  failureKind,
  isSuccess,
} from './answer.js';
import type { EngineInfo } from './engine.js';
import type { Timeouts } from './timeouts.js';
import type { OpenAnswer, Wire, WireRequest } from './wire.js';

/** What an engine made of a request: its document, or the kind of its refusal. */
export type Outcome =
  | { readonly kind: 'done'; readonly status: number; readonly document: () => Cursor }
  | { readonly kind: 'missing' | 'conflict' | 'other'; readonly complaint: Complaint; readonly answer: EngineAnswer };

export type Query = Readonly<Record<string, string | readonly string[]>>;

/** Requests to an engine whose version is known. */
export interface Calls {
  readonly info: EngineInfo;
  readonly limits: Limits;
  get(path: string, query?: Query): Promise<Outcome>;
  change(method: 'POST' | 'DELETE', path: string, query?: Query): Promise<Outcome>;
  open(method: 'GET' | 'POST', path: string, query: Query, options: StreamOptions): Promise<OpenAnswer>;
  /** `/images/json` with the version before it; Podman's own API has another. */
  pathOf(path: string): string;
  close(): void;
}

export interface StreamOptions {
  readonly body?: ByteStream;
  readonly signal?: AbortSignal | undefined;
}

export const queryText = (query: Query): string => {
  const pairs = Object.entries(query).flatMap(([key, value]) =>
    (typeof value === 'string' ? [value] : value).map((item) => `${key}=${encodeURIComponent(item)}`),
  );
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
};

/** Names and IDs in paths: everything but letters, digits and a few signs is escaped, the slash too. */
export const inPath = (text: string): string => encodeURIComponent(text);

const PODMAN_PREFIX = '/libpod/';

export const callsTo = (
  wire: Wire,
  info: EngineInfo,
  timeouts: Timeouts,
  limits: Limits,
  signal: AbortSignal | undefined,
): Calls => {
  const pathOf = (path: string): string =>
    path.startsWith(PODMAN_PREFIX) ? `/v${info.version}${path}` : `/v${info.apiVersion}${path}`;

  const ask = async (request: Omit<WireRequest, 'signal'>): Promise<Outcome> => {
    const subject = `${wire.endpoint.text}: ${request.method} ${request.path}`;
    const answer = { ...(await wire.ask({ ...request, ...(signal === undefined ? {} : { signal }) })), subject };
    if (isSuccess(answer) || answer.status === 304)
      return { kind: 'done', status: answer.status, document: () => documentOf(answer, limits) };
    const complaint = complaintOf(answer, limits);
    return { kind: failureKind(answer, complaint), complaint, answer };
  };

  return {
    info,
    limits,
    pathOf,
    get: (path, query = {}) =>
      ask({ method: 'GET', path: pathOf(path) + queryText(query), timeout: timeouts.question }),
    change: (method, path, query = {}) =>
      ask({ method, path: pathOf(path) + queryText(query), timeout: timeouts.change }),
    open: (method, path, query, options) => {
      const given = options.signal ?? signal;
      return wire.open({
        method,
        path: pathOf(path) + queryText(query),
        timeout: timeouts.stream,
        ...(options.body === undefined ? {} : { body: options.body }),
        ...(given === undefined ? {} : { signal: given }),
      });
    },
    close: () => wire.close(),
  };
};

/** The document of what must succeed. @throws {ToolError} ENGINE_FAILED, ENGINE_ANSWER_INVALID */
export const expectDone = <T>(outcome: Outcome, read: (document: Cursor) => T): T => {
  if (outcome.kind !== 'done') throw engineFailed(outcome.answer, outcome.complaint);
  return decodeAnswer(outcome.document(), read);
};
