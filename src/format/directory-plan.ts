import { utf8 } from '../base/bytes.js';
import { ToolError } from '../base/error.js';
import { blobMissing } from '../content/blob.js';
import { type ContentGraph, type GraphNode, nodeOf, walk } from '../content/graph.js';
import { type Digest, algorithmOf, encodedOf } from '../oci/digest.js';
import { TOP_MANIFEST_FILE, VERSION_FILE, VERSION_TEXT, VERSION_TEXT_ALGORITHMS } from './directory.js';
import type { EntryContent } from './plan.js';

/** A file of a directory that is to be written. */
export interface FilePlan {
  readonly path: string;
  readonly content: EntryContent;
  /** Bytes. */
  readonly size: number;
}

const fileName = (digest: Digest): string =>
  algorithmOf(digest) === 'sha256' ? encodedOf(digest) : `${algorithmOf(digest)}-${encodedOf(digest)}`;

const isManifest = (node: GraphNode): boolean => node.manifest !== undefined;

/**
 * The files of skopeo's `dir:` transport for one image or index.
 * @throws {ToolError} DESTINATION_UNFIT for several images, BLOB_MISSING unless sparse content is allowed
 */
export const planDirectory = (graph: ContentGraph, options: { readonly allowSparse: boolean }): readonly FilePlan[] => {
  const [root, another] = graph.roots;
  if (root === undefined) throw new ToolError('ARCHIVE_EMPTY', 'there is no image to write');
  if (another !== undefined) {
    throw new ToolError('DESTINATION_UNFIT', 'a directory of this format holds one image', {
      expected: 'one image',
      found: `${graph.roots.length}`,
      hint: 'choose one with :REF or @DIGEST (and --drop-referrers), or write to oci:DIR',
    });
  }
  const nodes = walk(graph);
  const missing = nodes.find((node) => node.presence === 'missing');
  if (missing !== undefined && !options.allowSparse)
    throw blobMissing(missing.descriptor, 'write what is there with --allow-sparse');
  const present = nodes.filter((node) => node.presence === 'present');
  const other = present.some((node) => algorithmOf(node.descriptor.digest) !== 'sha256');
  const version = utf8(other ? VERSION_TEXT_ALGORITHMS : VERSION_TEXT);
  const top = nodeOf(graph, root.descriptor.digest);
  return [
    { path: VERSION_FILE, content: { from: 'memory', bytes: version }, size: version.length },
    ...present.map((node): FilePlan => ({
      path:
        node === top
          ? TOP_MANIFEST_FILE
          : `${fileName(node.descriptor.digest)}${isManifest(node) ? '.manifest.json' : ''}`,
      content: { from: 'blob', descriptor: node.descriptor },
      size: node.descriptor.size,
    })),
  ];
};
