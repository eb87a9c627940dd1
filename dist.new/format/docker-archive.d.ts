import type { Note } from '../base/event.js';
import type { FileTree } from '../base/file-tree.js';
import type { JsonValue } from '../base/json-parse.js';
import { type BlobReader } from '../content/blob.js';
import type { ImageSource, SourceRoot } from '../content/image.js';
import { type Digest } from '../oci/digest.js';
import { type DockerSaveItem } from '../oci/docker-save.js';
import type { ReadOptions } from './detect.js';
/** Images of a docker-archive: what a layout would hold in `index.json` and `blobs/`, made from names and diffIDs. */
export interface DockerImages {
    readonly roots: readonly SourceRoot[];
    /** Manifests made here, and configs. */
    readonly documents: ReadonlyMap<Digest, Uint8Array>;
    readonly blobs: BlobReader;
    readonly notes: readonly Note[];
}
/** @throws as {@link openDockerArchive} */
export declare const readDockerImages: (tree: FileTree, items: readonly DockerSaveItem[], options: ReadOptions) => Promise<DockerImages>;
/**
 * An archive of `docker save` in any of its shapes: v1 directories, flat files, links between equal layers,
 * compressed layers. Names of files mean nothing but what `manifest.json` says of them; a config whose name claims a
 * digest must have it.
 * @throws {ToolError} ARCHIVE_EMPTY, SCHEMA_INVALID, JSON_AMBIGUOUS_KEY, BLOB_MISSING, CONFIG_INVALID,
 * CONFIG_NAME_MISMATCH, LAYER_COUNT_MISMATCH, LAYER_EMPTY, DIFFID_MISMATCH, CODEC_UNSUPPORTED, LIMIT_METADATA
 */
export declare const openDockerArchive: (tree: FileTree, manifest: JsonValue, options: ReadOptions) => Promise<ImageSource>;
//# sourceMappingURL=docker-archive.d.ts.map