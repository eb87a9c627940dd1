import { ToolError } from '../base/error.js';
import { isJsonObject } from '../base/json.js';
import { parseJson } from '../base/json-parse.js';
import type { Limits } from '../base/limits.js';
import type { Digest } from '../oci/digest.js';
import { MEDIA_TYPE } from '../oci/media-type.js';
import { findBlob, readDocument } from './content.js';
import type { StorePaths } from './path.js';
import type { TrashedRoot } from './trash.js';

/** What is stored under a digest, in the words of an index entry. */
export const storedRoot = (paths: StorePaths, limits: Limits, digest: Digest): TrashedRoot | undefined => {
  const blob = findBlob(paths, digest);
  if (blob === undefined) return undefined;
  let mediaType: string = MEDIA_TYPE.manifest;
  const bytes = blob.size > limits.document ? undefined : readDocument(paths, digest);
  if (bytes !== undefined) {
    try {
      const value = parseJson(bytes, { subject: digest, depth: limits.jsonDepth, onDuplicateKey: () => {} });
      const inside = isJsonObject(value) ? value['mediaType'] : undefined;
      if (typeof inside === 'string') mediaType = inside;
      else if (isJsonObject(value) && value['manifests'] !== undefined) mediaType = MEDIA_TYPE.index;
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
    }
  }
  return { digest, mediaType, size: blob.size, isSparse: false };
};
