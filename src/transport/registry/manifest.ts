import { readAll } from '../../base/bytes.js';
import { ToolError } from '../../base/error.js';
import { excerpt } from '../../base/escape.js';
import { isHashAlgorithm } from '../../base/hash.js';
import { isJsonObject } from '../../base/json.js';
import { parseJson } from '../../base/json-parse.js';
import { type Descriptor, plainDescriptor } from '../../oci/descriptor.js';
import { type Digest, algorithmOf, digestOf, hashAlgorithmOf, tryParseDigest } from '../../oci/digest.js';
import { roleOf } from '../../oci/media-type.js';
import type { RegistryResponse } from './host.js';
import { ACCEPT_MANIFESTS } from './media-accept.js';
import { type Repository, pullScope, repositoryName, targetOf } from './repository.js';

/** A manifest as a registry gave it, its digest computed here. */
export interface FetchedManifest {
  readonly descriptor: Descriptor;
  readonly raw: Uint8Array;
  /** Where the registry gave one, for a conditional write. */
  readonly etag?: string;
}

const headerDigest = (response: RegistryResponse): Digest | undefined => {
  const text = response.headers['docker-content-digest'];
  const digest = text === undefined ? undefined : tryParseDigest(text);
  return digest !== undefined && isHashAlgorithm(algorithmOf(digest)) ? digest : undefined;
};

/** Bytes of a body that must not be encoded for the way: that would hide what is verified. */
export const checkEncoding = (response: RegistryResponse, subject: string): void => {
  const encoding = response.headers['content-encoding'];
  if (encoding === undefined || encoding === '' || encoding.toLowerCase() === 'identity') return;
  throw new ToolError('CONTENT_ENCODED', 'the registry encodes content on the way', {
    subject,
    expected: 'the content as it is stored',
    found: `Content-Encoding: ${excerpt(encoding)}`,
  });
};

/** Media types that say nothing: the document itself has to. */
const GENERIC: ReadonlySet<string> = new Set(['', 'application/json', 'application/octet-stream', 'text/plain']);

const isManifestType = (mediaType: string): boolean => {
  const role = roleOf(mediaType);
  return role === 'index' || role === 'manifest' || role === 'artifact-manifest' || role === 'schema1';
};

/** The media type of a manifest: what the response says, else what the document says. @throws {ToolError} MEDIATYPE_CONFLICT, JSON_* */
const mediaTypeOf = (response: RegistryResponse, raw: Uint8Array, subject: string, depth: number): string => {
  const said = (response.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (isManifestType(said)) return said;
  if (GENERIC.has(said)) {
    const value = parseJson(raw, { subject, depth });
    const inside = isJsonObject(value) ? value['mediaType'] : undefined;
    if (typeof inside === 'string' && isManifestType(inside)) return inside;
  }
  throw new ToolError('MEDIATYPE_CONFLICT', 'the registry answers with something that is no manifest', {
    subject,
    expected: 'a manifest or index',
    found: `${said === '' ? 'no Content-Type' : excerpt(said)}: ${excerpt(Buffer.from(raw.subarray(0, 200)).toString('latin1'), 200)}`,
  });
};

/**
 * A manifest by tag or digest, whole; undefined where the registry has none.
 * @throws {ToolError} LIMIT_METADATA, DIGEST_HEADER_MISMATCH, DIGEST_MISMATCH, CONTENT_ENCODED, MEDIATYPE_CONFLICT,
 * DIGEST_ALGORITHM_UNSUPPORTED, and as `RegistryHost.send`
 */
export const fetchManifest = async (
  repository: Repository,
  reference: Digest | string,
  signal?: AbortSignal,
): Promise<FetchedManifest | undefined> => {
  const asked = tryParseDigest(reference);
  if (asked !== undefined) hashAlgorithmOf(asked);
  const subject = `${repositoryName(repository)}${asked === undefined ? ':' : '@'}${reference}`;
  const response = await repository.host.send({
    method: 'GET',
    target: targetOf(repository, `manifests/${reference}`),
    headers: { accept: ACCEPT_MANIFESTS },
    scopes: [pullScope(repository.path)],
    expect: [200, 404],
    ...(signal === undefined ? {} : { signal }),
  });
  try {
    if (response.status === 404) return undefined;
    checkEncoding(response, subject);
    const raw = await readAll(response.body, repository.limits.document, { code: 'LIMIT_METADATA', subject });
    const said = headerDigest(response);
    const digest = digestOf(raw, hashAlgorithmOf(asked ?? said ?? digestOf(raw)));
    if (asked !== undefined && digest !== asked) {
      throw new ToolError('DIGEST_MISMATCH', 'the registry gave another manifest than was asked for', {
        subject,
        expected: asked,
        found: digest,
      });
    }
    checkHeaderDigest(response, raw, subject);
    const mediaType = mediaTypeOf(response, raw, subject, repository.limits.jsonDepth);
    const etag = response.headers['etag'];
    return {
      descriptor: plainDescriptor(mediaType, digest, raw.length),
      raw,
      ...(etag === undefined ? {} : { etag }),
    };
  } finally {
    response.cancel();
  }
};

/** @throws {ToolError} DIGEST_HEADER_MISMATCH */
const checkHeaderDigest = (response: RegistryResponse, raw: Uint8Array, subject: string): void => {
  const said = headerDigest(response);
  if (said === undefined) return;
  const digest = digestOf(raw, hashAlgorithmOf(said));
  if (digest === said) return;
  throw new ToolError('DIGEST_HEADER_MISMATCH', 'the registry names the manifest by a digest that it does not have', {
    subject,
    expected: said,
    found: digest,
  });
};

/** What a registry has under a tag: the digest that it names, or that of the bytes where it names none. */
export const digestOfTag = async (
  repository: Repository,
  tag: string,
  signal?: AbortSignal,
): Promise<Digest | undefined> => {
  const response = await repository.host.send({
    method: 'HEAD',
    target: targetOf(repository, `manifests/${tag}`),
    headers: { accept: ACCEPT_MANIFESTS },
    scopes: [pullScope(repository.path)],
    expect: [200, 404, 405],
    ...(signal === undefined ? {} : { signal }),
  });
  response.cancel();
  if (response.status === 404) return undefined;
  const said = response.status === 200 ? headerDigest(response) : undefined;
  return said ?? (await fetchManifest(repository, tag, signal))?.descriptor.digest;
};
