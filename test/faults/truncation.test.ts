import { describe, expect, it } from 'vitest';

import { errorsInMemory, saveInMemory } from './in-memory.js';
import { createWorkbench, errorsAmong } from './outcome.js';
import { SHAPES, type Shape, endOfContent, smallTar } from './small-archives.js';

const bench = createWorkbench();

/**
 * What a cut archive is good for: nothing before the content is whole, and everything behind it, unless the cut goes
 * through the first zero block, of which the rest looks like the beginning of a header.
 */
const expectedState = (shape: Shape, length: number): 'saved' | 'refused' => {
  const tar = smallTar(shape);
  const endMark = tar.length - 1024;
  if (length < endOfContent(shape)) return 'refused';
  return length > endMark && length < endMark + 512 ? 'refused' : 'saved';
};

describe('archives that are cut', () => {
  it.for(SHAPES)('%s, at every byte', { timeout: 60_000 }, async (shape) => {
    const tar = smallTar(shape);
    const whole = await saveInMemory(tar);
    const wrong: unknown[] = [];
    for (let length = 0; length < tar.length; length += 1) {
      const cut = tar.subarray(0, length);
      const outcome = await saveInMemory(cut);
      const errors = await errorsInMemory(cut);
      const isRight =
        outcome.state === 'saved' && whole.state === 'saved'
          ? outcome.archive.equals(whole.archive) &&
            outcome.notes.every(({ code }) => code === 'TAR_NO_TRAILER') &&
            errors.length === 0
          : outcome.state === 'refused' &&
            outcome.error.class === 'input' &&
            errors.some(({ code }) => code === outcome.error.code);
      if (!isRight || outcome.state !== expectedState(shape, length)) wrong.push({ length, outcome, errors });
    }
    expect(wrong).toEqual([]);
  });

  it.for(SHAPES)('%s, as a file, at every 64th byte', { timeout: 60_000 }, async (shape) => {
    const tar = smallTar(shape);
    for (let length = 0; length < tar.length; length += 64) {
      const source = bench.input(tar.subarray(0, length));
      const outcome = await bench.save(source);
      expect([length, outcome.state]).toEqual([length, expectedState(shape, length)]);
      expect([length, errorsAmong(await bench.findings(source)).length > 0]).toEqual([
        length,
        outcome.state === 'refused',
      ]);
    }
  });
});
