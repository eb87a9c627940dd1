import { readAll } from '../../base/bytes.js';
import { ToolError } from '../../base/error.js';
import { excerpt } from '../../base/escape.js';
import type { JsonValue } from '../../base/json.js';
import { parseJson } from '../../base/json-parse.js';
import { checkEncoding } from './manifest.js';
import type { RegistryResponse } from './host.js';
import { type Repository, pullScope } from './repository.js';

/** The target of `Link: <URL>; rel="next"`. @see https://www.rfc-editor.org/rfc/rfc8288#section-3 */
const nextOf = (link: string | undefined): string | undefined => {
  for (const [, target, parameters] of (link ?? '').matchAll(/<([^<>]*)>((?:\s*;[^,<]*)*)/g)) {
    if (/;\s*rel\s*=\s*"?(?:[^"]*\s)?next(?:\s[^"]*)?"?\s*(?:;|$)/i.test(parameters ?? '')) return target;
  }
  return undefined;
};

const unsafe = (subject: string, expected: string, found: string): ToolError =>
  new ToolError('PAGINATION_UNSAFE', 'the registry leads to pages that are not followed', { subject, expected, found });

/** The next page on the same origin, as the target of a request. */
const nextTarget = (response: RegistryResponse, subject: string): string | undefined => {
  const link = nextOf(response.headers['link']);
  if (link === undefined) return undefined;
  if (!URL.canParse(link, response.url)) throw unsafe(subject, 'a URL', excerpt(link, 200));
  const next = new URL(link, response.url);
  const here = new URL(response.url);
  if (next.origin !== here.origin || next.username !== '' || next.password !== '')
    throw unsafe(subject, here.origin, next.origin);
  return next.href;
};

export interface Page {
  readonly value: JsonValue;
  readonly response: RegistryResponse;
}

/**
 * Documents of a list that comes in pages; none where the first answer is one of `absent`.
 * @throws {ToolError} PAGINATION_UNSAFE for another origin, a page that comes again, too many pages; LIMIT_METADATA,
 * JSON_*, and as `RegistryHost.send`
 */
export async function* pagesOf(
  repository: Repository,
  target: string,
  options: {
    readonly subject: string;
    readonly accept: string;
    readonly absent: readonly number[];
    readonly signal?: AbortSignal;
  },
): AsyncIterable<Page | 'absent'> {
  const { subject, signal } = options;
  const seen = new Set<string>();
  for (let next: string | undefined = target; next !== undefined;) {
    if (seen.has(next)) throw unsafe(subject, 'each page once', excerpt(next, 200));
    if (seen.size >= repository.limits.pages) throw unsafe(subject, `at most ${repository.limits.pages} pages`, 'more');
    seen.add(next);
    const response: RegistryResponse = await repository.host.send({
      method: 'GET',
      target: next,
      headers: { accept: options.accept },
      scopes: [pullScope(repository.path)],
      expect: seen.size === 1 ? [200, ...options.absent] : [200],
      ...(signal === undefined ? {} : { signal }),
    });
    try {
      if (response.status !== 200) {
        yield 'absent';
        return;
      }
      checkEncoding(response, subject);
      const raw = await readAll(response.body, repository.limits.topDocument, { code: 'LIMIT_METADATA', subject });
      yield { value: parseJson(raw, { subject, depth: repository.limits.jsonDepth }), response };
      next = nextTarget(response, subject);
    } finally {
      response.cancel();
    }
  }
}
