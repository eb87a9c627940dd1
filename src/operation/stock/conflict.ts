import type { Digest } from '../../oci/digest.js';
import type { Draft } from '../../store/draft.js';
import { matchesAny } from '../../store/pattern.js';
import type { StoreConfig } from '../../store/config.js';
import type { Conflict } from './report.js';

/** Names of an image that stand in the way of its removal. */
export const nameConflicts = (
  draft: Draft,
  config: StoreConfig,
  digest: Digest,
  names: readonly string[],
): readonly Conflict[] =>
  names.flatMap((name): readonly Conflict[] => {
    if (draft.refOf(name)?.pinned === true) {
      return [
        {
          kind: 'pinned',
          code: 'IMAGE_PINNED',
          subject: name,
          digest,
          by: [name],
          hint: 'unpin it first, or say --force',
        },
      ];
    }
    if (matchesAny(config.immutable, name)) {
      return [{ kind: 'immutable', code: 'NAME_IMMUTABLE', subject: name, digest, by: [name], hint: 'say --force' }];
    }
    return [];
  });

/** What holds an image whatever its names are. */
export const imageConflicts = (draft: Draft, digest: Digest, leases: readonly string[]): readonly Conflict[] => {
  const subject = digest;
  return [
    ...(draft.imageOf(digest)?.pinned === true
      ? [
          {
            kind: 'pinned',
            code: 'IMAGE_PINNED',
            subject,
            digest,
            by: [digest],
            hint: 'unpin it first, or say --force',
          } as const,
        ]
      : []),
    ...(leases.length > 0
      ? [
          {
            kind: 'leased',
            code: 'IMAGE_LEASED',
            subject,
            digest,
            by: leases,
            hint: 'remove the lease first, or say --force',
          } as const,
        ]
      : []),
  ];
};

/** An image that is meant by its ID and has more names than one. */
export const namesConflict = (digest: Digest, subject: string, names: readonly string[]): Conflict => ({
  kind: 'multiple-names',
  code: 'IMAGE_HAS_NAMES',
  subject,
  digest,
  by: names,
  hint: 'name the name that is to go, or say --all-names',
});
