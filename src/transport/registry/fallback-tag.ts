import { type Digest, algorithmOf, encodedOf } from '../../oci/digest.js';

const ALGORITHM_LENGTH = 32;
const ENCODED_LENGTH = 64;

const tagText = (text: string, length: number): string => text.slice(0, length).replaceAll(/[^A-Za-z0-9._-]/g, '-');

/**
 * The tag that lists an image's referrers where a registry does not.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#referrers-tag-schema
 */
export const fallbackTag = (subject: Digest): string =>
  `${tagText(algorithmOf(subject), ALGORITHM_LENGTH)}-${tagText(encodedOf(subject), ENCODED_LENGTH)}`;

/** Whether a tag has the form of one. Tags of cosign have a suffix and are ordinary tags. */
export const isFallbackTag = (tag: string): boolean => /^sha(?:256|512)-[0-9a-f]{64}$/.test(tag);
