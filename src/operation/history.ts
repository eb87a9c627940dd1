import { type ContentGraph, type GraphRoot, imageParts, imagesOf } from '../content/graph.js';
import { selectPlatforms } from '../content/select-platform.js';
import type { HistoryEntry, ImageConfig } from '../oci/image-config.js';
import type { Platform } from '../oci/platform.js';
import type { OperationContext } from './context.js';
import { type LayerEntry, layerEntries, wishOf } from './inspect.js';
import { openLocation } from './open.js';
import { type ImageEntry, imageEntry } from './report.js';

export interface HistoryStep extends HistoryEntry {
  /** The image on which this step and those after it were built, as Buildah notes it: a name, an image ID. */
  readonly from?: string;
  /** The layer that the step made, where history and layers can be matched. */
  readonly layer?: LayerEntry;
}

/** @see schemas/history-report.schema.json */
export interface HistoryReport {
  readonly location: string;
  readonly images: readonly (ImageEntry & { readonly history: readonly HistoryStep[] })[];
}

/** Buildah has no other place for the base of an image than the comment of the first step after it. */
const baseOf = ({ comment }: HistoryEntry): string | undefined => /^FROM (\S+)$/.exec(comment ?? '')?.[1];

/** Steps with their layers, first step first. Layers beyond the history come as steps that say nothing. */
const stepsOf = (config: ImageConfig, layers: readonly LayerEntry[]): readonly HistoryStep[] => {
  let next = 0;
  const steps = config.history.map((entry): HistoryStep => {
    const layer = entry.emptyLayer ? undefined : layers[next++];
    const from = baseOf(entry);
    return { ...entry, ...(from === undefined ? {} : { from }), ...(layer === undefined ? {} : { layer }) };
  });
  return [...steps, ...layers.slice(next).map((layer): HistoryStep => ({ emptyLayer: false, layer }))];
};

const historyOf = (graph: ContentGraph, root: GraphRoot): HistoryReport['images'] =>
  imagesOf(graph, root.descriptor.digest).flatMap((node) => {
    const parts = imageParts(graph, node);
    if (parts === undefined || parts.config.value.platform.os === 'unknown') return [];
    const names = node.descriptor.digest === root.descriptor.digest ? root.names : [];
    const entry = imageEntry(graph, { descriptor: node.descriptor, names: names.length > 0 ? names : root.names });
    const { value } = parts.config;
    return [{ ...entry, history: stepsOf(value, layerEntries(parts.layers, value.diffIDs)) }];
  });

/** `history`: how each image was made, with the sizes of the layers. @throws as `openLocation`; PLATFORM_NOT_FOUND */
export const history = async (
  location: string,
  platform: Platform | undefined,
  context: OperationContext,
): Promise<HistoryReport> => {
  const { graph, close } = await openLocation(location, context, wishOf(platform));
  try {
    const chosen = platform === undefined ? graph : selectPlatforms(graph, [platform]);
    return { location, images: chosen.roots.flatMap((root) => historyOf(chosen, root)) };
  } finally {
    await close();
  }
};
