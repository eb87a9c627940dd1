import { afterEach, describe, expect, it, vi } from 'vitest';
import { pinnedCodec } from '../../../../src/codec/pinned/codec.js';
import { readAll } from '../../../../src/base/bytes.js';

async function* streamOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

const compress = (id: string): Promise<Uint8Array> =>
  readAll(pinnedCodec(id).compress(streamOf(new Uint8Array(1000))), 1e6, { code: 'DEFECT', subject: id });

afterEach(() => {
  vi.restoreAllMocks();
});

describe('zstd on riscv64, where it gives other bytes for 8 MB and right ones for 1 MB', () => {
  it('is refused, and gzip is not', async () => {
    vi.spyOn(process, 'arch', 'get').mockReturnValue('riscv64');
    await expect(compress('zstd-wasm-0.0.27/3')).rejects.toMatchObject({ code: 'CODEC_UNAVAILABLE' });
    expect((await compress('go-flate-1.26/6')).length).toBeGreaterThan(20);
  });
});
