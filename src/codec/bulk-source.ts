import type { ByteSource, ByteStream } from '../base/bytes.js';
import { ToolError } from '../base/error.js';
import { type Hasher, startHash } from '../base/hash.js';
import { type BulkJob, type BulkResult, finishRaw, writeAt } from './bulk-job.js';
import { type BulkOptions, runBulk } from './bulk.js';

/** A {@link BulkJob} on any source, whether it lies in a file or not. */
export type SourceJob = Omit<BulkJob, 'extent'> & { readonly source: ByteSource };

const finishInner = (job: SourceJob, hash: Hasher): string => {
  const found = hash.hex();
  if (job.expectedInner === undefined || job.expectedInner === found) return found;
  throw new ToolError('DIFFID_MISMATCH', 'the decompressed bytes do not have their diffID', {
    subject: job.subject,
    expected: job.expectedInner,
    found,
  });
};

const runStream = async (job: SourceJob, options: BulkOptions): Promise<BulkResult> => {
  const raw = startHash(job.algorithm);
  const { subject, target } = job;
  async function* tapped(): ByteStream {
    let at = 0;
    for await (const chunk of job.source.read(undefined, options.signal)) {
      raw.update(chunk);
      if (target?.content === 'raw') writeAt(subject, target.fd, chunk, target.offset + at);
      at += chunk.length;
      options.onBytes?.(chunk.length);
      yield chunk;
    }
  }
  if (job.compression === undefined) {
    for await (const _ of tapped());
    return { hex: finishRaw(job, raw) };
  }
  const { decompress } = await import('./compression.js');
  const inner = startHash(job.innerAlgorithm ?? job.algorithm);
  let size = 0;
  for await (const chunk of decompress(tapped(), job.compression, { subject, limits: options.limits })) {
    inner.update(chunk);
    if (target?.content === 'inner') writeAt(subject, target.fd, chunk, target.offset + size);
    size += chunk.length;
  }
  return { hex: finishRaw(job, raw), inner: { hex: finishInner(job, inner), size } };
};

/**
 * As `runBulk`, for sources: those that lie in files go to all threads, the others are streamed here one by one.
 * Results in job order. The sources stay the caller's.
 * @throws {ToolError} as `runBulk`
 */
export const runSources = async (jobs: readonly SourceJob[], options: BulkOptions): Promise<readonly BulkResult[]> => {
  const results = new Map<SourceJob, BulkResult>();
  const filed = jobs.flatMap((job) => {
    const { source, ...rest } = job;
    return source.file === undefined ? [] : [{ job, bulk: { ...rest, extent: source.file } }];
  });
  const done = await runBulk(filed.map(({ bulk }) => bulk), options);
  for (const [index, { job }] of filed.entries()) {
    const result = done[index];
    if (result !== undefined) results.set(job, result);
  }
  for (const job of jobs) {
    // oxlint-disable-next-line no-await-in-loop -- one stream at a time
    if (!results.has(job)) results.set(job, await runStream(job, options));
  }
  return jobs.flatMap((job) => results.get(job) ?? []);
};
