import { ToolError, invariant } from '../base/error.js';
import { compareBytes } from '../base/order.js';
import { END_OF_TAR, encodeTarHeader, paddingAfter, tarHeaderLength } from '../codec/tar-header.js';
import { blobMissing } from '../content/blob.js';
import { type ContentGraph, type GraphNode, walk } from '../content/graph.js';
import type { Descriptor } from '../oci/descriptor.js';
import { type Digest, algorithmOf } from '../oci/digest.js';
import { DOCKER_MANIFEST_FILE } from '../oci/docker-save.js';
import { BLOBS_DIRECTORY, INDEX_FILE, LAYOUT_FILE, blobPath } from '../oci/image-layout.js';
import { indexDocument, layoutDocument } from './canonical-index.js';
import { dockerManifestDocument } from './docker-manifest.js';
import { MAX_MTIME, type Profile, type ProfileSettings } from './profile.js';

/** Where an entry's content comes from: it is here, it is a blob, or there is none. */
export type EntryContent =
  | { readonly from: 'memory'; readonly bytes: Uint8Array }
  | { readonly from: 'blob'; readonly descriptor: Descriptor }
  | { readonly from: 'nothing' };

export interface PlanEntry {
  /** Directories end with `/`. */
  readonly path: string;
  readonly content: EntryContent;
  /** Bytes of content. */
  readonly size: number;
  /** Byte of the archive where the header begins. */
  readonly headerOffset: number;
  /** Byte of the archive where the content begins. */
  readonly offset: number;
}

/** A canonical archive before it is written: every entry, its place, and the exact size of the whole. */
export interface ArchivePlan {
  readonly profile: Profile;
  readonly settings: ProfileSettings;
  readonly entries: readonly PlanEntry[];
  /** Bytes of the whole archive, end mark included. */
  readonly size: number;
  /** Blobs that the images refer to and the archive does not hold, by digest. */
  readonly absent: readonly AbsentBlob[];
}

export interface AbsentBlob {
  readonly digest: Digest;
  readonly reason: 'missing' | 'foreign' | 'omitted';
}

export interface PlanOptions {
  /** Missing blobs are recorded instead of refused. */
  readonly allowSparse: boolean;
}

type DraftEntry = Pick<PlanEntry, 'path' | 'content' | 'size'>;

const memory = (path: string, bytes: Uint8Array): DraftEntry => ({
  path,
  content: { from: 'memory', bytes },
  size: bytes.length,
});

const directory = (path: string): DraftEntry => ({ path, content: { from: 'nothing' }, size: 0 });

const DOCUMENT_KINDS: ReadonlySet<GraphNode['kind']> = new Set<GraphNode['kind']>([
  'index',
  'manifest',
  'artifact-manifest',
  'config',
]);

const byDigest = (a: GraphNode, b: GraphNode): number => compareBytes(a.descriptor.digest, b.descriptor.digest);

/** CA-ORDER-1: directories, documents, then everything else. */
const blobEntries = (nodes: readonly GraphNode[]): readonly DraftEntry[] => {
  if (nodes.length === 0) return [];
  const algorithms = [...new Set(nodes.map((node) => algorithmOf(node.descriptor.digest)))].toSorted(compareBytes);
  const documents = nodes.filter((node) => DOCUMENT_KINDS.has(node.kind)).toSorted(byDigest);
  const others = nodes.filter((node) => !DOCUMENT_KINDS.has(node.kind)).toSorted(byDigest);
  return [
    directory(`${BLOBS_DIRECTORY}/`),
    ...algorithms.map((algorithm) => directory(`${BLOBS_DIRECTORY}/${algorithm}/`)),
    ...[...documents, ...others].map(({ descriptor }): DraftEntry => ({
      path: blobPath(descriptor.digest),
      content: { from: 'blob', descriptor },
      size: descriptor.size,
    })),
  ];
};

const tarEntry = (entry: DraftEntry, mtime: number): Parameters<typeof encodeTarHeader>[0] => ({
  path: entry.path,
  type: entry.content.from === 'nothing' ? 'directory' : 'file',
  size: entry.size,
  mtime,
});

/** The header block (or blocks) of an entry. */
export const headerOf = (plan: ArchivePlan, entry: PlanEntry): Uint8Array =>
  encodeTarHeader(tarEntry(entry, plan.settings.mtime));

/**
 * The canonical archive of a graph. Pure: the same graph gives the same plan, whatever order its roots stand in.
 * @throws {ToolError} BLOB_MISSING unless sparse archives are allowed; REFERENCE_INVALID, NAME_CONFLICT; ARCHIVE_EMPTY
 */
export const planArchive = (
  graph: ContentGraph,
  profile: Profile,
  settings: ProfileSettings,
  options: PlanOptions,
): ArchivePlan => {
  invariant(
    Number.isInteger(settings.mtime) && settings.mtime >= 0 && settings.mtime <= MAX_MTIME,
    'an mtime that no header can hold',
  );
  if (graph.roots.length === 0) throw new ToolError('ARCHIVE_EMPTY', 'there is no image to write');
  const nodes = walk(graph);
  const missing = nodes.find((node) => node.presence === 'missing');
  if (missing !== undefined && !options.allowSparse) {
    throw blobMissing(
      missing.descriptor,
      'choose what is there with --platform, or write an incomplete archive with --allow-sparse',
    );
  }
  const drafts = [
    memory(LAYOUT_FILE, layoutDocument()),
    memory(INDEX_FILE, indexDocument(graph)),
    ...(profile.dockerManifest
      ? [memory(DOCKER_MANIFEST_FILE, dockerManifestDocument(graph, settings.dockerPlatform))]
      : []),
    ...blobEntries(nodes.filter((node) => node.presence === 'present')),
  ];
  let at = 0;
  const entries = drafts.map((draft): PlanEntry => {
    const headerOffset = at;
    const offset = headerOffset + tarHeaderLength(tarEntry(draft, settings.mtime));
    at = offset + draft.size + paddingAfter(draft.size);
    return { ...draft, headerOffset, offset };
  });
  const absent = nodes.flatMap(({ descriptor, presence }): readonly AbsentBlob[] =>
    presence === 'present' ? [] : [{ digest: descriptor.digest, reason: presence }],
  );
  return {
    profile,
    settings,
    entries,
    size: at + END_OF_TAR.length,
    absent: absent.toSorted((a, b) => compareBytes(a.digest, b.digest)),
  };
};
