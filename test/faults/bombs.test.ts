import { spawn } from 'node:child_process';
import { closeSync, existsSync, ftruncateSync, openSync, statSync, writeSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import { describe, expect, it } from 'vitest';

import { parsePlatform } from '../../src/oci/platform.js';
import { contextWith } from '../../src/operation/context.js';
import { tree } from '../../src/operation/tree.js';
import { type Files, archiveFile, memberOf, tarOf } from '../support/archive-builder.js';
import {
  type Built,
  MEDIA,
  buildImage,
  buildIndex,
  buildReferrer,
  hexOf,
  jsonBytes,
  layoutFiles,
} from '../support/image-builder.js';
import { rawHeader, rawTar } from '../support/raw-tar.js';
import { L1, dockerBase, hybridBase, imageA, layoutBase } from './bases.js';
import { zstdBomb } from './compressed.js';
import { createWorkbench, expectAccepted, expectRefused, saved } from './outcome.js';

const bench = createWorkbench();
const MIB = 1024 * 1024;

/** Levels of index, each of which lists the one below twice: 2^levels paths, levels + 1 documents. */
const doubled = (levels: number, leaf: Built): Built => {
  let built = leaf;
  for (let level = 0; level < levels; level += 1) built = buildIndex([built, built]);
  return built;
};

const input = (files: Files): string => bench.input(tarOf(files));

describe('input that is made to cost more than it is worth', () => {
  describe('O12 an index of 2^25 paths', { timeout: 5000 }, () => {
    const image = layoutFiles([{ built: doubled(25, imageA()), names: ['docker.io/library/x:1'] }]);
    const signature = layoutFiles([
      { built: doubled(25, buildReferrer(imageA(), 'x')), names: ['docker.io/library/x:1'] },
    ]);

    it('is saved as it is', async () => {
      await expectAccepted(bench, input(image));
    });

    it('is saved without compression', async () => {
      await expectAccepted(bench, input(image), [], { layers: 'none' });
    });

    it('is saved without compression where nothing is compressed', async () => {
      await expectAccepted(bench, input(signature), ['SUBJECT_MISSING'], { layers: 'none' });
    });

    it('is searched for a platform', async () => {
      const source = input(image);
      await expectAccepted(bench, source, [], { platforms: [parsePlatform('linux/amd64')] });
      const outcome = await bench.save(source, { platforms: [parsePlatform('linux/arm64')] });
      expect(outcome).toMatchObject({ state: 'refused', error: { code: 'PLATFORM_NOT_FOUND' } });
    });

    it('is saved as a hybrid', async () => {
      const items = hybridBase().filter(({ path }) => path === 'manifest.json');
      await expectAccepted(bench, input([...image, ...items]));
    });

    it('is shown as a tree', async () => {
      const report = await tree(input(image), contextWith({ pathExists: existsSync }));
      expect(report.blobs).toBe(29);
    });
  });

  it('a thousand indexes that all list one large index', { timeout: 20_000 }, async () => {
    const absent = Array.from({ length: 2000 }, (_, index) => ({
      descriptor: { mediaType: MEDIA.manifest, digest: `sha256:${String(index).padStart(64, '0')}`, size: 1 },
      blobs: new Map<string, Uint8Array>(),
    }));
    const large = buildIndex([imageA(), ...absent]);
    const roots = Array.from({ length: 1000 }, (_, index) =>
      buildIndex([large], (value) => ({ ...value, annotations: { index: String(index) } })),
    );
    const source = input(layoutFiles(roots.map((built) => ({ built }))));
    saved(await bench.save(source, { allowSparse: true }));
    expect((await bench.findings(source)).filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it.for([
    ['nodes', { nodes: 4 }, 'LIMIT_NODES'],
    ['levels of index', { indexDepth: 3 }, 'INDEX_TOO_DEEP'],
  ] as const)('more %s than the limit', async ([, limits, code]) => {
    const source = input(layoutFiles([{ built: doubled(4, imageA()) }]));
    await expectRefused(bench, source, code, {}, { limits });
  });

  describe('Z06 bombs stop at the limit', { timeout: 5000 }, () => {
    const LIMIT = { decompressed: 10 * MIB } as const;
    const bombs: readonly (readonly [what: string, bytes: Uint8Array])[] = [
      ['gzip', gzipSync(Buffer.alloc(100 * MIB))],
      ['zstd', zstdBomb(80_000)],
    ];

    it.for(bombs)('an outer %s', async ([, bytes]) => {
      const started = performance.now();
      await expectRefused(bench, bench.input(bytes), 'LIMIT_DECOMPRESSED', {}, { limits: LIMIT });
      expect(performance.now() - started).toBeLessThan(3000);
    });

    it.for(bombs)('a %s layer', async ([what, stored]) => {
      const mediaType = what === 'gzip' ? MEDIA.layerGzip : MEDIA.layerZstd;
      const layers = [{ plain: L1.plain, stored, mediaType }];
      await expectRefused(
        bench,
        input(layoutBase({ image: { layers } })),
        'LIMIT_DECOMPRESSED',
        {},
        { limits: LIMIT, layers: 'none' },
      );
      await expectRefused(bench, input(dockerBase({ image: { layers } })), 'LIMIT_DECOMPRESSED', {}, { limits: LIMIT });
    });

    it('zstd by the ratio alone', async () => {
      await expectRefused(bench, bench.input(zstdBomb(1000)), 'LIMIT_DECOMPRESSED', {
        expected: 'at most 2000 bytes for one',
      });
    });
  });

  it('T28 100 000 empty members are members', { timeout: 20_000 }, async () => {
    const members = dockerBase().map(memberOf);
    const empty = Array.from({ length: 100_000 - members.length }, (_, index) => rawHeader({ name: `f/${index}` }));
    await expectAccepted(bench, bench.input(rawTar([...members, ...empty])));
  });

  it('T28 a member of 8 GiB of which nothing is there', async () => {
    await expectRefused(
      bench,
      bench.input(Buffer.concat([rawHeader({ name: 'a', size: '\x80\0\0\0\0\0\0\x02\0\0\0\0' }), Buffer.alloc(1024)])),
      'TAR_BAD_NUMBER',
    );
    await expectRefused(
      bench,
      bench.input(Buffer.concat([rawHeader({ name: 'a', size: 8 ** 11 - 1 }), Buffer.alloc(1024)])),
      'TAR_TRUNCATED',
    );
  });

  it('ten thousand names for one image, and ten thousand layers that are one', { timeout: 20_000 }, async () => {
    const layers = Array.from({ length: 10_000 }, () => L1);
    const tags = Array.from({ length: 10_000 }, (_, index) => `x:${index}`);
    const built = buildImage({ layers });
    const item = { Config: `${hexOf(built.config)}.json`, RepoTags: tags, Layers: layers.map(() => 'l1.tar') };
    const files = [
      archiveFile('manifest.json', jsonBytes([item])),
      archiveFile(`${hexOf(built.config)}.json`, built.config),
      archiveFile('l1.tar', L1.plain),
    ];
    await expectAccepted(bench, input(files));
  });

  const PROGRAM = fileURLToPath(new URL('../../dist/index.js', import.meta.url));

  /** A docker-archive with one layer of zeros that takes no room on the disk. */
  const sparseArchive = (size: number): string => {
    const hash = createHash('sha256');
    const zeros = Buffer.alloc(4 * MIB);
    for (let at = 0; at < size; at += zeros.length) hash.update(zeros);
    const image = buildImage({
      layers: [L1],
      config: (value) => ({ ...value, rootfs: { type: 'layers', diff_ids: [`sha256:${hash.digest('hex')}`] } }),
    });
    const item = { Config: 'config.json', RepoTags: ['x:1'], Layers: ['layer.tar'] };
    const head = [archiveFile('manifest.json', jsonBytes([item])), archiveFile('config.json', image.config)].map(
      memberOf,
    );
    const start = Buffer.concat([...head, rawHeader({ name: 'layer.tar', size })]);
    const path = join(bench.root, 'sparse.tar');
    const file = openSync(path, 'w');
    writeSync(file, start);
    ftruncateSync(file, start.length + size + 1024);
    closeSync(file);
    return path;
  };

  const SCRIPT = `
    const { save, contextWith, DEFAULT_TRANSFER, DEFAULT_SETTINGS, profileOf } = await import(process.argv[2]);
    const options = { ...DEFAULT_TRANSFER, profile: profileOf('hybrid-1'), settings: DEFAULT_SETTINGS, digest: false };
    const context = contextWith({ pathExists: () => true, threads: Number(process.argv[5]) });
    await save([process.argv[3]], { path: process.argv[4], durable: false }, options, context);
    console.log(process.resourceUsage().maxRSS);
  `;

  it.skipIf(!existsSync(PROGRAM)).for([1, 2])(
    'a layer of 300 MB with a heap of 128 MB and %i threads',
    { timeout: 30_000 },
    async (threads) => {
      const size = 300 * MIB;
      const source = sparseArchive(size);
      const target = join(bench.root, 'large.tar');
      const script = bench.input(Buffer.from(SCRIPT), 'script.mjs');
      const args = ['--max-old-space-size=128', script, PROGRAM, source, target, String(threads)];
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      const output: Buffer[] = [];
      for await (const chunk of child.stdout) output.push(chunk as Buffer);
      const peak = Number(Buffer.concat(output).toString()) * 1024;
      expect(peak).toBeGreaterThan(0);
      expect(peak).toBeLessThan(200 * MIB);
      expect(statSync(target).size).toBeGreaterThan(size);
    },
  );
});
