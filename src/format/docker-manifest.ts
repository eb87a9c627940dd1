import { canonicalJson } from '../base/json-canonical.js';
import { compareBytes } from '../base/order.js';
import { type ContentGraph, type ImageParts, imageParts, imagesOf, nodeOf } from '../content/graph.js';
import { nameText } from '../content/name.js';
import { attestedBy, platformOf } from '../content/select-platform.js';
import type { Descriptor } from '../oci/descriptor.js';
import type { Digest } from '../oci/digest.js';
import { blobPath } from '../oci/image-layout.js';
import { layerCompressionOf } from '../oci/media-type.js';
import { type Platform, matchesPlatform } from '../oci/platform.js';

interface LoadableItem {
  readonly manifest: Digest;
  readonly config: Digest;
  readonly repoTags: readonly string[];
  readonly layers: readonly Descriptor[];
}

/** An image all of whose parts are in the archive and whose layers are file systems that Docker can unpack. */
const isLoadable = (graph: ContentGraph, parts: ImageParts): boolean =>
  nodeOf(graph, parts.config.descriptor.digest).presence === 'present' &&
  parts.layers.every((layer) => {
    const compression = layerCompressionOf(layer.mediaType);
    return compression !== undefined && compression !== 'other' && nodeOf(graph, layer.digest).presence === 'present';
  });

/** Descriptors of an index that are attestations: they look like images and are none. */
const attestationsBelow = (graph: ContentGraph, root: Digest): ReadonlySet<Digest> => {
  const found = new Set<Digest>();
  const seen = new Set<Digest>();
  const pending: Digest[] = [root];
  for (let digest = pending.pop(); digest !== undefined; digest = pending.pop()) {
    const manifest = nodeOf(graph, digest).manifest?.value;
    if (seen.has(digest) || manifest?.kind !== 'index') continue;
    seen.add(digest);
    for (const child of manifest.manifests) {
      if (attestedBy(child) !== undefined) found.add(child.digest);
      pending.push(child.digest);
    }
  }
  return found;
};

const platformInside = (graph: ContentGraph, root: Digest, parts: ImageParts): Platform => {
  const manifest = nodeOf(graph, root).manifest?.value;
  const entry = manifest?.kind === 'index' ? manifest.manifests.find((child) => child.digest === parts.node.descriptor.digest) : undefined;
  return (entry === undefined ? undefined : platformOf(graph, entry)) ?? parts.config.value.platform;
};

/** The image that Docker is offered for a root: the only one, or that of the platform, or else the first. */
const chooseImage = (graph: ContentGraph, root: Digest, platform: Platform): ImageParts | undefined => {
  const attestations = attestationsBelow(graph, root);
  const candidates = imagesOf(graph, root)
    .filter((node) => !attestations.has(node.descriptor.digest))
    .flatMap((node) => imageParts(graph, node) ?? [])
    .filter((parts) => isLoadable(graph, parts));
  return candidates.find((parts) => matchesPlatform(platform, platformInside(graph, root, parts))) ?? candidates[0];
};

const loadableItems = (graph: ContentGraph, platform: Platform): readonly LoadableItem[] => {
  const items = new Map<Digest, { parts: ImageParts; repoTags: Set<string> }>();
  for (const root of graph.roots) {
    const parts = chooseImage(graph, root.descriptor.digest, platform);
    if (parts === undefined) continue;
    const item = items.get(parts.node.descriptor.digest) ?? { parts, repoTags: new Set<string>() };
    for (const name of root.names) {
      // A reference by digest alone is no tag, and Docker refuses an archive that says so.
      if (name.kind === 'reference' && name.reference.tag !== undefined && name.reference.digest === undefined) {
        item.repoTags.add(nameText(name));
      }
    }
    items.set(parts.node.descriptor.digest, item);
  }
  return [...items.values()].map(({ parts, repoTags }) => ({
    manifest: parts.node.descriptor.digest,
    config: parts.config.descriptor.digest,
    repoTags: [...repoTags].toSorted(compareBytes),
    layers: parts.layers,
  }));
};

const compareItems = (a: LoadableItem, b: LoadableItem): number =>
  compareBytes(a.repoTags[0] ?? '', b.repoTags[0] ?? '') ||
  compareBytes(a.config, b.config) ||
  compareBytes(a.manifest, b.manifest);

/**
 * CA-MANIFEST-1 to 4, the bytes of docker's `manifest.json`: one item for each image that Docker can load, by (first
 * RepoTag, config digest, manifest digest); an untagged image's first RepoTag counts as empty.
 */
export const dockerManifestDocument = (graph: ContentGraph, platform: Platform): Uint8Array =>
  canonicalJson(
    loadableItems(graph, platform)
      .toSorted(compareItems)
      .map((item) => ({
        Config: blobPath(item.config),
        RepoTags: [...item.repoTags],
        Layers: item.layers.map((layer) => blobPath(layer.digest)),
      })),
  );
