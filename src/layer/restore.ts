import { ToolError } from '../base/error.js';
import type { Note } from '../base/event.js';
import type { ScratchFile } from '../base/scratch.js';
import { PINNED_CODEC_IDS } from '../codec/pinned/codec.js';
import { type BlobReader, withMemory } from '../content/blob.js';
import type { Document } from '../content/document.js';
import type { ContentGraph, ImageParts } from '../content/graph.js';
import { type SynthesisLayer, synthesizeManifest } from '../content/synthesis.js';
import { plainDescriptor } from '../oci/descriptor.js';
import type { Digest } from '../oci/digest.js';
import type { ImageManifest, Manifest } from '../oci/manifest.js';
import { layerMediaType } from '../oci/media-type.js';
import { type SearchResult, type SearchTask, searchCodecs } from './codec-search.js';
import {
  type ImageLayer,
  type LayerWork,
  compressionOf,
  convertLayers,
  decompression,
  imagesFor,
  layerKey,
  layersOf,
} from './convert.js';
import { type RewriteOptions, type RewrittenGraph, leftAsItIs, withFiles } from './decompress.js';
import type { RecipeImage } from './recipe.js';
import { replaceManifests } from './replace.js';

/** A manifest that an image may have had, and what is known of how its layers were made. */
export interface RestoreTarget {
  readonly manifest: Document<ImageManifest>;
  /** Codecs by layer digest. */
  readonly codecs: ReadonlyMap<Digest, string>;
}

export interface RestoreOptions extends RewriteOptions {
  readonly targets: readonly RestoreTarget[];
  /** Keep what cannot be restored instead of failing. */
  readonly bestEffort: boolean;
}

export interface RestoredGraph extends RewrittenGraph {
  /** How the restored images are made, so that the next time costs one attempt a layer. */
  readonly recipe: readonly RecipeImage[];
}

interface Work {
  readonly parts: ImageParts;
  readonly target: RestoreTarget;
}

const mismatch = (parts: ImageParts, targets: readonly RestoreTarget[]): ToolError =>
  new ToolError('MANIFEST_MISMATCH', 'no given manifest is that of the image', {
    subject: parts.config.descriptor.digest,
    expected: `a manifest with this config and ${parts.layers.length} layers`,
    found:
      targets
        .map(({ manifest }) => `${manifest.descriptor.digest} with config ${manifest.value.config.digest}`)
        .join(', ') || 'none',
    hint: 'give the manifest that the image was pulled by; Podman and skopeo change the config when they convert an image to OCI, and then it is another image',
  });

/** Whether a manifest can be that of the image, as far as can be told before anything is made. */
const isOf = (parts: ImageParts, { manifest: { value } }: RestoreTarget): boolean =>
  value.config.digest === parts.config.descriptor.digest &&
  value.config.size === parts.config.descriptor.size &&
  value.layers.length === parts.layers.length &&
  value.layers.every(
    ({ digest, size }, index) => digest !== parts.layers[index]?.digest || size === parts.layers[index].size,
  );

/** Layers of an image beside the layers they are to become. */
const pairsOf = ({ parts, target }: Work): readonly { readonly layer: ImageLayer; readonly task: SearchTask }[] =>
  layersOf(parts).flatMap((layer, index) => {
    const wanted = target.manifest.value.layers[index];
    if (wanted === undefined) return [];
    const codec = target.codecs.get(wanted.digest);
    return [{ layer, task: { layer, target: wanted, first: codec === undefined ? [] : [codec] } }];
  });

const taskKey = ({ layer, target }: SearchTask): string => `${layer.diffID} ${target.digest} ${target.size}`;

/** What became of each task, by {@link taskKey}. */
type Results = ReadonlyMap<string, SearchResult>;

/** Layers of an image that were not made; those that were searched to the end have codecs tried. */
const failuresOf = (work: Work, results: Results): readonly SearchResult[] =>
  pairsOf(work).flatMap(({ layer, task }) => {
    const result = results.get(taskKey(task));
    const isThere =
      result === undefined && (task.target.digest === layer.diffID || task.target.digest === layer.descriptor.digest);
    return isThere || result?.hit !== undefined ? [] : [result ?? { task, hit: undefined, tried: [] }];
  });

