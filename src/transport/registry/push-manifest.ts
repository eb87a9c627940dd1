import { ToolError } from '../../base/error.js';
import type { GraphNode } from '../../content/graph.js';
import type { Digest } from '../../oci/digest.js';
import { digestOfTag } from './manifest.js';
import { type Repository, pushScope, repositoryName, targetOf } from './repository.js';
import { checkStored } from './upload.js';

interface ManifestBytes {
  readonly mediaType: string;
  readonly raw: Uint8Array;
}

/** Puts a manifest under a digest or tag. @returns the digest of the subject that the registry says it has linked */
const putManifest = async (
  repository: Repository,
  reference: string,
  { mediaType, raw }: ManifestBytes,
  options: { readonly etag?: string; readonly signal?: AbortSignal; readonly digest?: Digest } = {},
): Promise<string | undefined> => {
  const { signal, etag, digest } = options;
  const response = await repository.host.send({
    method: 'PUT',
    target: targetOf(repository, `manifests/${reference}`),
    headers: { 'content-type': mediaType, ...(etag === undefined ? {} : { 'if-match': etag }) },
    body: {
      length: raw.length,
      open: async function* () {
        yield raw;
      },
    },
    scopes: [pushScope(repository.path)],
    expect: [200, 201, 202],
    ...(signal === undefined ? {} : { signal }),
  });
  response.cancel();
  if (digest !== undefined) checkStored(response, digest, `${repositoryName(repository)}:${reference}`);
  return response.headers['oci-subject'];
};

const rawOf = ({ manifest, descriptor }: GraphNode): ManifestBytes => {
  if (manifest === undefined)
    throw new ToolError('DEFECT', 'a manifest without its bytes', { subject: descriptor.digest });
  return { mediaType: descriptor.mediaType, raw: manifest.raw };
};

/**
 * A manifest into a repository, by its digest.
 * @returns whether the registry has linked it to its subject, if it has one
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-manifests
 * @throws {ToolError} PUSH_DIGEST_MISMATCH and as `RegistryHost.send`
 */
export const pushManifest = async (
  repository: Repository,
  node: GraphNode,
  signal?: AbortSignal,
): Promise<'linked' | 'not linked'> => {
  const { digest } = node.descriptor;
  const linked = await putManifest(repository, digest, rawOf(node), {
    digest,
    ...(signal === undefined ? {} : { signal }),
  });
  return linked === undefined ? 'not linked' : 'linked';
};

/**
 * A tag on a manifest that the repository has, read back.
 * @throws {ToolError} PUSH_DIGEST_MISMATCH if something else stands there then, and as `RegistryHost.send`
 */
export const pushTag = async (
  repository: Repository,
  tag: string,
  node: GraphNode,
  signal?: AbortSignal,
): Promise<void> => {
  const { digest } = node.descriptor;
  await putManifest(repository, tag, rawOf(node), { digest, ...(signal === undefined ? {} : { signal }) });
  const found = await digestOfTag(repository, tag, signal);
  if (found === digest) return;
  throw new ToolError('PUSH_DIGEST_MISMATCH', 'the tag names something else than was pushed', {
    subject: `${repositoryName(repository)}:${tag}`,
    expected: digest,
    found: found ?? 'nothing',
    hint: 'if nobody else pushes to this tag, the registry changes what it stores',
  });
};

/** An index of our own under a tag, only over what was read where the registry can tell. */
export const putIndex = async (
  repository: Repository,
  tag: string,
  index: ManifestBytes,
  etag: string | undefined,
  signal: AbortSignal | undefined,
): Promise<void> => {
  await putManifest(repository, tag, index, {
    ...(etag === undefined ? {} : { etag }),
    ...(signal === undefined ? {} : { signal }),
  });
};
