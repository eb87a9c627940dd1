import { ToolError } from '../base/error.js';
import { excerpt } from '../base/escape.js';
import { type Digest, tryParseKnownDigest } from '../oci/digest.js';
import { formatReference, tryParseReference } from '../oci/reference.js';
import { type ContentGraph, type GraphRoot, imagesOf, mergeRoots, nodeOf, reachable, subjectOf } from './graph.js';
import { type ImageName, checkName, nameText, refNameOf } from './name.js';

/** Which image of a place is meant: by a name or tag, by a digest or image ID, by its number from 0. */
export type ImageSelector =
  | { readonly by: 'name'; readonly text: string }
  | { readonly by: 'digest'; readonly digest: Digest }
  | { readonly by: 'position'; readonly position: number };

export const selectorText = (selector: ImageSelector): string =>
  selector.by === 'name' ? selector.text : selector.by === 'digest' ? `@${selector.digest}` : `@${selector.position}`;

/** `@N`, `@DIGEST`, a digest, else a name. */
export const parseSelector = (text: string): ImageSelector => {
  const bare = text.startsWith('@') ? text.slice(1) : text;
  if (text.startsWith('@') && /^\d{1,6}$/.test(bare)) return { by: 'position', position: Number(bare) };
  const digest = tryParseKnownDigest(bare);
  return digest === undefined ? { by: 'name', text } : { by: 'digest', digest };
};

const describeRoot = (root: GraphRoot): string =>
  root.names.length === 0 ? root.descriptor.digest : root.names.map(nameText).join(', ');

const listRoots = (roots: readonly GraphRoot[]): string => {
  const shown = roots.slice(0, 20).map((root) => excerpt(describeRoot(root), 200));
  return roots.length > shown.length
    ? `${shown.join('; ')}; and ${roots.length - shown.length} more`
    : shown.join('; ');
};

const notFound = (graph: ContentGraph, selector: ImageSelector): ToolError =>
  new ToolError('REFERENCE_NOT_FOUND', 'no such image', {
    subject: selectorText(selector),
    found: graph.roots.length === 0 ? 'no image at all' : listRoots(graph.roots),
    hint: 'use one of the names found, or @DIGEST, or @N for the image at place N',
  });

/** Roots that carry a name by the first of these that fits any: the name as written, as Docker completes it, its tag. */
const rootsByName = (graph: ContentGraph, text: string): readonly GraphRoot[] => {
  const full = tryParseReference(text);
  const fullText = full === undefined ? undefined : formatReference(full);
  const tests: readonly ((name: ImageName) => boolean)[] = [
    (name) => nameText(name) === text,
    (name) => fullText !== undefined && nameText(name) === fullText,
    (name) => refNameOf(name) === text,
  ];
  for (const test of tests) {
    const found = graph.roots.flatMap((root) => {
      const names = root.names.filter(test);
      return names.length === 0 ? [] : [{ descriptor: root.descriptor, names }];
    });
    if (found.length > 0) return found;
  }
  return [];
};

/** A root, else images inside indexes, with this digest as manifest digest or as image ID. */
const rootsByDigest = (graph: ContentGraph, digest: Digest): readonly GraphRoot[] => {
  const names = new Map(graph.roots.map((root) => [root.descriptor.digest, root.names]));
  const root = graph.roots.find((candidate) => candidate.descriptor.digest === digest);
  if (root !== undefined) return [root];
  return [...graph.nodes.values()]
    .filter(({ descriptor, kind, manifest }) =>
      kind === 'index' || kind === 'artifact-manifest' || kind === 'manifest'
        ? descriptor.digest === digest ||
          (manifest?.value.kind === 'manifest' && manifest.value.config.digest === digest)
        : false,
    )
    .map(({ descriptor }) => ({ descriptor, names: names.get(descriptor.digest) ?? [] }));
};

/**
 * The one root that is meant, with the names by which it is meant.
 * @throws {ToolError} REFERENCE_NOT_FOUND, REFERENCE_AMBIGUOUS
 */
export const findRoot = (graph: ContentGraph, selector: ImageSelector): GraphRoot => {
  const found =
    selector.by === 'name'
      ? rootsByName(graph, selector.text)
      : selector.by === 'digest'
        ? rootsByDigest(graph, selector.digest)
        : graph.roots.slice(selector.position, selector.position + 1);
  const [root, another] = found;
  if (root === undefined) throw notFound(graph, selector);
  if (another !== undefined) {
    throw new ToolError('REFERENCE_AMBIGUOUS', 'several images fit', {
      subject: selectorText(selector),
      expected: 'one image',
      found: listRoots(found),
      hint: 'give the full name, or @DIGEST',
    });
  }
  return root;
};

