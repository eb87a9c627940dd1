import fc from 'fast-check';

import { describe, expect, it } from 'vitest';

import { memorySource } from '../../src/base/bytes.js';
import { DEFAULT_LIMITS } from '../../src/base/limits.js';
import { openTarTree } from '../../src/codec/tar-index.js';
import { type ContentGraph, nodeOf, reachable, successors, walk } from '../../src/content/graph.js';
import { type LoadedGraph, loadGraph } from '../../src/content/load-graph.js';
import { mergeGraphs } from '../../src/content/merge.js';
import { openImages } from '../../src/format/detect.js';
import { planArchive } from '../../src/format/plan.js';
import { DEFAULT_SETTINGS, PROFILES } from '../../src/format/profile.js';
import { tarOf } from '../support/archive-builder.js';
import { listedAnything } from '../support/image-builder-arbitrary.js';
import { type Listed, layoutFiles } from '../support/image-builder.js';

const limits = DEFAULT_LIMITS;

const load = async (images: readonly Listed[]): Promise<LoadedGraph> => {
  const tree = await openTarTree(memorySource(tarOf(layoutFiles(images)), 'test.tar'), { limits });
  return loadGraph(await openImages(tree, { limits, threads: 1 }), limits);
};

const planOf = (graph: ContentGraph): unknown =>
  planArchive(graph, PROFILES['hybrid-1'], DEFAULT_SETTINGS, { allowSparse: false }).entries.map(
    ({ path, size, content, offset }) => [
      path,
      size,
      offset,
      content.from === 'memory' ? Buffer.from(content.bytes).toString('latin1') : content.from,
    ],
  );

describe('a content graph', () => {
  it('is walked once for each node, parents before children, and to its end', async () => {
    await fc.assert(
      fc.asyncProperty(listedAnything, async (images) => {
        const { graph } = await load(images);
        const order = walk(graph).map(({ descriptor }) => descriptor.digest);
        expect(new Set(order).size).toBe(order.length);
        expect(new Set(order)).toEqual(new Set(graph.nodes.keys()));
        for (const digest of order) {
          const below = reachable(graph, [digest]);
          expect(below).toEqual(expect.arrayContaining(successors(graph, digest).map((child) => child.digest)));
        }
      }),
    );
  });

  it('has no unnamed root that another root contains', async () => {
    await fc.assert(
      fc.asyncProperty(listedAnything, async (images) => {
        const { graph } = await load(images);
        // The slow way: the whole of every other root.
        const contained = graph.roots.flatMap((root) => reachable(graph, [root.descriptor.digest]).slice(1));
        expect(
          graph.roots.filter(({ descriptor, names }) => names.length === 0 && contained.includes(descriptor.digest)),
        ).toEqual([]);
        // And none is lost: what is listed is a root or below one.
        const all = reachable(
          graph,
          graph.roots.map((root) => root.descriptor.digest),
        );
        expect(all).toEqual(expect.arrayContaining(images.map(({ built }) => built.descriptor['digest'])));
      }),
    );
  });

  it('is the same from parts, in any order and however often', async () => {
    const input = listedAnything.chain((images) =>
      fc.tuple(
        fc.constant(images),
        fc.array(fc.nat(images.length - 1), { maxLength: 3 }),
        fc.shuffledSubarray([...images.keys()], { minLength: images.length }),
      ),
    );
    await fc.assert(
      fc.asyncProperty(input, async ([images, again, order]) => {
        const whole = mergeGraphs([await load(images)]).graph;
        const parts = await Promise.all(
          [...order, ...again].map(async (place) => load(images.slice(place, place + 1))),
        );
        const merged = mergeGraphs(parts).graph;
        expect(planOf(merged)).toEqual(planOf(whole));
        const pairwise = parts.reduce((left, right) => mergeGraphs([left, right]));
        expect(planOf(pairwise.graph)).toEqual(planOf(whole));
      }),
    );
  });

  it('knows every node by the size that all descriptors give it', async () => {
    await fc.assert(
      fc.asyncProperty(listedAnything, async (images) => {
        const { graph } = await load(images);
        for (const { descriptor } of walk(graph)) {
          for (const child of successors(graph, descriptor.digest)) {
            expect(nodeOf(graph, child.digest)).toMatchObject({
              presence: 'present',
              descriptor: { size: child.size },
            });
          }
        }
      }),
    );
  });
});
