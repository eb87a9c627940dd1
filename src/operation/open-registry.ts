import { ToolError, invariant } from '../base/error.js';
import { eachAtOnce } from '../base/concurrent.js';
import type { BlobReader } from '../content/blob.js';
import type { ContentGraph } from '../content/graph.js';
import type { ImageSource, SourceRoot } from '../content/image.js';
import { loadGraph } from '../content/load-graph.js';
import { nearNames } from '../store/near.js';
import { isFallbackTag } from '../transport/registry/fallback-tag.js';
import { fetchManifest } from '../transport/registry/manifest.js';
import { type Repository, repositoryName } from '../transport/registry/repository.js';
import { openRepository } from '../transport/registry/source.js';
import { listTags } from '../transport/registry/tags.js';
import type { OperationContext } from './context.js';
import type { Location } from './location.js';
import type { OpenWish } from './open-wish.js';
import { registryHost, repositoryOf } from './registry-context.js';
import { type RegistryPlace, fitsTags } from './registry-location.js';

/** Images of a registry, opened. */
export interface OpenedFromRegistry {
  readonly location: Location;
  readonly source: ImageSource;
  readonly graph: ContentGraph;
  readonly whole: ContentGraph;
  readonly blobs: BlobReader;
  readonly close: () => Promise<void>;
}

/** Tags whose manifests are asked for at a time. */
const AT_ONCE = 6;

const DEFAULT_TAG = 'latest';

const notFound = async (repository: Repository, asked: string): Promise<ToolError> => {
  // What could have been meant is worth a question, and no second error.
  const tags = await listTags(repository).catch(() => undefined);
  const near = tags === undefined ? [] : nearNames(asked, tags);
  const shown = near.length > 0 ? near : (tags ?? []).slice(0, 10);
  return new ToolError('REFERENCE_NOT_FOUND', 'the registry has no such image', {
    subject: `${repositoryName(repository)}${asked.includes(':') ? '@' : ':'}${asked}`,
    ...(tags === undefined
      ? {}
      : {
          found:
            tags.length === 0 ? 'no tag at all' : `${shown.join(', ')}${shown.length < tags.length ? ', ...' : ''}`,
        }),
    hint:
      tags === undefined
        ? 'check the name of the repository, and whether you may read it'
        : 'use one of the tags found',
  });
};

const tagsOf = async (
  repository: Repository,
  place: RegistryPlace,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> => {
  const { tags: pattern } = place;
  if (pattern === undefined) return [place.tag ?? DEFAULT_TAG];
  const listed = (await listTags(repository, signal)) ?? [];
  // Lists of referrers come with the images that they are about.
  const fitting = listed.filter((tag) => fitsTags(pattern, tag) && !isFallbackTag(tag));
  if (fitting.length === 0) throw await notFound(repository, pattern);
  return fitting;
};

const rootOf = async (
  repository: Repository,
  { domain, tag }: RegistryPlace,
  reference: string,
  signal: AbortSignal | undefined,
): Promise<SourceRoot> => {
  const fetched = await fetchManifest(repository, reference, signal);
  if (fetched === undefined) throw await notFound(repository, reference);
  // By a digest alone an image has no name; with a tag beside it, the tag is its name.
  const named = reference.includes(':') ? tag : reference;
  const { descriptor } = fetched;
  if (named === undefined) return { descriptor };
  return { descriptor, name: { kind: 'reference', reference: { domain, path: repository.path, tag: named } } };
};

const openSource = async (
  repository: Repository,
  place: RegistryPlace,
  wish: OpenWish,
  signal: AbortSignal | undefined,
): Promise<ImageSource> => {
  const references = place.digest === undefined ? await tagsOf(repository, place, signal) : [place.digest];
  const roots: SourceRoot[] = [];
  await eachAtOnce(
    references.entries(),
    AT_ONCE,
    async ([index, reference], own) => {
      roots[index] = await rootOf(repository, place, reference, own);
    },
    signal,
  );
  return openRepository(
    repository,
    roots,
    { platforms: wish.platforms ?? [], referrers: wish.referrers ?? true },
    signal,
  );
};

/**
 * Images of a registry. Documents are fetched and verified, layers only when they are read.
 * @throws {ToolError} REFERENCE_NOT_FOUND, LOCATION_INVALID for a prefix, and as `openRepository` and `loadGraph`
 */
export const openFromRegistry = async (
  location: Location,
  wish: OpenWish,
  context: OperationContext,
): Promise<OpenedFromRegistry> => {
  const place = location.registry;
  invariant(place !== undefined, 'a registry without a place');
  if (place.isPrefix) {
    throw new ToolError('LOCATION_INVALID', 'images are read from one repository', {
      subject: location.text,
      expected: 'docker://HOST/REPOSITORY[:TAG][@DIGEST]',
      hint: 'for all tags of a repository, say docker://HOST/REPOSITORY:*',
    });
  }
  const host = registryHost(place.domain, context);
  try {
    context.observer({ type: 'phase', name: `read ${place.domain}/${place.path}` });
    const source = await openSource(repositoryOf(host, place.path, context), place, wish, context.signal);
    const { graph, blobs } = await loadGraph(source, context.limits);
    context.observer({ type: 'phase-end', name: `read ${place.domain}/${place.path}` });
    return { location, source, graph, whole: graph, blobs, close: () => source.close() };
  } catch (error) {
    await host.close();
    throw error;
  }
};
