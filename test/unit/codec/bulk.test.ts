import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { DEFAULT_LIMITS } from '../../../src/base/limits.js';
import { type BulkJob, runBulk } from '../../../src/codec/bulk.js';

const KIB = 1024;
const MIB = 1024 * KIB;
const sha = (bytes: Uint8Array, algorithm = 'sha256'): string => createHash(algorithm).update(bytes).digest('hex');

// Workers exist only where the sources were compiled; every result must be the same with and without them.
const COMPILED = join(import.meta.dirname, '../../../dist/codec/bulk.js');
const compiled = existsSync(COMPILED);
type RunBulk = typeof runBulk;
const load = async (): Promise<RunBulk> =>
  ((await import(/* @vite-ignore */ pathToFileURL(COMPILED).href)) as { runBulk: RunBulk }).runBulk;

it.runIf(process.env['CI'])('on CI, the sources were compiled before', () => expect(compiled).toBe(true));

/** Ways to run: sources on one thread, and compiled code with workers. */
const WAYS: readonly (readonly [string, () => Promise<RunBulk>])[] = [
  ['sources', async () => runBulk],
  ...(compiled ? ([['compiled', load]] as const) : []),
];

let folder = '';
const open: number[] = [];
const fileOf = (bytes: Uint8Array): number => {
  const path = join(folder, `f${open.length}`);
  writeFileSync(path, bytes);
  const fd = openSync(path, 'r+');
  open.push(fd);
  return fd;
};
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bulk-'));
});
afterAll(() => {
  for (const fd of open) closeSync(fd);
  rmSync(folder, { recursive: true, force: true });
});

/** Consecutive parts of one file as jobs. */
const jobsOf = (bytes: Uint8Array, lengths: readonly number[]): { jobs: BulkJob[]; parts: Uint8Array[] } => {
  const fd = fileOf(bytes);
  const jobs: BulkJob[] = [];
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const [index, length] of lengths.entries()) {
    jobs.push({ subject: `part ${index}`, extent: { fd, offset, length }, algorithm: 'sha256' });
    parts.push(bytes.subarray(offset, offset + length));
    offset += length;
  }
  return { jobs, parts };
};

const OPTIONS = { limits: DEFAULT_LIMITS, threads: 2 };
const SIZES = [0, 1, 511, 512, 256 * KIB - 1, 256 * KIB, 256 * KIB + 1];

