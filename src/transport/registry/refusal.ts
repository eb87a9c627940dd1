import { readAll } from '../../base/bytes.js';
import type { ErrorCode } from '../../base/error-code.js';
import { ToolError } from '../../base/error.js';
import { excerpt } from '../../base/escape.js';
import { isJsonArray, isJsonObject } from '../../base/json.js';
import { parseJson } from '../../base/json-parse.js';
import type { Limits } from '../../base/limits.js';
import { shownUrl } from './connection-error.js';
import type { HttpAnswer } from './http.js';

/** What a registry says about a request that it refuses. */
export interface Refusal {
  /** `DENIED`, `NAME_UNKNOWN`...; absent where the registry does not say. */
  readonly code?: string;
  readonly message?: string;
}

/** Characters of a registry's own words that are shown. */
const SHOWN = 300;

const textField = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/**
 * The first error of a registry's list, or the `error` and `details` that token servers give. Nothing is asked of it: a body
 * that is neither says nothing.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#error-codes
 */
export const parseRefusal = (body: Uint8Array, depth: number): Refusal => {
  try {
    const document = parseJson(body, { subject: 'error', depth, onDuplicateKey: () => {} });
    if (!isJsonObject(document)) return {};
    const { errors } = document;
    const first = isJsonArray(errors) ? errors[0] : undefined;
    const source = isJsonObject(first)
      ? first
      : { code: document['error'] ?? null, message: document['error_description'] ?? document['details'] ?? null };
    const code = textField(source['code']);
    const message = textField(source['message']);
    return { ...(code === undefined ? {} : { code }), ...(message === undefined ? {} : { message }) };
  } catch {
    return {};
  }
};

const codeFor = (status: number, refusal: Refusal, identified: boolean): ErrorCode => {
  if (status === 401 && !identified) return 'AUTH_REQUIRED';
  if (status === 401) return refusal.code === 'DENIED' ? 'ACCESS_DENIED' : 'AUTH_FAILED';
  if (status === 403) return 'ACCESS_DENIED';
  if (status === 404) return refusal.code === 'NAME_UNKNOWN' ? 'REPOSITORY_UNKNOWN' : 'REGISTRY_NOT_FOUND';
  if (status === 429) return 'RATE_LIMITED';
  return status >= 500 && status !== 501 ? 'REGISTRY_UNAVAILABLE' : 'REGISTRY_ERROR';
};

const WHAT: Partial<Record<ErrorCode, string>> = {
  AUTH_REQUIRED: 'asks for credentials, and none are known',
  AUTH_FAILED: 'does not accept the credentials',
  ACCESS_DENIED: 'does not permit this',
  REPOSITORY_UNKNOWN: 'has no such repository',
  REGISTRY_NOT_FOUND: 'does not have what was asked for',
  RATE_LIMITED: 'gets too many requests',
  REGISTRY_UNAVAILABLE: 'has a failure of its own',
};

const login = (registry: string): string => `docker login ${registry} or podman login ${registry}`;

const HINTS: Partial<Record<ErrorCode, (registry: string, when: string) => string>> = {
  AUTH_REQUIRED: (registry) => `check the name, and log in with ${login(registry)}`,
  AUTH_FAILED: (registry) => `log in again with ${login(registry)}`,
  ACCESS_DENIED: (registry) => `check that the account may do this; without one, ${login(registry)}`,
  REPOSITORY_UNKNOWN: () => 'check the name, and whether it can be seen without logging in',
  REGISTRY_NOT_FOUND: () => 'check the name, and whether it can be seen without logging in',
  RATE_LIMITED: (registry, when) => `try again ${when}, or log in with ${login(registry)} for a higher limit`,
};

const hintFor = (code: ErrorCode, { registry, wait }: RefusalContext): string => {
  const when = wait === undefined ? 'later' : `in ${Math.ceil(wait / 1000)} s`;
  return HINTS[code]?.(registry, when) ?? `try again ${when}, or ask whoever runs the registry`;
};

export interface RefusalContext {
  /** As in references. */
  readonly registry: string;
  readonly url: URL;
  /** Whether credentials were known: without them 401 means that some are needed. */
  readonly identified: boolean;
  /** What the status means, where it is not what it says. */
  readonly meaning?: number;
  /** What must not be shown, even if the server sends it back. */
  readonly secrets: readonly string[];
  readonly limits: Limits;
  /** Milliseconds that the server asks to wait. */
  readonly wait?: number;
}

/** Below this length a secret is no secret, and taking it out would mangle the text. */
const SECRET_LENGTH = 4;

const without = (text: string, secrets: readonly string[]): string =>
  secrets.reduce((rest, secret) => (secret.length < SECRET_LENGTH ? rest : rest.replaceAll(secret, '***')), text);

/** Reads what a server says about its refusal, and makes an error of it. The body is used up. */
export const refusalError = async (answer: HttpAnswer, context: RefusalContext): Promise<ToolError> => {
  const { url, limits, secrets } = context;
  let refusal: Refusal = {};
  try {
    const bytes = await readAll(answer.body, limits.answer, { code: 'LIMIT_ANSWER', subject: shownUrl(url) });
    refusal = parseRefusal(bytes, limits.jsonDepth);
  } catch {
    // The status says enough; a body that is too long, too slow or cut adds nothing.
    answer.cancel();
  }
  const code = codeFor(context.meaning ?? answer.status, refusal, context.identified);
  const said = [refusal.code, refusal.message]
    .filter((text) => text !== undefined)
    .map((text) => excerpt(without(text, secrets), SHOWN))
    .join(': ');
  return new ToolError(code, WHAT[code] ?? 'refuses the request', {
    subject: shownUrl(url),
    found: said === '' ? `status ${answer.status}` : `status ${answer.status}, ${said}`,
    hint: hintFor(code, context),
  });
};
