import { ToolError } from '../base/error.js';
import { appendPointer } from '../base/json-pointer.js';
import type { JsonObject, JsonValue } from '../base/json-parse.js';
import { Cursor } from './decode.js';

/** The names that `docker save` gives to its documents. */
export const DOCKER_MANIFEST_FILE = 'manifest.json';
export const REPOSITORIES_FILE = 'repositories';

/**
 * One image of docker's `manifest.json`.
 * @see https://github.com/moby/docker-image-spec/blob/v1.3.1/spec.md#combined-image-json--filesystem-changeset-format
 */
export interface DockerSaveItem {
  /** Path of the image config inside the archive. */
  readonly config: string;
  /** As written: familiar names from Docker and containerd, full ones from others. */
  readonly repoTags: readonly string[];
  /** Paths of the layers inside the archive, base first, a repeated layer each time. */
  readonly layers: readonly string[];
}

const KEYS = ['Config', 'RepoTags', 'Layers', 'Parent', 'LayerSources'] as const;

/**
 * Go matches keys without regard to case, and old jib archives rely on it. One spelling is understood; two would let
 * readers disagree about the image.
 */
const findKey = (item: Cursor, name: string, onKeyCase: (found: string, pointer: string) => void): Cursor => {
  const object: JsonObject = item.object();
  const spellings = Object.keys(object).filter((key) => key.toLowerCase() === name.toLowerCase());
  const [found, another] = spellings;
  if (found === undefined) return item.field(name);
  if (another !== undefined) {
    throw new ToolError('JSON_AMBIGUOUS_KEY', 'a key in two spellings', {
      subject: item.subject,
      pointer: item.pointer,
      expected: `"${name}" once`,
      found: spellings.map((key) => `"${key}"`).join(' and '),
    });
  }
  if (found !== name) onKeyCase(found, appendPointer(item.pointer, found));
  return item.field(found);
};

/** True if the value looks like docker's manifest.json and not like another file of that name. */
export const isDockerSaveManifest = (value: JsonValue): boolean =>
  Array.isArray(value) &&
  value.every(
    (item: JsonValue) =>
      typeof item === 'object' &&
      item !== null &&
      !Array.isArray(item) &&
      Object.keys(item).some((key) => key.toLowerCase() === 'config' || key.toLowerCase() === 'layers'),
  );

/** A path inside the archive as its members are called: relative, without `./`. @throws {ToolError} ARCHIVE_UNSAFE_NAME */
const decodePath = (cursor: Cursor): string => {
  const text = cursor.string();
  const parts = text.split('/');
  if (text.startsWith('/') || parts.includes('..')) cursor.fail('a path inside the archive', 'ARCHIVE_UNSAFE_NAME');
  const path = parts.filter((part) => part !== '' && part !== '.').join('/');
  return path === '' ? cursor.fail('a path inside the archive') : path;
};

/** @throws {ToolError} SCHEMA_INVALID, JSON_AMBIGUOUS_KEY, ARCHIVE_UNSAFE_NAME */
export const decodeDockerSaveManifest = (
  value: JsonValue,
  subject: string,
  onKeyCase: (found: string, pointer: string) => void = () => {},
): readonly DockerSaveItem[] =>
  new Cursor(value, subject).array().map((item) => {
    const fields = new Map(KEYS.map((key) => [key, findKey(item, key, onKeyCase)]));
    const at = (key: (typeof KEYS)[number]): Cursor => fields.get(key) ?? item.field(key);
    return {
      config: decodePath(at('Config')),
      repoTags: at('RepoTags').optional((field) => field.strings(), 'null is absent') ?? [],
      layers: at('Layers').optional((field) => field.array().map(decodePath), 'null is absent') ?? [],
    };
  });
