import { canonicalJson } from '../base/json-canonical.js';
import { compareBytes } from '../base/order.js';
import { type ContentGraph, type ImageParts, imageParts, nodeOf } from '../content/graph.js';
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

/** What a descriptor offers: the first image for the platform, and the first of all. */
interface Offer {
  readonly fitting: ImageParts | undefined;
  readonly first: ImageParts | undefined;
}

const NOTHING: Offer = { fitting: undefined, first: undefined };

/** CA-MANIFEST-2. An index is looked through once, however many roots and indexes contain it. */
class Offers {
  private readonly known = new Map<Digest, Offer>();
  private readonly graph: ContentGraph;
  private readonly platform: Platform;

  constructor(graph: ContentGraph, platform: Platform) {
    this.graph = graph;
    this.platform = platform;
  }

  of(descriptor: Descriptor): Offer {
    const manifest = nodeOf(this.graph, descriptor.digest).manifest?.value;
    if (manifest?.kind === 'index') return this.ofIndex(descriptor.digest, manifest.manifests);
    const parts = imageParts(this.graph, nodeOf(this.graph, descriptor.digest));
    if (parts === undefined || !isLoadable(this.graph, parts)) return NOTHING;
    const platform = platformOf(this.graph, descriptor) ?? parts.config.value.platform;
    return { fitting: matchesPlatform(this.platform, platform) ? parts : undefined, first: parts };
  }

  /** Depth is bounded by the limit on nested indexes. */
  private ofIndex(digest: Digest, children: readonly Descriptor[]): Offer {
    const known = this.known.get(digest);
    if (known !== undefined) return known;
    // Attestations look like images and are none.
    const offers = children.filter((child) => attestedBy(child) === undefined).map((child) => this.of(child));
    const offer: Offer = {
      fitting: offers.find(({ fitting }) => fitting !== undefined)?.fitting,
      first: offers.find(({ first }) => first !== undefined)?.first,
    };
    this.known.set(digest, offer);
    return offer;
  }
}

const loadableItems = (graph: ContentGraph, platform: Platform): readonly LoadableItem[] => {
  const items = new Map<Digest, { parts: ImageParts; repoTags: Set<string> }>();
  const offers = new Offers(graph, platform);
  for (const root of graph.roots) {
    const { fitting, first } = offers.of(root.descriptor);
    const parts = fitting ?? first;
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
