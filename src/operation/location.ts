import { ToolError } from '../base/error.js';
import { excerpt } from '../base/escape.js';
import { type ImageSelector, parseSelector } from '../content/select.js';
import { tryParseKnownDigest } from '../oci/digest.js';
import { REGISTRY_PREFIX, type RegistryPlace, parseRegistryPlace } from './registry-location.js';

/** Transports that name files and directories, in skopeo's words. */
export const FILE_TRANSPORTS = ['docker-archive', 'oci-archive', 'oci', 'dir'] as const;
export type FileTransport = (typeof FILE_TRANSPORTS)[number];

/** A place, and which of its images are meant. */
export interface Location {
  /** As the user wrote it. */
  readonly text: string;
  /**
   * `auto`: a file or directory whose content tells. `stdio`: `-`. `store`: the local store. `docker`: a registry.
   * `docker-daemon`: a Docker or Podman engine, which is asked for what `reference` means.
   */
  readonly transport: FileTransport | 'auto' | 'stdio' | 'store' | 'docker' | 'docker-daemon';
  /** Of the file system; `-` for stdio, '' for the store and for an engine, whose places the context tells, and for a registry. */
  readonly path: string;
  /** For `docker` alone. */
  readonly registry?: RegistryPlace;
  /** What came after the path, as written: a name, a tag. */
  readonly reference?: string;
  /** Empty: all images. */
  readonly selectors: readonly ImageSelector[];
}

/** Whether a path exists; asked only to tell paths from what follows them. */
export type PathExists = (path: string) => boolean;

const isFileTransport = (text: string): text is FileTransport => (FILE_TRANSPORTS as readonly string[]).includes(text);

const DRIVE = /^[A-Za-z]:[\\/]/;

/** Places where PATH could end: before each `:` and before a trailing `@DIGEST` or `@N`. */
const splits = (text: string): readonly number[] => {
  const start = DRIVE.test(text) ? 2 : 0;
  const found: number[] = [];
  for (let index = start; index < text.length; index++) {
    const rest = text.slice(index + 1);
    if (
      text[index] === ':' ||
      (text[index] === '@' && (/^\d{1,6}$/.test(rest) || tryParseKnownDigest(rest) !== undefined))
    )
      found.push(index);
  }
  return found;
};

const selectorsOf = (suffix: string): { readonly reference?: string; readonly selectors: readonly ImageSelector[] } => {
  const text = suffix.startsWith(':') ? suffix.slice(1) : suffix;
  if (text === '') return { selectors: [] };
  const at = text.lastIndexOf('@');
  const digest = at < 0 ? undefined : tryParseKnownDigest(text.slice(at + 1));
  const name = at < 0 || digest === undefined ? text : text.slice(0, at);
  if (digest !== undefined)
    return { ...(name === '' ? {} : { reference: name }), selectors: [{ by: 'digest', digest }] };
  const selector = parseSelector(text);
  return { ...(selector.by === 'name' ? { reference: text } : {}), selectors: [selector] };
};

const splitPath = (rest: string, exists: PathExists): { readonly path: string; readonly suffix: string } => {
  if (exists(rest)) return { path: rest, suffix: '' };
  const candidates = splits(rest);
  // A path that exists settles it; otherwise the first colon does, as in skopeo.
  const at = candidates.find((index) => exists(rest.slice(0, index))) ?? candidates[0];
  return at === undefined ? { path: rest, suffix: '' } : { path: rest.slice(0, at), suffix: rest.slice(at) };
};

const STORE_PREFIX = 'store:';

const storeLocation = (text: string, reference: string): Location => ({
  text,
  transport: 'store',
  path: '',
  ...selectorsOf(reference),
});

/** Engines are named in skopeo's word, which both kinds of them understand. */
export const ENGINE_PREFIX = 'docker-daemon:';

const engineLocation = (text: string): Location => {
  const reference = text.slice(ENGINE_PREFIX.length);
  return { text, transport: 'docker-daemon', path: '', ...(reference === '' ? {} : { reference }), selectors: [] };
};

/** A word that looks like the name of a file and is no path is more likely a mistake than the name of an image. */
export const looksLikeFile = (text: string): boolean => /^[^:]*\.(?:tar|tgz|tar\.[a-z0-9]+|json)$/i.test(text);

/**
 * Reads a location: `TRANSPORT:PATH[:REF][@DIGEST]`, `docker://HOST/REPOSITORY[:TAG][@DIGEST]`, `-`, or a path; with a
 * store also `store:REF` and a bare REF.
 * @throws {ToolError} LOCATION_INVALID, REFERENCE_INVALID, TRANSPORT_UNSUPPORTED, FILE_NOT_FOUND
 */
export const parseLocation = (
  text: string,
  exists: PathExists,
  store: 'with a store' | 'no store' = 'no store',
): Location => {
  if (text === '-') return { text, transport: 'stdio', path: '-', selectors: [] };
  if (text === '')
    throw new ToolError('LOCATION_INVALID', 'an empty location', { expected: 'TRANSPORT:PATH[:REF], a path, or -' });
  const transport = /^([a-z][a-z-]+):/.exec(text)?.[1];
  if (transport !== undefined && isFileTransport(transport)) {
    const { path, suffix } = splitPath(text.slice(transport.length + 1), exists);
    if (path === '') {
      throw new ToolError('LOCATION_INVALID', 'a location without a path', {
        subject: text,
        expected: `${transport}:PATH[:REF]`,
      });
    }
    return { text, transport, path, ...selectorsOf(suffix) };
  }
  if (text.startsWith(STORE_PREFIX)) {
    if (store === 'with a store') return storeLocation(text, text.slice(STORE_PREFIX.length));
    throw new ToolError('TRANSPORT_UNSUPPORTED', 'there is no store here', {
      subject: text,
      hint: 'name an archive or a layout, or say where the store is',
    });
  }
  if (text.startsWith(ENGINE_PREFIX)) return engineLocation(text);
  if (text.startsWith(REGISTRY_PREFIX))
    return { text, transport: 'docker', path: '', registry: parseRegistryPlace(text), selectors: [] };
  if (exists(text) || /^[./\\]/.test(text) || DRIVE.test(text)) {
    return { text, transport: 'auto', path: text, selectors: [] };
  }
  if (store === 'with a store') return storeLocation(text, text);
  throw new ToolError('FILE_NOT_FOUND', 'no such file or directory', {
    subject: excerpt(text),
    expected: `${FILE_TRANSPORTS.join(':, ')}:, ${REGISTRY_PREFIX}, an existing path, a path that starts with . or /, or -`,
    hint: 'without a local store, a bare word is a path; name an archive or a layout',
  });
};