/** Compressed layers that are to become others are decompressed first. */
const plainForms = async (
  layers: readonly ImageLayer[],
  blobs: BlobReader,
  options: RestoreOptions,
): Promise<{ readonly blobs: BlobReader; readonly plain: (layer: ImageLayer) => ImageLayer }> => {
  const pending = new Map<string, LayerWork>();
  for (const layer of layers) {
    if (layer.descriptor.digest !== layer.diffID) pending.set(layerKey(layer), await decompression(layer, blobs));
  }
  const converted = await convertLayers(pending, blobs, options);
  const files = new Map<Digest, ScratchFile>();
  for (const [key, { layer }] of pending) {
    const made = converted.get(key);
    if (made !== undefined) files.set(layer.diffID, made.file);
  }
  return {
    blobs: withFiles(files, blobs),
    plain: (layer) => {
      const size = converted.get(layerKey(layer))?.result.inner?.size;
      return size === undefined
        ? layer
        : { ...layer, descriptor: plainDescriptor(layerMediaType('none'), layer.diffID, size) };
    },
  };
};

const unrestorable = ({ task, tried }: SearchResult): ToolError =>
  new ToolError('LAYER_UNRESTORABLE', 'no known codec gives the layer its digest back', {
    subject: task.layer.diffID,
    expected: task.target.digest,
    found: tried.length === 0 ? `another size than ${task.target.size} bytes` : `not ${tried.join(', ')}`,
    hint: 'keep what can be restored with --restore-best-effort, or save from a place that still has the compressed layers',
  });

/** @throws {ToolError} CODEC_UNKNOWN: what a recipe of a later version knows is not worth a search among older codecs */
const checkCodecs = (tasks: Iterable<SearchTask>): void => {
  for (const { first, target } of tasks) {
    const unknown = first.find((codec) => !PINNED_CODEC_IDS.includes(codec));
    if (unknown === undefined) continue;
    throw new ToolError('CODEC_UNKNOWN', 'the recipe names a codec that this version does not have', {
      subject: unknown,
      expected: `the codec that gives ${target.digest}`,
      hint: 'use the version that wrote the recipe or a later one, or give the manifest instead of the recipe',
    });
  }
};

const recipeImage = ({ parts, target }: Work, results: Results): RecipeImage => ({
  imageID: parts.config.descriptor.digest,
  manifest: target.manifest,
  layers: pairsOf({ parts, target }).map(({ layer, task }) => {
    const codec = results.get(taskKey(task))?.hit?.codec ?? target.codecs.get(task.target.digest);
    const stored = task.target.digest === layer.diffID;
    return {
      diffID: layer.diffID,
      digest: task.target.digest,
      size: task.target.size,
      ...(codec === undefined || stored ? {} : { codec }),
    };
  }),
});

/** The images that are to be restored with the manifests that fit them, in the order given. */
interface Choice {
  readonly parts: ImageParts;
  readonly targets: readonly RestoreTarget[];
}

/** What was made for the layers of the chosen manifests. */
interface Made {
  readonly works: readonly Work[];
  readonly results: Results;
  readonly blobs: BlobReader;
}

/**
 * Makes the layers that the manifests name. Of several manifests that fit one image, the first counts whose layers can
 * all be made, or else the first.
 */
const makeLayers = async (choices: readonly Choice[], blobs: BlobReader, options: RestoreOptions): Promise<Made> => {
  const all = choices.flatMap(({ parts, targets }) => targets.flatMap((target) => pairsOf({ parts, target })));
  const changing = all.filter(({ layer, task }) => layer.descriptor.digest !== task.target.digest);
  const { blobs: plainBlobs, plain } = await plainForms(
    changing.map(({ layer }) => layer),
    blobs,
    options,
  );
  const chosen = new Map<Choice, Work>();
  const results = new Map<string, SearchResult>();
  // One failure is the end if nothing is to be kept and no other manifest could help.
  const isEnough = !options.bestEffort && choices.every(({ targets }) => targets.length === 1);
  for (let round = 0; ; round += 1) {
    const works = choices.flatMap((choice) => {
      const target = choice.targets[round];
      const known = chosen.get(choice);
      const isDone = known !== undefined && failuresOf(known, results).length === 0;
      return target === undefined || isDone ? [] : [{ choice, work: { parts: choice.parts, target } }];
    });
    if (works.length === 0) break;
    const tasks = new Map<string, SearchTask>();
    for (const { layer, task } of works.flatMap(({ work }) => pairsOf(work))) {
      if (layer.descriptor.digest === task.target.digest || results.has(taskKey(task))) continue;
      const plainTask = { ...task, layer: plain(layer) };
      if (task.target.digest !== layer.diffID) tasks.set(taskKey(task), plainTask);
      // A target that is uncompressed is the plain form itself.
      else if (plainTask.layer.descriptor.size !== task.target.size)
        results.set(taskKey(task), { task, hit: undefined, tried: [] });
    }
    if (!options.bestEffort) checkCodecs(tasks.values());
    const found = await searchCodecs([...tasks.values()], plainBlobs, { ...options, untilFailure: isEnough });
    for (const result of found) results.set(taskKey(result.task), result);
    for (const { choice, work } of works) {
      if (!chosen.has(choice) || failuresOf(work, results).length === 0) chosen.set(choice, work);
    }
  }
  const files = new Map<Digest, ScratchFile>();
  for (const { task, hit } of results.values()) if (hit !== undefined) files.set(task.target.digest, hit.file);
  return { works: [...chosen.values()], results, blobs: withFiles(files, plainBlobs) };
};

