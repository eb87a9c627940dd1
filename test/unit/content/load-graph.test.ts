import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/base/bytes.js';
import type { ErrorCode } from '../../../src/base/error-code.js';
import { DEFAULT_LIMITS, type Limits } from '../../../src/base/limits.js';
import { nodeOf, walk } from '../../../src/content/graph.js';
import { loadGraph } from '../../../src/content/load-graph.js';
import { type Descriptor, plainDescriptor } from '../../../src/oci/descriptor.js';
import { digestOf, parseDigest } from '../../../src/oci/digest.js';
import { MEDIA_TYPE } from '../../../src/oci/media-type.js';
import {
  MemoryPlace,
  contentOf,
  descriptorJson,
  descriptorWith,
  failureOf,
  fakeDigest,
  label,
  reference,
} from '../../support/memory-place.js';

const limits = (changes: Partial<Limits>): Limits => ({ ...DEFAULT_LIMITS, ...changes });
const AMD64 = { os: 'linux', architecture: 'amd64' };
const ARM64 = { os: 'linux', architecture: 'arm64' };

describe('the graph of an image', () => {
  it('has its manifest, config and layers, parents first', async () => {
    const place = new MemoryPlace();
    const image = place.image({ layers: ['base', 'top', 'base'] });
    const graph = await place.graph([image.descriptor, reference('a:1')]);
    expect(walk(graph).map(({ descriptor, kind, presence }) => [descriptor.digest, kind, presence])).toEqual([
      [image.descriptor.digest, 'manifest', 'present'],
      [image.config.digest, 'config', 'present'],
      [image.layers[0]?.digest, 'layer', 'present'],
      [image.layers[1]?.digest, 'layer', 'present'],
    ]);
    expect(graph.notes).toEqual([]);
    expect(nodeOf(graph, image.config.digest).config?.value.diffIDs).toEqual(image.layers.map(({ digest }) => digest));
    expect(Buffer.from(nodeOf(graph, image.descriptor.digest).manifest?.raw ?? []).toString()).toBe(
      place.text(image.descriptor),
    );
  });

  it('has one root for a digest under several names, and no root that lies in another one', async () => {
    const place = new MemoryPlace();
    const [a, b] = [place.image({ layers: ['a'] }).descriptor, place.image({ layers: ['b'] }).descriptor];
    const index = place.index([a, b]);
    const graph = await place.graph(a, [b, label('2'), label('1'), label('2')], index, [index, reference('x')]);
    expect(graph.roots.map((root) => [root.descriptor.digest, root.names])).toEqual([
      [b.digest, [label('1'), label('2')]],
      [index.digest, [reference('x')]],
    ]);
  });

  it('never reads a layer', async () => {
    const place = new MemoryPlace();
    const image = place.image({ layers: ['abc'] });
    place.contents.set(image.layers[0]?.digest ?? fakeDigest('0'), utf8('xyz'));
    expect((await place.graph(image.descriptor)).nodes.size).toBe(3);
  });
});

describe('hostile indexes', () => {
  const nested = (place: MemoryPlace, depth: number, width = 1): Descriptor => {
    let descriptor = place.image().descriptor;
    for (let level = 0; level < depth; level++) {
      descriptor = place.index(
        Array.from({ length: width }, () => descriptor),
        { annotations: { level: String(level) } },
      );
    }
    return descriptor;
  };

  it('may be nested as deeply as the limit, and no deeper', async () => {
    const place = new MemoryPlace();
    const load = (depth: number) => loadGraph(place.source([nested(place, depth)]), limits({ indexDepth: 4 }));
    expect((await load(4)).graph.nodes.size).toBe(7);
    expect((await failureOf(() => load(5))).code).toBe('INDEX_TOO_DEEP');
  });

  it('with a fan-out of 2^25 are read once each', async () => {
    const place = new MemoryPlace();
    expect((await place.graph(nested(place, 25, 2))).nodes.size).toBe(25 + 3);
  });

  it('with more descriptors than the limit are refused', async () => {
    const place = new MemoryPlace();
    const index = place.index(
      Array.from({ length: 10 }, (_, at) => plainDescriptor('a/b', fakeDigest(at.toString(16)), 1)),
    );
    const load = (nodes: number) => loadGraph(place.source([index]), limits({ nodes }));
    expect((await load(11)).graph.nodes.size).toBe(11);
    expect((await failureOf(() => load(10))).code).toBe('LIMIT_NODES');
  });

  it('with a document larger than the limit are refused before it is read', async () => {
    const place = new MemoryPlace();
    const index = place.index([], { annotations: { long: 'x'.repeat(200) } });
    const error = await failureOf(() => loadGraph(place.source([index]), limits({ document: index.size - 1 })));
    expect(error).toMatchObject({ code: 'LIMIT_METADATA', details: { subject: index.digest } });
  });
});

