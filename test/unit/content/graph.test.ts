import { describe, expect, it } from 'vitest';
import { allImages } from '../../../src/content/select.js';
import {
  childrenOf,
  imageParts,
  imagesOf,
  mergeRoots,
  nodeOf,
  reachable,
  subjectOf,
  successors,
  totalSize,
  walk,
} from '../../../src/content/graph.js';
import { MEDIA_TYPE } from '../../../src/oci/media-type.js';
import {
  MemoryPlace,
  descriptorJson,
  descriptorWith,
  failureOf,
  fakeDigest,
  label,
  reference,
} from '../../support/memory-place.js';

describe('a graph', () => {
  const place = new MemoryPlace();
  const [a, b] = [place.image({ layers: ['base', 'a'] }), place.image({ layers: ['base', 'b', 'base'] })];
  const inner = place.index([b.descriptor, a.descriptor]);
  const outer = place.index([a.descriptor, inner, a.descriptor]);
  const referrer = place.artifact(a.descriptor);
  const digests = (descriptors: readonly { readonly digest: string }[]) => descriptors.map(({ digest }) => digest);

  it('is walked parents first, each node once, roots as they stand', async () => {
    const graph = await place.graph(referrer, [outer, label('x')]);
    const order = digests(walk(graph).map(({ descriptor }) => descriptor));
    expect(order.slice(0, 4)).toEqual([referrer.digest, ...digests(successors(graph, referrer.digest)), outer.digest]);
    expect(order.slice(3)).toEqual([
      outer.digest,
      a.descriptor.digest,
      a.config.digest,
      ...digests(a.layers),
      inner.digest,
      b.descriptor.digest,
      b.config.digest,
      b.layers[1]?.digest,
    ]);
    expect(new Set(order).size).toBe(graph.nodes.size);
    expect(totalSize(walk(graph))).toBe([...place.contents.values()].reduce((sum, bytes) => sum + bytes.length, 0));
  });

  it('has children as they are stored, repetitions included', async () => {
    const graph = await place.graph(outer, referrer);
    expect(digests(successors(graph, outer.digest))).toEqual([a.descriptor.digest, inner.digest, a.descriptor.digest]);
    expect(digests(successors(graph, b.descriptor.digest))).toEqual([b.config.digest, ...digests(b.layers)]);
    expect(successors(graph, b.config.digest)).toEqual([]);
    expect(reachable(graph, [inner.digest, b.config.digest])[0]).toBe(inner.digest);
    expect(reachable(graph, [])).toEqual([]);
    expect((await failureOf(() => nodeOf(graph, fakeDigest('0')))).code).toBe('DEFECT');
  });

  it('knows its images: nested ones, repeated ones once, no artifact without a config', async () => {
    const graph = await place.graph(outer, referrer);
    expect(digests(imagesOf(graph, outer.digest).map(({ descriptor }) => descriptor))).toEqual([
      a.descriptor.digest,
      b.descriptor.digest,
    ]);
    expect(allImages(graph)).toEqual([a.descriptor.digest, b.descriptor.digest, referrer.digest]);
    expect(imageParts(graph, nodeOf(graph, a.descriptor.digest))).toMatchObject({
      layers: a.layers,
      config: { descriptor: a.config },
    });
    for (const { digest } of [outer, referrer, a.config])
      expect(imageParts(graph, nodeOf(graph, digest))).toBeUndefined();
  });

  it('keeps a subject apart from children', async () => {
    const graph = await place.graph(referrer);
    const node = nodeOf(graph, referrer.digest);
    expect(subjectOf(node)?.digest).toBe(a.descriptor.digest);
    expect(node.manifest && digests(childrenOf(node.manifest.value))).not.toContain(a.descriptor.digest);
    expect(graph.nodes.has(a.descriptor.digest)).toBe(false);
  });

  it('has the blobs of an old artifact as children', async () => {
    const blobs = [place.add('x', 'text/plain'), place.add('y', 'text/plain')];
    const artifact = place.document(
      { mediaType: MEDIA_TYPE.artifactManifest, blobs: blobs.map(descriptorJson) },
      MEDIA_TYPE.artifactManifest,
    );
    expect(digests(successors(await place.graph(artifact), artifact.digest))).toEqual(digests(blobs));
  });
});

describe('roots together', () => {
  const place = new MemoryPlace();
  const { descriptor } = place.image();

  it('are one for each digest, names sorted and each once', () => {
    const roots = mergeRoots([
      { descriptor, names: [reference('b'), label('x')] },
      { descriptor, names: [] },
      { descriptor, names: [reference('a'), reference('b:latest'), label('docker.io/library/a:latest')] },
    ]);
    expect(roots).toEqual([
      { descriptor, names: [reference('a'), label('docker.io/library/a:latest'), reference('b'), label('x')] },
    ]);
  });

  it('must agree about the media type', async () => {
    const other = descriptorWith(descriptor, { mediaType: MEDIA_TYPE.dockerManifest });
    const merge = () =>
      mergeRoots([
        { descriptor, names: [] },
        { descriptor: other, names: [] },
      ]);
    expect((await failureOf(merge)).code).toBe('MEDIATYPE_CONFLICT');
  });
});
