import { ToolError } from '../base/error.js';
import type { Note } from '../base/event.js';
import type { FileTree } from '../base/file-tree.js';
import type { BlobReader } from '../content/blob.js';
import type { ImageSource, SourceRoot } from '../content/image.js';
import { nameFromAnnotations } from '../content/name.js';
import { plainDescriptor } from '../oci/descriptor.js';
import { digestOf } from '../oci/digest.js';
import { DOCKER_MANIFEST_FILE, type DockerSaveItem, isDockerSaveManifest } from '../oci/docker-save.js';
import { INDEX_FILE, LAYOUT_FILE, blobPath, checkLayoutVersion, digestOfBlobPath } from '../oci/image-layout.js';
import { decodeImageIndex } from '../oci/manifest.js';
import { MEDIA_TYPE } from '../oci/media-type.js';
import type { ReadOptions } from './read-options.js';
import { decodeItems } from './docker-archive.js';
import { reconcileHybrid } from './hybrid.js';
import { readTopDocument } from './read-document.js';
import { notesOf } from './tree-notes.js';

/** The blobs of a layout, at the paths that their digests give. */
export const layoutBlobs = (tree: FileTree): BlobReader => ({
  open: (descriptor) => tree.open(blobPath(descriptor.digest)),
});

const readRoots = async (tree: FileTree, options: ReadOptions): Promise<readonly SourceRoot[]> => {
  const entry = tree.entry(INDEX_FILE);
  const subject = `${tree.name}: ${INDEX_FILE}`;
  if (entry === undefined || entry.type === 'directory') {
    throw new ToolError('LAYOUT_INVALID', 'the layout has no index', {
      subject,
      expected: 'a file',
      found: entry?.type ?? 'nothing',
    });
  }
  const document = await readTopDocument(tree, INDEX_FILE, options.limits);
  if (document === undefined) throw new ToolError('LAYOUT_INVALID', 'the layout has no index', { subject });
  const descriptor = plainDescriptor(MEDIA_TYPE.index, digestOf(document.raw), document.raw.length);
  return decodeImageIndex(document.value, descriptor, subject).manifests.map((manifest) => {
    const name = nameFromAnnotations(manifest.annotations);
    return { descriptor: manifest, ...(name === undefined ? {} : { name }) };
  });
};

const readDockerItems = async (
  tree: FileTree,
  options: ReadOptions,
  notes: Note[],
): Promise<readonly DockerSaveItem[]> => {
  if (tree.entry(DOCKER_MANIFEST_FILE) === undefined) return [];
  const document = await readTopDocument(tree, DOCKER_MANIFEST_FILE, options.limits);
  if (document === undefined || !isDockerSaveManifest(document.value)) return [];
  return decodeItems(document.value, `${tree.name}: ${DOCKER_MANIFEST_FILE}`, notes);
};

/**
 * An OCI image layout, in a tar or in a directory; with docker's `manifest.json` beside it, a hybrid.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md
 * @throws {ToolError} LAYOUT_VERSION, LAYOUT_INVALID, ARCHIVE_CONFLICT, JSON_*, SCHEMA_INVALID, DIGEST_INVALID,
 * SIZE_INVALID
 */
export const openOciLayout = async (tree: FileTree, options: ReadOptions): Promise<ImageSource> => {
  const layout = await readTopDocument(tree, LAYOUT_FILE, options.limits);
  if (layout === undefined)
    throw new ToolError('LAYOUT_MISSING', 'the file oci-layout is missing', { subject: tree.name });
  checkLayoutVersion(layout.value, `${tree.name}: ${LAYOUT_FILE}`);
  const roots = await readRoots(tree, options);
  const notes: Note[] = [...notesOf(tree)];
  const items = await readDockerItems(tree, options, notes);
  const stored = tree.entries().flatMap((entry) => {
    const digest = entry.type === 'directory' ? undefined : digestOfBlobPath(entry.path);
    return digest === undefined ? [] : [digest];
  });
  const source: ImageSource = {
    name: tree.name,
    kind: 'oci-layout',
    roots,
    blobs: layoutBlobs(tree),
    notes,
    stored,
    close: () => tree.close(),
  };
  return reconcileHybrid(source, tree, items, options);
};