describe('what is not there', () => {
  it('is missing, and nothing is said of what it is made of', async () => {
    const place = new MemoryPlace();
    const [here, gone] = [place.image({ layers: ['a'] }), place.image({ layers: ['b'], platform: ARM64 })];
    const index = place.index([here.descriptor, gone.descriptor]);
    place.remove(gone.descriptor, gone.config, ...gone.layers);
    const graph = await place.graph(index);
    expect(walk(graph).map(({ presence }) => presence)).toEqual([
      'present',
      'present',
      'present',
      'present',
      'missing',
    ]);
    expect(nodeOf(graph, gone.descriptor.digest)).toEqual({
      descriptor: gone.descriptor,
      kind: 'manifest',
      presence: 'missing',
    });
  });

  it('is foreign if it is to be had at a URL, and told', async () => {
    const place = new MemoryPlace();
    const type = 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip';
    const layer = descriptorWith(place.add('windows', type), { urls: ['https://a/x', 'https://b/x'] });
    const image = place.image({ layers: [{ descriptor: layer, diffID: fakeDigest('a') }] });
    place.remove(layer);
    const graph = await place.graph(image.descriptor);
    expect(nodeOf(graph, layer.digest)).toMatchObject({ kind: 'layer', presence: 'foreign' });
    expect(graph.notes).toMatchObject([
      { code: 'LAYER_FOREIGN', severity: 'info', subject: layer.digest, found: 'https://a/x https://b/x' },
    ]);
  });

  it('may be embedded in its descriptor', async () => {
    const place = new MemoryPlace();
    const config = descriptorWith(place.add('{}', MEDIA_TYPE.empty), { data: utf8('{}') });
    const artifact = place.artifact(undefined, 'blob', { config: descriptorJson(config) });
    place.remove(config);
    const { graph, blobs } = await loadGraph(place.source([artifact]), DEFAULT_LIMITS);
    expect(nodeOf(graph, config.digest).presence).toBe('present');
    expect(await contentOf(await blobs.open(config))).toBe('{}');
  });

  it('may have a digest that nobody can verify', async () => {
    const place = new MemoryPlace();
    const odd = plainDescriptor(MEDIA_TYPE.manifest, parseDigest('sha3-256:abc'), 3);
    expect(nodeOf(await place.graph(odd), odd.digest).presence).toBe('missing');
    place.contents.set(odd.digest, utf8('abc'));
    expect((await failureOf(() => place.graph(odd))).code).toBe('DIGEST_ALGORITHM_UNSUPPORTED');
  });

  it('is missed as a subject, and told', async () => {
    const place = new MemoryPlace();
    const image = place.image();
    const referrer = place.artifact(image.descriptor);
    expect((await place.graph(image.descriptor, referrer)).notes).toEqual([]);
    expect((await place.graph(referrer)).notes).toMatchObject([
      { code: 'SUBJECT_MISSING', severity: 'warning', subject: referrer.digest, found: image.descriptor.digest },
    ]);
  });
});

