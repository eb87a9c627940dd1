import { ToolError } from '../base/error.js';
import type { Note } from '../base/event.js';
import { type JsonValue, isJsonObject } from '../base/json.js';
import { parseJson } from '../base/json-parse.js';
import {
  type ContentGraph,
  type GraphNode,
  type GraphRoot,
  imageParts,
  imagesOf,
  nodeOf,
  reachable,
  successors,
  totalSize,
} from '../content/graph.js';
import { nameText } from '../content/name.js';
import { selectPlatforms, platformOf } from '../content/select-platform.js';
import type { Descriptor } from '../oci/descriptor.js';
import type { Digest } from '../oci/digest.js';
import { type Platform, formatPlatform } from '../oci/platform.js';
import type { OperationContext } from './context.js';
import { openLocation } from './open.js';
import type { OpenWish } from './open-wish.js';
import { type ImageEntry, imageEntry } from './report.js';

export interface LayerEntry {
  readonly digest: Digest;
  readonly mediaType: string;
  /** Bytes as stored. */
  readonly size: number;
  readonly diffID?: Digest;
}

export interface ManifestEntry {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly size: number;
  readonly platform?: string;
  readonly present: boolean;
}

export interface InspectedImage extends ImageEntry {
  /** Bytes of everything the image is made of, each blob once, as stored. */
  readonly size: number;
  readonly created?: string;
  readonly author?: string;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  /** The config's `config` member: what a container runs with. */
  readonly config?: JsonValue;
  readonly layers?: readonly LayerEntry[];
  /** Entries of an index. */
  readonly manifests?: readonly ManifestEntry[];
}

/** @see schemas/inspect-report.schema.json */
export interface InspectReport {
  readonly location: string;
  readonly images: readonly InspectedImage[];
  readonly notes: readonly Note[];
}

const mapOf = (map: ReadonlyMap<string, string>): Readonly<Record<string, string>> => Object.fromEntries(map);

export const layerEntries = (layers: readonly Descriptor[], diffIDs: readonly Digest[]): readonly LayerEntry[] =>
  layers.map(({ digest, mediaType, size }, index) => {
    const diffID = diffIDs[index];
    return { digest, mediaType, size, ...(diffID === undefined ? {} : { diffID }) };
  });

const configPart = (node: GraphNode, depth: number): Pick<InspectedImage, 'config'> => {
  const raw = node.config?.raw;
  if (raw === undefined) return {};
  const value = parseJson(raw, { subject: node.descriptor.digest, depth });
  const config = isJsonObject(value) ? value['config'] : undefined;
  return config === undefined || config === null ? {} : { config };
};

const inspectRoot = (graph: ContentGraph, root: GraphRoot, depth: number): InspectedImage => {
  const node = nodeOf(graph, root.descriptor.digest);
  const parts = imageParts(graph, node);
  const manifest = node.manifest?.value;
  const present = reachable(graph, [root.descriptor.digest])
    .map((digest) => nodeOf(graph, digest))
    .filter((part) => part.presence === 'present');
  const config = parts?.config.value;
  return {
    ...imageEntry(graph, root),
    size: totalSize(present),
    ...(config?.created === undefined ? {} : { created: config.created }),
    ...(config?.author === undefined || config.author === '' ? {} : { author: config.author }),
    ...(manifest?.artifactType === undefined ? {} : { artifactType: manifest.artifactType }),
    ...(manifest === undefined || manifest.annotations.size === 0 ? {} : { annotations: mapOf(manifest.annotations) }),
    ...(config === undefined || config.labels.size === 0 ? {} : { labels: mapOf(config.labels) }),
    ...(parts === undefined ? {} : configPart(nodeOf(graph, parts.config.descriptor.digest), depth)),
    ...(manifest?.kind === 'manifest' ? { layers: layerEntries(manifest.layers, config?.diffIDs ?? []) } : {}),
    ...(manifest?.kind === 'index'
      ? {
          manifests: successors(graph, root.descriptor.digest).map((child): ManifestEntry => {
            const platform = platformOf(graph, child);
            return {
              digest: child.digest,
              mediaType: child.mediaType,
              size: child.size,
              ...(platform === undefined ? {} : { platform: formatPlatform(platform) }),
              present: nodeOf(graph, child.digest).presence === 'present',
            };
          }),
        }
      : {}),
  };
};

