import { ToolError } from '../../base/error.js';
import { type JsonObject, type JsonValue, isJsonObject } from '../../base/json.js';
import { parseJson } from '../../base/json-parse.js';
import { appendPointer } from '../../base/json-pointer.js';
import { type Credential, credentialOf } from './credential.js';

/**
 * What Docker's `config.json` and Podman's `auth.json` say about credentials.
 * @see https://github.com/containers/image/blob/v5.36.2/docs/containers-auth.json.5.md
 */
export interface CredentialFile {
  readonly path: string;
  /** By key: a host, a host with a path, or a URL as old versions of Docker wrote it. */
  readonly auths: ReadonlyMap<string, Credential>;
  /** The helper for all hosts without one of their own. */
  readonly store?: string;
  /** Helpers by host. */
  readonly helpers: ReadonlyMap<string, string>;
}

const malformed = (path: string, place: { readonly pointer?: string; readonly offset?: number }, expected: string) =>
  new ToolError('CREDENTIALS_INVALID', 'the credential file is malformed', {
    subject: path,
    ...place,
    expected,
    hint: 'correct the file, or write it anew with docker login or podman login',
  });

/** A reader that says where something is wrong, and never what stands there. */
class Reader {
  readonly #path: string;
  readonly #value: JsonValue | undefined;
  readonly #pointer: string;

  constructor(path: string, value: JsonValue | undefined, pointer = '') {
    this.#path = path;
    this.#value = value;
    this.#pointer = pointer;
  }

  fail(expected: string): never {
    throw malformed(this.#path, { pointer: this.#pointer }, expected);
  }

  /** Empty where the place is absent or null. */
  object(): JsonObject {
    if (this.#value === undefined || this.#value === null) return {};
    return isJsonObject(this.#value) ? this.#value : this.fail('an object');
  }

  members(): readonly (readonly [key: string, member: Reader])[] {
    return Object.keys(this.object()).map((key) => [key, this.field(key)]);
  }

  field(key: string): Reader {
    const object = this.object();
    const value = Object.hasOwn(object, key) ? object[key] : undefined;
    return new Reader(this.#path, value, appendPointer(this.#pointer, key));
  }

  /** Empty where the place is absent or null. */
  string(): string {
    if (this.#value === undefined || this.#value === null) return '';
    return typeof this.#value === 'string' ? this.#value : this.fail('a string');
  }
}

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

const readPair = (reader: Reader): readonly [username: string, password: string] => {
  const auth = reader.field('auth').string();
  if (auth === '') return [reader.field('username').string(), reader.field('password').string()];
  const pair = BASE64.test(auth) ? Buffer.from(auth, 'base64').toString('utf8') : '';
  const colon = pair.indexOf(':');
  if (colon < 0) return reader.field('auth').fail('USER:PASSWORD in base64');
  // Old versions of Docker filled the block with zeros.
  return [pair.slice(0, colon), pair.slice(colon + 1).replace(/\0+$/, '')];
};

const readEntry = (reader: Reader): Credential | undefined => {
  const identity = reader.field('identitytoken').string();
  if (identity !== '') return { kind: 'identity', token: identity };
  const registry = reader.field('registrytoken').string();
  if (registry !== '') return { kind: 'bearer', token: registry };
  return credentialOf(...readPair(reader));
};

/**
 * Reads a credential file. Nothing of its content but keys and offsets reaches an error.
 * @throws {ToolError} CREDENTIALS_INVALID
 */
export const parseCredentialFile = (bytes: Uint8Array, path: string, depth: number): CredentialFile => {
  let value: JsonValue;
  try {
    // Docker and Podman let the later of two equal keys win.
    value = bytes.length === 0 ? {} : parseJson(bytes, { subject: path, depth, onDuplicateKey: () => {} });
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    const { offset } = error.details;
    throw malformed(path, offset === undefined ? {} : { offset }, 'JSON');
  }
  const root = new Reader(path, value);
  const auths = new Map<string, Credential>();
  for (const [key, member] of root.field('auths').members()) {
    const credential = readEntry(member);
    if (credential !== undefined) auths.set(key, credential);
  }
  const helpers = root.field('credHelpers').members();
  const store = root.field('credsStore').string();
  return {
    path,
    auths,
    helpers: new Map(helpers.map(([key, member]) => [key, member.string()] as const).filter(([, name]) => name !== '')),
    ...(store === '' ? {} : { store }),
  };
};

/** Of `https://index.docker.io/v1/` the host. */
const hostOf = (key: string): string => key.replace(/^https?:\/\//, '').replace(/\/.*$/s, '');

/**
 * The credential that a file keeps for a repository: of the most specific key, which may be a path, else of the host.
 * @param aliases hosts under which the registry is known
 * @param path of the repository; `''` for the registry as a whole
 */
export const findInFile = (file: CredentialFile, aliases: readonly string[], path: string): Credential | undefined => {
  const parts = path === '' ? [] : path.split('/');
  for (let count = parts.length; count >= 0; count -= 1) {
    for (const host of aliases) {
      const found = file.auths.get([host, ...parts.slice(0, count)].join('/'));
      if (found !== undefined) return found;
    }
  }
  for (const [key, credential] of file.auths) {
    if (/^https?:\/\/|\/v[12]\/?$/.test(key) && aliases.includes(hostOf(key))) return credential;
  }
  return undefined;
};

/** The helper that a file names for a registry. */
export const helperInFile = (file: CredentialFile, aliases: readonly string[]): string | undefined => {
  for (const [key, name] of file.helpers) if (aliases.includes(hostOf(key))) return name;
  return file.store;
};