describe('documents that disagree', () => {
  const place = new MemoryPlace();
  const image = place.image({ layers: ['a'] });
  const layer = image.layers[0] ?? image.config;
  const manifestWith = (more: Readonly<Record<string, unknown>>): Descriptor =>
    place.image({ layers: ['a'], manifest: more }).descriptor;
  const wrongSize = (descriptor: Descriptor): Descriptor => descriptorWith(descriptor, { size: descriptor.size + 1 });

  it.for<[line: string, root: Descriptor, code: ErrorCode, subject: string]>([
    ['a root of another size', wrongSize(image.descriptor), 'SIZE_MISMATCH', image.descriptor.digest],
    [
      'a config of another size',
      manifestWith({ config: descriptorJson(wrongSize(image.config)) }),
      'SIZE_MISMATCH',
      image.config.digest,
    ],
    [
      'a layer of another size',
      manifestWith({ layers: [descriptorJson(wrongSize(layer))] }),
      'SIZE_MISMATCH',
      layer.digest,
    ],
    [
      'two sizes of one digest',
      place.index([image.descriptor, wrongSize(image.descriptor)]),
      'SIZE_MISMATCH',
      image.descriptor.digest,
    ],
    [
      'two media types of one manifest',
      place.index([image.descriptor, descriptorWith(image.descriptor, { mediaType: MEDIA_TYPE.dockerManifest })]),
      'MEDIATYPE_CONFLICT',
      image.descriptor.digest,
    ],
    [
      'a manifest called an index',
      descriptorWith(image.descriptor, { mediaType: MEDIA_TYPE.index }),
      'MEDIATYPE_CONFLICT',
      '',
    ],
    [
      'schema 1',
      descriptorWith(image.descriptor, { mediaType: MEDIA_TYPE.dockerSchema1Signed }),
      'SCHEMA1_UNSUPPORTED',
      image.descriptor.digest,
    ],
    ['a manifest that is no JSON', place.add('{', MEDIA_TYPE.manifest), 'JSON_SYNTAX', ''],
    ['a manifest with a key twice', place.add('{"a":1,"a":1}', MEDIA_TYPE.manifest), 'JSON_DUPLICATE_KEY', ''],
    [
      'a layer too many',
      manifestWith({ layers: [descriptorJson(layer), descriptorJson(layer)] }),
      'LAYER_COUNT_MISMATCH',
      '',
    ],
    ['a layer too few', manifestWith({ layers: [] }), 'LAYER_COUNT_MISMATCH', ''],
    [
      'a config that is no image',
      place.image({ layers: ['a'], config: { rootfs: null } }).descriptor,
      'CONFIG_INVALID',
      '',
    ],
    ['a config of wrong types', place.image({ layers: ['a'], config: { os: 7 } }).descriptor, 'SCHEMA_INVALID', ''],
    [
      'embedded data that have another digest',
      manifestWith({
        config: descriptorJson(descriptorWith(image.config, { data: utf8('x'.repeat(image.config.size)) })),
      }),
      'DATA_MISMATCH',
      image.config.digest,
    ],
  ])('%s', async ([, root, code, subject]) => {
    const error = await failureOf(() => place.graph(root));
    expect(error.code).toBe(code);
    if (subject !== '') expect(error.details.subject).toBe(subject);
  });

  it('a byte of a document is another', async () => {
    const altered = new MemoryPlace();
    const other = altered.image();
    altered.contents.set(other.config.digest, utf8(altered.text(other.config).replace('amd64', 'arm64')));
    expect(await failureOf(() => altered.graph(other.descriptor))).toMatchObject({
      code: 'DIGEST_MISMATCH',
      details: { subject: other.config.digest },
    });
  });

  it('a history of another length is told, none at all is fine', async () => {
    const noted = async (history: readonly object[]) =>
      (await place.graph(place.image({ layers: ['a'], config: { history } }).descriptor)).notes.map(({ code }) => code);
    expect(await noted([])).toEqual([]);
    expect(await noted([{ empty_layer: true }, {}])).toEqual([]);
    expect(await noted([{ empty_layer: true }])).toEqual(['HISTORY_COUNT_MISMATCH']);
    expect(await noted([{}, {}])).toEqual(['HISTORY_COUNT_MISMATCH']);
  });

  it.for<[line: string, said: object, config: { os: string; architecture: string; variant?: string }, noted: boolean]>([
    ['the same', AMD64, AMD64, false],
    ['an alias', { os: 'linux', architecture: 'x86_64' }, AMD64, false],
    ['less than the config', { os: 'linux', architecture: 'arm64' }, { ...ARM64, variant: 'v9' }, false],
    ['another architecture', ARM64, AMD64, true],
    [
      'another variant',
      { os: 'linux', architecture: 'arm', variant: 'v6' },
      { os: 'linux', architecture: 'arm', variant: 'v7' },
      true,
    ],
    ['unknown', { os: 'unknown', architecture: 'unknown' }, AMD64, true],
  ])('an index that says of the platform %s', async ([, said, platform, noted]) => {
    const child = place.image({ platform }).descriptor;
    const index = place.index([], { manifests: [{ ...descriptorJson(child), platform: said }] });
    expect((await place.graph(index)).notes.map(({ code, subject }) => [code, subject])).toEqual(
      noted ? [['PLATFORM_MISMATCH', child.digest]] : [],
    );
  });
});

