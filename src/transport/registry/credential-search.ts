import { userInfo } from 'node:os';
import { join } from 'node:path';
import { ToolError } from '../../base/error.js';
import type { Limits } from '../../base/limits.js';
import type { RegistryAddress } from './address.js';
import { readConfigFile } from './config-file.js';
import type { Credential } from './credential.js';
import { type CredentialFile, findInFile, helperInFile, parseCredentialFile } from './credential-file.js';
import { askHelper } from './credential-helper.js';
import type { Environment } from './environment.js';

export interface CredentialSearch {
  readonly address: RegistryAddress;
  readonly environment: Environment;
  /** The one file to look into; it must be there. */
  readonly file?: string;
  readonly limits: Limits;
  /** Milliseconds that a helper may take. */
  readonly helperTimeout: number;
}

const named = (environment: Environment, name: string): string | undefined => {
  const value = environment[name];
  return value === undefined || value === '' ? undefined : value;
};

/** Where Podman writes after a login, which is gone after a restart. */
const runtimeFile = (environment: Environment): readonly string[] => {
  const runtime = named(environment, 'XDG_RUNTIME_DIR');
  if (runtime !== undefined) return [join(runtime, 'containers', 'auth.json')];
  const { uid } = userInfo();
  return uid < 0 ? [] : [join('/run', 'containers', String(uid), 'auth.json')];
};

/**
 * The credential files that are looked into, in order. `REGISTRY_AUTH_FILE` names the only one. `DOCKER_CONFIG`, set
 * for a purpose, comes before Podman's files, and `~/.docker` after them.
 */
export const credentialFiles = (environment: Environment): readonly string[] => {
  const only = named(environment, 'REGISTRY_AUTH_FILE');
  if (only !== undefined) return [only];
  const home = named(environment, 'HOME') ?? named(environment, 'USERPROFILE');
  const docker = named(environment, 'DOCKER_CONFIG');
  const config = named(environment, 'XDG_CONFIG_HOME') ?? (home === undefined ? undefined : join(home, '.config'));
  return [
    ...(docker === undefined ? [] : [join(docker, 'config.json')]),
    ...runtimeFile(environment),
    ...(config === undefined ? [] : [join(config, 'containers', 'auth.json')]),
    ...(docker !== undefined || home === undefined ? [] : [join(home, '.docker', 'config.json')]),
  ];
};

const readFiles = async ({ environment, file, limits }: CredentialSearch): Promise<readonly CredentialFile[]> => {
  const only = file ?? named(environment, 'REGISTRY_AUTH_FILE');
  const found: CredentialFile[] = [];
  for (const path of file === undefined ? credentialFiles(environment) : [file]) {
    const bytes = await readConfigFile(path, limits.configFile, 'CREDENTIALS_INVALID');
    if (bytes !== undefined) found.push(parseCredentialFile(bytes, path, limits.jsonDepth));
    else if (path === only) {
      throw new ToolError('FILE_NOT_FOUND', 'there is no such credential file', {
        subject: path,
        hint: 'check the path, or make the file with podman login --authfile or docker login',
      });
    }
  }
  return found;
};

/**
 * A search through the credential files and the helpers that they name, each read or asked once. The first file that
 * has something for the registry decides; in a file, its helper comes before what it keeps itself.
 */
export const credentialSearch = (
  search: CredentialSearch,
): ((path: string, signal?: AbortSignal) => Promise<Credential | undefined>) => {
  const { address, environment, limits } = search;
  let files: Promise<readonly CredentialFile[]> | undefined;
  const asked = new Map<string, Promise<Credential | undefined>>();
  const ask = (name: string, signal: AbortSignal | undefined): Promise<Credential | undefined> => {
    const known = asked.get(name);
    if (known !== undefined) return known;
    const answer = askHelper({
      name,
      server: address.server,
      environment,
      timeout: search.helperTimeout,
      limit: limits.answer,
      depth: limits.jsonDepth,
      ...(signal === undefined ? {} : { signal }),
    });
    asked.set(name, answer);
    // One that was called off, or failed, may be asked again.
    answer.catch(() => asked.delete(name));
    return answer;
  };
  return async (path, signal) => {
    for (const file of await (files ??= readFiles(search))) {
      const helper = helperInFile(file, address.aliases);
      const found =
        (helper === undefined ? undefined : await ask(helper, signal)) ?? findInFile(file, address.aliases, path);
      if (found !== undefined) return found;
    }
    return undefined;
  };
};
