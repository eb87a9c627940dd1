import { ToolError } from '../../base/error.js';
import { type JsonObject, type JsonValue, isJsonArray, isJsonObject } from '../../base/json.js';
import { canonicalJson } from '../../base/json-canonical.js';
import { parseJson } from '../../base/json-parse.js';
import { type GraphNode, subjectOf } from '../../content/graph.js';
import type { Digest } from '../../oci/digest.js';
import { MEDIA_TYPE } from '../../oci/media-type.js';
import { fallbackTag } from './fallback-tag.js';
import { type FetchedManifest, fetchManifest } from './manifest.js';
import { putIndex } from './push-manifest.js';
import { type Repository, repositoryName } from './repository.js';

/** Times that the index is written when others write it as well. */
const ATTEMPTS = 5;

/** The entry of a referrer: its artifact type, else that of its config, and its annotations, so that lists can be filtered. */
const entryOf = ({ descriptor, manifest }: GraphNode): JsonObject => {
  const value = manifest?.value;
  const artifactType = value?.artifactType ?? (value?.kind === 'manifest' ? value.config.mediaType : undefined);
  return {
    mediaType: descriptor.mediaType,
    digest: descriptor.digest,
    size: descriptor.size,
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(value === undefined || value.annotations.size === 0
      ? {}
      : { annotations: Object.fromEntries(value.annotations) }),
  };
};

const entriesIn = (
  fetched: FetchedManifest | undefined,
  subject: string,
  repository: Repository,
): readonly JsonValue[] => {
  if (fetched === undefined) return [];
  const value = parseJson(fetched.raw, { subject, depth: repository.limits.jsonDepth });
  const manifests = isJsonObject(value) ? value['manifests'] : undefined;
  if (fetched.descriptor.mediaType === MEDIA_TYPE.index && isJsonArray(manifests)) return manifests;
  throw new ToolError('REFERRERS_TAG_TAKEN', 'the tag for the list of referrers is used for something else', {
    subject,
    expected: MEDIA_TYPE.index,
    found: fetched.descriptor.mediaType,
    hint: 'leave out what refers to images with --drop-referrers, or remove the tag',
  });
};

const lists = (entries: readonly JsonValue[], digest: Digest): boolean =>
  entries.some((entry) => isJsonObject(entry) && entry['digest'] === digest);

/**
 * Lists a referrer under the fallback tag of its subject, for a registry that does not link the two itself. What is
 * listed stays. Written over what was read only; where the registry cannot tell, read again and repeated.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-manifests-with-subject
 * @throws {ToolError} REFERRERS_TAG_TAKEN, JSON_*, and as `RegistryHost.send`
 */
export const linkByTag = async (repository: Repository, node: GraphNode, signal?: AbortSignal): Promise<void> => {
  const subjectDigest = subjectOf(node)?.digest;
  if (subjectDigest === undefined) return;
  const tag = fallbackTag(subjectDigest);
  const subject = `${repositoryName(repository)}:${tag}`;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const fetched = await fetchManifest(repository, tag, signal);
    const entries = entriesIn(fetched, subject, repository);
    if (lists(entries, node.descriptor.digest)) return;
    const raw = canonicalJson({
      schemaVersion: 2,
      mediaType: MEDIA_TYPE.index,
      manifests: [...entries, entryOf(node)],
    });
    await putIndex(repository, tag, { mediaType: MEDIA_TYPE.index, raw }, fetched?.etag, signal);
  }
  const last = entriesIn(await fetchManifest(repository, tag, signal), subject, repository);
  if (lists(last, node.descriptor.digest)) return;
  throw new ToolError('REFERRERS_TAG_TAKEN', 'the list of referrers does not keep what is written to it', {
    subject,
    expected: node.descriptor.digest,
    found: `${last.length} other referrers`,
    hint: 'let one program at a time push what refers to this image',
  });
};