describe('what only looks like an image', () => {
  it('an artifact may borrow the media type of a config, which is told', async () => {
    const place = new MemoryPlace();
    const config = place.add('{}', MEDIA_TYPE.config);
    const artifact = place.artifact(undefined, 'blob', { config: descriptorJson(config) });
    const graph = await place.graph(artifact);
    expect(nodeOf(graph, config.digest)).toMatchObject({ kind: 'config', presence: 'present' });
    expect(nodeOf(graph, config.digest).config).toBeUndefined();
    expect(graph.notes).toMatchObject([
      { code: 'CONFIG_INVALID', severity: 'warning', subject: config.digest, pointer: '/rootfs' },
    ]);
  });

  it.for(['first', 'last'])('an image with that config is refused if it comes %s', async (order) => {
    const place = new MemoryPlace();
    const config = place.add('{}', MEDIA_TYPE.config);
    const artifact = place.artifact(undefined, 'blob', { config: descriptorJson(config) });
    const image = place.image({ manifest: { config: descriptorJson(config) } }).descriptor;
    const roots = order === 'first' ? [image, artifact] : [artifact, image];
    expect((await failureOf(() => place.graph(...roots))).code).toBe('CONFIG_INVALID');
  });

  it.for(['first', 'last'])('an index cannot be the config of an artifact, met %s', async (order) => {
    const place = new MemoryPlace();
    const image = place.image();
    const index = place.index([image.descriptor]);
    const artifact = place.artifact(undefined, 'blob', {
      config: descriptorJson(descriptorWith(index, { mediaType: MEDIA_TYPE.config })),
    });
    const roots = order === 'first' ? [index, artifact] : [artifact, index];
    expect(await failureOf(() => place.graph(...roots))).toMatchObject({
      code: 'MEDIATYPE_CONFLICT',
      details: { subject: index.digest },
    });
  });

  it.for(['first', 'last'])('a config that an artifact takes for a blob stays a config, met %s', async (order) => {
    const place = new MemoryPlace();
    const image = place.image();
    const artifact = place.artifact(undefined, 'blob', {
      layers: [descriptorJson(descriptorWith(image.config, { mediaType: 'application/json' }))],
    });
    const roots = order === 'first' ? [image.descriptor, artifact] : [artifact, image.descriptor];
    expect(nodeOf(await place.graph(...roots), image.config.digest)).toMatchObject({ kind: 'config', config: {} });
  });

  it('is an artifact manifest of the old kind with its blobs', async () => {
    const place = new MemoryPlace();
    const blob = place.add('blob', 'text/plain');
    const artifact = place.document(
      { mediaType: MEDIA_TYPE.artifactManifest, blobs: [descriptorJson(blob)] },
      MEDIA_TYPE.artifactManifest,
    );
    const graph = await place.graph(artifact);
    expect(walk(graph).map(({ kind }) => kind)).toEqual(['artifact-manifest', 'blob']);
  });

  it('is a sha512 image like any other', async () => {
    const place = new MemoryPlace();
    const manifest = place.image().descriptor;
    const bytes = place.contents.get(manifest.digest) ?? utf8('');
    const digest = digestOf(bytes, 'sha512');
    place.contents.set(digest, bytes);
    expect((await place.graph(descriptorWith(manifest, { digest }))).nodes.size).toBe(3);
  });
});