/** The images of a root for one platform, under the root's names. */
const rootsFor = (graph: ContentGraph, root: GraphRoot): readonly GraphRoot[] =>
  imagesOf(graph, root.descriptor.digest)
    .filter((node) => {
      const parts = imageParts(graph, node);
      return parts !== undefined && parts.config.value.platform.os !== 'unknown';
    })
    .map(({ descriptor }) => ({ descriptor, names: root.names }));

/** Of a registry, the image alone: what refers to it is shown by `tree`. */
export const wishOf = (platform: Platform | undefined): OpenWish => ({
  platforms: platform === undefined ? [] : [platform],
  referrers: false,
});

/**
 * `inspect`: what each image is; of an index its list, or with a platform its image. Documents are verified, layers
 * are not read.
 * @throws as `openLocation`; PLATFORM_NOT_FOUND
 */
export const inspect = async (
  location: string,
  context: OperationContext,
  platform?: Platform,
): Promise<InspectReport> => {
  const { graph, close } = await openLocation(location, context, wishOf(platform));
  try {
    const chosen = platform === undefined ? graph : selectPlatforms(graph, [platform]);
    const roots = platform === undefined ? graph.roots : chosen.roots.flatMap((root) => rootsFor(chosen, root));
    return {
      location,
      images: roots.map((root) => inspectRoot(chosen, root, context.limits.jsonDepth)),
      notes: graph.notes,
    };
  } finally {
    await close();
  }
};

/** The single image manifest that is meant, of a graph and perhaps a platform. @throws {ToolError} REFERENCE_AMBIGUOUS, PLATFORM_NOT_FOUND */
export const singleRoot = (graph: ContentGraph, location: string): GraphRoot => {
  const images = graph.roots.filter(
    (root) => root.names.length > 0 || nodeOf(graph, root.descriptor.digest).manifest?.value.subject === undefined,
  );
  const [root, another] = images;
  if (root === undefined) throw new ToolError('REFERENCE_NOT_FOUND', 'there is no image', { subject: location });
  if (another === undefined) return root;
  throw new ToolError('REFERENCE_AMBIGUOUS', 'the location holds several images', {
    subject: location,
    expected: 'one image',
    found: images
      .map((image) => image.names.map(nameText)[0] ?? image.descriptor.digest)
      .slice(0, 20)
      .join(', '),
    hint: 'name one: TRANSPORT:PATH:REF or TRANSPORT:PATH@DIGEST',
  });
};

/** The image of one root for one platform; without a platform an index must hold one image only. */
export const singleImage = (graph: ContentGraph, location: string, platform: Platform | undefined): GraphNode => {
  const root = singleRoot(graph, location);
  const chosen = platform === undefined ? graph : selectPlatforms({ ...graph, roots: [root] }, [platform]);
  const images = reachable(chosen, [root.descriptor.digest])
    .map((digest) => nodeOf(chosen, digest))
    .filter((node) => {
      const parts = imageParts(chosen, node);
      return parts !== undefined && parts.config.value.platform.os !== 'unknown';
    });
  const [image, another] = images;
  if (image === undefined)
    throw new ToolError('REFERENCE_NOT_FOUND', 'there is no image with a config', { subject: location });
  if (another === undefined) return image;
  throw new ToolError('REFERENCE_AMBIGUOUS', 'the index holds images of several platforms', {
    subject: location,
    expected: 'one image',
    found: images
      .map((node) => formatPlatform(imageParts(chosen, node)?.config.value.platform ?? { os: '', architecture: '' }))
      .join(', '),
    hint: 'choose one with --platform',
  });
};

/** `inspect --raw`: the bytes of the manifest or index, or of the config, exactly as stored. */
export const inspectRaw = async (
  location: string,
  which: 'manifest' | 'config',
  platform: Platform | undefined,
  context: OperationContext,
): Promise<Uint8Array> => {
  const { graph, close } = await openLocation(location, context, wishOf(platform));
  try {
    if (which === 'config' || platform !== undefined) {
      const image = singleImage(graph, location, platform);
      const document = which === 'config' ? imageParts(graph, image)?.config : image.manifest;
      if (document !== undefined) return document.raw;
    }
    const node = nodeOf(graph, singleRoot(graph, location).descriptor.digest);
    if (node.manifest !== undefined) return node.manifest.raw;
    throw new ToolError('REFERENCE_NOT_FOUND', 'the image has no such document', { subject: location });
  } finally {
    await close();
  }
};
