import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/base/limits.js';
import { type ContentGraph, nodeOf, walk } from '../../../src/content/graph.js';
import type { ImageSource } from '../../../src/content/image.js';
import { loadGraph } from '../../../src/content/load-graph.js';
import { mergeGraphs } from '../../../src/content/merge.js';
import { planArchive } from '../../../src/format/plan.js';
import { DEFAULT_SETTINGS, PROFILES } from '../../../src/format/profile.js';
import { MEDIA_TYPE } from '../../../src/oci/media-type.js';
import {
  MemoryPlace,
  type MemoryRoot,
  contentOf,
  descriptorJson,
  descriptorWith,
  failureOf,
  label,
  reference,
} from '../../support/memory-place.js';

const merged = async (...sources: readonly ImageSource[]) => {
  const parts = [];
  for (const source of sources) parts.push(await loadGraph(source, DEFAULT_LIMITS));
  return mergeGraphs(parts);
};

/** Everything that decides a byte of an archive. */
const bytesOf = (graph: ContentGraph): unknown =>
  planArchive(graph, PROFILES['hybrid-1'], DEFAULT_SETTINGS, { allowSparse: true }).entries.map((entry) => [
    entry.path,
    entry.content.from === 'memory' ? Buffer.from(entry.content.bytes).toString() : entry.size,
  ]);

describe('graphs together', () => {
  it('hold shared blobs once, names of both', async () => {
    const [one, two] = [new MemoryPlace(), new MemoryPlace()];
    const a = one.image({ layers: ['base', 'a'] });
    const b = two.image({ layers: ['base', 'b'] });
    const again = two.image({ layers: ['base', 'a'] });
    const { graph } = await merged(
      one.source([[a.descriptor, reference('a:1')]]),
      two.source([
        [b.descriptor, reference('b:1')],
        [again.descriptor, reference('a:2')],
      ]),
    );
    expect(graph.roots.map(({ descriptor, names }) => [descriptor.digest, names])).toEqual([
      [a.descriptor.digest, [reference('a:1'), reference('a:2')]],
      [b.descriptor.digest, [reference('b:1')]],
    ]);
    expect(graph.nodes.size).toBe(2 + 2 + 3);
  });

  it.for(['first', 'last'])('complete what is sparse, the sparse one %s', async (order) => {
    const [sparse, full] = [new MemoryPlace(), new MemoryPlace()];
    const images = [sparse, full].map((place) => [
      place.image({ layers: ['a'] }),
      place.image({ layers: ['b'], platform: { os: 'linux', architecture: 'arm64' } }),
    ]);
    const [[a, b] = [], [, other] = []] = images;
    if (a === undefined || b === undefined || other === undefined) throw new Error('no images');
    const index = sparse.index([a.descriptor, b.descriptor]);
    sparse.remove(b.descriptor, b.config, ...b.layers);
    const sources = [sparse.source([[index, reference('x')]]), full.source([other.descriptor])];
    const { graph, blobs } = await merged(...(order === 'first' ? sources : sources.toReversed()));
    expect(walk(graph).every((node) => node.presence === 'present')).toBe(true);
    expect(graph.roots.map((root) => root.descriptor.digest)).toEqual([index.digest]);
    expect(await contentOf(await blobs.open(b.layers[0] ?? b.config))).toBe('b');
  });

  it.for(['first', 'last'])(
    'know a config as one, though another source calls it a blob, that one %s',
    async (order) => {
      const [one, two] = [new MemoryPlace(), new MemoryPlace()];
      const image = one.image();
      two.image();
      const artifact = two.artifact(undefined, 'blob', {
        layers: [descriptorJson(descriptorWith(image.config, { mediaType: 'application/json' }))],
      });
      const sources = [two.source([artifact]), one.source([image.descriptor])];
      const { graph } = await merged(...(order === 'first' ? sources : sources.toReversed()));
      expect(nodeOf(graph, image.config.digest)).toMatchObject({ kind: 'config', config: {} });
    },
  );

  it.for<[line: string, change: Parameters<typeof descriptorWith>[1], code: string]>([
    ['sizes', { size: 7 }, 'SIZE_MISMATCH'],
    ['media types', { mediaType: MEDIA_TYPE.dockerManifest }, 'MEDIATYPE_CONFLICT'],
  ])('with two %s of one digest are refused', async ([, change, code]) => {
    const place = new MemoryPlace();
    // Without a media type of its own, the manifest can be either.
    const { descriptor } = place.image({ manifest: { mediaType: undefined } });
    const sparse = new MemoryPlace();
    const merge = () => merged(place.source([descriptor]), sparse.source([descriptorWith(descriptor, change)]));
    expect(await failureOf(merge)).toMatchObject({ code, details: { subject: descriptor.digest } });
  });

  it('of nothing are nothing', async () => {
    expect((await merged()).graph).toEqual({ roots: [], nodes: new Map(), notes: [] });
  });

  it('lead to the same archive in any order', async () => {
    const image = fc.record({
      layers: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1 }),
      names: fc.uniqueArray(fc.constantFrom('1', '2', '3', '4'), { maxLength: 2 }),
      place: fc.nat(2),
      isIndexed: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(image, { minLength: 1, maxLength: 5 }),
        fc.constantFrom([0, 1, 2], [2, 1, 0], [1, 2, 0]),
        async (images, order) => {
          const places = [0, 1, 2].map(() => ({ place: new MemoryPlace(), roots: [] as MemoryRoot[] }));
          for (const { layers, names, place: at, isIndexed } of images) {
            const { place, roots } = places[at] ?? { place: new MemoryPlace(), roots: [] };
            const { descriptor } = place.image({ layers });
            const root = isIndexed ? place.index([descriptor]) : descriptor;
            const [first, ...rest] = names.map(label);
            roots.push(first === undefined ? root : [root, first, ...rest]);
          }
          const sources = places.map(({ place, roots }) => place.source(roots));
          const once = await merged(...sources);
          const again = await merged(...order.map((at) => sources[at]).filter((source) => source !== undefined));
          expect(bytesOf(again.graph)).toEqual(bytesOf(once.graph));
        },
      ),
      { numRuns: 60 },
    );
  });
});
