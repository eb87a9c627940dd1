import fc from 'fast-check';

import { describe, expect, it } from 'vitest';

import { memorySource } from '../../src/base/bytes.js';
import { ToolError } from '../../src/base/error.js';
import { DEFAULT_LIMITS } from '../../src/base/limits.js';
import { openTarTree } from '../../src/codec/tar-index.js';
import { type ContentGraph, imagesOf, nodeOf, subjectOf, walk } from '../../src/content/graph.js';
import { loadGraph } from '../../src/content/load-graph.js';
import { nameFromRepoTag, nameText } from '../../src/content/name.js';
import { platformOf, selectPlatforms } from '../../src/content/select-platform.js';
import { dropReferrers, findRoot, parseSelector, renameImages, selectImages } from '../../src/content/select.js';
import { openImages } from '../../src/format/detect.js';
import { matchesPlatform, parsePlatform } from '../../src/oci/platform.js';
import { tarOf } from '../support/archive-builder.js';
import { listedAnything } from '../support/image-builder-arbitrary.js';
import { layoutFiles } from '../support/image-builder.js';

const limits = DEFAULT_LIMITS;

const anyGraph: fc.Arbitrary<Promise<ContentGraph>> = listedAnything.map(async (images) => {
  const tree = await openTarTree(memorySource(tarOf(layoutFiles(images)), 'test.tar'), { limits });
  return (await loadGraph(await openImages(tree, { limits, threads: 1 }), limits)).graph;
});

const digestsOf = (graph: ContentGraph): readonly string[] => graph.roots.map(({ descriptor }) => descriptor.digest);

describe('a choice among images', () => {
  it('finds each root by each of its names, by its digest and by its place', async () => {
    await fc.assert(
      fc.asyncProperty(anyGraph, async (loading) => {
        const graph = await loading;
        for (const [place, root] of graph.roots.entries()) {
          const { digest } = root.descriptor;
          const selectors = [...root.names.map(nameText), `@${digest}`, `@${place}`].map(parseSelector);
          for (const selector of selectors) expect(findRoot(graph, selector).descriptor.digest).toBe(digest);
        }
      }),
    );
  });

  it('keeps what it chose with its referrers, and nothing that these do not need', async () => {
    await fc.assert(
      fc.asyncProperty(anyGraph, fc.nat(3), async (loading, place) => {
        const graph = await loading;
        const wanted = place % graph.roots.length;
        const chosen = selectImages(graph, [{ by: 'position', position: wanted }]);
        expect(digestsOf(chosen)[0]).toBe(digestsOf(graph)[wanted]);
        expect(new Set(chosen.nodes.keys())).toEqual(new Set(walk(chosen).map(({ descriptor }) => descriptor.digest)));
        for (const root of chosen.roots.slice(1)) {
          expect([...chosen.nodes.keys()]).toContain(subjectOf(nodeOf(graph, root.descriptor.digest))?.digest);
        }
        expect(selectImages(chosen, [{ by: 'position', position: 0 }])).toEqual(chosen);
      }),
    );
  });

  it('by platform keeps images of it alone, or says that there is none', async () => {
    const platform = fc.constantFrom('linux/amd64', 'linux/arm64', 'linux/s390x').map(parsePlatform);
    await fc.assert(
      fc.asyncProperty(anyGraph, platform, async (loading, wanted) => {
        const graph = await loading;
        let chosen: ContentGraph;
        try {
          chosen = selectPlatforms(graph, [wanted]);
        } catch (error) {
          expect(error).toBeInstanceOf(ToolError);
          expect(error).toMatchObject({ code: 'PLATFORM_NOT_FOUND' });
          return;
        }
        expect(digestsOf(chosen)).toEqual(digestsOf(graph));
        expect(selectPlatforms(chosen, [wanted])).toEqual(chosen);
        for (const { descriptor } of chosen.roots) {
          const offered = imagesOf(chosen, descriptor.digest).map((node) => platformOf(graph, node.descriptor));
          if (offered.every((found) => found === undefined)) continue;
          const present = imagesOf(chosen, descriptor.digest).filter(({ presence }) => presence === 'present');
          expect(present.length).toBeGreaterThan(0);
        }
        for (const node of walk(chosen).filter(({ kind, presence }) => kind === 'manifest' && presence === 'present')) {
          // An index may call one image by two platforms; one of them must be the one that was wanted.
          const own = platformOf(graph, node.descriptor);
          const listed = walk(graph).flatMap(({ manifest }) =>
            manifest?.value.kind === 'index'
              ? manifest.value.manifests.filter(({ digest }) => digest === node.descriptor.digest)
              : [],
          );
          const platforms = [own, ...listed.map((child) => platformOf(graph, child))];
          if (own !== undefined)
            expect(platforms.some((found) => found !== undefined && matchesPlatform(wanted, found))).toBe(true);
        }
      }),
    );
  });

  it('without referrers has none, and loses nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(anyGraph, async (loading) => {
        const graph = await loading;
        const { graph: rest, dropped } = dropReferrers(graph);
        expect([...digestsOf(rest), ...dropped].toSorted()).toEqual(digestsOf(graph).toSorted());
        for (const digest of dropped) expect(subjectOf(nodeOf(graph, digest))).toBeDefined();
        expect(dropReferrers(rest).dropped).toEqual([]);
      }),
    );
  });

  it('a new name leads to the image, and the content stays', async () => {
    await fc.assert(
      fc.asyncProperty(anyGraph, fc.nat(3), async (loading, place) => {
        const graph = await loading;
        const wanted = place % graph.roots.length;
        const renamed = renameImages(graph, [{ from: `@${wanted}`, to: nameFromRepoTag('new.io/x:1') }]);
        expect(findRoot(renamed, parseSelector('new.io/x:1')).descriptor.digest).toBe(digestsOf(graph)[wanted]);
        expect(renamed.nodes).toEqual(graph.nodes);
        expect(new Set(digestsOf(renamed))).toEqual(new Set(digestsOf(graph)));
        const back = renameImages(renamed, [{ from: 'new.io/x:1', to: nameFromRepoTag('other.io/x:1') }]);
        expect(back.roots.flatMap(({ names }) => names.map(nameText))).not.toContain('new.io/x:1');
      }),
    );
  });
});
