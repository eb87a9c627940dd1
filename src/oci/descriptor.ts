import { ToolError } from '../base/error.js';
import type { Cursor } from './decode.js';
import { type Digest, parseDigest } from './digest.js';
import { type Platform, decodePlatform } from './platform.js';

/**
 * A typed, sized, verified-by-digest link to a blob.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md#properties
 */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  readonly annotations: ReadonlyMap<string, string>;
  readonly platform?: Platform;
  readonly artifactType?: string;
  /** Where the blob can be downloaded. Never fetched unless the user asks. */
  readonly urls?: readonly string[];
  /** The blob itself, embedded. */
  readonly data?: Uint8Array;
}

const MEDIA_TYPE_GRAMMAR =
  /^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}\/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}(?:\s*;.*)?$/;
// Length and characters apart: a pattern of repeated groups overflows the stack on long text.
const isBase64 = (text: string): boolean => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);

const NO_ANNOTATIONS: ReadonlyMap<string, string> = new Map();

export const decodeMediaType = (cursor: Cursor): string => {
  const text = cursor.string();
  return MEDIA_TYPE_GRAMMAR.test(text) ? text : cursor.fail('a media type of RFC 6838');
};

export const decodeDigest = (cursor: Cursor): Digest =>
  parseDigest(cursor.string(), { subject: cursor.subject, pointer: cursor.pointer });

export const decodeAnnotations = (cursor: Cursor): ReadonlyMap<string, string> =>
  cursor.optional((field) => field.stringMap()) ?? NO_ANNOTATIONS;

/** @throws {ToolError} SCHEMA_INVALID, DIGEST_INVALID, SIZE_INVALID, DATA_MISMATCH */
export const decodeDescriptor = (cursor: Cursor): Descriptor => {
  const mediaType = decodeMediaType(cursor.field('mediaType'));
  const digest = decodeDigest(cursor.field('digest'));
  const size = cursor.field('size').size();
  const platform = cursor.field('platform').optional(decodePlatform);
  const artifactType = cursor.field('artifactType').optional((field) => field.string());
  const urls = cursor.field('urls').optional((field) => field.strings());
  const data = cursor.field('data').optional((field) => {
    const text = field.string();
    return isBase64(text) ? new Uint8Array(Buffer.from(text, 'base64')) : field.fail('base64');
  });
  if (data !== undefined && data.length !== size) {
    throw new ToolError('DATA_MISMATCH', 'embedded data are not of the size of the blob', {
      subject: cursor.subject,
      pointer: cursor.field('data').pointer,
      expected: `${size} bytes`,
      found: `${data.length} bytes`,
    });
  }
  return {
    mediaType,
    digest,
    size,
    annotations: decodeAnnotations(cursor.field('annotations')),
    ...(platform === undefined ? {} : { platform }),
    ...(artifactType === undefined || artifactType === '' ? {} : { artifactType }),
    ...(urls === undefined ? {} : { urls }),
    ...(data === undefined ? {} : { data }),
  };
};

/** A descriptor with nothing but what identifies the blob. */
export const plainDescriptor = (mediaType: string, digest: Digest, size: number): Descriptor => ({
  mediaType,
  digest,
  size,
  annotations: NO_ANNOTATIONS,
});
