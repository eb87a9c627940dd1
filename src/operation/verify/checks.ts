import { ToolError } from '../../base/error.js';
import type { Note } from '../../base/event.js';
import { parseJson } from '../../base/json-parse.js';
import type { Limits } from '../../base/limits.js';
import { type SchemaName, loadValidator } from '../../base/schema.js';
import { type ContentGraph, type GraphNode, nodeOf, successors, walk } from '../../content/graph.js';
import type { ImageSource } from '../../content/image.js';
import { checkName } from '../../content/name.js';
import { MEDIA_TYPE } from '../../oci/media-type.js';

/** A ToolError about the input as a finding. @throws the error itself if it is about anything else */
export const findingOf = (error: unknown): Note => {
  if (!(error instanceof ToolError) || error.class !== 'input') throw error;
  return { code: error.code, severity: 'error', message: error.what, ...error.details };
};

const SCHEMAS: ReadonlyMap<string, SchemaName> = new Map<string, SchemaName>([
  [MEDIA_TYPE.index, 'oci-image-index'],
  [MEDIA_TYPE.manifest, 'oci-image-manifest'],
  [MEDIA_TYPE.config, 'oci-image-config'],
  [MEDIA_TYPE.dockerManifest, 'docker-manifest-v2s2'],
  [MEDIA_TYPE.dockerManifestList, 'docker-manifest-list'],
  [MEDIA_TYPE.dockerConfig, 'oci-image-config'],
]);

const schemaFindings = async (node: GraphNode, limits: Limits): Promise<readonly Note[]> => {
  const document = node.manifest ?? node.config;
  const schema = SCHEMAS.get(node.descriptor.mediaType);
  if (document === undefined || schema === undefined) return [];
  const validate = await loadValidator(schema, { all: true });
  const subject = node.descriptor.digest;
  return validate(parseJson(document.raw, { subject, depth: limits.jsonDepth })).map(
    ({ code, pointer, expected, found }) => ({
      code,
      severity: 'error',
      message: `the document does not fit the schema ${schema}`,
      subject,
      pointer,
      expected,
      found,
    }),
  );
};

/** Every document against its JSON Schema. */
export const checkSchemas = async (graph: ContentGraph, limits: Limits): Promise<readonly Note[]> => {
  const findings: Note[] = [];
  for (const node of walk(graph)) findings.push(...(await schemaFindings(node, limits)));
  return findings;
};

/** Names that no archive can carry. */
export const checkNames = (graph: ContentGraph): readonly Note[] =>
  graph.roots.flatMap(({ names }) =>
    names.flatMap((name): readonly Note[] => {
      try {
        checkName(name);
        return [];
      } catch (error) {
        return [findingOf(error)];
      }
    }),
  );

/**
 * Blobs that are not there. A platform of an index that is absent as a whole is normal; an image that is there but
 * lacks a blob is not.
 */
export const checkPresence = (graph: ContentGraph): readonly Note[] => {
  const nodes = walk(graph);
  const platforms = new Set(
    nodes
      .filter((node) => node.kind === 'index')
      .flatMap((node) => successors(graph, node.descriptor.digest).map((child) => child.digest)),
  );
  const needed = new Set(
    nodes
      .filter((node) => node.kind !== 'index')
      .flatMap((node) => successors(graph, node.descriptor.digest).map((child) => child.digest)),
  );
  return nodes
    .filter((node) => node.presence === 'missing')
    .map(({ descriptor }): Note => {
      const isPlatform = platforms.has(descriptor.digest) && !needed.has(descriptor.digest);
      return {
        code: 'BLOB_MISSING',
        severity: isPlatform ? 'info' : 'error',
        message: isPlatform ? 'this entry of an index is not here' : 'a blob that the image needs is not there',
        subject: descriptor.digest,
        expected: `${descriptor.size} bytes of ${descriptor.mediaType}`,
        found: 'nothing',
      };
    });
};

/** Blobs that belong to no image; Docker 25 and later writes some. */
export const checkUnreferenced = (source: ImageSource, whole: ContentGraph): readonly Note[] => {
  const known: ReadonlySet<string> = new Set(
    walk(whole).map((node) => nodeOf(whole, node.descriptor.digest).descriptor.digest),
  );
  return [...new Set(source.stored ?? [])]
    .filter((digest) => !known.has(digest))
    .map((subject) => ({
      code: 'BLOB_UNREFERENCED',
      severity: 'info',
      message: 'the blob belongs to no image',
      subject,
    }));
};
