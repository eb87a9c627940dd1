import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ToolError, fromSystemError } from '../../base/error.js';
import { utf8 } from '../../base/bytes.js';
import { hashHex } from '../../base/hash.js';
import { parseJson } from '../../base/json-parse.js';
import type { Limits } from '../../base/limits.js';
import { Cursor } from '../../oci/decode.js';
import type { Environment } from './settings.js';
import { type Endpoint, type TlsMaterial, parseEndpoint } from './endpoint.js';

/**
 * Contexts of docker's command line, as it keeps them in `~/.docker`.
 * @see https://github.com/docker/cli/blob/v28.5.2/cli/context/store/store.go
 */

/** The context that stands for no context. */
export const DEFAULT_CONTEXT = 'default';

/** `$DOCKER_CONFIG`, else `~/.docker`; undefined without a home. */
export const dockerDirectory = (env: Environment): string | undefined => {
  const named = env['DOCKER_CONFIG'];
  if (named !== undefined && named !== '') return named;
  const home = env['HOME'] ?? env['USERPROFILE'];
  return home === undefined || home === '' ? undefined : join(home, '.docker');
};

/** A file that may be absent. @throws {ToolError} PERMISSION_DENIED, IO, LIMIT_METADATA */
const readIfThere = async (path: string, limits: Limits): Promise<Uint8Array | undefined> => {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw fromSystemError(error, 'cannot be read', path);
  }
  if (bytes.length <= limits.document) return bytes;
  throw new ToolError('LIMIT_METADATA', 'larger than the limit', {
    subject: path,
    expected: `at most ${limits.document} bytes`,
    found: `${bytes.length}`,
  });
};

/** A document of docker's own program, where a key may stand twice as for it. */
const readDocument = async (path: string, limits: Limits): Promise<Cursor | undefined> => {
  const bytes = await readIfThere(path, limits);
  if (bytes === undefined) return undefined;
  return new Cursor(parseJson(bytes, { subject: path, depth: limits.jsonDepth }), path);
};

/** `currentContext` of docker's `config.json`. @throws {ToolError} as the JSON parser; system errors */
export const currentContext = async (env: Environment, limits: Limits): Promise<string | undefined> => {
  const directory = dockerDirectory(env);
  if (directory === undefined) return undefined;
  const config = await readDocument(join(directory, 'config.json'), limits);
  const name = config?.field('currentContext').optional((field) => field.string());
  return name === '' ? undefined : name;
};

/** `ca.pem`, `cert.pem`, `key.pem` of a directory, as far as they are there. @throws {ToolError} system errors */
export const readTls = async (directory: string, verify: boolean, limits: Limits): Promise<TlsMaterial> => {
  const [ca, cert, key] = await Promise.all(
    ['ca.pem', 'cert.pem', 'key.pem'].map((name) => readIfThere(join(directory, name), limits)),
  );
  return {
    verify,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
};

/**
 * The endpoint of a context.
 * @throws {ToolError} ENGINE_CONTEXT_NOT_FOUND, ENGINE_ENDPOINT_INVALID; as the JSON parser; system errors
 */
export const contextEndpoint = async (name: string, env: Environment, limits: Limits): Promise<Endpoint> => {
  const directory = dockerDirectory(env);
  const id = hashHex('sha256', utf8(name));
  const path = directory === undefined ? '' : join(directory, 'contexts', 'meta', id, 'meta.json');
  const meta = path === '' ? undefined : await readDocument(path, limits);
  if (directory === undefined || meta === undefined) {
    throw new ToolError('ENGINE_CONTEXT_NOT_FOUND', 'docker has no context of this name', {
      subject: name,
      expected: path === '' ? 'a home directory with .docker in it' : path,
      hint: 'see docker context ls, or name the engine with --host',
    });
  }
  const docker = meta.field('Endpoints').field('docker');
  const host = docker.field('Host').optional((field) => field.string());
  if (host === undefined || host === '') {
    throw new ToolError('ENGINE_ENDPOINT_INVALID', 'the context names no engine', { subject: path });
  }
  const skips = docker.field('SkipTLSVerify').optional((field) => field.boolean()) ?? false;
  const tls = await readTls(join(directory, 'contexts', 'tls', id, 'docker'), !skips, limits);
  const isUsed = tls.ca !== undefined || tls.cert !== undefined || skips;
  return parseEndpoint(host, { subject: `context ${name}`, ...(isUsed ? { tls } : {}) });
};
