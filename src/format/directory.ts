import { EMPTY } from '../base/bytes.js';
import { ToolError } from '../base/error.js';
import { excerpt } from '../base/escape.js';
import type { FileTree } from '../base/file-tree.js';
import { type JsonObject, type JsonValue, isJsonObject } from '../base/json.js';
import { parseJson } from '../base/json-parse.js';
import { withMemory } from '../content/blob.js';
import type { ImageSource } from '../content/image.js';
import { plainDescriptor } from '../oci/descriptor.js';
import { algorithmOf, digestOf, encodedOf } from '../oci/digest.js';
import { MEDIA_TYPE } from '../oci/media-type.js';
import type { ReadOptions } from './read-options.js';
import { readWhole } from './read-document.js';
import { notesOf } from './tree-notes.js';

/** The files of skopeo's `dir:` transport. @see https://github.com/containers/image/blob/v5.36.2/docs/containers-transports.5.md */
export const VERSION_FILE = 'version';
export const TOP_MANIFEST_FILE = 'manifest.json';
export const VERSION_TEXT = 'Directory Transport Version: 1.1\n';
/** Where blobs of other algorithms than sha256 are present. */
export const VERSION_TEXT_ALGORITHMS = 'Directory Transport Version: 1.2\n';

const VERSION_LIMIT = 256;

/** True if the bytes of the file `version` name a version that is understood. */
export const parseDirectoryVersion = (bytes: Uint8Array): boolean =>
  /^Directory Transport Version: 1\.\d+\n?$/.test(Buffer.from(bytes).toString('latin1'));

/** A manifest may leave out its media type; then its parts tell what it is. */
const mediaTypeOf = (value: JsonValue, subject: string): string => {
  if (!isJsonObject(value))
    throw new ToolError('SCHEMA_INVALID', 'not a manifest', { subject, pointer: '', expected: 'an object' });
  const object: JsonObject = value;
  const mediaType = object['mediaType'];
  if (typeof mediaType === 'string' && mediaType !== '') return mediaType;
  if (object['schemaVersion'] === 1) return MEDIA_TYPE.dockerSchema1;
  return object['manifests'] === undefined ? MEDIA_TYPE.manifest : MEDIA_TYPE.index;
};

/**
 * A directory of skopeo's `dir:` transport: one image without a name, its blobs beside the manifest.
 * @throws {ToolError} LAYOUT_VERSION, LIMIT_METADATA, JSON_*, SCHEMA_INVALID
 */
export const openDirectoryFormat = async (tree: FileTree, options: ReadOptions): Promise<ImageSource> => {
  const version = await tree.open(VERSION_FILE);
  const bytes =
    version === undefined ? EMPTY : await readWhole(version, VERSION_LIMIT, `${tree.name}: ${VERSION_FILE}`);
  if (!parseDirectoryVersion(bytes)) {
    throw new ToolError('LAYOUT_VERSION', 'unknown version of the directory format', {
      subject: `${tree.name}: ${VERSION_FILE}`,
      expected: VERSION_TEXT.trim(),
      found: excerpt(Buffer.from(bytes).toString('latin1').trim()),
    });
  }
  const subject = `${tree.name}: ${TOP_MANIFEST_FILE}`;
  const source = await tree.open(TOP_MANIFEST_FILE);
  if (source === undefined) throw new ToolError('LAYOUT_INVALID', 'the directory has no manifest', { subject });
  const raw = await readWhole(source, options.limits.document, subject);
  const value = parseJson(raw, { subject, depth: options.limits.jsonDepth });
  const descriptor = plainDescriptor(mediaTypeOf(value, subject), digestOf(raw), raw.length);
  const candidates = (algorithm: string, encoded: string): readonly string[] =>
    algorithm === 'sha256'
      ? [encoded, `${encoded}.manifest.json`, `sha256-${encoded}`]
      : [`${algorithm}-${encoded}`, `${algorithm}-${encoded}.manifest.json`];
  return {
    name: tree.name,
    kind: 'directory',
    roots: [{ descriptor }],
    blobs: withMemory(new Map([[descriptor.digest, raw]]), {
      open: async ({ digest }) => {
        const path = candidates(algorithmOf(digest), encodedOf(digest)).find((name) => tree.entry(name) !== undefined);
        return path === undefined ? undefined : tree.open(path);
      },
    }),
    notes: notesOf(tree),
    close: () => tree.close(),
  };
};
