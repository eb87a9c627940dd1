import {
  type ContentGraph,
  type GraphRoot,
  imageParts,
  imagesOf,
  nodeOf,
  reachable,
  totalSize,
} from '../content/graph.js';
import { platformOf } from '../content/select-platform.js';
import type { Digest } from '../oci/digest.js';
import { formatPlatform } from '../oci/platform.js';
import type { OperationContext } from './context.js';
import { openLocation } from './open.js';
import { type ImageEntry, imageEntry } from './report.js';

/** The image for one platform. */
export interface PlatformEntry {
  /** `unknown` where nothing says it. */
  readonly platform: string;
  /** Of the manifest. */
  readonly digest: Digest;
  /** Where the config is there. */
  readonly imageID?: Digest;
  /** Bytes of what is there of it, each blob once. */
  readonly size: number;
  /** Whether all of it is there; an index may list images that were left out. */
  readonly present: boolean;
}

/** @see schemas/tree-platforms-report.schema.json */
export interface TreePlatformsReport {
  readonly location: string;
  readonly images: readonly (ImageEntry & { readonly platforms: readonly PlatformEntry[] })[];
}

const platformsOf = (graph: ContentGraph, root: GraphRoot): readonly PlatformEntry[] =>
  imagesOf(graph, root.descriptor.digest).flatMap((node): readonly PlatformEntry[] => {
    const { digest } = node.descriptor;
    const platform = platformOf(graph, node.descriptor);
    // Attestations say that they are for no platform.
    if (platform?.os === 'unknown') return [];
    const parts = imageParts(graph, node);
    if (parts === undefined && platform === undefined && node.presence === 'present') return [];
    const nodes = reachable(graph, [digest]).map((part) => nodeOf(graph, part));
    const there = nodes.filter(({ presence }) => presence === 'present');
    return [
      {
        platform: platform === undefined ? 'unknown' : formatPlatform(platform),
        digest,
        ...(parts === undefined ? {} : { imageID: parts.config.descriptor.digest }),
        size: totalSize(there),
        present: nodes.every(({ presence }) => presence === 'present' || presence === 'foreign'),
      },
    ];
  });

/** `tree --platforms`: the platforms of each image, those that are not there included. @throws as `openLocation` */
export const treePlatforms = async (location: string, context: OperationContext): Promise<TreePlatformsReport> => {
  const { graph, close } = await openLocation(location, context);
  try {
    const images = graph.roots.flatMap((root) => {
      const platforms = platformsOf(graph, root);
      return platforms.length === 0 ? [] : [{ ...imageEntry(graph, root), platforms }];
    });
    return { location, images };
  } finally {
    await close();
  }
};
