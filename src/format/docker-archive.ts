import type { ByteSource } from '../base/bytes.js';
import { ToolError, invariant } from '../base/error.js';
import type { Note } from '../base/event.js';
import type { FileTree } from '../base/file-tree.js';
import type { JsonValue } from '../base/json-parse.js';
import { type Compression, SNIFF_LENGTH, sniffCompression } from '../codec/compression.js';
import { type SourceJob, runSources } from '../codec/bulk-source.js';
import { codecNotes } from '../codec/codec-notes.js';
import { type BlobReader, withMemory } from '../content/blob.js';
import { parseConfig } from '../content/document.js';
import type { ImageSource, SourceRoot } from '../content/image.js';
import { nameFromRepoTag } from '../content/name.js';
import { type SynthesisLayer, synthesizeManifest } from '../content/synthesis.js';
import { type Digest, digestFromHex, digestOf, encodedOf, hashAlgorithmOf, tryParseDigest } from '../oci/digest.js';
import { DOCKER_MANIFEST_FILE, type DockerSaveItem, decodeDockerSaveManifest } from '../oci/docker-save.js';
import type { ImageConfig } from '../oci/image-config.js';
import type { ReadOptions } from './read-options.js';
import { readWhole } from './read-document.js';
import { notesOf } from './tree-notes.js';

/** Images of a docker-archive: what a layout would hold in `index.json` and `blobs/`, made from names and diffIDs. */
export interface DockerImages {
  readonly roots: readonly SourceRoot[];
  /** Manifests made here, and configs. */
  readonly documents: ReadonlyMap<Digest, Uint8Array>;
  readonly blobs: BlobReader;
  readonly notes: readonly Note[];
}

interface LayerFile {
  readonly path: string;
  readonly size: number;
  readonly compression: Compression;
  readonly diffID: Digest;
  /** Nothing that is read later vouches for it: it is compressed, or a second file of the same layer. */
  readonly isUnvouched: boolean;
}

const missing = (tree: FileTree, path: string, what: string): ToolError =>
  new ToolError('BLOB_MISSING', `the ${what} is not in the archive`, {
    subject: `${tree.name}: ${DOCKER_MANIFEST_FILE}`,
    expected: path,
    found: 'nothing',
  });

/** The digest that a config's file name claims: `<hex>.json`, `sha256:<hex>`, `blobs/sha256/<hex>`. */
const claimedByName = (path: string): Digest | undefined => {
  const base = path.slice(path.lastIndexOf('/') + 1);
  const hex = /^(?:sha256:)?([0-9a-f]{64})(?:\.json)?$/.exec(base)?.[1];
  return hex === undefined ? undefined : tryParseDigest(`sha256:${hex}`);
};

const EMPTY_DIGEST: Digest = digestOf(new Uint8Array(0));

class DockerArchiveReader {
  readonly documents = new Map<Digest, Uint8Array>();
  readonly notes: Note[] = [];
  /** Where a blob lies: layers by the digest of their file. */
  readonly paths = new Map<Digest, string>();
  private readonly tree: FileTree;
  private readonly options: ReadOptions;
  private readonly layers = new Map<string, LayerFile>();
  private readonly digests = new Map<string, Digest>();

  constructor(tree: FileTree, options: ReadOptions) {
    this.tree = tree;
    this.options = options;
  }

  async read(items: readonly DockerSaveItem[]): Promise<readonly SourceRoot[]> {
    const images: { item: DockerSaveItem; raw: Uint8Array; config: ImageConfig; layers: LayerFile[] }[] = [];
    for (const item of items) {
      const raw = await this.readConfig(item);
      const config = parseConfig(raw, this.subject(item.config), this.options.limits);
      this.checkLayerCount(item, config);
      const layers: LayerFile[] = [];
      for (const [index, path] of item.layers.entries()) {
        const diffID = config.diffIDs[index];
        if (diffID !== undefined) layers.push(await this.layer(path, diffID));
      }
      images.push({ item, raw, config, layers });
    }
    await this.hashUnvouched();
    return images.flatMap(({ item, raw, layers }) => this.roots(item, raw, layers));
  }

