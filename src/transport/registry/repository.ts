import type { Limits } from '../../base/limits.js';
import type { RegistryHost } from './host.js';

/** A repository of a registry, and the connection to it. */
export interface Repository {
  readonly host: RegistryHost;
  /** `library/alpine`. */
  readonly path: string;
  readonly limits: Limits;
}

/** How a repository is named in errors and reports. */
export const repositoryName = ({ host, path }: Repository): string => `${host.name}/${path}`;

export const pullScope = (path: string): string => `repository:${path}:pull`;

export const pushScope = (path: string): string => `repository:${path}:pull,push`;

/** A path of the API below the repository. Digests, tags and repository paths hold nothing that a URL must escape. */
export const targetOf = ({ path }: Repository, rest: string): string => `/v2/${path}/${rest}`;
