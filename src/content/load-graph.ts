import type { ByteSource } from '../base/bytes.js';
import { ToolError } from '../base/error.js';
import type { Note } from '../base/event.js';
import type { Limits } from '../base/limits.js';
import type { Descriptor } from '../oci/descriptor.js';
import { type Digest, digestOf, hashAlgorithmOf } from '../oci/digest.js';
import type { ImageConfig } from '../oci/image-config.js';
import type { Manifest } from '../oci/manifest.js';
import { layerCompressionOf, roleOf } from '../oci/media-type.js';
import { type BlobReader, firstOf, withMemory } from './blob.js';
import { type Document, claimedMediaType, loadConfig, loadManifest } from './document.js';
import {
  type ContentGraph,
  type GraphNode,
  type NodeKind,
  type Presence,
  childrenOf,
  mediaTypeConflict,
  mergeRoots,
  withoutContainedRoots,
} from './graph.js';
import type { ImageSource } from './image.js';
import { checkLayerLists, historyNotes, platformNotes, subjectNotes } from './image-checks.js';

interface Draft {
  descriptor: Descriptor;
  kind: NodeKind;
  presence: Presence;
  manifest?: Document<Manifest>;
  config?: Document<ImageConfig>;
}

interface Visit {
  readonly descriptor: Descriptor;
  /** Indexes above it. */
  readonly depth: number;
  /** True for what stands in a list of images. */
  readonly isListed: boolean;
}

export interface LoadedGraph {
  readonly graph: ContentGraph;
  /** The source's blobs, those embedded in descriptors included. */
  readonly blobs: BlobReader;
}

const DOCUMENT_KINDS: ReadonlySet<NodeKind> = new Set<NodeKind>(['index', 'manifest', 'artifact-manifest']);

/** Where descriptors of one digest promise different things, the one that says most counts. */
const TELLING: Readonly<Record<NodeKind, number>> = {
  index: 3,
  manifest: 3,
  'artifact-manifest': 3,
  config: 2,
  layer: 1,
  blob: 0,
};

const kindOf = (descriptor: Descriptor): NodeKind => {
  const role = roleOf(descriptor.mediaType);
  // Schema 1 is refused where it is read; a blob is never read.
  return role === 'schema1' ? 'manifest' : role;
};

class GraphLoader {
  readonly nodes = new Map<Digest, Draft>();
  readonly notes: Note[] = [];
  readonly embedded = new Map<Digest, Uint8Array>();
  readonly blobs: BlobReader;
  private readonly limits: Limits;

  constructor(blobs: BlobReader, limits: Limits) {
    this.blobs = withMemory(this.embedded, blobs);
    this.limits = limits;
  }

  async load(roots: readonly Descriptor[]): Promise<void> {
    const queue: Visit[] = roots.map((descriptor) => ({ descriptor, depth: 0 }));
    // The queue grows while it is read; a digest is expanded once, so work is bounded by the number of descriptors.
    for (const visit of queue) {
      const draft = await this.visit(visit);
      if (draft?.manifest === undefined) continue;
      const depth = visit.depth + (draft.kind === 'index' ? 1 : 0);
      for (const descriptor of childrenOf(draft.manifest.value)) queue.push({ descriptor, depth });
    }
    for (const draft of this.nodes.values()) this.checkImage(draft);
  }

  /** The node if it is new and must be expanded. */
  private async visit({ descriptor, depth }: Visit): Promise<Draft | undefined> {
    if (depth > this.limits.indexDepth) {
      throw new ToolError('INDEX_TOO_DEEP', 'indexes are nested too deeply', {
        subject: descriptor.digest,
        expected: `at most ${this.limits.indexDepth} levels`,
      });
    }
    const known = this.nodes.get(descriptor.digest);
    const kind = kindOf(descriptor);
    if (known !== undefined) {
      this.checkAgreement(known, descriptor);
      if (known.kind === kind || !(DOCUMENT_KINDS.has(kind) || (kind === 'config' && known.kind !== 'manifest'))) return undefined;
    }
    if (this.nodes.size >= this.limits.nodes) {
      throw new ToolError('LIMIT_NODES', 'the image graph is too large', {
        expected: `at most ${this.limits.nodes} descriptors`,
      });
    }
    if (descriptor.data !== undefined) this.embed(descriptor, descriptor.data);
    const draft: Draft = { descriptor, kind, presence: await this.presenceOf(descriptor) };
    this.nodes.set(descriptor.digest, draft);
    if (draft.presence !== 'present') return draft;
    if (DOCUMENT_KINDS.has(kind)) draft.manifest = await loadManifest(this.blobs, descriptor, this.limits);
    const config = kind === 'config' ? await this.config(descriptor) : undefined;
    if (config !== undefined) draft.config = config;
    return draft;
  }

  private checkAgreement(known: Draft, descriptor: Descriptor): void {
    if (known.descriptor.size !== descriptor.size) {
      throw new ToolError('SIZE_MISMATCH', 'two descriptors give one digest different sizes', {
        subject: descriptor.digest,
        expected: `${known.descriptor.size} bytes`,
        found: `${descriptor.size} bytes`,
      });
    }
    const kind = kindOf(descriptor);
    if (DOCUMENT_KINDS.has(known.kind) && DOCUMENT_KINDS.has(kind) && known.descriptor.mediaType !== descriptor.mediaType) {
      throw new ToolError('MEDIATYPE_CONFLICT', 'two descriptors give one digest different media types', {
        subject: descriptor.digest,
        expected: known.descriptor.mediaType,
        found: descriptor.mediaType,
      });
    }
  }

