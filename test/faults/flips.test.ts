import { beforeAll, describe, expect, it } from 'vitest';

import { memorySource, readAll } from '../../src/base/bytes.js';
import { DEFAULT_LIMITS } from '../../src/base/limits.js';
import { openTarTree } from '../../src/codec/tar-index.js';
import { flipped } from '../support/archive-builder.js';
import { type Json, digestOf } from '../support/image-builder.js';
import { type MemoryOutcome, errorsInMemory, saveInMemory } from './in-memory.js';
import { SHAPES, smallTar } from './small-archives.js';

const TOO_LARGE = { code: 'LIMIT_METADATA', subject: 'test' } as const;

/** What an archive says beside the names of its images: they are no content, and another name is no fault. */
const withoutNames = async (archive: Uint8Array): Promise<string> => {
  const tree = await openTarTree(memorySource(archive, 'output.tar'), { limits: DEFAULT_LIMITS });
  const parts: unknown[] = [];
  for (const { path, type } of tree.entries()) {
    const source = type === 'file' ? await tree.open(path) : undefined;
    const bytes = source === undefined ? new Uint8Array(0) : await readAll(source.read(), 2 ** 20, TOO_LARGE);
    const json = (): unknown => JSON.parse(Buffer.from(bytes).toString('utf8'));
    if (path === 'index.json') {
      const { manifests, ...rest } = json() as { readonly manifests: readonly Json[] };
      // An image stands there once for each of its names.
      const images = new Set(manifests.map(({ annotations: _names, ...descriptor }) => JSON.stringify(descriptor)));
      parts.push([path, rest, [...images]]);
    } else if (path === 'manifest.json') {
      parts.push([path, (json() as readonly Json[]).map(({ RepoTags: _names, ...item }) => item)]);
    } else parts.push([path, digestOf(bytes)]);
  }
  return JSON.stringify(parts);
};

const savedBytes = (outcome: MemoryOutcome): Buffer => {
  if (outcome.state === 'refused') throw outcome.error;
  return outcome.archive;
};

describe('archives of which one byte is another', () => {
  const bases = new Map<string, { readonly archive: Buffer; readonly content: string }>();
  beforeAll(async () => {
    for (const shape of SHAPES) {
      const archive = savedBytes(await saveInMemory(smallTar(shape)));
      bases.set(shape, { archive, content: await withoutNames(archive) });
    }
  });

  const cases = SHAPES.flatMap((shape) => [[shape, 'one bit'] as const, [shape, 'all bits'] as const]);

  it.for(cases)('%s, every byte, %s: refused, or the same content', { timeout: 120_000 }, async ([shape, bits]) => {
    const tar = smallTar(shape);
    const base = bases.get(shape);
    const wrong: unknown[] = [];
    for (let offset = 0; offset < tar.length; offset += 1) {
      const input = flipped(tar, offset, bits === 'one bit' ? 1 << (offset % 8) : 0xff);
      const outcome = await saveInMemory(input);
      const errors = bits === 'one bit' ? await errorsInMemory(input) : undefined;
      const isRight =
        outcome.state === 'saved'
          ? outcome.archive.equals(base?.archive ?? new Uint8Array(0)) ||
            (await withoutNames(outcome.archive)) === base?.content
          : outcome.error.class === 'input';
      const isAgreed = errors === undefined || errors.length > 0 === (outcome.state === 'refused');
      if (!isRight || !isAgreed) wrong.push({ offset, state: outcome.state, errors });
    }
    expect(wrong).toEqual([]);
  });
});
