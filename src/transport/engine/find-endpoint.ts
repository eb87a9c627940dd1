import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { ToolError } from '../../base/error.js';
import { DEFAULT_CONTEXT, contextEndpoint, currentContext, dockerDirectory, readTls } from './docker-context.js';
import { type Endpoint, type TlsMaterial, parseEndpoint } from './endpoint.js';
import type { EngineSettings, Environment } from './settings.js';

/** An endpoint, and what named it. */
export interface FoundEndpoint {
  readonly endpoint: Endpoint;
  /** `--host`, `DOCKER_HOST`, `context NAME`, `default`. */
  readonly from: string;
}

const valueOf = (env: Environment, name: string): string | undefined => (env[name] === '' ? undefined : env[name]);

/** TLS as docker's variables ask for it: any value switches it on. */
const tlsOf = async ({ env, limits }: EngineSettings): Promise<TlsMaterial | undefined> => {
  const verify = valueOf(env, 'DOCKER_TLS_VERIFY') !== undefined;
  if (!verify && valueOf(env, 'DOCKER_TLS') === undefined) return undefined;
  const directory = valueOf(env, 'DOCKER_CERT_PATH') ?? dockerDirectory(env);
  return directory === undefined ? { verify } : readTls(directory, verify, limits);
};

const byHost = async (text: string, from: string, settings: EngineSettings): Promise<FoundEndpoint> => {
  const tls = await tlsOf(settings);
  return { endpoint: parseEndpoint(text, { subject: from, ...(tls === undefined ? {} : { tls }) }), from };
};

const byContext = async (name: string, { env, limits }: EngineSettings): Promise<readonly FoundEndpoint[]> =>
  name === DEFAULT_CONTEXT
    ? defaultEndpoints(env)
    : [{ endpoint: await contextEndpoint(name, env, limits), from: `context ${name}` }];

const WINDOWS_PIPES = ['npipe:////./pipe/docker_engine', 'npipe:////./pipe/podman-machine-default'];

/** Sockets where engines listen if nobody says otherwise, Docker's before Podman's, the system's before the user's. */
const usualSockets = (env: Environment): readonly string[] => {
  const runtime = valueOf(env, 'XDG_RUNTIME_DIR');
  const home = valueOf(env, 'HOME');
  return [
    '/var/run/docker.sock',
    ...(runtime === undefined ? [] : [join(runtime, 'docker.sock')]),
    ...(home === undefined ? [] : [join(home, '.docker/run/docker.sock')]),
    ...(runtime === undefined ? [] : [join(runtime, 'podman/podman.sock')]),
    '/run/podman/podman.sock',
  ];
};

const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    (error: unknown) => (error as NodeJS.ErrnoException).code === 'EACCES',
  );

const defaultEndpoints = async (env: Environment): Promise<readonly FoundEndpoint[]> => {
  const found: string[] = [];
  for (const path of usualSockets(env)) if (await isThere(path)) found.push(`unix://${path}`);
  // Named pipes cannot be looked for without opening them.
  const texts = env['OS'] === 'Windows_NT' ? [...found, ...WINDOWS_PIPES] : found;
  if (texts.length > 0)
    return texts.map((text) => ({ endpoint: parseEndpoint(text, { subject: 'default' }), from: 'default' }));
  throw new ToolError('ENGINE_NOT_FOUND', 'no engine has a socket in one of the usual places', {
    expected: usualSockets(env).join(', '),
    hint: 'start Docker or Podman (systemctl start docker, systemctl --user start podman.socket), or name the engine with --host or DOCKER_HOST',
  });
};

/**
 * The engine that is meant: `--host`, `--context`, `DOCKER_HOST`, `DOCKER_CONTEXT`, `CONTAINER_HOST`, the current
 * context of docker's command line, else the sockets that are there. Several only in that last case: the first that
 * can be used is the one.
 * @throws {ToolError} ENGINE_ENDPOINT_INVALID, ENGINE_CONTEXT_NOT_FOUND, ENGINE_NOT_FOUND; as {@link contextEndpoint}
 */
export const findEndpoints = async (settings: EngineSettings): Promise<readonly FoundEndpoint[]> => {
  const { env, limits, host, context } = settings;
  if (host !== undefined) return [await byHost(host, '--host', settings)];
  if (context !== undefined) return byContext(context, settings);
  const dockerHost = valueOf(env, 'DOCKER_HOST');
  if (dockerHost !== undefined) return [await byHost(dockerHost, 'DOCKER_HOST', settings)];
  const named = valueOf(env, 'DOCKER_CONTEXT');
  if (named !== undefined) return byContext(named, settings);
  const containerHost = valueOf(env, 'CONTAINER_HOST');
  if (containerHost !== undefined) {
    const from = 'CONTAINER_HOST';
    return [{ endpoint: parseEndpoint(containerHost, { subject: from, remote: 'podman' }), from }];
  }
  return byContext((await currentContext(env, limits)) ?? DEFAULT_CONTEXT, settings);
};