describe.for(WAYS)('runBulk of %s', ([, way]) => {
  it.for([
    ['nothing', []],
    ['sizes around blocks and chunks', SIZES],
    ['enough for a worker', [...SIZES, 5 * MIB, 3 * MIB + 1, 4 * MIB]],
    ['one large blob', [40 * MIB + 7]],
    ['one large blob among small ones', [1, 40 * MIB + 7, ...SIZES, MIB]],
  ] as const)('%s', async ([, lengths]) => {
    const run = await way();
    const { jobs, parts } = jobsOf(randomBytes(lengths.reduce((sum, length) => sum + length, 0)), lengths);
    let done = 0;
    const expected = parts.map((part) => ({ hex: sha(part) }));
    for (const threads of [1, 2, 3]) {
      done = 0;
      const results = await run(jobs, { ...OPTIONS, threads, onBytes: (bytes) => (done += bytes) });
      expect(results).toEqual(expected);
      expect(done).toBe(lengths.reduce((sum, length) => sum + length, 0));
    }
  });

  it.for([
    ['many blobs', [...SIZES, 9 * MIB, 2 * MIB]],
    ['one large blob', [40 * MIB + 7, 300]],
  ] as const)('copies %s exactly', async ([, lengths]) => {
    const run = await way();
    const total = lengths.reduce((sum, length) => sum + length, 0);
    const bytes = randomBytes(total);
    const { jobs } = jobsOf(bytes, lengths);
    const out = join(folder, 'out');
    writeFileSync(out, '');
    const fd = openSync(out, 'r+');
    ftruncateSync(fd, total + 100);
    try {
      const copies = jobs.map((job) => ({
        ...job,
        target: { fd, offset: job.extent.offset + 50, content: 'raw' as const },
      }));
      await run(copies, OPTIONS);
    } finally {
      closeSync(fd);
    }
    const expected = Buffer.concat([new Uint8Array(50), bytes, new Uint8Array(50)]);
    expect(readFileSync(out).equals(expected)).toBe(true);
  });

  it('decompresses, hashes both sides and writes the inner one', async () => {
    const run = await way();
    const inner = randomBytes(3 * MIB);
    const raw = gzipSync(inner, { level: 1 });
    const fd = fileOf(raw);
    const out = fileOf(new Uint8Array(inner.length));
    const job: BulkJob = {
      subject: 'layer',
      extent: { fd, offset: 0, length: raw.length },
      algorithm: 'sha512',
      expected: sha(raw, 'sha512'),
      compression: 'gzip',
      innerAlgorithm: 'sha256',
      expectedInner: sha(inner),
      target: { fd: out, offset: 0, content: 'inner' },
    };
    const [result] = await run([job], OPTIONS);
    expect(result).toEqual({ hex: sha(raw, 'sha512'), inner: { hex: sha(inner), size: inner.length } });
    expect(sha(readFileSync(join(folder, `f${open.indexOf(out)}`)))).toBe(sha(inner));
    await expect(run([{ ...job, expectedInner: 'no' }], OPTIONS)).rejects.toMatchObject({ code: 'DIFFID_MISMATCH' });
  });

  it('uncompressed bytes are their own inner content', async () => {
    const run = await way();
    const { jobs, parts } = jobsOf(randomBytes(1000), [1000]);
    const [job] = jobs as [BulkJob];
    const hex = sha(parts[0] ?? new Uint8Array());
    for (const innerAlgorithm of ['sha256', 'sha512'] as const) {
      const [result] = await run([{ ...job, compression: 'none', innerAlgorithm }], OPTIONS);
      expect(result).toEqual({ hex, inner: { hex: sha(parts[0] ?? new Uint8Array(), innerAlgorithm), size: 1000 } });
    }
  });

  it.for([
    ['a small job', [1000, 500]],
    ['jobs of all threads', [5 * MIB, 5 * MIB, 5 * MIB, 5 * MIB]],
    ['one large blob', [40 * MIB]],
  ] as const)('an unexpected digest stops it: %s', async ([, lengths]) => {
    const run = await way();
    const { jobs, parts } = jobsOf(randomBytes(lengths.reduce((sum, length) => sum + length, 0)), lengths);
    for (const [index, part] of parts.entries()) {
      const wrong = jobs.map((job, at) => (at === index ? { ...job, expected: 'f'.repeat(64) } : job));
      await expect(run(wrong, OPTIONS)).rejects.toMatchObject({
        name: 'ToolError',
        code: 'DIGEST_MISMATCH',
        details: { subject: `part ${index}`, expected: 'f'.repeat(64), found: sha(part) },
      });
    }
  });

  it('a wrong digest is the answer even where the bytes cannot be decompressed', async () => {
    const run = await way();
    const { jobs } = jobsOf(randomBytes(MIB), [MIB]);
    const [job] = jobs as [BulkJob];
    const broken: BulkJob = { ...job, compression: 'gzip' };
    await expect(run([broken], OPTIONS)).rejects.toMatchObject({ code: 'GZIP_CORRUPT' });
    await expect(run([{ ...broken, expected: 'f' }], OPTIONS)).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
  });

  it.for([
    ['few bytes', 1000],
    ['one large blob', 40 * MIB],
  ] as const)('a file that became shorter: %s', async ([, length]) => {
    const run = await way();
    const { jobs } = jobsOf(randomBytes(length), [length + 1]);
    await expect(run(jobs, OPTIONS)).rejects.toMatchObject({
      code: 'FILE_CHANGED',
      details: { subject: 'part 0', offset: length },
    });
  });

  it.for([
    ['few bytes', [1000]],
    ['jobs of all threads', [5 * MIB, 5 * MIB]],
    ['one large blob', [40 * MIB]],
  ] as const)('a target that cannot be written: %s', async ([, lengths]) => {
    const run = await way();
    const { jobs } = jobsOf(randomBytes(lengths.reduce((sum, length) => sum + length, 0)), lengths);
    const fd = openSync('/dev/full', 'r+');
    try {
      const copies = jobs.map((job) => ({ ...job, target: { fd, offset: 0, content: 'raw' as const } }));
      await expect(run(copies, OPTIONS)).rejects.toMatchObject({ code: 'NO_SPACE', details: { found: 'ENOSPC' } });
    } finally {
      closeSync(fd);
    }
  });

  it.for([
    ['jobs of all threads', Array.from({ length: 16 }, () => 5 * MIB)],
    ['one large blob', [80 * MIB]],
  ] as const)('stops when told to: %s', async ([, lengths]) => {
    const run = await way();
    const total = lengths.reduce((sum, length) => sum + length, 0);
    const { jobs } = jobsOf(randomBytes(total), lengths);
    const controller = new AbortController();
    let done = 0;
    const onBytes = (bytes: number): void => {
      done += bytes;
      controller.abort(new Error('enough'));
    };
    await expect(run(jobs, { ...OPTIONS, signal: controller.signal, onBytes })).rejects.toThrow('enough');
    expect(done).toBeLessThan(total);
    await expect(run(jobs, { ...OPTIONS, signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before');
  });

  it('lets timers run', async () => {
    const run = await way();
    const { jobs } = jobsOf(randomBytes(128 * MIB), [64 * MIB, 64 * MIB]);
    let ticks = 0;
    const timer = setInterval(() => (ticks += 1), 1);
    await run(jobs, { ...OPTIONS, threads: 1 });
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(4);
  });
});