  private subject(path: string): string {
    return `${this.tree.name}: ${path}`;
  }

  private async open(path: string, what: string): Promise<ByteSource> {
    const source = await this.tree.open(path);
    if (source === undefined) throw missing(this.tree, path, what);
    return source;
  }

  private async readConfig(item: DockerSaveItem): Promise<Uint8Array> {
    const raw = await readWhole(
      await this.open(item.config, 'config'),
      this.options.limits.document,
      this.subject(item.config),
    );
    const claimed = claimedByName(item.config);
    const found = digestOf(raw);
    if (claimed !== undefined && claimed !== found) {
      throw new ToolError('CONFIG_NAME_MISMATCH', 'the config is not the one that its file name claims', {
        subject: this.subject(item.config),
        expected: claimed,
        found,
        hint: 'the config was altered after the archive was made; do not trust this archive',
      });
    }
    this.documents.set(found, raw);
    return raw;
  }

  private checkLayerCount(item: DockerSaveItem, config: ImageConfig): void {
    if (item.layers.length === config.diffIDs.length) return;
    throw new ToolError('LAYER_COUNT_MISMATCH', 'manifest.json and the config disagree about the number of layers', {
      subject: this.subject(item.config),
      expected: `${config.diffIDs.length} layers, as the config says`,
      found: `${item.layers.length}`,
    });
  }

  private async layer(path: string, diffID: Digest): Promise<LayerFile> {
    const source = await this.open(path, 'layer');
    try {
      const head = await source.readAt(0, SNIFF_LENGTH);
      const compression = sniffCompression(head);
      if (source.size === 0 && diffID !== EMPTY_DIGEST) {
        throw new ToolError('LAYER_EMPTY', 'the layer has no bytes', {
          subject: this.subject(path),
          expected: `content of diffID ${diffID}`,
          found: '0 bytes',
        });
      }
      const known = this.layers.get(path);
      if (known !== undefined && known.diffID !== diffID) {
        throw new ToolError('DIFFID_MISMATCH', 'two configs give one layer different diffIDs', {
          subject: this.subject(path),
          expected: known.diffID,
          found: diffID,
        });
      }
      const isUnvouched = compression !== 'none' || !(await this.isFirst(path, source, diffID));
      const layer = known ?? { path, size: source.size, compression, diffID, isUnvouched };
      this.layers.set(path, layer);
      if (compression === 'none') this.place(path, diffID);
      return layer;
    } finally {
      await source.close();
    }
  }

  /** False if the layer lies in another file too; links to one file are one file. */
  private async isFirst(path: string, source: ByteSource, diffID: Digest): Promise<boolean> {
    const first = this.paths.get(diffID);
    if (first === undefined || first === path) return true;
    const other = await this.open(first, 'layer');
    await other.close();
    return source.file !== undefined && source.file.offset === other.file?.offset && source.size === other.size;
  }

  private place(path: string, digest: Digest): void {
    this.digests.set(path, digest);
    if (!this.paths.has(digest)) this.paths.set(digest, path);
  }

  /** Nothing gives the digest of a compressed layer here, so its diffID vouches for it, which costs reading it. */
  private async hashUnvouched(): Promise<void> {
    const pending = [...this.layers.values()].filter((layer) => layer.isUnvouched);
    if (pending.length === 0) return;
    const sources = await Promise.all(pending.map((layer) => this.open(layer.path, 'layer')));
    try {
      const results = await runSources(
        sources.map((source, index) => this.job(source, pending[index])),
        this.options,
      );
      for (const [index, layer] of pending.entries()) {
        this.notes.push(...codecNotes(this.subject(layer.path), results[index]));
        if (layer.compression !== 'none') this.place(layer.path, digestFromHex('sha256', results[index]?.hex ?? ''));
      }
    } finally {
      await Promise.all(sources.map((source) => source.close()));
    }
  }

  private job(source: ByteSource, layer: LayerFile | undefined): SourceJob {
    invariant(layer !== undefined, 'a source without its layer');
    return {
      subject: this.subject(layer.path),
      source,
      algorithm: 'sha256',
      compression: layer.compression,
      innerAlgorithm: hashAlgorithmOf(layer.diffID),
      expectedInner: encodedOf(layer.diffID),
    };
  }

