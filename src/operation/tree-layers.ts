import { type ContentGraph, imageParts, imagesOf, nodeOf, reachable, totalSize } from '../content/graph.js';
import { nameText } from '../content/name.js';
import type { Digest } from '../oci/digest.js';
import type { OperationContext } from './context.js';
import { type LayerEntry, layerEntries } from './inspect.js';
import { openLocation } from './open.js';
import { type ImageEntry, imageEntry } from './report.js';

/** A layer in its image, with what else has it. */
export interface StackedLayer extends LayerEntry {
  /** Whether the location holds it. */
  readonly present: boolean;
  /** Other images of the location that have it, by first name or digest, sorted as the images are. */
  readonly alsoIn: readonly string[];
  /** Images of the location that end with this layer: those that others were built on. */
  readonly topOf: readonly string[];
}

/** @see schemas/tree-layers-report.schema.json */
export interface TreeLayersReport {
  readonly location: string;
  readonly images: readonly (ImageEntry & {
    /** Bytes of everything that the image is made of and that is there, each blob once. */
    readonly size: number;
    /** Base first. */
    readonly layers: readonly StackedLayer[];
  })[];
}

interface Stack {
  readonly entry: ImageEntry;
  readonly title: string;
  readonly size: number;
  readonly layers: readonly LayerEntry[];
}

/** Every image of a graph with its layers, those inside indexes by the names of the index; what is no image is left out. */
const stacksOf = (graph: ContentGraph): readonly Stack[] =>
  graph.roots.flatMap((root) =>
    imagesOf(graph, root.descriptor.digest).flatMap((node): readonly Stack[] => {
      const parts = imageParts(graph, node);
      if (parts === undefined || parts.config.value.platform.os === 'unknown') return [];
      const entry = imageEntry(graph, { descriptor: node.descriptor, names: root.names });
      const present = reachable(graph, [node.descriptor.digest]).map((digest) => nodeOf(graph, digest));
      const inIndex = node.descriptor.digest !== root.descriptor.digest && entry.platform !== undefined;
      const [name = node.descriptor.digest] = root.names.map(nameText);
      return [
        {
          entry,
          title: inIndex ? `${name} (${entry.platform})` : name,
          size: totalSize(present.filter(({ presence }) => presence === 'present')),
          layers: layerEntries(parts.layers, parts.config.value.diffIDs),
        },
      ];
    }),
  );

const grouped = (pairs: readonly (readonly [Digest, string])[]): ReadonlyMap<Digest, readonly string[]> => {
  const groups = new Map<Digest, string[]>();
  for (const [digest, title] of pairs) {
    const group = groups.get(digest);
    if (group === undefined) groups.set(digest, [title]);
    else if (!group.includes(title)) group.push(title);
  }
  return groups;
};

/** `tree --layers`: the layers of each image, base first, and which images share them. @throws as `openLocation` */
export const treeLayers = async (location: string, context: OperationContext): Promise<TreeLayersReport> => {
  const { graph, close } = await openLocation(location, context);
  try {
    const stacks = stacksOf(graph);
    const owners = grouped(stacks.flatMap(({ layers, title }) => layers.map(({ digest }) => [digest, title] as const)));
    const tops = grouped(
      stacks.flatMap(({ layers, title }) => layers.slice(-1).map(({ digest }) => [digest, title] as const)),
    );
    const images = stacks.map(({ entry, title, size, layers }) => ({
      ...entry,
      size,
      layers: layers.map((layer) => ({
        ...layer,
        present: nodeOf(graph, layer.digest).presence === 'present',
        alsoIn: (owners.get(layer.digest) ?? []).filter((other) => other !== title),
        topOf: tops.get(layer.digest) ?? [],
      })),
    }));
    return { location, images };
  } finally {
    await close();
  }
};
