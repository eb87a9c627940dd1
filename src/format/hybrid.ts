import { ToolError } from '../base/error.js';
import type { FileTree } from '../base/file-tree.js';
import { compareBytes } from '../base/order.js';
import { withMemory } from '../content/blob.js';
import { type ContentGraph, parentsIn, nodeOf } from '../content/graph.js';
import type { ImageSource, SourceRoot } from '../content/image.js';
import { loadGraph } from '../content/load-graph.js';
import { nameFromRepoTag, nameText, refNameOf } from '../content/name.js';
import type { Digest } from '../oci/digest.js';
import { DOCKER_MANIFEST_FILE, type DockerSaveItem } from '../oci/docker-save.js';
import { digestOfBlobPath } from '../oci/image-layout.js';
import type { ReadOptions } from './read-options.js';
import { readDockerImages } from './docker-archive.js';

const addTo = <K, V>(lists: Map<K, V[]>, key: K, value: V): void => {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
};

/** The roots that contain an image with a config; looked for only where an item names the config, and once. */
class ConfigOwners {
  private readonly known = new Map<Digest, readonly Digest[]>();
  private readonly manifests = new Map<Digest, Digest[]>();
  private readonly parents: ReadonlyMap<Digest, ReadonlySet<Digest>>;
  private readonly roots: ReadonlySet<Digest>;

  constructor(graph: ContentGraph) {
    this.parents = parentsIn(graph);
    this.roots = new Set(graph.roots.map((root) => root.descriptor.digest));
    for (const { descriptor, manifest } of graph.nodes.values()) {
      if (manifest?.value.kind === 'manifest') addTo(this.manifests, manifest.value.config.digest, descriptor.digest);
    }
  }

  /** In byte order, so that the order of the index decides nothing; empty if no image has the config. */
  of(config: Digest): readonly Digest[] {
    const known = this.known.get(config);
    if (known !== undefined) return known;
    const above = new Set<Digest>(this.manifests.get(config));
    // The set grows while it is read.
    for (const digest of above) for (const parent of this.parents.get(digest) ?? []) above.add(parent);
    const owners = [...above].filter((digest) => this.roots.has(digest)).toSorted(compareBytes);
    this.known.set(config, owners);
    return owners;
  }
}

const conflict = (tree: FileTree, item: DockerSaveItem, expected: string): ToolError =>
  new ToolError('ARCHIVE_CONFLICT', 'index.json and manifest.json name different images', {
    subject: `${tree.name}: ${DOCKER_MANIFEST_FILE}`,
    expected,
    found: `${item.repoTags.join(', ') || 'an untagged image'} with config ${item.config}`,
    hint: 'tools disagree about which of the two counts; do not trust this archive',
  });

/**
 * A layout that docker's `manifest.json` describes too. Both must mean the same images, since one tool reads the one
 * and the next tool the other. Two habits of Docker 25 and later are no conflict: an untagged image that stands only
 * in `manifest.json` is a root of its own, and tags may stand only there.
 * @throws {ToolError} ARCHIVE_CONFLICT
 */
export const reconcileHybrid = async (
  source: ImageSource,
  tree: FileTree,
  items: readonly DockerSaveItem[],
  options: ReadOptions,
): Promise<ImageSource> => {
  if (items.length === 0) return source;
  const { graph } = await loadGraph(source, options.limits);
  const ownersOf = new ConfigOwners(graph);
  const rootsOfName = new Map<string, Digest[]>();
  for (const { descriptor, names } of graph.roots) {
    for (const name of names) addTo(rootsOfName, nameText(name), descriptor.digest);
  }
  const added: SourceRoot[] = [];
  const relabelled = new Map<Digest, string[]>();
  const orphans: DockerSaveItem[] = [];
  for (const item of items) {
    const config = digestOfBlobPath(item.config);
    const owners = config === undefined ? [] : ownersOf.of(config);
    const [owner] = owners;
    if (owner === undefined) {
      if (item.repoTags.length > 0) throw conflict(tree, item, 'an image of index.json');
      orphans.push(item);
      continue;
    }
    for (const name of item.repoTags.map(nameFromRepoTag)) {
      const text = nameText(name);
      const holders = rootsOfName.get(text) ?? [];
      if (holders.some((digest) => owners.includes(digest))) continue;
      if (holders[0] !== undefined) throw conflict(tree, item, `${text} to be ${holders[0]}`);
      added.push({ descriptor: nodeOf(graph, owner).descriptor, name });
      addTo(relabelled, owner, refNameOf(name));
    }
  }
  const extra = await readDockerImages(tree, orphans, options);
  // A bare tag says nothing once the full name is known.
  const isBareTag = (root: SourceRoot): boolean =>
    root.name?.kind === 'label' && (relabelled.get(root.descriptor.digest) ?? []).includes(root.name.text);
  return {
    ...source,
    roots: [...source.roots.filter((root) => !isBareTag(root)), ...added, ...extra.roots],
    blobs: withMemory(extra.documents, {
      open: async (descriptor) => (await source.blobs.open(descriptor)) ?? extra.blobs.open(descriptor),
    }),
    notes: [...source.notes, ...extra.notes],
  };
};
