import { spawnSync } from 'node:child_process';

/** Compressed bytes for tests: by the programs that own the formats, or by hand where the form matters. */

const run = (program: string, args: readonly string[], input: Uint8Array): Buffer => {
  const { status, stdout, error } = spawnSync(program, [...args], { input, maxBuffer: 2 ** 30 });
  if (error !== undefined || status !== 0) throw new Error(`${program} is needed for this test`, { cause: error });
  return stdout;
};

const has = (program: string): boolean => spawnSync(program, ['--version']).error === undefined;

export const hasPrograms: boolean = has('bzip2') && has('xz');

export const bzip2 = (bytes: Uint8Array): Buffer => run('bzip2', ['-c'], bytes);
export const xz = (bytes: Uint8Array): Buffer => run('xz', ['-c', '-0'], bytes);

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};

const ZSTD_MAGIC = u32(0xfd2fb528);

const zstdBlock = (type: 'raw' | 'rle', size: number, isLast: boolean): Buffer =>
  u32((size << 3) | (type === 'rle' ? 2 : 0) | (isLast ? 1 : 0)).subarray(0, 3);

/** A zstd frame of raw blocks, without checksum. */
export const zstdStored = (bytes: Uint8Array): Buffer => {
  const blocks: Uint8Array[] = [];
  for (let at = 0; at === 0 || at < bytes.length; at += 100_000) {
    const part = bytes.subarray(at, at + 100_000);
    blocks.push(zstdBlock('raw', part.length, at + 100_000 >= bytes.length), part);
  }
  return Buffer.concat([ZSTD_MAGIC, Buffer.from([0xa0]), u32(bytes.length), ...blocks]);
};

/** A zstd frame of so many blocks of zeros, 128 KiB each. */
export const zstdBomb = (count: number): Buffer => {
  const size = 128 * 1024;
  const header = Buffer.concat([ZSTD_MAGIC, Buffer.from([0x00, 0x38])]);
  const blocks = Array.from({ length: count }, (_, index) =>
    Buffer.concat([zstdBlock('rle', size, index === count - 1), Buffer.alloc(1)]),
  );
  return Buffer.concat([header, ...blocks]);
};

export const zstdSkippable = (bytes: Uint8Array): Buffer => Buffer.concat([u32(0x184d2a50), u32(bytes.length), bytes]);

/** The head of a frame that asks for a window of 2^41 bytes. */
export const ZSTD_LARGE_WINDOW: Buffer = Buffer.concat([
  ZSTD_MAGIC,
  Buffer.from([0x00, 0xf8]),
  zstdBlock('raw', 0, true),
]);