/** Unnamed roots that refer to something in the set, and those that refer to them. */
const referrersOf = (graph: ContentGraph, kept: readonly GraphRoot[]): readonly GraphRoot[] => {
  const inside = new Set(
    reachable(
      graph,
      kept.map((root) => root.descriptor.digest),
    ),
  );
  const found: GraphRoot[] = [];
  for (let grown = true; grown;) {
    grown = false;
    for (const root of graph.roots) {
      const subject = subjectOf(nodeOf(graph, root.descriptor.digest));
      if (subject === undefined || !inside.has(subject.digest) || inside.has(root.descriptor.digest)) continue;
      for (const digest of reachable(graph, [root.descriptor.digest])) inside.add(digest);
      found.push(root);
      grown = true;
    }
  }
  return found;
};

const onlyReachable = (graph: ContentGraph): ContentGraph => ({
  ...graph,
  nodes: new Map(
    reachable(
      graph,
      graph.roots.map((root) => root.descriptor.digest),
    ).map((digest) => [digest, nodeOf(graph, digest)]),
  ),
});

/** The selected images with their referrers; everything when no selector is given. @throws as {@link findRoot} */
export const selectImages = (graph: ContentGraph, selectors: readonly ImageSelector[]): ContentGraph => {
  if (selectors.length === 0) return graph;
  const chosen = mergeRoots(selectors.map((selector) => findRoot(graph, selector)));
  return onlyReachable({ ...graph, roots: [...chosen, ...referrersOf(graph, chosen)] });
};

/** Without unnamed roots that refer to another image. */
export const dropReferrers = (
  graph: ContentGraph,
): { readonly graph: ContentGraph; readonly dropped: readonly Digest[] } => {
  const isReferrer = (root: GraphRoot): boolean =>
    root.names.length === 0 && subjectOf(nodeOf(graph, root.descriptor.digest)) !== undefined;
  return {
    graph: onlyReachable({ ...graph, roots: graph.roots.filter((root) => !isReferrer(root)) }),
    dropped: graph.roots.filter(isReferrer).map((root) => root.descriptor.digest),
  };
};

/** A new name for an image; without `from`, for the only image of the place. */
export interface Rename {
  /** A name, a digest, an image ID, or `@N`. */
  readonly from?: string;
  readonly to: ImageName;
}

const onlyImage = (graph: ContentGraph, roots: readonly GraphRoot[], to: ImageName): GraphRoot => {
  const images = roots.filter(
    (root) => root.names.length > 0 || subjectOf(nodeOf(graph, root.descriptor.digest)) === undefined,
  );
  const [only, another] = images;
  if (only !== undefined && another === undefined) return only;
  throw new ToolError('REFERENCE_AMBIGUOUS', 'a new name without an old one needs exactly one image', {
    subject: nameText(to),
    expected: 'one image',
    found: listRoots(images) || 'none',
    hint: 'say which image is meant: a name, a digest, an image ID or @N',
  });
};

/**
 * Images under new names. A name that `from` is replaced; a digest, image ID or number adds the name.
 * @param keep `only the new name` takes all others away
 * @throws {ToolError} REFERENCE_INVALID, and as {@link findRoot}
 */
export const renameImages = (
  graph: ContentGraph,
  renames: readonly Rename[],
  keep: 'other names' | 'only the new name' = 'other names',
): ContentGraph => {
  let { roots } = graph;
  for (const { from, to } of renames) {
    checkName(to);
    const selector = from === undefined ? undefined : parseSelector(from);
    const target = selector === undefined ? onlyImage(graph, roots, to) : findRoot({ ...graph, roots }, selector);
    const replaced = new Set(selector?.by === 'name' || keep === 'only the new name' ? target.names.map(nameText) : []);
    roots = mergeRoots([
      ...roots.map((root) =>
        root.descriptor.digest === target.descriptor.digest
          ? { ...root, names: root.names.filter((old) => !replaced.has(nameText(old))) }
          : root,
      ),
      { descriptor: target.descriptor, names: [to] },
    ]);
  }
  return { ...graph, roots };
};

/** Every image manifest of the graph, for lists. */
export const allImages = (graph: ContentGraph): readonly Digest[] => [
  ...new Set(
    graph.roots.flatMap((root) => imagesOf(graph, root.descriptor.digest).map((node) => node.descriptor.digest)),
  ),
];
