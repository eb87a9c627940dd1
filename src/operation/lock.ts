import { canonicalJson } from '../base/json-canonical.js';
import { ToolError } from '../base/error.js';
import type { Note } from '../base/event.js';
import { parseJson } from '../base/json-parse.js';
import type { Limits } from '../base/limits.js';
import { compareCodeUnits } from '../base/order.js';
import { loadValidator } from '../base/schema.js';
import { type ContentGraph, type GraphRoot, imageParts, nodeOf } from '../content/graph.js';
import { nameText } from '../content/name.js';
import { attestedBy, platformOf } from '../content/select-platform.js';
import type { Digest } from '../oci/digest.js';
import { formatPlatform } from '../oci/platform.js';
import type { OperationContext } from './context.js';
import { readSmall } from './host.js';
import { openLocations } from './open.js';

export interface LockedManifest {
  readonly digest: string;
  readonly imageID?: string;
  /** Digest of the recipe, as a file, that restores the image. */
  readonly recipe?: string;
}

interface LockedImage extends LockedManifest {
  /** Of an index: by platform. */
  readonly platforms?: Readonly<Record<string, LockedManifest>>;
}

/** Reference → digests. Sorted, without times, so that a lock changes only when an image does. @see schemas/lock.schema.json */
export interface Lock {
  readonly version: 1;
  /** An image without a name stands under its digest. */
  readonly images: Readonly<Record<string, LockedImage>>;
}

const lockedManifest = (graph: ContentGraph, digest: Digest): LockedManifest => {
  const parts = imageParts(graph, nodeOf(graph, digest));
  return { digest, ...(parts === undefined ? {} : { imageID: parts.config.descriptor.digest }) };
};

const lockedImage = (graph: ContentGraph, root: GraphRoot): LockedImage => {
  const digest = root.descriptor.digest;
  const node = nodeOf(graph, digest);
  if (node.kind !== 'index') return lockedManifest(graph, digest);
  const manifest = node.manifest?.value;
  const platforms = new Map<string, LockedManifest>();
  for (const child of manifest?.kind === 'index' ? manifest.manifests : []) {
    const platform = attestedBy(child) === undefined ? platformOf(graph, child) : undefined;
    const key = platform === undefined ? undefined : formatPlatform(platform);
    if (key !== undefined && !platforms.has(key)) platforms.set(key, lockedManifest(graph, child.digest));
  }
  return { digest, ...(platforms.size === 0 ? {} : { platforms: Object.fromEntries(platforms) }) };
};

/** Keys under which a root stands in a lock. */
const keysOf = (root: GraphRoot): readonly string[] =>
  root.names.length === 0 ? [root.descriptor.digest] : root.names.map(nameText);

/** @throws {ToolError} NAME_CONFLICT for two images under one name */
export const lockOf = (graphs: readonly ContentGraph[]): Lock => {
  const images = new Map<string, LockedImage>();
  for (const graph of graphs) {
    for (const root of graph.roots) {
      const locked = lockedImage(graph, root);
      for (const key of keysOf(root)) {
        const known = images.get(key);
        if (known !== undefined && known.digest !== locked.digest) {
          throw new ToolError('NAME_CONFLICT', 'two different images claim one name', {
            subject: key,
            expected: known.digest,
            found: locked.digest,
            hint: 'lock them in two files, or rename one',
          });
        }
        images.set(key, locked);
      }
    }
  }
  return { version: 1, images: Object.fromEntries([...images].toSorted(([a], [b]) => compareCodeUnits(a, b))) };
};

/** `lock`: the lock of some locations. @throws as `openLocations`; NAME_CONFLICT */
export const lock = async (locations: readonly string[], context: OperationContext): Promise<Lock> => {
  const opened = await openLocations(locations, context);
  try {
    return lockOf(opened.map((images) => images.graph));
  } finally {
    for (const images of opened) await images.close();
  }
};

/** The lock as a file: RFC 8785 and a newline. */
export const lockBytes = (value: Lock): Uint8Array => Buffer.concat([canonicalJson(value), Buffer.from('\n')]);

/** @throws {ToolError} LOCK_INVALID, JSON_* */
export const parseLock = async (bytes: Uint8Array, subject: string, depth: number): Promise<Lock> => {
  const value = parseJson(bytes, { subject, depth });
  const [issue] = (await loadValidator('lock'))(value);
  if (issue !== undefined) {
    throw new ToolError('LOCK_INVALID', 'not a lock file', {
      subject,
      pointer: issue.pointer,
      expected: issue.expected,
      found: issue.found,
      hint: 'make one with: ingot lock LOCATION... -o FILE',
    });
  }
  return value as unknown as Lock;
};

/** @throws {ToolError} LOCK_INVALID, LIMIT_METADATA, JSON_*; system errors */
export const readLock = async (path: string, limits: Limits): Promise<Lock> =>
  parseLock(await readSmall(path, limits.topDocument, 'LIMIT_METADATA'), path, limits.jsonDepth);

const differences = (key: string, locked: LockedImage, found: LockedImage): readonly Note[] => {
  const pairs: [string, string | undefined, string | undefined][] = [
    [key, locked.digest, found.digest],
    [`${key} (image ID)`, locked.imageID, found.imageID],
    ...Object.entries(locked.platforms ?? {}).map(
      ([platform, manifest]): [string, string | undefined, string | undefined] => [
        `${key} (${platform})`,
        manifest.digest,
        found.platforms?.[platform]?.digest,
      ],
    ),
  ];
  // The same config under another manifest, as docker save leaves an image.
  const isRestorable = locked.recipe !== undefined && locked.imageID !== undefined && locked.imageID === found.imageID;
  return pairs
    .filter(([, expected, actual]) => expected !== undefined && expected !== actual)
    .slice(0, 1)
    .map(([subject, expected, actual]) => ({
      code: 'LOCK_MISMATCH',
      severity: 'error',
      message: isRestorable
        ? 'the image has not the digest that the lock records, but the recorded recipe restores it'
        : 'the image is not the one that the lock records',
      subject,
      expected: expected ?? '',
      found: actual ?? 'nothing',
    }));
};

/** Every image against the lock, and every image of the lock against what is there. */
export const checkLock = (expected: Lock, graphs: readonly ContentGraph[]): readonly Note[] => {
  const found = lockOf(graphs);
  const unlisted = Object.keys(found.images)
    .filter((key) => !Object.hasOwn(expected.images, key))
    .map((subject): Note => ({
      code: 'LOCK_UNLISTED',
      severity: 'error',
      message: 'the image is not recorded in the lock',
      subject,
    }));
  const others = Object.entries(expected.images).flatMap(([key, locked]): readonly Note[] => {
    const image = Object.hasOwn(found.images, key) ? found.images[key] : undefined;
    return image === undefined
      ? [
          {
            code: 'LOCK_ABSENT',
            severity: 'error',
            message: 'an image that the lock records is not there',
            subject: key,
          },
        ]
      : differences(key, locked, image);
  });
  return [...others, ...unlisted];
};