  /** Embedded data serve as the blob where the blob itself is not there; they are believed only by their digest. */
  private embed(descriptor: Descriptor, data: Uint8Array): void {
    if (digestOf(data, hashAlgorithmOf(descriptor.digest)) !== descriptor.digest) {
      throw new ToolError('DATA_MISMATCH', 'the data embedded in a descriptor do not have its digest', {
        subject: descriptor.digest,
      });
    }
    this.embedded.set(descriptor.digest, data);
  }

  private async presenceOf(descriptor: Descriptor): Promise<Presence> {
    const source: ByteSource | undefined = await this.blobs.open(descriptor);
    if (source === undefined) {
      if ((descriptor.urls?.length ?? 0) === 0) return 'missing';
      this.notes.push({
        code: 'LAYER_FOREIGN',
        severity: 'info',
        message: 'the layer is not here but at a URL, which is not fetched',
        subject: descriptor.digest,
        found: descriptor.urls?.join(' ') ?? '',
      });
      return 'foreign';
    }
    try {
      if (source.size !== descriptor.size) {
        throw new ToolError('SIZE_MISMATCH', 'the blob is not of the size that its descriptor says', {
          subject: descriptor.digest,
          expected: `${descriptor.size} bytes`,
          found: `${source.size} bytes`,
        });
      }
      return 'present';
    } finally {
      await source.close();
    }
  }

  /** An image config, or undefined for an artifact that only borrows its media type. */
  private async config(descriptor: Descriptor): Promise<Document<ImageConfig> | undefined> {
    try {
      return await loadConfig(this.blobs, descriptor, this.limits);
    } catch (error) {
      if (!(error instanceof ToolError) || error.code !== 'CONFIG_INVALID' || this.belongsToImage(descriptor.digest)) throw error;
      this.notes.push({ code: error.code, severity: 'warning', message: error.what, ...error.details });
      return undefined;
    }
  }

  private belongsToImage(config: Digest): boolean {
    return [...this.nodes.values()].some(({ manifest }) => {
      const value = manifest?.value;
      return (
        value?.kind === 'manifest' &&
        value.config.digest === config &&
        (value.layers.length === 0 || value.layers.some((layer) => layerCompressionOf(layer.mediaType) !== undefined))
      );
    });
  }

  private checkImage(draft: Draft): void {
    const manifest = draft.manifest?.value;
    if (manifest?.kind === 'manifest') {
      const config = this.nodes.get(manifest.config.digest)?.config;
      if (config === undefined) return;
      const count = config.value.diffIDs.length;
      if (count !== manifest.layers.length) {
        throw new ToolError('LAYER_COUNT_MISMATCH', 'manifest and config disagree about the number of layers', {
          subject: draft.descriptor.digest,
          expected: `${count} layers, as the config ${config.descriptor.digest} says`,
          found: `${manifest.layers.length}`,
        });
      }
      const steps = config.value.history.filter((entry) => !entry.emptyLayer).length;
      if (config.value.history.length > 0 && steps !== count) {
        this.notes.push({
          code: 'HISTORY_COUNT_MISMATCH',
          severity: 'warning',
          message: "the config's history does not match the number of layers",
          subject: config.descriptor.digest,
          expected: `${count} steps that make a layer`,
          found: `${steps}`,
        });
      }
    }
    if (manifest?.kind === 'index') this.checkPlatforms(manifest.manifests);
  }

  private checkPlatforms(children: readonly Descriptor[]): void {
    for (const child of children) {
      const manifest = this.nodes.get(child.digest)?.manifest?.value;
      const config = manifest?.kind === 'manifest' ? this.nodes.get(manifest.config.digest)?.config?.value : undefined;
      if (config === undefined || child.platform === undefined) continue;
      // A descriptor may say less than the config (no variant), never something else.
      const { variant: _variant, ...plain } = config.platform;
      if (matchesPlatform(child.platform, config.platform) || matchesPlatform(child.platform, plain)) continue;
      this.notes.push({
        code: 'PLATFORM_MISMATCH',
        severity: 'warning',
        message: "the descriptor's platform differs from the config's",
        subject: child.digest,
        expected: formatPlatform(config.platform),
        found: formatPlatform(child.platform),
      });
    }
  }
}

const subjectNotes = (nodes: ReadonlyMap<Digest, GraphNode>): readonly Note[] =>
  [...nodes.values()].flatMap((node) => {
    const subject = node.manifest?.value.subject;
    return subject === undefined || nodes.has(subject.digest)
      ? []
      : [
          {
            code: 'SUBJECT_MISSING',
            severity: 'warning',
            message: 'the referrer refers to an image that is not here',
            subject: node.descriptor.digest,
            found: subject.digest,
          } satisfies Note,
        ];
  });

/**
 * Reads every document that can be reached from the source's roots, verified, and never a layer. Iterative, each
 * digest once, so neither depth nor fan-out of hostile indexes costs more than the documents themselves.
 * @throws {ToolError} as `loadManifest` and `loadConfig`; INDEX_TOO_DEEP, LIMIT_NODES, LAYER_COUNT_MISMATCH,
 * SIZE_MISMATCH, MEDIATYPE_CONFLICT, DATA_MISMATCH
 */
export const loadGraph = async (source: ImageSource, limits: Limits): Promise<LoadedGraph> => {
  const loader = new GraphLoader(source.blobs, limits);
  await loader.load(source.roots.map((root) => root.descriptor));
  const nodes: ReadonlyMap<Digest, GraphNode> = loader.nodes;
  const roots = mergeRoots(
    source.roots.map(({ descriptor, name }) => ({ descriptor, names: name === undefined ? [] : [name] })),
  );
  const graph = withoutContainedRoots({
    roots,
    nodes,
    notes: [...source.notes, ...loader.notes, ...subjectNotes(nodes)],
  });
  return { graph, blobs: loader.blobs };
};