  private roots(item: DockerSaveItem, raw: Uint8Array, layers: readonly LayerFile[]): readonly SourceRoot[] {
    const synthesis = layers.map((layer): SynthesisLayer => {
      const digest = this.digests.get(layer.path) ?? layer.diffID;
      const { compression } = layer;
      if (compression !== 'none' && compression !== 'gzip' && compression !== 'zstd') {
        throw new ToolError('CODEC_UNSUPPORTED', 'no media type names a layer of this compression', {
          subject: this.subject(layer.path),
          expected: 'an uncompressed, gzip or zstd layer',
          found: compression,
          hint: 'load the archive into an engine and save it from there',
        });
      }
      return { descriptor: { digest, size: layer.size }, compression };
    });
    const manifest = synthesizeManifest({ digest: digestOf(raw), size: raw.length }, synthesis);
    this.documents.set(manifest.descriptor.digest, manifest.raw);
    const names = item.repoTags.map(nameFromRepoTag);
    return names.length === 0
      ? [{ descriptor: manifest.descriptor }]
      : names.map((name) => ({ descriptor: manifest.descriptor, name }));
  }

  blobs(): BlobReader {
    return withMemory(this.documents, {
      open: async (descriptor) => {
        const path = this.paths.get(descriptor.digest);
        const source = path === undefined ? undefined : await this.tree.open(path);
        if (path === undefined || source === undefined) return undefined;
        // A compressed layer has its digest from its bytes, once its diffID has vouched for them.
        const isPlain = this.layers.get(path)?.compression === 'none';
        return { ...source, name: this.subject(path), ...(isPlain ? { vouchedBy: 'diffID' } : {}) };
      },
    });
  }
}

/** @throws as {@link openDockerArchive} */
export const readDockerImages = async (
  tree: FileTree,
  items: readonly DockerSaveItem[],
  options: ReadOptions,
): Promise<DockerImages> => {
  const reader = new DockerArchiveReader(tree, options);
  const roots = await reader.read(items);
  return { roots, documents: reader.documents, blobs: reader.blobs(), notes: reader.notes };
};

/** The items of `manifest.json`; what is odd about its keys goes to the notes. @throws as `decodeDockerSaveManifest` */
export const decodeItems = (manifest: JsonValue, subject: string, notes: Note[]): readonly DockerSaveItem[] =>
  decodeDockerSaveManifest(manifest, subject, (found, pointer) => {
    notes.push({
      code: 'JSON_KEY_CASE',
      severity: 'warning',
      message: 'a key in another case',
      subject,
      pointer,
      found,
    });
  });

/**
 * An archive of `docker save` in any of its shapes: v1 directories, flat files, links between equal layers,
 * compressed layers. Names of files mean nothing but what `manifest.json` says of them; a config whose name claims a
 * digest must have it.
 * @throws {ToolError} ARCHIVE_EMPTY, SCHEMA_INVALID, JSON_AMBIGUOUS_KEY, BLOB_MISSING, CONFIG_INVALID,
 * CONFIG_NAME_MISMATCH, LAYER_COUNT_MISMATCH, LAYER_EMPTY, DIFFID_MISMATCH, CODEC_UNSUPPORTED, LIMIT_METADATA
 */
export const openDockerArchive = async (
  tree: FileTree,
  manifest: JsonValue,
  options: ReadOptions,
): Promise<ImageSource> => {
  const notes: Note[] = [...notesOf(tree)];
  const subject = `${tree.name}: ${DOCKER_MANIFEST_FILE}`;
  const items = decodeItems(manifest, subject, notes);
  if (items.length === 0) {
    throw new ToolError('ARCHIVE_EMPTY', 'the archive holds no image', {
      subject,
      expected: 'at least one image',
      found: '[]',
    });
  }
  const images = await readDockerImages(tree, items, options);
  return {
    name: tree.name,
    kind: 'docker-archive',
    roots: images.roots,
    blobs: images.blobs,
    notes: [...notes, ...images.notes],
    close: () => tree.close(),
  };
};
