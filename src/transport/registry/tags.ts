import { compareBytes } from '../../base/order.js';
import { ToolError } from '../../base/error.js';
import { Cursor } from '../../oci/decode.js';
import { isTag } from '../../oci/reference.js';
import { pagesOf } from './page.js';
import { type Repository, repositoryName, targetOf } from './repository.js';

/**
 * The tags of a repository, sorted by bytes; undefined where the registry does not know the repository.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-tags
 * @throws {ToolError} SCHEMA_INVALID, LIMIT_METADATA, PAGINATION_UNSAFE, and as `RegistryHost.send`
 */
export const listTags = async (
  repository: Repository,
  signal?: AbortSignal,
): Promise<readonly string[] | undefined> => {
  const subject = `tags of ${repositoryName(repository)}`;
  const tags = new Set<string>();
  const options = { subject, accept: 'application/json', absent: [404], ...(signal === undefined ? {} : { signal }) };
  for await (const page of pagesOf(repository, targetOf(repository, 'tags/list'), options)) {
    if (page === 'absent') return undefined;
    const list = new Cursor(page.value, subject).field('tags');
    // Go registries write null for a repository whose last tag is gone.
    for (const tag of list.optional((field) => field.strings(), 'null is absent') ?? []) {
      if (!isTag(tag)) list.fail('tags');
      tags.add(tag);
    }
    if (tags.size > repository.limits.tags) {
      throw new ToolError('LIMIT_METADATA', 'the repository has too many tags', {
        subject,
        expected: `at most ${repository.limits.tags} tags`,
      });
    }
  }
  return [...tags].toSorted(compareBytes);
};
