import type { ByteSource } from '../../base/bytes.js';
import { startHash } from '../../base/hash.js';
import type { Note } from '../../base/event.js';
import { type ContentGraph, imageParts, nodeOf, walk } from '../../content/graph.js';
import type { Digest } from '../../oci/digest.js';
import { digestFromHex } from '../../oci/digest.js';
import { runBulk } from '../../codec/bulk.js';
import type { OperationContext } from '../context.js';
import { bulkOptions } from '../bulk-options.js';

/** The digest of a file as it is. */
export const fileDigest = async (file: ByteSource, context: OperationContext): Promise<Digest> => {
  if (file.file !== undefined) {
    const [result] = await runBulk(
      [{ subject: file.name, extent: file.file, algorithm: 'sha256' }],
      bulkOptions(context),
    );
    return digestFromHex('sha256', result?.hex ?? '');
  }
  const hash = startHash('sha256');
  for await (const chunk of file.read(undefined, context.signal)) hash.update(chunk);
  return digestFromHex('sha256', hash.hex());
};

/** Digests by which a user may know the images of a graph: manifests, indexes, image IDs. */
const knownDigests = (graph: ContentGraph): ReadonlySet<Digest> =>
  new Set(
    walk(graph).flatMap((node) => {
      if (node.kind === 'index' || node.kind === 'artifact-manifest') return [node.descriptor.digest];
      const parts = imageParts(graph, node);
      return node.kind === 'manifest'
        ? [
            node.descriptor.digest,
            ...(parts === undefined ? [] : [nodeOf(graph, parts.config.descriptor.digest).descriptor.digest]),
          ]
        : [];
    }),
  );

/** `--expect`: the digest must be that of an image, an image ID, or that of the file as it is. */
export const checkExpectation = async (
  location: string,
  expected: Digest,
  graph: ContentGraph,
  file: ByteSource | undefined,
  context: OperationContext,
): Promise<readonly Note[]> => {
  if (knownDigests(graph).has(expected)) return [];
  const found = file === undefined ? undefined : await fileDigest(file, context);
  if (found === expected) return [];
  const images = graph.roots.map((root) => root.descriptor.digest);
  return [
    {
      code: 'DIGEST_UNEXPECTED',
      severity: 'error',
      message: 'neither the file nor an image in it has the expected digest',
      subject: location,
      expected,
      found: [...(found === undefined ? [] : [`the file ${found}`]), ...images].join(', '),
    },
  ];
};
