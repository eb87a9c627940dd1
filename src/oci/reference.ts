import { type ErrorDetails, ToolError } from '../base/error.js';
import { excerpt } from '../base/escape.js';
import { type Digest, tryParseDigest } from './digest.js';

/**
 * The name of an image, normalised as Docker does.
 * @see https://github.com/distribution/reference/blob/v0.6.0/reference.go
 */
export interface Reference {
  /** Host and optional port, always present: `docker.io` where none was written. */
  readonly domain: string;
  /** Path below the domain: `library/alpine`. */
  readonly path: string;
  readonly tag?: string;
  readonly digest?: Digest;
}

const DOMAIN_LABEL = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const DOMAIN = new RegExp(`^(?:${DOMAIN_LABEL}(?:\\.${DOMAIN_LABEL})*|\\[[a-fA-F0-9:]+\\])(?::([0-9]+))?$`);
const PATH_COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const HEX64 = /^[0-9a-f]{64}$/;

/** Length of domain and path together, in characters. */
const MAX_NAME_LENGTH = 255;

const DEFAULT_DOMAIN = 'docker.io';
const LEGACY_DEFAULT_DOMAIN = 'index.docker.io';

export const isTag = (text: string): boolean => TAG.test(text);

const refuse = (text: string, why: string, place: ErrorDetails): never => {
  throw new ToolError('REFERENCE_INVALID', `not a valid image reference: ${why}`, {
    expected: '[HOST[:PORT]/]PATH[:TAG][@DIGEST]',
    found: `"${excerpt(text, 200)}"`,
    ...place,
  });
};

const splitDomain = (name: string): readonly [domain: string, path: string] => {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const isDomain = slash >= 0 && (/[.:]/.test(first) || first === 'localhost' || first.toLowerCase() !== first);
  const domain = isDomain ? (first === LEGACY_DEFAULT_DOMAIN ? DEFAULT_DOMAIN : first) : DEFAULT_DOMAIN;
  const path = isDomain ? name.slice(slash + 1) : name;
  return [domain, domain === DEFAULT_DOMAIN && !path.includes('/') ? `library/${path}` : path];
};

/**
 * Reads a reference and completes it: `alpine` becomes `docker.io/library/alpine:latest`, `localhost/x:1` stays. The
 * tag `latest` is added only where neither tag nor digest is given.
 * @throws {ToolError} REFERENCE_INVALID
 */
export const parseReference = (text: string, place: ErrorDetails = {}): Reference => {
  const at = text.indexOf('@');
  const digest = at < 0 ? undefined : tryParseDigest(text.slice(at + 1));
  if (at >= 0 && digest === undefined) return refuse(text, 'the part after @ is no digest', place);
  const rest = at < 0 ? text : text.slice(0, at);
  const colon = rest.lastIndexOf(':');
  const hasTag = colon > rest.lastIndexOf('/');
  const tag = hasTag ? rest.slice(colon + 1) : undefined;
  if (tag !== undefined && !TAG.test(tag)) return refuse(text, 'the tag has a form that no registry takes', place);
  const name = hasTag ? rest.slice(0, colon) : rest;
  if (HEX64.test(name)) return refuse(text, '64 hexadecimal digits are an image ID, not a name', place);
  const [domain, path] = splitDomain(name);
  const port = DOMAIN.exec(domain);
  if (port === null) return refuse(text, 'the host is malformed', place);
  if (port[1] !== undefined && (Number(port[1]) < 1 || Number(port[1]) > 65_535)) {
    return refuse(text, 'the port is not between 1 and 65535', place);
  }
  if (!path.split('/').every((component) => PATH_COMPONENT.test(component))) {
    const upper = path.toLowerCase() === path ? '' : ' (it must be lower case)';
    return refuse(text, `the path is malformed${upper}`, place);
  }
  if (domain.length + 1 + path.length > MAX_NAME_LENGTH)
    return refuse(text, `the name is longer than ${MAX_NAME_LENGTH}`, place);
  const effectiveTag = tag ?? (digest === undefined ? 'latest' : undefined);
  return {
    domain,
    path,
    ...(effectiveTag === undefined ? {} : { tag: effectiveTag }),
    ...(digest === undefined ? {} : { digest }),
  };
};

export const tryParseReference = (text: string): Reference | undefined => {
  try {
    return parseReference(text);
  } catch (error) {
    if (error instanceof ToolError && error.code === 'REFERENCE_INVALID') return undefined;
    throw error;
  }
};

/** The fully qualified form: `docker.io/library/alpine:latest`. */
export const formatReference = (reference: Reference): string =>
  `${reference.domain}/${reference.path}` +
  (reference.tag === undefined ? '' : `:${reference.tag}`) +
  (reference.digest === undefined ? '' : `@${reference.digest}`);
