import { describe, expect, it } from 'vitest';
import { type ContentGraph, nodeOf, walk } from '../../../src/content/graph.js';
import { attestedBy, platformOf, selectPlatforms } from '../../../src/content/select-platform.js';
import { ANNOTATION, ATTESTATION_MANIFEST } from '../../../src/oci/annotation.js';
import type { Descriptor } from '../../../src/oci/descriptor.js';
import { parsePlatform } from '../../../src/oci/platform.js';
import {
  type MemoryImage,
  MemoryPlace,
  type MemoryRoot,
  descriptorWith,
  failureOf,
  label,
  reference,
} from '../../support/memory-place.js';

const place = new MemoryPlace();
const forPlatform = (text: string): MemoryImage & { readonly entry: Descriptor } => {
  const platform = parsePlatform(text);
  const image = place.image({ layers: ['shared', text], platform });
  return { ...image, entry: descriptorWith(image.descriptor, { platform }) };
};
const [amd64, arm64, armv6] = [forPlatform('linux/amd64'), forPlatform('linux/arm64'), forPlatform('linux/arm/v6')];

const attestationOf = (image: MemoryImage): Descriptor => {
  const unknown = { os: 'unknown', architecture: 'unknown' };
  const { descriptor } = place.image({ layers: [`attestation of ${image.descriptor.digest}`], platform: unknown });
  return descriptorWith(descriptor, {
    platform: unknown,
    annotations: {
      [ANNOTATION.referenceType]: ATTESTATION_MANIFEST,
      [ANNOTATION.referenceDigest]: image.descriptor.digest,
    },
  });
};
const attested = [amd64, arm64].map(attestationOf);
const index = place.index([amd64.entry, arm64.entry, armv6.entry, ...attested]);

const select = (graph: ContentGraph, ...platforms: readonly string[]) =>
  selectPlatforms(graph, platforms.map(parsePlatform));
const presences = (graph: ContentGraph) =>
  Object.fromEntries(walk(graph).map(({ descriptor, presence }) => [descriptor.digest, presence]));

describe('images of a platform', () => {
  it('are kept with their attestations under an index that stays byte-exact', async () => {
    const graph = select(await place.graph([index, reference('multi')]), 'linux/amd64');
    expect(graph.roots[0]?.descriptor.digest).toBe(index.digest);
    expect(Buffer.from(nodeOf(graph, index.digest).manifest?.raw ?? []).toString()).toBe(place.text(index));
    const found = presences(graph);
    for (const { digest } of [index, amd64.descriptor, amd64.config, ...amd64.layers])
      expect(found[digest]).toBe('present');
    expect(attested.map(({ digest }) => found[digest])).toEqual(['present', 'omitted']);
    for (const { digest } of [arm64.descriptor, armv6.descriptor]) expect(found[digest]).toBe('omitted');
    for (const { digest } of [arm64.config, armv6.config]) expect(found[digest]).toBeUndefined();
    expect(graph.nodes.size).toBe(walk(graph).length);
  });

  it('may be several', async () => {
    const found = presences(select(await place.graph(index), 'linux/amd64', 'linux/arm/v6'));
    expect([amd64, arm64, armv6].map(({ descriptor }) => found[descriptor.digest])).toEqual([
      'present',
      'omitted',
      'present',
    ]);
  });

  it('are all where none is asked for', async () => {
    const graph = await place.graph(index);
    expect(select(graph)).toBe(graph);
  });

  it('are found below nested indexes, by the config where no descriptor says it', async () => {
    const nested = place.index([place.index([arm64.descriptor, amd64.descriptor]), place.index([armv6.descriptor])]);
    const found = presences(select(await place.graph(nested), 'linux/amd64'));
    expect(found[amd64.descriptor.digest]).toBe('present');
    expect(Object.values(found).filter((presence) => presence === 'omitted').length).toBe(2);
  });

  it('are kept for every root', async () => {
    const graph = await place.graph([arm64.descriptor, label('single')], [index, label('multi')]);
    const found = presences(select(graph, 'linux/arm64'));
    expect([amd64, arm64].map(({ descriptor }) => found[descriptor.digest])).toEqual(['omitted', 'present']);
  });

  it('are kept with roots that have no platform', async () => {
    const artifact = place.artifact(amd64.descriptor);
    const found = presences(select(await place.graph(index, artifact), 'linux/amd64'));
    expect(found[artifact.digest]).toBe('present');
  });

  it('need nothing of the others', async () => {
    const sparse = new MemoryPlace();
    for (const [digest, bytes] of place.contents) sparse.contents.set(digest, bytes);
    sparse.remove(arm64.descriptor, arm64.config, armv6.descriptor, armv6.config);
    const found = presences(select(await sparse.graph(index), 'linux/amd64'));
    expect(Object.values(found)).not.toContain('missing');
  });

  it.for<[line: string, roots: readonly MemoryRoot[], platform: string, subject: string, found: string]>([
    ['an index', [[index, label('multi')]], 'linux/s390x', 'multi', 'linux/amd64, linux/arm64, linux/arm/v6'],
    ['an index, by another variant', [index], 'linux/arm/v7', index.digest, 'linux/amd64, linux/arm64, linux/arm/v6'],
    ['an image', [[amd64.descriptor, label('single')]], 'arm64', 'single', 'linux/amd64'],
    ['one of two roots', [index, [armv6.descriptor, label('old')]], 'linux/amd64', 'old', 'linux/arm/v6'],
  ])('are missed in %s', async ([, roots, platform, subject, found]) => {
    const error = await failureOf(async () => select(await place.graph(...roots), platform));
    expect(error).toMatchObject({ code: 'PLATFORM_NOT_FOUND', details: { subject, found } });
    expect(error.details.expected).toContain('linux/');
  });
});

describe('what holds no image', () => {
  it('stays, whatever platform is wanted', async () => {
    const empty = place.index([]);
    const graph = select(await place.graph(index, empty), 'linux/amd64');
    expect(graph.roots.map((root) => root.descriptor.digest)).toContain(empty.digest);
    expect(presences(graph)[empty.digest]).toBe('present');
  });
});

describe('the platform of an entry', () => {
  it('is what the descriptor says, else what the config says', async () => {
    const graph = await place.graph(index);
    expect(platformOf(graph, armv6.entry)).toEqual({ os: 'linux', architecture: 'arm', variant: 'v6' });
    expect(platformOf(graph, armv6.descriptor)).toEqual({ os: 'linux', architecture: 'arm', variant: 'v6' });
    expect(platformOf(graph, descriptorWith(armv6.descriptor, { platform: { os: 'x', architecture: 'y' } }))).toEqual({
      os: 'x',
      architecture: 'y',
    });
    expect(platformOf(graph, index)).toBeUndefined();
  });

  it('has an image that it attests only with both annotations', () => {
    expect(attested.map(attestedBy)).toEqual([amd64.descriptor.digest, arm64.descriptor.digest]);
    const half = descriptorWith(amd64.descriptor, { annotations: { [ANNOTATION.referenceDigest]: 'x' } });
    expect(attestedBy(half)).toBeUndefined();
  });
});
