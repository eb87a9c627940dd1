import { describe, expect, it } from 'vitest';
import type { Document } from '../../../src/content/document.js';
import { nodeOf, walk } from '../../../src/content/graph.js';
import { synthesizeManifest } from '../../../src/content/synthesis.js';
import { replaceManifests } from '../../../src/layer/replace.js';
import { ANNOTATION, ATTESTATION_MANIFEST } from '../../../src/oci/annotation.js';
import type { Digest } from '../../../src/oci/digest.js';
import type { Manifest } from '../../../src/oci/manifest.js';
import { type MemoryImage, MemoryPlace, descriptorJson, descriptorWith, label } from '../../support/memory-place.js';

const OPTIONS = { keepAnnotations: false, reason: 'tested' };
const place = new MemoryPlace();
const a = place.image({ layers: ['a'], manifest: { annotations: { lost: 'x' } } });
const b = place.image({ layers: ['b'] });

/** A manifest of the same config over another layer. */
const newFor = (image: MemoryImage, name = 'new'): Document<Manifest> =>
  synthesizeManifest(image.config, [{ descriptor: place.add(name), compression: 'gzip' }]);

const replacing = (
  ...pairs: readonly (readonly [MemoryImage, Document<Manifest>])[]
): ReadonlyMap<Digest, Document<Manifest>> =>
  new Map(pairs.map(([image, document]) => [image.descriptor.digest, document]));
const newA = newFor(a);
const newDigest = newA.descriptor.digest;

describe('a replaced manifest', () => {
  it('takes the place and the names of the old one', async () => {
    const graph = await place.graph([a.descriptor, label('x'), label('y')], b.descriptor);
    const result = replaceManifests(graph, replacing([a, newA]), OPTIONS);
    expect(result.graph.roots).toEqual([
      { descriptor: newA.descriptor, names: [label('x'), label('y')] },
      { descriptor: b.descriptor, names: [] },
    ]);
    expect(result.changes).toEqual([{ from: a.descriptor.digest, to: newDigest, reason: 'tested' }]);
    expect([...result.documents]).toEqual([[newDigest, newA.raw]]);
    expect(result.graph.nodes.has(a.layers[0]?.digest ?? newDigest)).toBe(false);
    expect(
      nodeOf(result.graph, newA.value.kind === 'manifest' ? (newA.value.layers[0]?.digest ?? newDigest) : newDigest),
    ).toMatchObject({
      kind: 'layer',
      presence: 'present',
    });
    expect(nodeOf(result.graph, a.config.digest).config).toBeDefined();
  });

  it('is told to have lost its annotations', async () => {
    const { dropped } = replaceManifests(await place.graph(a.descriptor), replacing([a, newA]), OPTIONS);
    expect(dropped.map(({ subject }) => subject)).toEqual([a.descriptor.digest]);
    expect(dropped[0]?.reason).toContain('lost');
  });

  it('that is the same is no change', async () => {
    const same = newFor(b, 'b');
    const graph = await place.graph(b.descriptor);
    const { changes, dropped } = replaceManifests(graph, new Map(), OPTIONS);
    expect([changes, dropped]).toEqual([[], []]);
    expect(same.descriptor.digest).not.toBe(b.descriptor.digest);
  });

  it('joins an image that is there already', async () => {
    place.contents.set(newDigest, newA.raw);
    const graph = await place.graph([a.descriptor, label('old')], [newA.descriptor, label('new')]);
    const result = replaceManifests(graph, replacing([a, newA]), OPTIONS);
    expect(result.graph.roots).toEqual([{ descriptor: newA.descriptor, names: [label('new'), label('old')] }]);
    place.remove(newA.descriptor);
  });
});

