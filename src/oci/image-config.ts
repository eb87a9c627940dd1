import { type JsonValue, isJsonObject } from '../base/json.js';
import { Cursor } from './decode.js';
import { decodeDigest } from './descriptor.js';
import type { Digest } from './digest.js';
import type { Platform } from './platform.js';

/** @see https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md#properties */
export interface HistoryEntry {
  readonly created?: string;
  readonly createdBy?: string;
  readonly author?: string;
  readonly comment?: string;
  /** True for a step that made no layer. */
  readonly emptyLayer: boolean;
}

/**
 * The part of an image config that decides something here. Docker's configs hold `null` for many empty values, which
 * counts as absent.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md
 * @see https://github.com/moby/docker-image-spec/blob/v1.3.1/spec.md
 */
export interface ImageConfig {
  readonly platform: Platform;
  readonly created?: string;
  readonly author?: string;
  /** Digests of the uncompressed layers, base first. */
  readonly diffIDs: readonly Digest[];
  readonly history: readonly HistoryEntry[];
  readonly labels: ReadonlyMap<string, string>;
}

const text = (cursor: Cursor): string | undefined => cursor.optional((field) => field.string(), 'null is absent');

const decodeHistoryEntry = (cursor: Cursor): HistoryEntry => {
  const created = text(cursor.field('created'));
  const createdBy = text(cursor.field('created_by'));
  const author = text(cursor.field('author'));
  const comment = text(cursor.field('comment'));
  return {
    emptyLayer: cursor.field('empty_layer').optional((field) => field.boolean(), 'null is absent') ?? false,
    ...(created === undefined ? {} : { created }),
    ...(createdBy === undefined ? {} : { createdBy }),
    ...(author === undefined ? {} : { author }),
    ...(comment === undefined ? {} : { comment }),
  };
};

const decodeDiffIDs = (cursor: Cursor): readonly Digest[] => {
  const rootfs = cursor.field('rootfs');
  if (!isJsonObject(rootfs.value)) return rootfs.fail('an object with diff_ids', 'CONFIG_INVALID');
  const type = rootfs.field('type');
  if (type.value !== 'layers') type.fail('"layers"', 'CONFIG_INVALID');
  return rootfs.field('diff_ids').optional((field) => field.array().map(decodeDigest), 'null is absent') ?? [];
};

const decodeLabels = (cursor: Cursor): ReadonlyMap<string, string> =>
  cursor
    .field('config')
    .optional(
      (config) => config.field('Labels').optional((labels) => labels.stringMap(), 'null is absent'),
      'null is absent',
    ) ?? new Map();

/** @throws {ToolError} CONFIG_INVALID, SCHEMA_INVALID, DIGEST_INVALID */
export const decodeImageConfig = (value: JsonValue, subject: string): ImageConfig => {
  const cursor = new Cursor(value, subject);
  if (!isJsonObject(value)) cursor.fail('an object', 'CONFIG_INVALID');
  const variant = text(cursor.field('variant'));
  const osVersion = text(cursor.field('os.version'));
  const created = text(cursor.field('created'));
  const author = text(cursor.field('author'));
  return {
    platform: {
      os: text(cursor.field('os')) ?? '',
      architecture: text(cursor.field('architecture')) ?? '',
      ...(variant === undefined || variant === '' ? {} : { variant }),
      ...(osVersion === undefined || osVersion === '' ? {} : { osVersion }),
    },
    ...(created === undefined ? {} : { created }),
    ...(author === undefined ? {} : { author }),
    diffIDs: decodeDiffIDs(cursor),
    history: cursor.field('history').optional((field) => field.array().map(decodeHistoryEntry), 'null is absent') ?? [],
    labels: decodeLabels(cursor),
  };
};
