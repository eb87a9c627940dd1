import { ToolError } from '../base/error.js';
import { isJsonArray, isJsonObject } from '../base/json.js';
import { parseJson } from '../base/json-parse.js';
import type { ContentGraph } from '../content/graph.js';
import { parseRecipe } from '../layer/recipe.js';
import type { RestoreTarget } from '../layer/restore.js';
import { plainDescriptor } from '../oci/descriptor.js';
import { type Digest, digestOf, tryParseDigest } from '../oci/digest.js';
import { decodeImageManifest } from '../oci/manifest.js';
import { MEDIA_TYPE, roleOf } from '../oci/media-type.js';
import { isDirectory } from '../transport/directory.js';
import { openFileSource } from '../transport/file.js';
import type { OperationContext } from './context.js';
import { parseLocation } from './location.js';
import { type Lock, parseLock } from './lock.js';
import { recipeFault, recipeFile } from './locked-recipe.js';
import { openLocation } from './open.js';

/** What is known of the images that are to be restored. */
export interface RestoreSources {
  readonly targets: readonly RestoreTarget[];
  /** Manifest digests of which nothing but the digest is known, by image ID; under `any` where not even that is. */
  readonly pinned: ReadonlyMap<Digest | 'any', ReadonlySet<Digest>>;
}

const NO_CODECS: ReadonlyMap<Digest, string> = new Map();

const targetsOfGraph = (graph: ContentGraph): readonly RestoreTarget[] =>
  [...graph.nodes.values()].flatMap(({ manifest }): readonly RestoreTarget[] =>
    manifest?.value.kind === 'manifest'
      ? [{ manifest: { ...manifest, value: manifest.value }, codecs: NO_CODECS }]
      : [],
  );

const addPinned = (pinned: Map<Digest | 'any', Set<Digest>>, lock: Lock): void => {
  for (const image of Object.values(lock.images)) {
    for (const { digest, imageID } of [image, ...Object.values(image.platforms ?? {})]) {
      const manifest = tryParseDigest(digest);
      const key = imageID === undefined ? 'any' : tryParseDigest(imageID);
      if (manifest === undefined || key === undefined) continue;
      pinned.set(key, (pinned.get(key) ?? new Set<Digest>()).add(manifest));
    }
  }
};

/** The text of a JSON file, or undefined for anything else, which is opened as images. */
const readJsonFile = async (path: string, context: OperationContext): Promise<Uint8Array | undefined> => {
  const source = await openFileSource(path);
  try {
    const head = Buffer.from(await source.readAt(0, 64)).toString('latin1');
    if (!/^\s*\{/.test(head)) return undefined;
    if (source.size > context.limits.topDocument) {
      throw new ToolError('LIMIT_METADATA', 'the document is larger than the limit', {
        subject: path,
        expected: `at most ${context.limits.topDocument} bytes`,
        found: `${source.size} bytes`,
      });
    }
    return await source.readAt(0, source.size);
  } finally {
    await source.close();
  }
};

const manifestTarget = (raw: Uint8Array, path: string, context: OperationContext): RestoreTarget => {
  const value = parseJson(raw, { subject: path, depth: context.limits.jsonDepth });
  const mediaType =
    isJsonObject(value) && typeof value['mediaType'] === 'string' ? value['mediaType'] : MEDIA_TYPE.manifest;
  if (roleOf(mediaType) !== 'manifest') {
    throw new ToolError('SCHEMA_INVALID', 'not the manifest of an image', {
      subject: path,
      pointer: '/mediaType',
      expected: `${MEDIA_TYPE.manifest} or ${MEDIA_TYPE.dockerManifest}`,
      found: mediaType,
    });
  }
  const descriptor = plainDescriptor(mediaType, digestOf(raw), raw.length);
  return { manifest: { descriptor, raw, value: decodeImageManifest(value, descriptor, path) }, codecs: NO_CODECS };
};

const noManifests = (subject: string): ToolError =>
  new ToolError('MANIFEST_MISMATCH', 'an archive of docker save has no manifests', {
    subject,
    expected: 'an image manifest, a recipe, a lock, or a layout, directory or OCI archive that holds the manifests',
    found: 'a docker-archive',
    hint: 'name the image in its registry: docker://REFERENCE',
  });

/**
 * What `--manifest-from` names: the manifest itself, a recipe, a lock, or any location that holds the manifest (its
 * layers need not be there).
 * @param signed a lock that must record every recipe
 * @throws {ToolError} USAGE for such a lock without a recipe; RECIPE_UNRECORDED, RECIPE_INVALID, LOCK_INVALID, SCHEMA_INVALID, JSON_*, MANIFEST_MISMATCH for an index alone and for
 * a docker-archive, and as `openLocation`
 */
export const loadRestoreSources = async (
  texts: readonly string[],
  context: OperationContext,
  signed?: Lock,
): Promise<RestoreSources> => {
  const targets: RestoreTarget[] = [];
  const pinned = new Map<Digest | 'any', Set<Digest>>();
  let recipes = 0;
  for (const text of texts) {
    const location = parseLocation(text, context.pathExists);
    const raw =
      location.transport === 'auto' && !(await isDirectory(location.path))
        ? await readJsonFile(location.path, context)
        : undefined;
    if (raw === undefined) {
      const opened = await openLocation(text, context, { referrers: false });
      try {
        // Its manifests would be those that are made here where there are none.
        if (opened.source.kind === 'docker-archive') throw noManifests(text);
        targets.push(...targetsOfGraph(opened.graph));
      } finally {
        await opened.close();
      }
      continue;
    }
    const value = parseJson(raw, { subject: text, depth: context.limits.jsonDepth });
    const images = isJsonObject(value) ? value['images'] : undefined;
    if (isJsonArray(images)) {
      const recipe = await parseRecipe(raw, text, context.limits);
      const fault = signed === undefined ? undefined : recipeFault(signed, recipeFile(text, raw, recipe));
      if (fault !== undefined) throw fault;
      recipes += 1;
      for (const { manifest, layers } of recipe.images) {
        const known = layers.flatMap(({ digest, codec }): [Digest, string][] =>
          codec === undefined ? [] : [[digest, codec]],
        );
        targets.push({ manifest, codecs: new Map(known) });
      }
    } else if (isJsonObject(images)) {
      addPinned(pinned, await parseLock(raw, text, context.limits.jsonDepth));
    } else if (isJsonObject(value) && value['manifests'] !== undefined) {
      throw new ToolError('MANIFEST_MISMATCH', 'an index alone does not say what its images are made of', {
        subject: text,
        expected: 'an image manifest, a recipe, a lock, or a layout that holds the manifests',
        hint: 'give the manifest of the platform, or a layout of the index with its manifests',
      });
    } else {
      targets.push(manifestTarget(raw, text, context));
    }
  }
  if (signed !== undefined && recipes === 0) {
    throw new ToolError('USAGE', 'there is no recipe to hold against the lock', {
      expected: 'a recipe among what the manifests come from',
      found: texts.join(', '),
    });
  }
  return { targets, pinned };
};
