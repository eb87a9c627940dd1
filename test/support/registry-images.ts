import { existsSync } from 'node:fs';
import { DEFAULT_LIMITS } from '../../src/base/limits.js';
import { roleOf } from '../../src/oci/media-type.js';
import { type OperationContext, contextWith } from '../../src/operation/context.js';
import { type RegistrySettings, openRegistryHost } from '../../src/transport/registry/host.js';
import type { Repository } from '../../src/transport/registry/repository.js';
import type { FakeRegistry } from './fake-registry.js';
import type { MemoryPlace } from './memory-place.js';

/** A registry that is never waited for. */
export const impatient = (...fakes: readonly FakeRegistry[]): RegistrySettings => ({
  environment: {},
  insecure: fakes.map(({ host }) => host),
  certificateFolders: [],
  patience: { header: 2000, idle: 300, slowest: 64, attempts: 2 },
  timing: { now: () => 0, random: () => 0, sleep: async () => {} },
});

export const repositoryAt = (fake: FakeRegistry, path: string, ...others: readonly FakeRegistry[]): Repository => ({
  host: openRegistryHost(fake.host, impatient(fake, ...others)),
  path,
  limits: DEFAULT_LIMITS,
});

export const contextAt = (...fakes: readonly FakeRegistry[]): OperationContext =>
  contextWith({ pathExists: existsSync, registry: impatient(...fakes) });

/** Everything of a place in a repository: manifests by what they say of themselves, all else as blobs. */
export const serve = (
  fake: FakeRegistry,
  path: string,
  place: MemoryPlace,
  tags: Readonly<Record<string, string>> = {},
): void => {
  for (const bytes of place.contents.values()) {
    const mediaType = mediaTypeIn(bytes);
    if (mediaType === undefined) fake.content.putBlob(path, bytes);
    else fake.content.putManifest(path, bytes, mediaType);
  }
  for (const [tag, digest] of Object.entries(tags)) fake.content.repository(path).tags.set(tag, digest);
};

const mediaTypeIn = (bytes: Uint8Array): string | undefined => {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString());
    const mediaType = typeof value === 'object' && value !== null && 'mediaType' in value ? value.mediaType : undefined;
    return typeof mediaType === 'string' && roleOf(mediaType) !== 'blob' ? mediaType : undefined;
  } catch {
    return undefined;
  }
};
