import { ToolError } from '../../base/error.js';
import { parseJson } from '../../base/json-parse.js';
import type { Descriptor } from '../../oci/descriptor.js';
import { plainDescriptor } from '../../oci/descriptor.js';
import { type Digest, digestOf } from '../../oci/digest.js';
import { decodeImageIndex } from '../../oci/manifest.js';
import { MEDIA_TYPE } from '../../oci/media-type.js';
import { fallbackTag } from './fallback-tag.js';
import { type FetchedManifest, fetchManifest } from './manifest.js';
import { pagesOf } from './page.js';
import { type Repository, repositoryName, targetOf } from './repository.js';

/** What a repository says refers to an image. */
export interface ReferrerList {
  /** `api`: the registry's own list. `tag`: an index that clients keep, which may be anything. */
  readonly from: 'api' | 'tag';
  readonly descriptors: readonly Descriptor[];
}

const NONE: ReferrerList = { from: 'tag', descriptors: [] };

const fromIndex = (value: Parameters<typeof decodeImageIndex>[0], subject: string): readonly Descriptor[] =>
  decodeImageIndex(value, plainDescriptor(MEDIA_TYPE.index, digestOf(new Uint8Array(0)), 0), subject).manifests;

const fromApi = async (
  repository: Repository,
  digest: Digest,
  signal: AbortSignal | undefined,
): Promise<readonly Descriptor[] | undefined> => {
  const subject = `referrers of ${repositoryName(repository)}@${digest}`;
  const found = new Map<Digest, Descriptor>();
  const options = { subject, accept: MEDIA_TYPE.index, absent: [404], ...(signal === undefined ? {} : { signal }) };
  for await (const page of pagesOf(repository, targetOf(repository, `referrers/${digest}`), options)) {
    if (page === 'absent') return undefined;
    for (const descriptor of fromIndex(page.value, subject)) found.set(descriptor.digest, descriptor);
    if (found.size > repository.limits.referrers) throw tooManyReferrers(repository, digest);
  }
  return [...found.values()];
};

export const tooManyReferrers = (repository: Repository, digest: Digest): ToolError =>
  new ToolError('LIMIT_REFERRERS', 'too much refers to the image', {
    subject: `${repositoryName(repository)}@${digest}`,
    expected: `at most ${repository.limits.referrers} referrers`,
    hint: 'leave them out with --drop-referrers',
  });

/** The index under the fallback tag; undefined for anything else that has the name. */
export const fallbackIndex = async (
  repository: Repository,
  digest: Digest,
  signal: AbortSignal | undefined,
): Promise<FetchedManifest | undefined> => {
  const fetched = await fetchManifest(repository, fallbackTag(digest), signal);
  // Some registries answer with the image itself, whose digest the tag spells.
  return fetched?.descriptor.mediaType === MEDIA_TYPE.index && fetched.descriptor.digest !== digest
    ? fetched
    : undefined;
};

const fromTag = async (
  repository: Repository,
  digest: Digest,
  signal: AbortSignal | undefined,
): Promise<ReferrerList> => {
  const fetched = await fallbackIndex(repository, digest, signal);
  if (fetched === undefined) return NONE;
  const subject = `${repositoryName(repository)}:${fallbackTag(digest)}`;
  const value = parseJson(fetched.raw, { subject, depth: repository.limits.jsonDepth });
  const descriptors = fromIndex(value, subject);
  if (descriptors.length > repository.limits.referrers) throw tooManyReferrers(repository, digest);
  return { from: 'tag', descriptors };
};

/** Asks a repository what refers to its images, and remembers whether the registry has a list of its own. */
export class Referrers {
  readonly #repository: Repository;
  readonly #signal: AbortSignal | undefined;
  #hasApi = true;

  constructor(repository: Repository, signal: AbortSignal | undefined) {
    this.#repository = repository;
    this.#signal = signal;
  }

  /**
   * What the repository lists; whether it is true only the manifests themselves can tell.
   * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers
   * @throws {ToolError} LIMIT_REFERRERS, SCHEMA_INVALID, PAGINATION_UNSAFE, and as `RegistryHost.send`
   */
  async of(digest: Digest): Promise<ReferrerList> {
    try {
      const listed = this.#hasApi ? await fromApi(this.#repository, digest, this.#signal) : undefined;
      if (listed !== undefined) return { from: 'api', descriptors: listed };
      this.#hasApi = false;
      return await fromTag(this.#repository, digest, this.#signal);
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      throw error.within(
        { subject: repositoryName(this.#repository) },
        'leave out what refers to it with --drop-referrers',
      );
    }
  }
}
