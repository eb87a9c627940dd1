import { ToolError } from '../base/error.js';
import type { Note } from '../base/event.js';
import type { Limits } from '../base/limits.js';
import type { Descriptor } from '../oci/descriptor.js';
import { type Digest, digestOf, hashAlgorithmOf } from '../oci/digest.js';
import type { ImageConfig } from '../oci/image-config.js';
import type { ImageManifest, Manifest } from '../oci/manifest.js';
import { layerCompressionOf, roleOf } from '../oci/media-type.js';
import { type BlobReader, firstOf, withMemory } from './blob.js';
import { type Document, checkNoManifest, loadConfig, loadManifest } from './document.js';
import {
  TELLING,
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

const kindOf = (descriptor: Descriptor): NodeKind => {
  const role = roleOf(descriptor.mediaType);
  // Schema 1 is refused where it is read; a blob is never read.
  return role === 'schema1' ? 'manifest' : role;
};

/** True for an image rather than an artifact that only borrows the media type of its config. */
const isImage = ({ layers }: ImageManifest): boolean =>
  layers.length === 0 || layers.some((layer) => layerCompressionOf(layer.mediaType) !== undefined);

class GraphLoader {
  readonly nodes = new Map<Digest, Draft>();
  readonly notes: Note[] = [];
  readonly blobs: BlobReader;
  private readonly embedded = new Map<Digest, Uint8Array>();
  private readonly oddConfigs = new Map<Digest, ToolError>();
  private readonly limits: Limits;

  constructor(blobs: BlobReader, limits: Limits) {
    // Embedded data serve only where the blob itself is not there.
    this.blobs = firstOf([blobs, withMemory(this.embedded, { open: async () => undefined })]);
    this.limits = limits;
  }

  async load(roots: readonly Descriptor[]): Promise<void> {
    const queue: Visit[] = roots.map((descriptor) => ({ descriptor, depth: 0, isListed: true }));
    // The queue grows while it is read; a digest is expanded once, so work is bounded by the number of descriptors.
    for (const visit of queue) {
      const draft = await this.visit(visit);
      if (draft?.manifest === undefined) continue;
      const isListed = draft.kind === 'index';
      const depth = visit.depth + (isListed ? 1 : 0);
      for (const descriptor of childrenOf(draft.manifest.value)) queue.push({ descriptor, depth, isListed });
    }
    this.judgeOddConfigs();
  }

  /** The node if it is new, or known better than before, and must be expanded. */
  private async visit({ descriptor, depth, isListed }: Visit): Promise<Draft | undefined> {
    if (depth > this.limits.indexDepth) {
      throw new ToolError('INDEX_TOO_DEEP', 'indexes are nested too deeply', {
        subject: descriptor.digest,
        expected: `at most ${this.limits.indexDepth} levels`,
      });
    }
    if (descriptor.data !== undefined) this.embed(descriptor, descriptor.data);
    const kind = kindOf(descriptor);
    const known = this.nodes.get(descriptor.digest);
    if (known === undefined && this.nodes.size >= this.limits.nodes) {
      throw new ToolError('LIMIT_NODES', 'the image graph is too large', {
        expected: `at most ${this.limits.nodes} descriptors`,
      });
    }
    if (known !== undefined) this.checkAgreement(known, descriptor);
    const says = known === undefined || TELLING[kind] > TELLING[known.kind] ? { descriptor, kind } : known;
    // One descriptor may have the data or the URL that another one lacks.
    const presence =
      known === undefined || known.presence !== 'present' ? await this.presenceOf(descriptor, known) : known.presence;
    if (known !== undefined && says === known && presence === known.presence) return undefined;
    const draft: Draft = { descriptor: says.descriptor, kind: says.kind, presence };
    this.nodes.set(descriptor.digest, draft);
    if (presence === 'present') await this.read(draft, isListed);
    return draft;
  }

  private async read(draft: Draft, isListed: boolean): Promise<void> {
    const { descriptor, kind } = draft;
    if (DOCUMENT_KINDS.has(kind)) draft.manifest = await loadManifest(this.blobs, descriptor, this.limits);
    const config = kind === 'config' ? await this.config(descriptor) : undefined;
    if (config !== undefined) draft.config = config;
    if (kind === 'blob' && isListed) await checkNoManifest(this.blobs, descriptor, this.limits);
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
    const areDocuments = DOCUMENT_KINDS.has(known.kind) && DOCUMENT_KINDS.has(kind);
    // Docker and OCI call one config by two media types, but what is a manifest is no config.
    const differ = areDocuments ? known.descriptor.mediaType !== descriptor.mediaType : known.kind !== kind;
    if (differ && TELLING[known.kind] > TELLING.layer && TELLING[kind] > TELLING.layer) {
      throw mediaTypeConflict(known.descriptor, descriptor);
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

  private async presenceOf(descriptor: Descriptor, known: Draft | undefined): Promise<Presence> {
    const source = await this.blobs.open(descriptor);
    if (source === undefined) {
      if (known?.presence === 'foreign' || (descriptor.urls?.length ?? 0) === 0) return known?.presence ?? 'missing';
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

  /** An image config, or undefined for what is none. */
  private async config(descriptor: Descriptor): Promise<Document<ImageConfig> | undefined> {
    try {
      return await loadConfig(this.blobs, descriptor, this.limits);
    } catch (error) {
      if (!(error instanceof ToolError) || error.code !== 'CONFIG_INVALID') throw error;
      this.oddConfigs.set(descriptor.digest, error);
      return undefined;
    }
  }

  /** What is no config may stand in an artifact that only borrows the media type, not in an image. */
  private judgeOddConfigs(): void {
    for (const { manifest } of this.nodes.values()) {
      const value = manifest?.value;
      const error = value?.kind === 'manifest' && isImage(value) ? this.oddConfigs.get(value.config.digest) : undefined;
      if (error !== undefined) throw error;
    }
    for (const { code, what, details } of this.oddConfigs.values()) {
      this.notes.push({ code, severity: 'warning', message: what, ...details });
    }
  }
}

/**
 * Reads every document that can be reached from the source's roots, verified, and never a layer. Iterative, each
 * digest once, so neither depth nor fan-out of hostile indexes costs more than the documents themselves.
 * @throws {ToolError} as `loadManifest` and `loadConfig`; INDEX_TOO_DEEP, LIMIT_NODES, LAYER_COUNT_MISMATCH,
 * LAYER_EMPTY, SIZE_MISMATCH, MEDIATYPE_CONFLICT, DATA_MISMATCH
 */
export const loadGraph = async (source: ImageSource, limits: Limits): Promise<LoadedGraph> => {
  const loader = new GraphLoader(source.blobs, limits);
  await loader.load(source.roots.map((root) => root.descriptor));
  const nodes: ReadonlyMap<Digest, GraphNode> = loader.nodes;
  checkLayerLists(nodes);
  const roots = mergeRoots(
    source.roots.map(({ descriptor, name }) => ({ descriptor, names: name === undefined ? [] : [name] })),
  );
  const graph = withoutContainedRoots({
    roots,
    nodes,
    notes: [...source.notes, ...loader.notes, ...historyNotes(nodes), ...platformNotes(nodes), ...subjectNotes(nodes)],
  });
  return { graph, blobs: loader.blobs };
};