/** The layers of an image of which some could not be restored; undefined if no media type says what one of them is. */
const keptLayers = async (work: Work, { results, blobs }: Made): Promise<readonly SynthesisLayer[] | undefined> => {
  const layers: SynthesisLayer[] = [];
  for (const [index, { layer, task }] of pairsOf(work).entries()) {
    const wanted = work.target.manifest.value.layers[index];
    const isRestored = results.get(taskKey(task))?.hit !== undefined;
    const descriptor = isRestored && wanted !== undefined ? wanted : layer.descriptor;
    const compression = await compressionOf(blobs, descriptor);
    if (compression !== 'none' && compression !== 'gzip' && compression !== 'zstd') return undefined;
    layers.push({ descriptor, compression });
  }
  return layers;
};

/**
 * `--layers restore`: the manifests that images were pulled by, and the compressed layers that those name, made again
 * from config and uncompressed layers. Nothing is believed but digests: a layer counts as restored when its bytes hash
 * to what the manifest says, an image when all of its layers do.
 * @throws {ToolError} MANIFEST_MISMATCH, LAYER_UNRESTORABLE, CODEC_UNKNOWN (none of them with `bestEffort`), and what
 * decompression throws
 */
export const restoreLayers = async (
  graph: ContentGraph,
  blobs: BlobReader,
  options: RestoreOptions,
): Promise<RestoredGraph> => {
  const { convertible, others } = imagesFor(graph);
  const notes: Note[] = others.map(leftAsItIs);
  const choices: Choice[] = [];
  for (const parts of convertible) {
    const targets = options.targets.filter((target) => isOf(parts, target));
    if (targets.length > 0) choices.push({ parts, targets });
    else if (!options.bestEffort) throw mismatch(parts, options.targets);
    else
      notes.push({
        code: 'MANIFEST_MISMATCH',
        severity: 'warning',
        message: mismatch(parts, []).what,
        subject: parts.config.descriptor.digest,
      });
  }
  const made = await makeLayers(choices, blobs, options);
  const replacements = new Map<Digest, Document<Manifest>>();
  const recipe: RecipeImage[] = [];
  const [failure] = made.works
    .flatMap((work) => failuresOf(work, made.results))
    .toSorted((a, b) => b.tried.length - a.tried.length);
  if (failure !== undefined && !options.bestEffort) throw unrestorable(failure);
  for (const work of made.works) {
    const { parts, target } = work;
    const failures = failuresOf(work, made.results);
    if (failures.length === 0) {
      replacements.set(parts.node.descriptor.digest, target.manifest);
      recipe.push(recipeImage(work, made.results));
      continue;
    }
    for (const each of new Set(failures)) {
      const { code, what, details } = unrestorable(each);
      notes.push({ code, severity: 'warning', message: what, ...details });
    }
    const layers = await keptLayers(work, made);
    if (layers !== undefined)
      replacements.set(parts.node.descriptor.digest, synthesizeManifest(parts.config.descriptor, layers));
  }
  const replaced = replaceManifests(graph, replacements, {
    keepAnnotations: options.keepAnnotations,
    reason: 'registry digests restored',
  });
  return {
    ...replaced,
    recipe,
    graph: { ...replaced.graph, notes: [...replaced.graph.notes, ...notes] },
    blobs: withMemory(replaced.documents, made.blobs),
  };
};
