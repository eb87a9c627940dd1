import { type RegistryHost, type RegistrySettings, openRegistryHost } from '../transport/registry/host.js';
import type { Repository } from '../transport/registry/repository.js';
import type { OperationContext } from './context.js';

/** A connection to a registry with the settings of the operation. */
export const registryHost = (name: string, context: OperationContext): RegistryHost => {
  const settings: RegistrySettings = context.registry ?? { environment: {} };
  return openRegistryHost(name, { ...settings, limits: context.limits });
};

export const repositoryOf = (host: RegistryHost, path: string, context: OperationContext): Repository => ({
  host,
  path,
  limits: context.limits,
});
