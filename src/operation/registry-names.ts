import { ToolError } from '../base/error.js';
import { type ContentGraph, type GraphRoot, mergeRoots, nodeOf, reachable, subjectOf } from '../content/graph.js';
import { type ImageName, checkName, nameText } from '../content/name.js';
import { renameImages } from '../content/select.js';
import type { Digest } from '../oci/digest.js';
import { type Reference, isTag, parseReference } from '../oci/reference.js';
import type { PushRoot } from '../transport/registry/push-plan.js';
import type { RegistryPlace } from './registry-location.js';

/** What goes into one repository of the destination. */
export interface RepositoryShare {
  readonly path: string;
  readonly roots: readonly PushRoot[];
}

/** The images of a graph under the names that they get in a registry, and what each repository gets. */
export interface RegistryShares {
  readonly graph: ContentGraph;
  readonly shares: readonly RepositoryShare[];
}

const DEFAULT_TAG = 'latest';

const isReferrer = (graph: ContentGraph, { descriptor, names }: GraphRoot): boolean =>
  names.length === 0 && subjectOf(nodeOf(graph, descriptor.digest)) !== undefined;

const joined = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join('/');

/** A path without what Docker leaves out: `library/` of its own registry. */
const familiarPath = ({ domain, path }: Reference): string =>
  domain === 'docker.io' && path.startsWith('library/') ? path.slice('library/'.length) : path;

/** Where a name goes below a prefix: its path without its host; a bare tag is a tag of the prefix itself. */
const belowPrefix = (name: ImageName, { domain, path }: RegistryPlace): ImageName => {
  checkName(name);
  const text = nameText(name);
  if (name.kind === 'reference') {
    const { tag, digest } = name.reference;
    const full = joined(domain, path, familiarPath(name.reference));
    const suffix = `${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
    return { kind: 'reference', reference: parseReference(`${full}${suffix}`, { subject: text }) };
  }
  if (path !== '' && isTag(text)) return { kind: 'reference', reference: { domain, path, tag: text } };
  throw new ToolError('REFERENCE_INVALID', 'not a name that a registry can carry', {
    subject: text,
    expected: path === '' ? 'a repository and a tag' : 'a repository and a tag, or a tag',
    hint: 'give the image a name with --name OLD=NEW',
  });
};

const unnamed = (root: GraphRoot, place: RegistryPlace): ToolError =>
  new ToolError('LOCATION_INVALID', 'an image without a name has no place among several', {
    subject: root.descriptor.digest,
    expected: `a name, or one image for docker://${joined(place.domain, place.path)}:TAG`,
    hint: 'give it a name with --name DIGEST=NEW',
  });

/** All images below a prefix, by their own names. @throws {ToolError} NAME_CONFLICT, REFERENCE_INVALID, LOCATION_INVALID */
const renamedBelow = (graph: ContentGraph, place: RegistryPlace): ContentGraph => {
  const taken = new Map<string, { readonly digest: Digest; readonly from: string }>();
  const roots = graph.roots.map((root) => {
    if (root.names.length === 0 && !isReferrer(graph, root)) throw unnamed(root, place);
    const names = root.names.map((name) => {
      const moved = belowPrefix(name, place);
      const known = taken.get(nameText(moved));
      if (known !== undefined && known.digest !== root.descriptor.digest) {
        throw new ToolError('NAME_CONFLICT', 'two different images would get one name', {
          subject: nameText(moved),
          expected: known.from,
          found: nameText(name),
          hint: 'rename one of them with --name OLD=NEW, or copy them one by one',
        });
      }
      taken.set(nameText(moved), { digest: root.descriptor.digest, from: nameText(name) });
      return moved;
    });
    return { descriptor: root.descriptor, names };
  });
  return { ...graph, roots: mergeRoots(roots) };
};

const renamed = (graph: ContentGraph, place: RegistryPlace, names: 'kept' | 'given'): ContentGraph => {
  const isOne = graph.roots.filter((root) => !isReferrer(graph, root)).length === 1;
  if (place.isPrefix || (place.tag === undefined && (names === 'kept' || !isOne))) return renamedBelow(graph, place);
  const { domain, path, tag = DEFAULT_TAG } = place;
  return renameImages(graph, [{ to: { kind: 'reference', reference: { domain, path, tag } } }], 'only the new name');
};

/** Referrers go wherever their subject goes; one whose subject is nowhere goes to all. */
const withReferrers = (graph: ContentGraph, named: readonly Digest[]): readonly Digest[] => {
  const inside = new Set(reachable(graph, named));
  const found: Digest[] = [];
  const rest = new Set(graph.roots.filter((root) => isReferrer(graph, root)).map((root) => root.descriptor.digest));
  for (let grown = true; grown;) {
    grown = false;
    for (const digest of rest) {
      const subject = subjectOf(nodeOf(graph, digest))?.digest;
      if (subject !== undefined && graph.nodes.has(subject) && !inside.has(subject)) continue;
      rest.delete(digest);
      found.push(digest);
      for (const reached of reachable(graph, [digest])) inside.add(reached);
      grown = true;
    }
  }
  return found;
};

/**
 * Images under the names that they get at a place of a registry. With a tag: the one image there is. With a slash at
 * the end, several images, or names that are kept: each below the prefix by its own name, without its host. Otherwise
 * one image, as `latest`.
 * @throws {ToolError} NAME_CONFLICT, REFERENCE_INVALID, REFERENCE_AMBIGUOUS, LOCATION_INVALID
 */
export const shareOut = (graph: ContentGraph, place: RegistryPlace, names: 'kept' | 'given'): RegistryShares => {
  const moved = renamed(graph, place, names);
  const tagsOf = new Map<string, Map<Digest, string[]>>();
  for (const { descriptor, names: given } of moved.roots) {
    for (const name of given) {
      if (name.kind !== 'reference') continue;
      const { path, tag } = name.reference;
      const roots = tagsOf.get(path) ?? new Map<Digest, string[]>();
      tagsOf.set(path, roots);
      roots.set(descriptor.digest, [...(roots.get(descriptor.digest) ?? []), ...(tag === undefined ? [] : [tag])]);
    }
  }
  return {
    graph: moved,
    shares: [...tagsOf].map(([path, roots]) => ({
      path,
      roots: [
        ...[...roots].map(([digest, tags]): PushRoot => ({ digest, tags })),
        ...withReferrers(moved, [...roots.keys()]).map((digest): PushRoot => ({ digest, tags: [] })),
      ],
    })),
  };
};