describe('an index above', () => {
  const attestation = descriptorWith(place.artifact(), {
    annotations: {
      [ANNOTATION.referenceType]: ATTESTATION_MANIFEST,
      [ANNOTATION.referenceDigest]: a.descriptor.digest,
      extra: 'x',
    },
    platform: { os: 'unknown', architecture: 'unknown' },
  });
  const entry = descriptorWith(a.descriptor, {
    platform: { os: 'linux', architecture: 'arm', variant: 'v7' },
    annotations: { note: 'x' },
  });
  const index = place.index([entry, b.descriptor, attestation], { annotations: { top: 'x' } });
  const type = 'application/vnd.oci.image';
  const manifests = (annotated: boolean) => [
    {
      ...(annotated ? { annotations: { note: 'x' } } : {}),
      digest: newDigest,
      mediaType: `${type}.manifest.v1+json`,
      platform: { architecture: 'arm', os: 'linux', variant: 'v7' },
      size: newA.raw.length,
    },
    { digest: b.descriptor.digest, mediaType: `${type}.manifest.v1+json`, size: b.descriptor.size },
    {
      annotations: {
        ...(annotated ? { extra: 'x' } : {}),
        [ANNOTATION.referenceDigest]: newDigest,
        [ANNOTATION.referenceType]: ATTESTATION_MANIFEST,
      },
      digest: attestation.digest,
      mediaType: `${type}.manifest.v1+json`,
      platform: { architecture: 'unknown', os: 'unknown' },
      size: attestation.size,
    },
  ];

  it('is made anew: what identifies its children, and which image an attestation means', async () => {
    const result = replaceManifests(await place.graph([index, label('x')]), replacing([a, newA]), OPTIONS);
    const root = result.graph.roots[0];
    const raw = root && result.documents.get(root.descriptor.digest);
    expect(Buffer.from(raw ?? []).toString()).toBe(
      JSON.stringify({ manifests: manifests(false), mediaType: `${type}.index.v1+json`, schemaVersion: 2 }),
    );
    expect(root?.names).toEqual([label('x')]);
    expect(result.changes.map(({ from }) => from)).toEqual([a.descriptor.digest, index.digest].toSorted());
    expect(new Set(result.dropped.map(({ subject }) => subject))).toEqual(
      new Set([a.descriptor.digest, attestation.digest, index.digest]),
    );
    expect(walk(result.graph).length).toBe(result.graph.nodes.size);
  });

  it('keeps annotations if it is told to', async () => {
    const options = { ...OPTIONS, keepAnnotations: true };
    const result = replaceManifests(await place.graph(index), replacing([a, newA]), options);
    const root = result.graph.roots[0];
    expect(Buffer.from((root && result.documents.get(root.descriptor.digest)) ?? []).toString()).toBe(
      JSON.stringify({
        annotations: { top: 'x' },
        manifests: manifests(true),
        mediaType: `${type}.index.v1+json`,
        schemaVersion: 2,
      }),
    );
    // What the new manifest itself lacks is lost all the same.
    expect(result.dropped.map(({ subject }) => subject)).toEqual([a.descriptor.digest]);
  });

  it('above an index is made anew, one above other images is not', async () => {
    const other = place.index([b.descriptor]);
    const outer = place.index([index, other]);
    const result = replaceManifests(await place.graph(outer), replacing([a, newA]), OPTIONS);
    expect(result.changes.map(({ from }) => from)).toEqual(
      [a.descriptor.digest, index.digest, outer.digest].toSorted(),
    );
    expect(result.graph.nodes.has(other.digest)).toBe(true);
    expect(result.graph.nodes.has(index.digest)).toBe(false);
  });
});

describe('referrers', () => {
  it('of what is gone are dropped and told, and those that refer to them', async () => {
    const signature = place.artifact(a.descriptor, 'signature');
    const attached = place.artifact(signature, 'attached');
    const other = place.artifact(b.descriptor, 'other');
    for (const roots of [
      [attached, signature],
      [signature, attached],
    ]) {
      const graph = await place.graph(a.descriptor, b.descriptor, ...roots, other);
      const result = replaceManifests(graph, replacing([a, newA]), OPTIONS);
      expect(result.graph.roots.map((root) => root.descriptor.digest)).toEqual([
        newDigest,
        b.descriptor.digest,
        other.digest,
      ]);
      const dropped = result.dropped.map(({ subject }) => subject);
      expect(dropped).toEqual(expect.arrayContaining([signature.digest, attached.digest]));
      expect(dropped).not.toContain(other.digest);
    }
  });

  it('with a name stay', async () => {
    const signature = place.artifact(a.descriptor, 'signature');
    const graph = await place.graph(a.descriptor, [signature, label('sig')]);
    expect(replaceManifests(graph, replacing([a, newA]), OPTIONS).graph.roots.length).toBe(2);
  });

  it('of a replaced index are dropped, too', async () => {
    const index = place.index([a.descriptor]);
    const signature = place.artifact(index, 'of an index');
    const result = replaceManifests(await place.graph(index, signature), replacing([a, newA]), OPTIONS);
    expect(result.graph.roots.length).toBe(1);
    expect(result.dropped.map(({ subject }) => subject)).toContain(signature.digest);
  });

  it('that are replaced and lose their subject by it are told', async () => {
    const image = place.image({ layers: ['r'], manifest: { subject: descriptorJson(b.descriptor) } });
    const graph = await place.graph(b.descriptor, image.descriptor);
    const { dropped } = replaceManifests(graph, replacing([image, newFor(image)]), OPTIONS);
    expect(dropped.map(({ subject }) => subject)).toEqual([image.descriptor.digest]);
    expect(dropped[0]?.reason).toContain(b.descriptor.digest);
  });
});
