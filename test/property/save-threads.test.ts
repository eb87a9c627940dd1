import { randomFillSync } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { afterAll, describe, expect, it } from 'vitest';

import type * as Ingot from '../../src/index.js';
import { type Files, flipped, tarOf, withBytes } from '../support/archive-builder.js';
import {
  type BuiltImage,
  type LayerRecipe,
  FLAT_NAMES,
  MEDIA,
  blobPath,
  buildImage,
  digestOf,
  dockerFiles,
  layoutFiles,
} from '../support/image-builder.js';

/** Worker threads need compiled files, so this is about the built library. */
const LIBRARY = new URL('../../dist/index.js', import.meta.url);

const MIB = 1024 * 1024;
const THREADS = [1, 2, 3, 4];

/** Large enough that workers are worth it, and one so much larger than the others that it is shared out. */
const layerOf = (size: number, isPacked: boolean): LayerRecipe => {
  const plain = new Uint8Array(size);
  randomFillSync(plain, 0, size / 2);
  return isPacked ? { plain, stored: gzipSync(plain, { level: 1 }), mediaType: MEDIA.layerGzip } : { plain };
};

const image = (sizes: readonly number[], isPacked: boolean): BuiltImage =>
  buildImage({ layers: sizes.map((size) => layerOf(size, isPacked)) });

describe.skipIf(!existsSync(LIBRARY))('any number of threads', () => {
  const root = mkdtempSync(join(tmpdir(), 'ingot-threads-'));
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  const outcomeOf = async (files: Files, threads: number, layers: Ingot.LayerMode): Promise<unknown> => {
    const { DEFAULT_SETTINGS, DEFAULT_TRANSFER, contextWith, profileOf, save } = (await import(
      LIBRARY.href
    )) as typeof Ingot;
    const source = join(root, 'input.tar');
    const path = join(root, 'output.tar');
    writeFileSync(source, tarOf(files));
    const context = contextWith({ pathExists: existsSync, threads, temporary: root });
    const options = {
      ...DEFAULT_TRANSFER,
      layers,
      profile: profileOf('hybrid-1'),
      settings: DEFAULT_SETTINGS,
      digest: true,
    };
    try {
      const { archive } = await save([source], { path, durable: false }, options, context);
      expect(digestOf(readFileSync(path))).toBe(`sha256:${archive.sha256}`);
      return archive;
    } catch (error) {
      expect(existsSync(path)).toBe(false);
      const { code, details } = error as Ingot.ToolError;
      return { code, details };
    } finally {
      rmSync(path, { force: true });
      expect(readdirSync(root)).toEqual(['input.tar']);
    }
  };

  const several = image(
    [5, 4, 3, 2].map((size) => size * MIB),
    true,
  );
  const single = image([40 * MIB, MIB], false);
  const broken = (files: Files, path: string): Files =>
    withBytes(files, path, (bytes) => flipped(bytes, Math.floor(bytes.length / 2)));
  const severalLayout = layoutFiles([{ built: several, names: ['t'] }]);
  const singleDocker = dockerFiles([{ built: single, names: ['t'] }]);
  const lastLayer = several.layers.at(-1)?.stored ?? new Uint8Array(0);
  const firstLayer = single.layers[0];

  const cases: readonly (readonly [what: string, files: Files, layers: Ingot.LayerMode, code?: Ingot.ErrorCode])[] = [
    ['compressed layers, kept', severalLayout, 'keep'],
    ['compressed layers, decompressed', severalLayout, 'none'],
    ['a docker-archive of compressed layers', dockerFiles([{ built: several, names: ['t'] }]), 'keep'],
    ['one layer much larger than the other', singleDocker, 'keep'],
    [
      'a compressed layer that is broken',
      broken(severalLayout, blobPath(digestOf(lastLayer))),
      'keep',
      'DIGEST_MISMATCH',
    ],
    [
      'a compressed layer that is broken, decompressed',
      broken(severalLayout, blobPath(digestOf(lastLayer))),
      'none',
      'DIGEST_MISMATCH',
    ],
    [
      'the large layer is broken',
      broken(singleDocker, firstLayer === undefined ? '' : FLAT_NAMES.layer(firstLayer)),
      'keep',
      'DIFFID_MISMATCH',
    ],
  ];

  it.for(cases)('give one result: %s', { timeout: 30_000 }, async ([, files, layers, code]) => {
    const outcomes: unknown[] = [];
    for (const threads of THREADS) outcomes.push(await outcomeOf(files, threads, layers));
    expect(outcomes).toEqual(THREADS.map(() => outcomes[0]));
    expect(outcomes[0]).toMatchObject(code === undefined ? { sha256: expect.any(String) as string } : { code });
  });
});
