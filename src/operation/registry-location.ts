import { ToolError } from '../base/error.js';
import { type Digest } from '../oci/digest.js';
import { isTag, parseReference } from '../oci/reference.js';

/** What `docker://` names: a repository, and what of it. */
export interface RegistryPlace {
  /** Host and optional port. */
  readonly domain: string;
  /** Repository; '' for all of the host, where only a prefix can stand. */
  readonly path: string;
  /** As written; none is not yet `latest`. */
  readonly tag?: string;
  readonly digest?: Digest;
  /** A pattern of tags, with `*` and `?`. */
  readonly tags?: string;
  /** Ends with a slash: names go below it. */
  readonly isPrefix: boolean;
}

export const REGISTRY_PREFIX = 'docker://';

const FORM = `${REGISTRY_PREFIX}HOST/REPOSITORY[:TAG][@DIGEST]`;

/** A host with a port and no repository reads like a repository with a tag. */
const LONE_HOST = /^(?:localhost|[^/@:]*\.[^/@:]*|\[[0-9a-fA-F:]+\])(?::\d+)?$/;

const patternIn = (rest: string): { readonly name: string; readonly tags?: string } => {
  const colon = rest.lastIndexOf(':');
  const tags = colon > rest.lastIndexOf('/') ? rest.slice(colon + 1) : '';
  // A tag with every wildcard filled in must be one, so that nothing else is taken for a pattern.
  return /[*?]/.test(tags) && isTag(tags.replaceAll(/[*?]/g, 'x'))
    ? { name: rest.slice(0, colon), tags }
    : { name: rest };
};

/**
 * Reads what follows `docker://`. Names are completed as Docker does; the tag is left as it is written.
 * @throws {ToolError} LOCATION_INVALID, REFERENCE_INVALID
 */
export const parseRegistryPlace = (text: string): RegistryPlace => {
  const rest = text.slice(REGISTRY_PREFIX.length);
  const isPrefix = rest.endsWith('/');
  const { name, tags } = patternIn(isPrefix ? rest.slice(0, -1) : rest);
  if (LONE_HOST.test(name)) {
    if (isPrefix) return { domain: parseReference(`${name}/x`, { subject: text }).domain, path: '', isPrefix };
    throw new ToolError('LOCATION_INVALID', 'a registry without a repository', {
      subject: text,
      expected: FORM,
      hint: `to put images below it by their names, say ${text}/`,
    });
  }
  if (name === '')
    throw new ToolError('LOCATION_INVALID', 'a location without a repository', { subject: text, expected: FORM });
  const { domain, path, tag, digest } = parseReference(name, { subject: text });
  const isTagged = name.replace(/@.*$/s, '').endsWith(`:${tag ?? ''}`) && tag !== undefined;
  if (isPrefix && (isTagged || digest !== undefined))
    throw new ToolError('LOCATION_INVALID', 'a prefix has no tag and no digest', { subject: text, expected: FORM });
  return {
    domain,
    path,
    isPrefix,
    ...(isTagged && tag !== undefined ? { tag } : {}),
    ...(digest === undefined ? {} : { digest }),
    ...(tags === undefined ? {} : { tags }),
  };
};

/** Whether a tag fits a pattern, in which `*` stands for any text and `?` for one character. */
export const fitsTags = (pattern: string, tag: string): boolean =>
  new RegExp(
    `^${pattern
      .split(/([*?])/)
      .map((part) => (part === '*' ? '.*' : part === '?' ? '.' : part.replaceAll(/[.-]/g, '\\$&')))
      .join('')}$`,
  ).test(tag);
