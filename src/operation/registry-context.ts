import { ToolError } from '../base/error.js';
import { type RegistryHost, type RegistrySettings, openRegistryHost } from '../transport/registry/host.js';
import type { Repository } from '../transport/registry/repository.js';
import type { OperationContext } from './context.js';

/** The registry that got the credentials of a user who named no registry with them. */
const bearers = new WeakMap<RegistrySettings, string>();

/**
 * A connection to a registry with the settings of the operation.
 * @throws {ToolError} USAGE for credentials given by hand and a second registry, which must not get those of the first
 */
export const registryHost = (name: string, context: OperationContext): RegistryHost => {
  const settings: RegistrySettings = context.registry ?? { environment: {} };
  if (settings.credentials !== undefined) {
    const bearer = bearers.get(settings) ?? name;
    bearers.set(settings, bearer);
    if (bearer !== name) {
      throw new ToolError('USAGE', 'credentials on the command line are for one registry', {
        subject: name,
        expected: bearer,
        hint: `log in with docker login ${name} or podman login ${name}, and leave out --creds`,
      });
    }
  }
  return openRegistryHost(name, { ...settings, limits: context.limits });
};

export const repositoryOf = (host: RegistryHost, path: string, context: OperationContext): Repository => ({
  host,
  path,
  limits: context.limits,
});
