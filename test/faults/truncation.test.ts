import { describe, expect, it } from 'vitest';

import { SMALL_ARCHIVES, smallTar } from './small-archives.js';
import { createWorkbench, errorsAmong, saved } from './outcome.js';

const bench = createWorkbench();

/** Where the bytes of the last member end: what is cut behind it is padding or the end mark. */
const endOfContent = (shape: keyof typeof SMALL_ARCHIVES): number => {
  const last = SMALL_ARCHIVES[shape].at(-1)?.bytes.length ?? 0;
  return smallTar(shape).length - 1024 - ((512 - (last % 512)) % 512);
};

describe('archives that are cut', () => {
  it.for(['docker-archive', 'oci-archive', 'hybrid'] as const)('%s, at every byte', { timeout: 60_000 }, async (shape) => {
    const tar = smallTar(shape);
    const { archive } = saved(await bench.save(bench.input(tar)));
    const whole = endOfContent(shape);
    for (let length = 0; length < tar.length; length += 1) {
      const source = bench.input(tar.subarray(0, length));
      const outcome = await bench.save(source);
      const what = { shape, length, whole };
      if (length < whole) expect({ ...what, ...outcome }).toMatchObject({ state: 'refused', error: { class: 'input' } });
      // A cut inside the second zero block leaves one that is whole; before that, part of a block is no header.
      if (outcome.state === 'saved') {
        expect({ ...what, same: outcome.archive.equals(archive) }).toEqual({ ...what, same: true });
        expect(outcome.report.notes).toMatchObject([{ code: 'TAR_NO_TRAILER', severity: 'warning' }]);
      }
      if (length === whole || length === tar.length - 512 || length === tar.length - 1) expect({ ...what, state: outcome.state }).toEqual({ ...what, state: 'saved' });
      const errors = errorsAmong(await bench.findings(source));
      expect({ ...what, refused: errors.length > 0 }).toEqual({ ...what, refused: outcome.state === 'refused' });
      if (outcome.state === 'refused') expect(errors.map(({ code }) => code)).toContain(outcome.error.code);
    }
  });
});
