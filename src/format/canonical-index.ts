import { canonicalJson } from '../base/json-canonical.js';
import { ToolError } from '../base/error.js';
import { compareBytes } from '../base/order.js';
import { type ContentGraph, type GraphRoot, nodeOf, subjectOf } from '../content/graph.js';
import { type ImageName, checkName, nameText, refNameOf } from '../content/name.js';
import { ANNOTATION } from '../oci/annotation.js';
import type { Descriptor } from '../oci/descriptor.js';
import { LAYOUT_VERSION } from '../oci/image-layout.js';
import { MEDIA_TYPE } from '../oci/media-type.js';

interface IndexEntry {
  readonly descriptor: Descriptor;
  readonly name?: ImageName;
}

/** CA-LAYOUT-1 */
export const layoutDocument = (): Uint8Array => canonicalJson({ imageLayoutVersion: LAYOUT_VERSION });

const annotationsOf = (name: ImageName): Record<string, string> => ({
  ...(name.kind === 'reference' ? { [ANNOTATION.imageName]: nameText(name) } : {}),
  [ANNOTATION.refName]: refNameOf(name),
});

const compareDigests = (a: IndexEntry, b: IndexEntry): number => compareBytes(a.descriptor.digest, b.descriptor.digest);

/** Names are what readers look up, so one full name must not mean two images. Bare tags may repeat. */
const checkNames = (roots: readonly GraphRoot[]): void => {
  const owners = new Map<string, string>();
  for (const root of roots) {
    for (const name of root.names) {
      checkName(name);
      if (name.kind === 'label') continue;
      const owner = owners.get(nameText(name));
      if (owner !== undefined && owner !== root.descriptor.digest) {
        throw new ToolError('NAME_CONFLICT', 'two different images claim one name', {
          subject: nameText(name),
          expected: owner,
          found: root.descriptor.digest,
          hint: 'choose one by @DIGEST, or rename one with --name @DIGEST=NEW',
        });
      }
      owners.set(nameText(name), root.descriptor.digest);
    }
  }
};

/**
 * CA-INDEX-1 to 3: one descriptor for each name by (name, digest), then unnamed images, then referrers, each by digest.
 * @throws {ToolError} REFERENCE_INVALID, NAME_CONFLICT
 */
export const indexEntries = (graph: ContentGraph): readonly IndexEntry[] => {
  checkNames(graph.roots);
  const named = graph.roots
    .flatMap((root) => root.names.map((name) => ({ descriptor: root.descriptor, name })))
    .toSorted((a, b) => compareBytes(nameText(a.name), nameText(b.name)) || compareDigests(a, b));
  const unnamed = graph.roots.filter((root) => root.names.length === 0);
  const isReferrer = (root: GraphRoot): boolean => subjectOf(nodeOf(graph, root.descriptor.digest)) !== undefined;
  return [
    ...named,
    ...unnamed.filter((root) => !isReferrer(root)).toSorted(compareDigests),
    ...unnamed.filter(isReferrer).toSorted(compareDigests),
  ].map(({ descriptor, ...rest }) => ({ descriptor, ...('name' in rest ? { name: rest.name } : {}) }));
};

/** The bytes of `index.json`. @throws as {@link indexEntries} */
export const indexDocument = (graph: ContentGraph): Uint8Array =>
  canonicalJson({
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.index,
    manifests: indexEntries(graph).map(({ descriptor, name }) => ({
      mediaType: descriptor.mediaType,
      digest: descriptor.digest,
      size: descriptor.size,
      ...(name === undefined ? {} : { annotations: annotationsOf(name) }),
    })),
  });
