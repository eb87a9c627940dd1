import type { Endpoints } from './endpoint.js';
import type { HttpAnswer, HttpRequest } from './http.js';
import { isRedirect, redirectTarget } from './redirect.js';

export interface Exchange {
  readonly request: HttpRequest;
  /** The value of `Authorization`. It goes to the origin of the request, and never again once that was left. */
  readonly authorization?: string;
  /** Redirects that the caller handles. */
  readonly expect?: readonly number[];
  /** Hosts for which plain HTTP will do. */
  readonly insecure: readonly string[];
  /** How many redirects are followed. */
  readonly redirects: number;
}

/** An answer, and where it came from. */
export interface Exchanged {
  readonly answer: HttpAnswer;
  readonly url: URL;
}

/**
 * Sends a request to where it leads.
 * @throws {ToolError} as `Endpoints.send` and `redirectTarget`
 */
export const exchange = async (
  endpoints: Endpoints,
  { request, authorization, expect = [], insecure, redirects }: Exchange,
): Promise<Exchanged> => {
  let { url } = request;
  let authorized = authorization;
  for (let stops = 1; ; stops += 1) {
    if (url.origin !== request.url.origin) authorized = undefined;
    const headers = { ...request.headers, ...(authorized === undefined ? {} : { authorization: authorized }) };
    const answer = await endpoints.send({ ...request, url, headers });
    if (expect.includes(answer.status) || !isRedirect(answer.status, request.method)) return { answer, url };
    answer.cancel();
    url = redirectTarget(url, answer.headers, stops, { insecure, redirects });
  }
};
