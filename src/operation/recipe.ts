import { fingerprint, type Fingerprint } from '../codec/fingerprint/fingerprint.js';
import { invariant } from '../base/error.js';
import type { BlobReader } from '../content/blob.js';
import type { ContentGraph } from '../content/graph.js';
import { imagesFor, layerKey, layersOf } from '../layer/convert.js';
import { type RecipeSearch, makeRecipe } from '../layer/make-recipe.js';
import { recipeBytes } from '../layer/recipe.js';
import { type Digest, digestOf } from '../oci/digest.js';
import { formatPlatform } from '../oci/platform.js';
import { nameText } from '../content/name.js';
import { scratchDirectory } from '../transport/scratch.js';
import type { OperationContext } from './context.js';
import { type OpenedImages, openLocation, openLocations } from './open.js';
import { bulkOptions } from './bulk-options.js';
import { mergeGraphs } from '../content/merge.js';

/** One layer, how it was compressed, and whether that can be done again. @see schemas/explain-layers-report.schema.json */
export interface ExplainedLayer {
  readonly digest: Digest;
  readonly mediaType: string;
  /** Bytes as stored. */
  readonly size: number;
  readonly diffID: Digest;
  readonly producer: string;
  /** How sure the producer is; absent where nothing is compressed. */
  readonly confidence?: string;
  /** What the guess rests on, in words. */
  readonly evidence: readonly string[];
  /** The codec that was proved to give the digest. */
  readonly codec?: string;
  /** Absent where it was not tried. */
  readonly restorable?: boolean;
  readonly why: string;
}

export interface ExplainReport {
  readonly location: string;
  readonly images: readonly {
    readonly names: readonly string[];
    readonly digest: Digest;
    readonly platform: string;
    readonly layers: readonly ExplainedLayer[];
  }[];
}

const fingerprints = async (
  graph: ContentGraph,
  blobs: BlobReader,
  context: OperationContext,
): Promise<ReadonlyMap<string, Fingerprint>> => {
  const found = new Map<string, Fingerprint>();
  for (const layer of imagesFor(graph).convertible.flatMap(layersOf)) {
    const key = layerKey(layer);
    if (found.has(key)) continue;
    const source = await blobs.open(layer.descriptor);
    invariant(source !== undefined, 'a blob that was there is gone');
    try {
      found.set(
        key,
        await fingerprint(source.read(undefined, context.signal), {
          subject: layer.descriptor.digest,
          limits: context.limits,
        }),
      );
    } finally {
      await source.close();
    }
  }
  return found;
};

const searchRecipe = async (
  images: Pick<OpenedImages, 'graph' | 'blobs'>,
  known: ReadonlyMap<string, Fingerprint>,
  context: OperationContext,
): Promise<RecipeSearch> => {
  const scratch = scratchDirectory(context.temporary);
  context.observer({ type: 'phase', name: 'search codecs' });
  try {
    return await makeRecipe(images.graph, images.blobs, (layer) => known.get(layerKey(layer))?.candidates ?? [], {
      ...bulkOptions(context),
      scratch,
    });
  } finally {
    context.observer({ type: 'phase-end', name: 'search codecs' });
    await scratch.remove();
  }
};

const whyNot = (print: Fingerprint | undefined, tried: readonly string[]): string => {
  const by = print === undefined || print.producer === 'unknown' ? 'an unknown producer' : print.producer;
  return `made by ${by}; none of ${tried.length} codecs gives this digest`;
};

/**
 * `explain-layers`: who compressed each layer, as far as its bytes tell, and by which codec it can be made again.
 * @param prove try the codecs; without it, only the bytes are looked at
 * @throws as `openLocation`; DIGEST_MISMATCH, DIFFID_MISMATCH
 */
export const explainLayers = async (
  location: string,
  prove: boolean,
  context: OperationContext,
): Promise<ExplainReport> => {
  const opened = await openLocation(location, context);
  try {
    const { graph, blobs } = opened;
    const known = await fingerprints(graph, blobs, context);
    const search = prove ? await searchRecipe(opened, known, context) : undefined;
    const results = new Map(
      search?.results.map((result) => [`${result.task.target.digest} ${result.task.layer.diffID}`, result]),
    );
    const names = new Map(graph.roots.map((root) => [root.descriptor.digest, root.names.map(nameText)]));
    return {
      location,
      images: imagesFor(graph).convertible.map((parts) => ({
        names: names.get(parts.node.descriptor.digest) ?? [],
        digest: parts.node.descriptor.digest,
        platform: formatPlatform(parts.config.value.platform),
        layers: layersOf(parts).map((layer): ExplainedLayer => {
          const print = known.get(layerKey(layer));
          const result = results.get(layerKey(layer));
          const { digest, mediaType, size } = layer.descriptor;
          const base = { digest, mediaType, size, diffID: layer.diffID, producer: print?.producer ?? 'unknown' };
          if (digest === layer.diffID) {
            return { ...base, evidence: [], restorable: true, why: 'stored uncompressed under its diffID' };
          }
          const details = {
            ...base,
            evidence: print?.evidence ?? [],
            ...(print === undefined ? {} : { confidence: print.confidence }),
          };
          if (result === undefined) return { ...details, why: 'codecs were not tried' };
          if (result.hit === undefined) return { ...details, restorable: false, why: whyNot(print, result.tried) };
          return { ...details, codec: result.hit.codec, restorable: true, why: 'proved by its digest' };
        }),
      })),
    };
  } finally {
    await opened.close();
  }
};

export interface RecipeReport {
  /** The file, RFC 8785 and a newline. */
  readonly bytes: Uint8Array;
  /** Of the file, as a lock records it. */
  readonly digest: Digest;
  readonly images: number;
  /** Distinct compressed layers. */
  readonly layers: number;
  /** Those of them for which a codec was proved. */
  readonly restorable: number;
}

/**
 * `recipe`: what it takes to make the compressed layers of images again from uncompressed ones.
 * @throws as `openLocation`; DIGEST_MISMATCH, DIFFID_MISMATCH
 */
export const recipe = async (locations: readonly string[], context: OperationContext): Promise<RecipeReport> => {
  const opened = await openLocations(locations, context);
  try {
    const merged = mergeGraphs(opened);
    const known = await fingerprints(merged.graph, merged.blobs, context);
    const found = await searchRecipe(merged, known, context);
    const bytes = recipeBytes(found.recipe);
    return {
      bytes,
      digest: digestOf(bytes),
      images: found.recipe.images.length,
      layers: found.results.length,
      restorable: found.results.filter((result) => result.hit !== undefined).length,
    };
  } finally {
    for (const images of opened) await images.close();
  }
};
