import fc from 'fast-check';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { DEFAULT_SETTINGS, PROFILES, PROFILE_IDS } from '../../src/format/profile.js';
import { contextWith } from '../../src/operation/context.js';
import { archiveDigest } from '../../src/operation/digest.js';
import { DEFAULT_TRANSFER } from '../../src/operation/prepare.js';
import { save } from '../../src/operation/save.js';
import { type RunOptions, createWorkbench, errorsAmong, expectSameBytes, saved } from '../faults/outcome.js';
import { tarOf, writeFiles } from '../support/archive-builder.js';
import { listedAnything, listedImages, maybeCompressed, noisyTar } from '../support/image-builder-arbitrary.js';
import { digestOf, hybridFiles, layoutFiles } from '../support/image-builder.js';

const bench = createWorkbench();

const archiveOf = async (sources: string | readonly string[], options: RunOptions = {}): Promise<Buffer> =>
  saved(await bench.save(sources, options)).archive;

const MODES = PROFILE_IDS.flatMap((profile) => (['keep', 'none'] as const).map((layers) => ({ profile, layers })));

describe('the canonical archive', () => {
  it('is the same whatever the tar of the layout looks like', async () => {
    const input = listedAnything.chain((images) => {
      const files = layoutFiles(images);
      return fc.tuple(fc.constant(tarOf(files)), noisyTar(files).chain(maybeCompressed));
    });
    await fc.assert(
      fc.asyncProperty(input, async ([plain, noisy]) => {
        const expected = await archiveOf(bench.input(plain));
        expectSameBytes(await archiveOf(bench.input(noisy)), expected);
      }),
      { numRuns: 60 },
    );
  });

  it('is the same from an archive, a hybrid and a directory', async () => {
    await fc.assert(
      fc.asyncProperty(listedImages, async (images) => {
        const expected = await archiveOf(bench.input(tarOf(layoutFiles(images))));
        expectSameBytes(await archiveOf(bench.input(tarOf(hybridFiles(images)))), expected);
        const directory = mkdtempSync(join(bench.root, 'layout-'));
        writeFiles(directory, layoutFiles(images));
        expectSameBytes(await archiveOf(directory), expected);
      }),
      { numRuns: 30 },
    );
  });

  it('is the same from one source and from several, in any order', async () => {
    const input = listedAnything.chain((images) =>
      fc.record({
        images: fc.constant(images),
        order: fc.shuffledSubarray([...images.keys()], { minLength: images.length }),
        reversed: fc.boolean(),
      }),
    );
    await fc.assert(
      fc.asyncProperty(input, async ({ images, order, reversed }) => {
        const whole = bench.input(tarOf(layoutFiles(reversed ? images.toReversed() : images)), 'whole.tar');
        const parts = images.map((image, index) => bench.input(tarOf(layoutFiles([image])), `part-${index}.tar`));
        const sources = order.map((index) => parts[index] ?? '');
        const expected = await archiveOf(whole);
        expectSameBytes(await archiveOf(sources), expected);
        expectSameBytes(await archiveOf([...sources, whole, ...sources]), expected);
      }),
      { numRuns: 30 },
    );
  });

  it.for(MODES)('of itself is itself: $profile, layers $layers', async (mode) => {
    await fc.assert(
      fc.asyncProperty(listedAnything, async (images) => {
        const first = await archiveOf(bench.input(tarOf(layoutFiles(images))), mode);
        const source = bench.input(first, 'canonical.tar');
        expectSameBytes(await archiveOf(source, mode), first);
        expect(errorsAmong(await bench.findings(source))).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  it('has the size that was planned, and is the same as a stream and as a digest', async () => {
    const context = contextWith({ pathExists: existsSync, temporary: bench.temporary });
    await fc.assert(
      fc.asyncProperty(listedAnything, fc.constantFrom(...MODES), async (images, { profile, layers }) => {
        const source = bench.input(tarOf(layoutFiles(images)));
        const { archive, report } = saved(await bench.save(source, { profile, layers }));
        expect(archive.length).toBe(report.archive.size);
        const options = {
          ...DEFAULT_TRANSFER,
          layers,
          profile: PROFILES[profile],
          settings: DEFAULT_SETTINGS,
          digest: true,
        };
        const chunks: Uint8Array[] = [];
        const collect = async (stream: AsyncIterable<Uint8Array>): Promise<void> => {
          for await (const chunk of stream) chunks.push(chunk.slice());
        };
        await save([source], { stream: collect }, options, context);
        expectSameBytes(Buffer.concat(chunks), archive);
        const path = join(bench.output, 'target.tar');
        const durable = await save([source], { path, durable: true }, options, context);
        expectSameBytes(readFileSync(path), archive);
        expect(`sha256:${durable.archive.sha256}`).toBe(digestOf(archive));
        expect((await archiveDigest(source, options, context)).digest).toBe(digestOf(archive));
      }),
      { numRuns: 25 },
    );
  });
});
