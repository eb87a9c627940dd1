import { ToolError } from '../base/error.js';
import { Cursor } from './decode.js';
import { type Descriptor, decodeAnnotations, decodeDescriptor, decodeMediaType } from './descriptor.js';
import type { JsonValue } from '../base/json-parse.js';

/**
 * One image, or one artifact in the form of an image.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md#image-manifest-property-descriptions
 */
export interface ImageManifest {
  readonly kind: 'manifest';
  readonly mediaType?: string;
  readonly artifactType?: string;
  readonly config: Descriptor;
  /** Base first; the same layer may come more than once. */
  readonly layers: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly annotations: ReadonlyMap<string, string>;
}

/** Several images, indexes or artifacts under one name. @see https://github.com/opencontainers/image-spec/blob/v1.1.1/image-index.md */
export interface ImageIndex {
  readonly kind: 'index';
  readonly mediaType?: string;
  readonly artifactType?: string;
  readonly manifests: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly annotations: ReadonlyMap<string, string>;
}

/**
 * The artifact manifest of the image specification's release candidates; registries and layouts still hold some.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.0-rc2/artifact.md
 */
export interface ArtifactManifest {
  readonly kind: 'artifact-manifest';
  readonly mediaType?: string;
  readonly artifactType?: string;
  readonly blobs: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly annotations: ReadonlyMap<string, string>;
}

export type Manifest = ImageManifest | ImageIndex | ArtifactManifest;

const checkVersion = (cursor: Cursor): void => {
  const version = cursor.field('schemaVersion');
  if (version.value === 1) {
    throw new ToolError('SCHEMA1_UNSUPPORTED', 'Docker schema 1 manifests are not supported', {
      subject: cursor.subject,
      pointer: version.pointer,
      expected: 'schemaVersion 2',
      found: '1',
      hint: 'convert the image with a registry client that still reads schema 1, then try again',
    });
  }
  if (version.value !== 2) version.fail('schemaVersion 2');
};

const checkMediaType = (cursor: Cursor, expected: string): string | undefined => {
  const inside = cursor.field('mediaType').optional(decodeMediaType);
  if (inside !== undefined && inside !== expected) {
    throw new ToolError('MEDIATYPE_CONFLICT', 'the document disagrees with its descriptor', {
      subject: cursor.subject,
      pointer: cursor.field('mediaType').pointer,
      expected,
      found: inside,
    });
  }
  return inside;
};

const checkUnambiguous = (cursor: Cursor): void => {
  const parts = ['config', 'layers'].filter((name) => cursor.field(name).present);
  if (cursor.field('manifests').present && parts.length > 0) {
    throw new ToolError('MANIFEST_AMBIGUOUS', 'the document is both a manifest and an index', {
      subject: cursor.subject,
      expected: 'either manifests, or config and layers',
      found: ['manifests', ...parts].join(', '),
    });
  }
};

const common = (
  cursor: Cursor,
  descriptor: Descriptor,
): Pick<Manifest, 'mediaType' | 'artifactType' | 'subject' | 'annotations'> => {
  const mediaType = checkMediaType(cursor, descriptor.mediaType);
  const artifactType = cursor.field('artifactType').optional((field) => field.string());
  const subject = cursor.field('subject').optional(decodeDescriptor);
  return {
    annotations: decodeAnnotations(cursor.field('annotations')),
    ...(mediaType === undefined ? {} : { mediaType }),
    ...(artifactType === undefined || artifactType === '' ? {} : { artifactType }),
    ...(subject === undefined ? {} : { subject }),
  };
};

/**
 * @throws {ToolError} SCHEMA_INVALID, SCHEMA1_UNSUPPORTED, MANIFEST_AMBIGUOUS, MEDIATYPE_CONFLICT, DIGEST_INVALID,
 * SIZE_INVALID, DATA_MISMATCH
 */
export const decodeImageManifest = (value: JsonValue, descriptor: Descriptor, subject: string): ImageManifest => {
  const cursor = new Cursor(value, subject);
  checkUnambiguous(cursor);
  checkVersion(cursor);
  return {
    kind: 'manifest',
    ...common(cursor, descriptor),
    config: decodeDescriptor(cursor.field('config')),
    layers: cursor.field('layers').array().map(decodeDescriptor),
  };
};

/** @throws as {@link decodeImageManifest} */
export const decodeImageIndex = (value: JsonValue, descriptor: Descriptor, subject: string): ImageIndex => {
  const cursor = new Cursor(value, subject);
  checkUnambiguous(cursor);
  checkVersion(cursor);
  return {
    kind: 'index',
    ...common(cursor, descriptor),
    manifests: cursor.field('manifests').array().map(decodeDescriptor),
  };
};

/** @throws as {@link decodeImageManifest} */
export const decodeArtifactManifest = (value: JsonValue, descriptor: Descriptor, subject: string): ArtifactManifest => {
  const cursor = new Cursor(value, subject);
  return {
    kind: 'artifact-manifest',
    ...common(cursor, descriptor),
    blobs: cursor.field('blobs').optional((field) => field.array().map(decodeDescriptor), 'null is absent') ?? [],
  };
};
