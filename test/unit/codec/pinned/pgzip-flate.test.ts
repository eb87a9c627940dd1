import { describe, expect, it } from 'vitest';
import { hashHex } from '../../../../src/base/hash.js';
import { compressBytes } from './compress-bytes.js';

/** Pieces of many kinds, by rule. */
const patchwork = (seed: number, size: number): Uint8Array => {
  let state = seed;
  const draw = (): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state;
  };
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size;) {
    const kind = draw() % 8;
    const end = Math.min(size, at + 1 + (draw() % (draw() % 4 === 0 ? 150_000 : 4000)));
    for (; at < end; at += 1) {
      const old = (distance: number): number => (at > distance ? (bytes[at - distance] ?? 0) : kind);
      const kinds: readonly (() => number)[] = [
        () => draw() >>> 8,
        () => 97 + (draw() % 4),
        () => 0,
        () => old(300),
        () => old(32_767),
        () => (draw() % 4 === 0 ? draw() >>> 8 : old(40)),
        () => 48 + (draw() % 160),
        () => Math.clz32(draw() << 1) * 7,
      ];
      bytes[at] = kinds[kind]?.() ?? 0;
    }
  }
  return bytes;
};

/** What klauspost/pgzip 1.2 made of it, with klauspost/compress 1.15.12 and 1.20.3. */
describe('pgzip', () => {
  it.for<[seed: number, size: number, id: string, sha256: string]>([
    [1, 120, 'pgzip-1.15/5', 'f4496ab9c08c80b3dc22ab1474c07b18fd15ad1784a31d5557bdcb6173c5cd2d'],
    [1, 120, 'pgzip-1.20/5', 'f4496ab9c08c80b3dc22ab1474c07b18fd15ad1784a31d5557bdcb6173c5cd2d'],
    [13, 1_000, 'pgzip-1.15/5', '5a12602490128a3a96dd2d0a76d4d1897b3f2cbdf89d3fadc5544cbbd22938f0'],
    [13, 1_000, 'pgzip-1.20/5', '5a12602490128a3a96dd2d0a76d4d1897b3f2cbdf89d3fadc5544cbbd22938f0'],
    [15, 66_000, 'pgzip-1.15/5', 'ef052e507f86bd92ef6407c777bb7e8a1be9a361d690e155b31f7e4de29ccbe1'],
    [15, 66_000, 'pgzip-1.20/5', '887ef07f4294d1439e1683dc7bc32370c483cf2aa414417a8d77263952810c94'],
    [9, 600_000, 'pgzip-1.15/5', '580ab1e94ce1720db446163be1ded9bf87ae7cceb3f9914cf27d8cee685b217d'],
    [9, 600_000, 'pgzip-1.20/5', '70756c7c0592a3063a1421016daffe4747e5563aa541b80cde5215a22507bd92'],
  ])('of seed %i and %i bytes is what %s writes', async ([seed, size, id, sha256]) => {
    expect(hashHex('sha256', await compressBytes(id, patchwork(seed, size)))).toBe(sha256);
  });
});
