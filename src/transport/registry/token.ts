import { readAll } from '../../base/bytes.js';
import { ToolError } from '../../base/error.js';
import { isJsonObject } from '../../base/json.js';
import { parseJson } from '../../base/json-parse.js';
import type { Limits } from '../../base/limits.js';
import { shownUrl } from './connection-error.js';
import { type Credential, basicValue } from './credential.js';
import type { HttpAnswer, HttpRequest } from './http.js';

/** Asks a registry's token server for less than it would itself. */
export interface TokenRequest {
  readonly realm: URL;
  readonly service?: string;
  readonly scopes: readonly string[];
  /** Nobody without it. */
  readonly credential?: Credential;
}

export interface Token {
  readonly value: string;
  /** Seconds from when it was asked for. */
  readonly lifetime: number;
  /** A new refresh token in place of the one that was used. */
  readonly refresh?: string;
}

/** How clients call themselves to token servers, which write it into their logs. */
const CLIENT = 'ingot';

/** What a token lives where the server does not say, and at least. */
const LEAST_LIFETIME = 60;

const encode = (text: string): AsyncIterable<Uint8Array> =>
  (async function* () {
    yield Buffer.from(text, 'utf8');
  })();

/**
 * A refresh token is exchanged in the manner of OAuth2, by POST; everybody else asks by GET.
 * @see https://github.com/distribution/distribution/blob/v3.0.0/docs/content/spec/auth/token.md
 * @see https://github.com/distribution/distribution/blob/v3.0.0/docs/content/spec/auth/oauth.md
 */
export const tokenRequest = ({
  realm,
  service,
  scopes,
  credential,
}: TokenRequest): HttpRequest & { authorization?: string } => {
  if (credential?.kind === 'identity') {
    const form = new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: credential.token,
      client_id: CLIENT,
      ...(service === undefined ? {} : { service }),
      ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
    }).toString();
    return {
      method: 'POST',
      url: realm,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: { length: Buffer.byteLength(form), open: () => encode(form) },
    };
  }
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set('service', service);
  url.searchParams.set('client_id', CLIENT);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  if (credential?.kind !== 'password') return { method: 'GET', url };
  if (credential.username !== '') url.searchParams.set('account', credential.username);
  return { method: 'GET', url, authorization: `Basic ${basicValue(credential.username, credential.password)}` };
};

/** What may stand in a header. */
const TOKEN = /^[\u0021-\u007e]+$/;

/** @throws {ToolError} AUTH_FAILED for an answer without a token; LIMIT_ANSWER */
export const readToken = async (answer: HttpAnswer, url: URL, limits: Limits): Promise<Token> => {
  const subject = shownUrl(url);
  const bytes = await readAll(answer.body, limits.answer, { code: 'LIMIT_ANSWER', subject });
  const fail = (found: string): never => {
    throw new ToolError('AUTH_FAILED', 'the token server gives no token', {
      subject,
      expected: 'JSON with token or access_token',
      found,
      hint: 'ask whoever runs the registry',
    });
  };
  let document;
  try {
    document = parseJson(bytes, { subject, depth: limits.jsonDepth, onDuplicateKey: () => {} });
  } catch {
    return fail('no JSON');
  }
  if (!isJsonObject(document)) return fail('no object');
  const { token, access_token: access, expires_in: lifetime, refresh_token: refresh } = document;
  const value = typeof token === 'string' && token !== '' ? token : access;
  if (typeof value !== 'string' || !TOKEN.test(value)) return fail('none');
  return {
    value,
    lifetime: typeof lifetime === 'number' ? Math.max(LEAST_LIFETIME, lifetime) : LEAST_LIFETIME,
    ...(typeof refresh === 'string' && refresh !== '' ? { refresh } : {}),
  };
};
