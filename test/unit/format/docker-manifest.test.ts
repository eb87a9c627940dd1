import { describe, expect, it } from 'vitest';
import { selectPlatforms } from '../../../src/content/select-platform.js';
import { dockerManifestDocument } from '../../../src/format/docker-manifest.js';
import { ANNOTATION, ATTESTATION_MANIFEST } from '../../../src/oci/annotation.js';
import { parsePlatform } from '../../../src/oci/platform.js';
import {
  type MemoryImage,
  MemoryPlace,
  type MemoryRoot,
  descriptorJson,
  descriptorWith,
  label,
  reference,
} from '../../support/memory-place.js';

const place = new MemoryPlace();
const amd64 = place.image({ layers: ['base', 'amd64'] });
const arm64 = place.image({ layers: ['base', 'arm64'], platform: { os: 'linux', architecture: 'arm64' } });
const index = place.index([arm64.descriptor, amd64.descriptor]);

const path = (digest: string): string => `blobs/${digest.replace(':', '/')}`;
const item = ({ config, layers }: MemoryImage, ...tags: readonly string[]): string =>
  `{"Config":"${path(config.digest)}","Layers":[${layers.map((layer) => `"${path(layer.digest)}"`).join(',')}],` +
  `"RepoTags":[${tags.map((tag) => `"${tag}"`).join(',')}]}`;

const written = async (roots: readonly MemoryRoot[], platform = 'linux/amd64'): Promise<string> =>
  Buffer.from(dockerManifestDocument(await place.graph(...roots), parsePlatform(platform))).toString();

describe('manifest.json', () => {
  it('has one item an image, tags complete and sorted, layers each time', async () => {
    const twice = place.image({ layers: ['x', 'y', 'x'] });
    expect(await written([[twice.descriptor, reference('z:1'), reference('a'), reference('host.example/b:2')]])).toBe(
      `[${item(twice, 'docker.io/library/a:latest', 'docker.io/library/z:1', 'host.example/b:2')}]`,
    );
  });

  it('is sorted by first tag, then config; untagged images first', async () => {
    const untagged = ['m', 'n'].map((name) => place.image({ layers: [name] }));
    const sorted = untagged.toSorted((x, y) => (x.config.digest < y.config.digest ? -1 : 1));
    const roots = [
      [amd64.descriptor, reference('b')],
      [arm64.descriptor, reference('c'), reference('a')],
      ...untagged.map(({ descriptor }) => descriptor),
    ] as const;
    const expected = `[${[
      ...sorted.map((image) => item(image)),
      item(arm64, 'docker.io/library/a:latest', 'docker.io/library/c:latest'),
      item(amd64, 'docker.io/library/b:latest'),
    ].join(',')}]`;
    expect(await written([...roots])).toBe(expected);
    expect(await written(roots.toReversed())).toBe(expected);
  });

  it.for<[platform: string, chosen: MemoryImage]>([
    ['linux/amd64', amd64],
    ['linux/arm64', arm64],
    ['linux/arm64/v8', arm64],
    ['linux/s390x', arm64],
  ])('offers of an index for %s its image, else the first', async ([platform, chosen]) => {
    expect(await written([[index, reference('x')]], platform)).toBe(`[${item(chosen, 'docker.io/library/x:latest')}]`);
  });

  it('believes the index more than the config about the platform', async () => {
    const entry = descriptorWith(arm64.descriptor, { platform: { os: 'linux', architecture: 'amd64' } });
    const other = descriptorWith(amd64.descriptor, { platform: { os: 'linux', architecture: 'riscv64' } });
    expect(await written([place.index([other, entry])])).toBe(`[${item(arm64)}]`);
  });

  it('offers of a sparse index what is there', async () => {
    const graph = selectPlatforms(await place.graph([index, reference('x')]), [parsePlatform('linux/arm64')]);
    expect(Buffer.from(dockerManifestDocument(graph, parsePlatform('linux/amd64'))).toString()).toBe(
      `[${item(arm64, 'docker.io/library/x:latest')}]`,
    );
  });

  it('leaves out an image that lacks a layer', async () => {
    const sparse = new MemoryPlace();
    const [whole, part] = [sparse.image({ layers: ['whole'] }), sparse.image({ layers: ['part', 'lost'] })];
    sparse.remove(...part.layers.slice(1));
    const graph = await sparse.graph(whole.descriptor, part.descriptor);
    expect(Buffer.from(dockerManifestDocument(graph, parsePlatform('amd64'))).toString()).toBe(`[${item(whole)}]`);
  });

  it('never offers an attestation', async () => {
    const unknown = { os: 'unknown', architecture: 'unknown' };
    const attestation = descriptorWith(place.image({ layers: ['attestation'], platform: unknown }).descriptor, {
      platform: unknown,
      annotations: {
        [ANNOTATION.referenceType]: ATTESTATION_MANIFEST,
        [ANNOTATION.referenceDigest]: amd64.descriptor.digest,
      },
    });
    const nested = place.index([attestation, place.index([attestation, amd64.descriptor])]);
    expect(await written([nested], 'unknown/unknown')).toBe(`[${item(amd64)}]`);
  });

  it('has no item for artifacts and for layers that Docker cannot unpack', async () => {
    const odd = place.add('odd', 'application/vnd.oci.image.layer.v1.tar+encrypted');
    const encrypted = place.image({ layers: [{ descriptor: odd, diffID: odd.digest }] });
    const toto = place.add('toto', 'application/vnd.in-toto+json');
    const statement = place.image({ layers: [{ descriptor: toto, diffID: toto.digest }] });
    const artifact = place.artifact();
    expect(await written([[artifact, label('x')], encrypted.descriptor, statement.descriptor])).toBe('[]');
  });

  it('has one item for an image that several roots lead to, with the tags of all', async () => {
    const alone = place.index([amd64.descriptor]);
    expect(
      await written([
        [index, reference('b')],
        [alone, reference('c')],
        [amd64.descriptor, reference('a')],
      ]),
    ).toBe(
      `[${item(amd64, 'docker.io/library/a:latest', 'docker.io/library/b:latest', 'docker.io/library/c:latest')}]`,
    );
  });

  it('has no tag for labels and for references by digest', async () => {
    const names = [
      label('rolling'),
      reference(`a@${amd64.descriptor.digest}`),
      reference(`a:1@${amd64.descriptor.digest}`),
    ] as const;
    expect(await written([[amd64.descriptor, ...names]])).toBe(`[${item(amd64)}]`);
  });

  it('names blobs of any algorithm by their path', async () => {
    const layer = place.add('sha512');
    const manifest = { layers: [{ ...descriptorJson(layer), mediaType: 'application/vnd.oci.image.layer.v1.tar' }] };
    expect(await written([place.image({ layers: ['sha512'], manifest }).descriptor])).toContain(
      `"${path(layer.digest)}"`,
    );
  });
});
